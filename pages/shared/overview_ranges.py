"""The ranges of all States in view for one part; worked out only where a reader opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import dots as dots_
from analysis.charts import ranges as charts
from analysis.reports import labelled
from analysis.reports import uncertain as worded
from analysis.texts import text
from pages.shared import controls, filters, uncertain, views

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scores.tree import Scores
    from pages.shared.filters import Selection
    from pages.shared.loaders import Data

NAMED = 24  # up to so many States each has a line with its name


def section(data: Data, scores: Scores, selection: Selection, dots: pd.DataFrame) -> None:
    """The figure of one part with its table. dots: as `groups.dots` gives them, of every part."""
    box = st.expander(text("overview.ranges"), key="overview.ranges", on_change="rerun")
    if not box.open:
        return
    with box:
        instrument, colours = data.instrument, uncertain.colours()
        with filters.bar():
            with filters.cell(filters.WIDE):
                parts = list(instrument.blocks)
                node = controls.one("node", parts, parts[0], instrument.node_name)
            choice = uncertain.settings(scores.options, orders=False)
        one = dots[dots["node"] == node]
        row_of = dict(zip(scores.panel.index["iso3"].iloc[selection.rows], map(int, selection.rows), strict=True))
        one = uncertain.ranged(data, scores, one.assign(row=one["iso3"].map(row_of)), node, choice)
        one = one.sort_values(["score", "median", "iso3"], ascending=[False, False, True], na_position="last")
        table = labelled.states_bounded(instrument, one, data.states)
        table["key"] = table["iso3"]
        title = text("overview.ranges.title", node=instrument.node_name(node))
        subtitle = text("compare.ranges.subtitle", selection=selection.words)
        few = len(table) <= NAMED
        if few:
            chart = dots_.bounded_dots(table, title, subtitle, colours, words=worded.chart_words(), width=24)
        else:
            words = worded.chart_words() | {"states": text("overview.ranges.axis")}
            subtitle = text("overview.ranges.subtitle", selection=selection.words)
            chart = charts.all_ranges(table, title, subtitle, colours, words=words)
        reading = worded.ranges_sentence(table)
        views.figure(chart, table, reading, name=f"ranges-{node}", columns=worded.RANGED, opens="iso3", clicks=not few)
        st.caption(worded.error_sentence(choice.settings))
