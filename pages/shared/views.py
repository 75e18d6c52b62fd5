"""How things are shown: a figure with the sentence that reads it, its table and its download. State-supplied text stays plain."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from analysis.reports import columns as columns_
from analysis.reports.tables import csv_bytes, without_minus_zero, xlsx_bytes
from analysis.texts import text
from pages.shared import controls, exports

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")
#: Columns that only charts and links need; they do not leave in a download.
_WORKING = ["row", "key", "place", "hue", "quiet"]
#: What a link to a State's page does not take along from the page it stands on.
_CLEARED: Mapping[str, str | None] = {"organization": None, "question": None, "show": None}
#: A table with more columns than these is wider than a telephone: whose row it is stays in sight while the reader moves to the right.
FEW_COLUMNS = 4


def plain(value: str) -> str:
    """Text from outside, made inert for places that read Markdown."""
    return _MARKDOWN.sub(r"\\\1", value)


def dark() -> bool:
    """Whether the reader's theme is dark."""
    return getattr(st.context.theme, "type", "light") == "dark"


def figure(
    chart: go.Figure,
    table: pd.DataFrame,
    reading: str,
    *,
    name: str,
    columns: Sequence[str] | None = None,
    opens: str | None = None,
    leads: Mapping[str, str | None] | None = None,
    clicks: bool = False,
) -> None:
    """A chart with its title, subtitle and reading above, and its table and download below. opens, leads: as in `rows`.

    The title and subtitle come from the chart's own layout, shown as text so that they wrap on a narrow screen. clicks: a click on a mark
    opens the State whose code is the mark's customdata.
    """
    title, subtitle = chart.layout.title.text or "", chart.layout.title.subtitle.text or ""
    _heading(title, subtitle, reading)
    _drawn(chart, name, f"{title}. {reading}", clicks)
    _table_below(table, name, columns, opens, leads)


def panels(
    charts: Mapping[str, go.Figure],
    title: str,
    subtitle: str,
    table: pd.DataFrame,
    reading: str,
    *,
    name: str,
    columns: Sequence[str] | None = None,
    opens: str | None = None,
    leads: Mapping[str, str | None] | None = None,
    clicks: bool = False,
) -> None:
    """Small charts of one kind side by side, one below the other on a narrow screen, with one table: code -> chart, its title above it.

    All else as in `figure`.
    """
    _heading(title, subtitle, reading)
    for place, (code, chart) in zip(st.columns(len(charts)), charts.items(), strict=True):
        with place:
            head = chart.layout.title.text or ""
            st.markdown(f"**{plain(head)}**")
            _drawn(chart, f"{name}.{code}", f"{title}. {head}", clicks)
    _table_below(table, name, columns, opens, leads)


def _heading(title: str, subtitle: str, reading: str) -> None:
    st.subheader(plain(title), anchor=False)
    if subtitle:
        st.caption(plain(subtitle))
    st.text(reading)


def _drawn(chart: go.Figure, name: str, alt: str, clicks: bool) -> None:
    """A chart without its own title. A click on a mark that stands for a State opens that State."""
    chart.layout.title, chart.layout.margin.t = None, max(8, (chart.layout.margin.t or 48) - 40)
    settings = {"key": f"figure.{name}", "config": {"displayModeBar": False}, "alt": alt}
    if not clicks:
        st.plotly_chart(chart, **settings)
        return
    event = st.plotly_chart(chart, on_select="rerun", selection_mode="points", **settings)
    known = {code for trace in chart.data if trace.customdata is not None for code in trace.customdata}
    for point in event["selection"]["points"]:
        code = point.get("customdata")
        code = code[0] if isinstance(code, (list, tuple)) and code else code
        if isinstance(code, str) and code in known:  # what the browser sends back is looked up, never taken
            st.switch_page("pages/country.py", query_params=controls.link(**_CLEARED | {"country": code}))


def _table_below(
    table: pd.DataFrame, name: str, columns: Sequence[str] | None, opens: str | None, leads: Mapping[str, str | None] | None
) -> None:
    box = st.expander(text("view.table"), key=f"table.{name}", on_change="rerun")
    if box.open:
        with box:
            if opens:
                st.text(text("view.opens_number"))
            rows(table, name=name, columns=columns, opens=opens, leads=leads)


