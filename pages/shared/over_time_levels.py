"""From which level to which: States between two rounds, counts first."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base
from analysis.charts import over_time as charts
from analysis.comparison import transitions
from analysis.reports import over_time as worded
from analysis.texts import text
from pages.shared import filters, over_time_pair, views
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """The matrix of one part, with shares where there are States enough."""
    instrument = data.instrument
    with filters.bar():
        first, last, reading, _, members = over_time_pair.group_rounds(data)
        with filters.cell(260):
            node = over_time_pair.node(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    levels, either = transitions.state_levels(data.scores(options), members, node, first, last, reading)
    if levels.empty:
        views.nothing("over_time.levels.nobody", first=first, last=last)
    table, moves = transitions.transitions(levels, instrument.levels), transitions.moves(levels)
    shown = worded.transitions(instrument, table)
    title, sentence = worded.levels_title(instrument, node, moves), worded.levels_sentence(moves, either, table)
    words = {"before": text("over_time.levels.axis", round=first), "after": text("over_time.levels.axis", round=last)}
    with st.container(width=860):
        chart = charts.level_moves(
            shown,
            title,
            text("over_time.levels.subtitle"),
            base.palette(views.dark()),
            hovers=worded.level_hovers(shown),
            words=words,
        )
        views.figure(chart, shown, sentence, name="level-moves", columns=worded.TRANSITIONS)
    st.caption(text("over_time.levels.note"))
