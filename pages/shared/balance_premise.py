"""What the returns can and cannot say about the premise, and an outcome series to hold them beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.balance import association, outcome
from analysis.balance.axes import axes
from analysis.charts import balance as charts
from analysis.charts import base
from analysis.registers import OUTCOMES
from analysis.reports import balance as worded
from analysis.reports.tables import csv_bytes
from analysis.texts import counted, text
from pages.shared import controls, exports, filters, registers, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

LAGS = 5


def section(data: Data) -> None:
    """The plain sentence, the association across States, and the outcome series."""
    with filters.bar():
        selection = filters.states_in_view(data)
    kept = registers.kept(data, OUTCOMES)
    st.markdown(f"**{text('balance.premise.with' if len(kept) else 'balance.premise.without')}**")
    st.text(text("balance.premise.need"))
    table = association.associations(data.scores(), selection.rows)
    lines = worded.associations(data.instrument, table)
    chart = charts.associations(
        lines, worded.association_title(table), text("balance.association.subtitle", selection=selection.words),
        base.palette(views.dark()), words=worded.association_words(),
    )  # fmt: skip
    sentence = worded.association_sentence(data.instrument, table)
    views.figure(chart, lines, sentence, name="balance-association", columns=worded.ASSOCIATIONS)
    st.caption(text("balance.association.assumption"))
    st.divider()
    st.subheader(text("balance.outcome.heading"), anchor=False)
    if len(kept):
        _beside(data, outcome.series(list(kept["body"])), selection.reading)
    else:
        st.text(text("balance.outcome.absent"))
    box = st.expander(text("balance.outcome.series"), key="outcome.series", on_change="rerun")
    if box.open:
        with box:
            _series(data, kept)


def _beside(data: Data, series: pd.DataFrame, reading: str) -> None:
    """The lagged association within States, with its placebos."""
    with filters.cell(260):
        lag = controls.slider("lag", 1, 1, LAGS, step=1, help=text("control.lag.help"))
    nodes = axes(data.instrument)["upstream"].tolist()
    table = outcome.lagged(data.scores(), nodes, series, lag, reading)
    lines = worded.lagged(data.instrument, table)
    facts = {"n": len(series), "states": series["iso3"].nunique(), "lag": worded.years(lag)}
    chart = charts.associations(
        lines, text("balance.outcome.title"), text("balance.outcome.subtitle", **facts), base.palette(views.dark()),
        words=worded.association_words(),
    )  # fmt: skip
    views.figure(chart, lines, worded.lagged_sentence(table), name="balance-outcome", columns=worded.LAGGED)
    st.caption(text("balance.outcome.assumption"))


def _series(data: Data, kept: pd.DataFrame) -> None:
    """The series in and out: the empty table, the register's own form, what is kept, and the way to take all of it back."""
    st.text(text("balance.outcome.text"))
    names = [column.name for column in OUTCOMES.columns]
    st.download_button(
        text("balance.outcome.template"),
        data=exports.noted(lambda: csv_bytes(kept.head(0).reindex(columns=names)), "outcome-series.csv", rows=0),
        file_name="outcome-series.csv",
        key="download.outcome-series.empty",
        on_click="ignore",
        icon=":material/download:",
    )
    registers.section(data, OUTCOMES)
    if not len(kept):
        return
    views.rows(registers.table(data, OUTCOMES), name="outcome-series", height=300)
    if st.button(counted("balance.outcome.take_back", len(kept)), key="outcome.take_back"):
        data.store.save_records(OUTCOMES.kind, dict.fromkeys(kept["key"]), exports.user())
        st.rerun()
