"""Who answered which part by sector, and which sectors are missing."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base, heatmap
from analysis.comparison import stakeholders
from analysis.reports import stakeholders as worded
from analysis.texts import text
from pages.shared import filters, loaders, views
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """Sectors by sub-module over the States in view, then State by State."""
    instrument = data.instrument
    with filters.bar():
        selection = filters.states_in_view(data)
    answered = stakeholders.answered(loaders.contributors(data), data.panel, instrument, selection.rows)
    if answered.empty:
        views.nothing("stakeholders.nobody")
    by_state = stakeholders.by_state(answered, data.panel, instrument, selection.rows)
    found = stakeholders.matrix(answered, data.panel, instrument, selection.rows)
    cells = worded.matrix(instrument, found)
    chart = heatmap.score_heatmap(
        cells, text("stakeholders.title"), text("stakeholders.subtitle", selection=selection.words), base.palette(views.dark()),
        words=worded.words(),
    )  # fmt: skip
    views.figure(chart, cells, worded.sentence(by_state, found), name="sectors", columns=worded.MATRIX)
    st.caption(text("stakeholders.key"))
    st.subheader(text("stakeholders.states"), anchor=False)
    st.text(text("stakeholders.states.text") + " " + text("view.opens_state"))
    table = worded.by_state(instrument, by_state, data.states)
    views.rows(table, name="sectors-by-state", columns=worded.BY_STATE, height=460, opens="iso3")
