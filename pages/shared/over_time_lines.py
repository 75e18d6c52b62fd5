"""Lines over the rounds: one State's own, or a group's matched mean over its States."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base, history
from analysis.comparison import rounds
from analysis.reports import labelled, sentences
from analysis.texts import text
from pages.shared import filters, uncertain, uncertain_groups, views
from pages.shared.loaders import Data


def _nodes(data: Data, part: str) -> list[str]:
    of = data.instrument.nodes.set_index("node")["submodule"]
    return [b for b in data.instrument.blocks if part in (filters.ALL, of[b])]


def one(data: Data) -> None:
    """A State's own line, with what its open questions allow."""
    with filters.bar():
        with filters.cell():
            reading = filters.reading(data)
        with filters.cell(260):
            iso3 = filters.country(data, data.states.by_name(rounds.reporting(data.panel, reading)))
        with filters.cell():
            part = filters.submodule(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    scores, nodes = data.scores(options), _nodes(data, part)
    table = rounds.histories(scores, [iso3], nodes, reading)
    lines = labelled.history(data.instrument, table, data.states)
    title, colours = text("over_time.one.title", name=data.states.name(iso3)), base.palette(views.dark())
    subtitle, words = text("over_time.one.subtitle"), labelled.chart_words()
    chart = history.round_lines(labelled.one_line(lines), title, subtitle, colours, words=words)
    sentence = sentences.history_sentence(table)
    views.figure(
        chart, lines, sentence, name=f"over-time-{iso3}", columns=labelled.SAME_HISTORY, opens="iso3", leads={"round": None}
    )  # fmt: skip
    mine = list(rounds.of_state(data.panel, iso3, reading).values())
    if len(mine) > 1:
        uncertain.change(data, scores, mine, nodes, on=text("uncertain.change.own"))


def group(data: Data) -> None:
    """The matched mean thick over its States: each a thin line, or a band where they are many; the naive mean stands in the table beside it."""
    with filters.bar():
        with filters.cell():
            reading = filters.reading(data)
        with filters.cell():
            part = filters.submodule(data)
        with filters.cell(260):
            region = filters.region(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    codes = data.states.by_name(rounds.reporting(data.panel, reading))
    wanted = data.states.members(region)
    members = [c for c in codes if c in wanted]
    if not members:
        views.nothing("empty.selection")
    scores = data.scores(options)
    table = rounds.histories(scores, members, _nodes(data, part), reading)
    means = rounds.group_history(table, states=len(wanted))
    many = len(members) > history.MOST_LINES
    lines = labelled.group_history(data.instrument, table.head(0) if many else table, means, data.states)
    subtitle = sentences.matched_subtitle(means, many=many)
    colours = base.palette(views.dark())
    chart = history.round_lines(lines, text("over_time.group.title"), subtitle, colours, words=labelled.chart_words())
    moves = rounds.first_to_last(scores, table)
    sentence = sentences.group_sentence(means, moves)
    shown = labelled.named(data.instrument, means)
    views.figure(chart, shown, sentence, name="over-time-group", columns=labelled.GROUP_HISTORY)
    st.caption(views.plain(" ".join([text("over_time.group.note"), *sentences.means_ruled_out(data.instrument, means)])))
    uncertain_groups.change(data, scores, lambda: rounds.matched_ends(data.panel, table, reading), text("uncertain.change.all"))
    st.subheader(text("over_time.moves.title"), anchor=False)
    st.text(text("over_time.moves.text") + " " + text("view.opens_state"))
    named = labelled.moves(data.instrument, moves, data.states)
    views.rows(named, name="moves", columns=labelled.MOVES, height=420, opens="iso3")