def rows(
    table: pd.DataFrame,
    *,
    name: str,
    columns: Sequence[str] | None = None,
    height: int = 420,
    opens: str | None = None,
    leads: Mapping[str, str | None] | None = None,
    picks: str | None = None,
    bars: Mapping[str, float] | None = None,
    most: int = 1000,
) -> None:
    """A searchable table with its downloads.

    Parameters
    ----------
    opens: a column of State codes; selecting a row opens that State's page, at the measure or part of the row where it has one.
    leads: what else the link to that page says; None stands for what the row says under that name. picks: a column whose value, where a row is selected, is chosen in the control
    `return`; a row without one chooses nothing.
    """
    shown = table if columns is None else table[[c for c in columns if c in table.columns]]
    bars = dict(bars or {})
    shares = [c for c in shown.columns if c in columns_.SHARES]  # shown as whole per cent
    shown = shown.assign(**{c: shown[c] * 100 for c in shares})
    bars |= {c: bars[c] * 100 for c in shares if c in bars}
    decimals = {c: columns_.decimals(c) for c in shown.columns if c in columns_.NUMBERS}
    shown = shown.assign(**{c: without_minus_zero(shown[c], places) for c, places in decimals.items()})
    settings = {c: _column(c, bars, columns_.whole(shown[c])) for c in shown.columns}
    if len(settings) > FEW_COLUMNS:
        first = shown.columns[0]
        settings[first] = settings[first] | {"pinned": True}
    with st.container(key=f"sheet.{name}"):
        selection = st.dataframe(
            shown.head(most),
            key=f"rows.{name}{_order(table, picks)}",
            hide_index=True,
            height=min(height, 35 * (min(len(shown), most) + 1) + 3),
            column_config=settings,
            placeholder="–",
            on_select="rerun" if opens or picks else "ignore",
            selection_mode="single-row",
        )
        if len(shown) > most:
            st.caption(text("view.first_rows", shown=most, all=len(shown)))
        downloads(table.drop(columns=_WORKING, errors="ignore"), name=name, columns=shown.columns)
    chosen = [i for i in selection["selection"]["rows"] if i < len(table)] if opens or picks else []
    if opens and chosen:
        st.switch_page(
            "pages/country.py", query_params=controls.link(**_CLEARED | _leads(table.iloc[chosen[0]], opens, leads or {}))
        )
    if picks:
        _pick(name, _number(table.iloc[chosen[0]][picks]) if chosen else None)


def _leads(row: pd.Series, opens: str, more: Mapping[str, str | None]) -> dict[str, object]:
    """What a link to a State's page says for a row of a table."""
    node = row.get("measure", row.get("node"))
    where = {} if node is None else {"measure": node}
    if "measure" not in row and node is not None and row.get("kind") != "measure":
        where["node"] = node
    told = {key: row[key] if value is None else value for key, value in more.items()}
    return {"country": row[opens], "organization": None, "question": None, **where, **told}


def _order(table: pd.DataFrame, picks: str | None) -> str:
    """Part of a table's key where its rows are picked: in another order it is another table, and its selection is gone."""
    return "" if picks is None else "." + hashlib.sha256(repr(table[picks].tolist()).encode()).hexdigest()[:8]


def _number(value: object) -> int | None:
    """A number of a table, None where there is none."""
    return int(value) if str(value).isdigit() else None


def _pick(name: str, value: int | None) -> None:
    """Choose the return of a row that has just been selected. The control may be changed afterwards without the row coming back."""
    if value is not None and st.session_state.get(f"picked.{name}") != value:
        controls.put("return", value)
    st.session_state[f"picked.{name}"] = value


def editable(table: pd.DataFrame, *, name: str, column: str, options: Mapping[str, str], height: int = 420) -> list[str]:
    """A table in which one column is a choice among options (code -> words); the code chosen in each row."""
    settings = {c: _column(c, {}, columns_.whole(table[c])) for c in table.columns}
    label = text(f"column.{column}")
    settings[column] = st.column_config.SelectboxColumn(
        label, options=list(options), format_func=options.get, required=True, pinned=True, width=110
    )
    with st.container(key=f"sheet.{name.split('.')[0]}"):
        edited = st.data_editor(
            table,
            key=f"editor.{name}",
            hide_index=True,
            height=min(height, 35 * (len(table) + 1) + 3),
            column_config=settings,
            disabled=[c for c in table.columns if c != column],
        )
        downloads(table.drop(columns=column), name=name.split(".")[0])
    return [
        chosen if chosen in options else next(iter(options)) for chosen in edited[column]
    ]  # the browser's limits are no limits


def _column(name: str, bars: Mapping[str, float], whole: bool = False) -> object:
    """How a column is shown. whole: whether it holds whole numbers, which are counts unless they are said to be none."""
    label, help = columns_.heading(name), columns_.meaning(name)
    if name in bars:
        shape = "%.0f %%" if name in columns_.SHARES else "%,.1f"
        return st.column_config.ProgressColumn(label, help=help, min_value=0, max_value=bars[name], format=shape)
    if name in columns_.POINTS:
        return st.column_config.NumberColumn(label, help=help, format="%,.1f")
    if name in columns_.COEFFICIENTS:
        return st.column_config.NumberColumn(label, help=help, format=f"%.{columns_.decimals(name)}f")
    if name in columns_.SHARES:
        return st.column_config.NumberColumn(label, help=help, format=f"%.{columns_.decimals(name)}f %%")
    if name in columns_.MONEY:
        return st.column_config.NumberColumn(label, help=help, format="%,.0f")
    width = columns_.WIDTHS.get(name)
    if whole and name not in columns_.NAMES:
        return st.column_config.NumberColumn(label, help=help, width=width, format="%,d")
    return st.column_config.Column(label, help=help, width=width)


def downloads(table: pd.DataFrame, *, name: str, columns: Sequence[str] | None = None) -> None:
    """The table as .csv and .xlsx, unrounded, inert, with the settings behind it, built only when asked for.

    The .csv has all columns by code, for programs; the .xlsx those of the page (columns; all where None) in its words, and the codes on a
    sheet of their own.
    """
    about = exports.about(name)
    words = columns_.spelled(table, list(table.columns) if columns is None else list(columns))
    xlsx = functools.partial(xlsx_bytes, spelled=words)
    with st.container(horizontal=True):
        for kind, build in (("csv", csv_bytes), ("xlsx", xlsx)):
            st.download_button(
                text(f"view.download.{kind}"),
                data=exports.noted(lambda build=build: build(table, about()), f"{name}.{kind}", rows=len(table)),
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
