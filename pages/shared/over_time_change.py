"""What one State's change between two rounds is made of: parts, questions, level, and whether its answers point one way."""

from __future__ import annotations

import math

import streamlit as st

from analysis.charts import base
from analysis.charts import over_time as charts
from analysis.comparison import contributions, rounds, signs
from analysis.reports import over_time as worded
from analysis.texts import counted, text
from pages.shared import filters, over_time_pair, uncertain, views
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """The waterfall of one part, the level, the sign test, and the questions that moved."""
    instrument = data.instrument
    with filters.bar():
        with filters.cell():
            reading = filters.reading(data)
        with filters.cell(260):
            iso3 = filters.country(data, data.states.by_name(rounds.reporting(data.panel, reading)))
        mine = rounds.of_state(data.panel, iso3, reading)
        first, last = over_time_pair.two_rounds(list(mine)[::-1])
        with filters.cell(260):
            node = over_time_pair.node(data)
        options = filters.rules(data)
        with filters.cell(260):
            earlier = filters.earlier_weights(data, options.weights)
    filters.name_rules(data, options)
    if earlier is not None:
        st.warning(text("over_time.change.other_weights", first=first, last=last), icon=":material/balance:")
    scores, now, before = data.scores(options), mine[last], mine[first]
    row = rounds.changes(scores, now, before, [node]).iloc[0]
    made = contributions.contributions(scores, now, before, node, earlier)
    was, is_ = contributions.ends(scores, now, before, node, earlier)
    table, name = worded.brought_in(instrument, made), data.states.name(iso3)
    title, sentence = (
        worded.change_title(instrument, name, node, is_ - was if len(made) else math.nan),
        worded.change_sentence(table, row),
    )
    if table.empty:
        st.subheader(views.plain(title), anchor=False)
        st.text(sentence)
    else:
        steps = worded.change_steps(table, was, is_, first, last)
        subtitle = text(f"over_time.change.subtitle.{options.aggregator}", first=first, last=last)
        columns = worded.BROUGHT_IN if earlier is None else worded.BROUGHT_IN_BY_BOTH
        with st.container(width=860):
            chart = charts.waterfall(steps, title, subtitle, base.palette(views.dark()), unit=text("over_time.points"))
            views.figure(chart, table, sentence, name=f"brought-in-{iso3}", columns=columns)
        if earlier is None:
            st.text(worded.level_sentence(instrument, contributions.level_contributions(scores, now, before, node)))
    if earlier is None:
        uncertain.change(data, scores, [before, now], [node], on=text("uncertain.change.all"))
    st.divider()
    st.subheader(text("over_time.signs.title"), anchor=False)
    nodes = [*instrument.blocks, *(root for root in instrument.roots if root not in instrument.blocks)]
    tested = signs.signs(scores, now, before, nodes)
    st.text(worded.sign_sentence(tested[tested["node"] == node].iloc[0]))
    views.rows(worded.signs(instrument, tested), name=f"signs-{iso3}", columns=worded.SIGNS)
    st.subheader(text("over_time.questions.title"), anchor=False)
    moved = contributions.question_moves(scores, now, before, node)
    st.text(counted("over_time.questions.count", len(moved)))
    if len(moved):
        views.rows(worded.question_moves(instrument, moved), name=f"question-moves-{iso3}", columns=worded.QUESTION_MOVES)
