"""One group of States: how many stand at each level, part by part and measure by measure, and what missing returns could make of its means."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base
from analysis.charts import regions as charts
from analysis.comparison import regions
from analysis.reports import regions as worded
from analysis.texts import text
from pages.shared import controls, filters, ladder, uncertain_groups, views
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """Levels of the parts, of the measures of one part, and the ladder of assumptions."""
    instrument, colours = data.instrument, base.palette(views.dark())
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell(filters.WIDE):
            node = controls.one("node", list(instrument.blocks), instrument.blocks[0], instrument.node_name)
        options = filters.rules(data)
    filters.name_rules(data, options)
    scores, states = data.scores(options), len(data.states.members(selection.region))
    states = max(states, len(selection.rows))  # without a region, returns of States that are no longer listed count as well
    below = instrument.children(node)
    subtitle = text("regions.level.subtitle", selection=selection.words, returned=len(selection.rows), states=states)
    views_of = {"parts": (list(instrument.blocks), text("regions.level.parts"))}
    views_of["measures"] = (list(below), text("regions.level.measures", node=instrument.node_name(node)))
    for name, (nodes, title) in views_of.items():
        table = regions.level_counts(scores, selection.rows, states, nodes)
        lines = worded.levels(instrument, table)
        chart = charts.level_bars(lines, title, subtitle, colours, words=worded.level_words(), top=instrument.max_level)
        reading = worded.level_sentence(instrument, table, node) if name == "parts" else text("regions.level.reading")
        views.figure(chart, lines, reading, name=f"regions-levels-{name}", columns=worded.LEVELS)
        st.divider()
    codes = {*data.states.members(selection.region), *data.panel.index["iso3"].iloc[selection.rows]}
    uncertain_groups.parts(data, scores, selection.rows, sorted(codes), selection.words)
    ladder.region(data, scores, selection.rows, states, instrument.blocks, name="region", words=selection.words)
