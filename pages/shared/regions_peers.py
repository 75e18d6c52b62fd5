"""Peers proposed for a State, each with its reason, and a way to compare with them."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base, heatmap
from analysis.comparison import groups, peers
from analysis.reports import labelled, sentences
from analysis.reports import regions as worded
from analysis.texts import counted, text
from pages.shared import filters, frame, views
from pages.shared.loaders import Data

SIDE_BY_SIDE = 6  # peers that the comparison opens with, beside the State itself


def section(data: Data) -> None:
    """The proposals, those with most reasons first."""
    nodes = list(data.instrument.blocks)
    with filters.bar():
        selection = filters.states_in_view(data, regional=False)
        with filters.cell(260):
            iso3 = filters.country(data, data.states.by_name(data.panel.index["iso3"].iloc[selection.rows]))
    scores = data.scores()
    row = next(int(r) for r in selection.rows if data.panel.index["iso3"].iloc[r] == iso3)
    table = peers.peers(scores, selection.rows, row, data.states.groups, nodes)
    st.subheader(text("regions.peers.title"), anchor=False)
    st.caption(views.plain(text("regions.peers.subtitle", selection=selection.words)))
    st.text(worded.peers_sentence(table, data.states.name(iso3)))
    if table.empty:
        return
    first = table["iso3"].head(SIDE_BY_SIDE).tolist()
    frame.page_link(
        "compare",
        counted("regions.peers.compare", len(first)),
        icon=":material/compare_arrows:",
        countries=[iso3, *first],
        region=None,
    )
    st.text(text("view.opens_state"))
    views.rows(worded.peers(table, data.states, len(nodes)), name=f"peers-{iso3}", columns=worded.PEERS, opens="iso3")
    st.caption(text("regions.peers.note"))
    codes = [iso3, *table["iso3"]]
    rows = [int(r) for r in selection.rows if data.panel.index["iso3"].iloc[r] in codes]
    grid = worded.peer_cells(data.instrument, groups.dots(scores, rows, nodes), codes, data.states)
    chart = heatmap.score_heatmap(
        grid, text("regions.peers.map.title"), text("overview.map.subtitle", selection=selection.words), base.palette(views.dark()),
        words=labelled.chart_words(), top=data.instrument.max_level,
    )  # fmt: skip
    views.figure(chart, grid, sentences.map_sentence(grid), name=f"peers-map-{iso3}", columns=labelled.CELLS, opens="iso3")
