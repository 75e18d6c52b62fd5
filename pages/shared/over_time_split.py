"""Why a group's mean moved between two rounds: the same States changed, some left, some joined."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base
from analysis.charts import over_time as charts
from analysis.comparison import decomposition
from analysis.reports import over_time as worded
from analysis.texts import counted, text
from pages.shared import filters, over_time_pair, uncertain_groups, views
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """One part as a waterfall, every part as a table, and the names behind it."""
    instrument = data.instrument
    with filters.bar():
        first, last, reading, _, members = over_time_pair.group_rounds(data)
        with filters.cell(260):
            node = over_time_pair.node(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    nodes, scores = (
        [*instrument.blocks, *(root for root in instrument.roots if root not in instrument.blocks)],
        data.scores(options),
    )
    standing = decomposition.standings(scores, members, nodes, first, last, reading)
    table = decomposition.decomposition(standing, states=len(members))
    row = table[table["node"] == node].iloc[0]
    shown, sentence = worded.split(instrument, table), worded.split_sentence(instrument, row, table)
    title = text("over_time.split.title", node=instrument.node_name(node), first=first, last=last)
    if row["change"] == row["change"]:
        steps = worded.split_steps(row, first, last)
        subtitle, colours = text("over_time.split.subtitle"), base.palette(views.dark())
        with st.container(width=860):
            chart = charts.waterfall(steps, title, subtitle, colours, unit=text("over_time.points"))
            views.figure(chart, shown, sentence, name="over-time-split", columns=worded.SPLIT)
    else:
        st.subheader(views.plain(title), anchor=False)
        st.text(sentence)
        views.rows(shown, name="over-time-split", columns=worded.SPLIT)
    st.text(worded.who_sentence(standing, node, data.states))
    st.caption(views.plain(" ".join([text("over_time.split.note"), *worded.split_ruled_out(instrument, table, first, last)])))
    uncertain_groups.change(
        data, scores, lambda: decomposition.stayed(data.panel, standing, first, last, reading), text("uncertain.change.each")
    )
    st.subheader(text("over_time.split.names"), anchor=False)
    names = worded.came_and_went(instrument, standing, data.states)
    st.text(counted("over_time.split.count", len(names)))
    if len(names):
        views.rows(names, name="came-and-went", columns=worded.CAME_AND_WENT, opens="iso3")
