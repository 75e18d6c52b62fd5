"""How things are shown: a figure with the sentence that reads it, its table and its download. State-supplied text stays plain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from analysis.reports.tables import csv_bytes, xlsx_bytes
from analysis.texts import known, text
from pages.shared import controls

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")
_POINTS = {"score", "lower", "upper", "gap", "gap_low", "gap_high", "median", "q1", "q3", "lowest", "highest", "change", "value"}
_POINTS |= {
    "target",
    "spread",
    "before",
    "after",
    "change_low",
    "change_high",
    "difference",
    "median_gap",
    "matched_mean",
    "mean",
}
_POINTS |= {"lower_mean", "upper_mean"}
#: Columns that only charts and links need; they do not leave in a download.
_WORKING = ["row", "key", "place", "hue", "quiet"]
_WIDTHS = {"question_text": 520, "message": 560, "label": 360, "name": 190, "reason": 560, "like": 520}
_POINTS |= {"score_strict", "score_challenged", "national", "na_challenged"}
_SHARES = {"coverage", "completeness", "share", "effective", "importance"}


def plain(value: str) -> str:
    """Text from outside, made inert for places that read Markdown."""
    return _MARKDOWN.sub(r"\\\1", value)


def dark() -> bool:
    """Whether the reader's theme is dark."""
    return getattr(st.context.theme, "type", "light") == "dark"


def figure(chart: go.Figure, table: pd.DataFrame, reading: str, *, name: str, columns: Sequence[str] | None = None) -> None:
    """A chart with its title, subtitle and reading above, and its table and download below.

    The title and subtitle come from the chart's own layout, shown as text so that they wrap on a narrow screen.
    """
    title, subtitle = chart.layout.title.text or "", chart.layout.title.subtitle.text or ""
    st.subheader(plain(title), anchor=False)
    if subtitle:
        st.caption(plain(subtitle))
    st.text(reading)
    chart.update_layout(title=None, margin_t=max(8, (chart.layout.margin.t or 48) - 40))
    st.plotly_chart(chart, key=f"figure.{name}", config={"displayModeBar": False}, alt=f"{title}. {reading}")
    box = st.expander(text("view.table"), key=f"table.{name}", on_change="rerun")
    if box.open:
        with box:
            rows(table, name=name, columns=columns)


def rows(
    table: pd.DataFrame,
    *,
    name: str,
    columns: Sequence[str] | None = None,
    height: int = 420,
    opens: str | None = None,
    bars: Mapping[str, float] | None = None,
    most: int = 1000,
) -> None:
    """A searchable table with its downloads. opens: a column of State codes; selecting a row opens that State's page."""
    shown = table if columns is None else table[[c for c in columns if c in table.columns]]
    bars = dict(bars or {})
    shares = [c for c in shown.columns if c in _SHARES]  # shown as whole per cent
    shown = shown.assign(**{c: shown[c] * 100 for c in shares})
    bars |= {c: bars[c] * 100 for c in shares if c in bars}
    settings = {c: _column(c, bars) for c in shown.columns}
    with st.container(key=f"sheet.{name}"):
        selection = st.dataframe(
            shown.head(most),
            key=f"rows.{name}",
            hide_index=True,
            height=min(height, 35 * (min(len(shown), most) + 1) + 3),
            column_config=settings,
            placeholder="–",
            on_select="rerun" if opens else "ignore",
            selection_mode="single-row",
        )
        if len(shown) > most:
            st.caption(text("view.first_rows", shown=most, all=len(shown)))
        downloads(table.drop(columns=_WORKING, errors="ignore"), name=name)
    if opens and selection["selection"]["rows"]:
        code = table.iloc[selection["selection"]["rows"][0]][opens]
        st.switch_page("pages/country.py", query_params=controls.link(country=code, organization=None))


def _column(name: str, bars: Mapping[str, float]) -> object:
    label = text(f"column.{name}") if known(f"column.{name}") else name
    help = text(f"column.{name}.help") if known(f"column.{name}.help") else None
    if name in bars:
        shape = "%.0f %%" if name in _SHARES else "%.1f"
        return st.column_config.ProgressColumn(label, help=help, min_value=0, max_value=bars[name], format=shape)
    if name in _POINTS:
        return st.column_config.NumberColumn(label, help=help, format="%.1f")
    if name in _SHARES:
        return st.column_config.NumberColumn(label, help=help, format="%.0f %%")
    return st.column_config.Column(label, help=help, width=_WIDTHS.get(name))


def downloads(table: pd.DataFrame, *, name: str) -> None:
    """The table as .csv and .xlsx, unrounded, inert, built only when asked for."""
    with st.container(horizontal=True):
        for kind, build in (("csv", csv_bytes), ("xlsx", xlsx_bytes)):
            st.download_button(
                text(f"view.download.{kind}"),
                data=lambda build=build: build(table),
                file_name=f"{name}.{kind}",
                key=f"download.{name}.{kind}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )


def nothing(key: str, **values: object) -> None:
    """A plain sentence where there is nothing to show, with what to do next. The page ends here."""
    st.info(text(key, **values), icon=":material/info:")
    st.stop()
