"""How a State or a group moved from round to round: the same States, the same questions."""

import streamlit as st

from analysis.charts import base, history
from analysis.comparison import rounds
from analysis.reports import labelled, sentences
from analysis.texts import text
from pages.shared import controls, filters, frame, over_time_editions, views

data = frame.open_page("over_time")
if not len(data.panel):
    views.nothing("empty.store")
instrument, scores, colours = data.instrument, data.scores(), base.palette(views.dark())
show = controls.one("show", ["group", "one", "editions"], "group", lambda s: text(f"over_time.{s}"), kind="buttons")
if show == "editions":
    over_time_editions.section(data)
    st.stop()
over_time_editions.notice(data)
with filters.bar():
    with filters.cell():
        reading = filters.reading(data)
    with filters.cell():
        part = filters.submodule(data)
    with filters.cell(260):
        codes = data.states.by_name(rounds.reporting(data.panel, reading))
        if show == "one":
            iso3, region = filters.country(data, codes), ""
        else:
            region = filters.region(data)

nodes = [b for b in instrument.blocks if part in (filters.ALL, instrument.nodes.set_index("node")["submodule"][b])]


def one_state() -> None:
    """A State's own line, with what its open questions allow."""
    table = rounds.histories(scores, [iso3], nodes, reading)
    lines = labelled.history(instrument, table, data.states)
    title = text("over_time.one.title", name=data.states.name(iso3))
    chart = history.round_lines(lines, title, text("over_time.one.subtitle"), colours, words=labelled.chart_words())
    sentence = sentences.history_sentence(table.rename(columns={"score": "value"}))
    views.figure(
        chart, lines, sentence, name=f"over-time-{iso3}", columns=labelled.HISTORY, opens="iso3", leads={"round": None}
    )  # fmt: skip


def group() -> None:
    """Every State thin, the matched mean thick; the naive mean stands in the table beside it."""
    members = [c for c in codes if c in data.states.members(region)]
    if not members:
        views.nothing("empty.selection")
    table = rounds.histories(scores, members, nodes, reading)
    means = rounds.group_history(table)
    lines = labelled.group_history(instrument, table, means, data.states)
    subtitle = sentences.matched_subtitle(means)
    chart = history.round_lines(lines, text("over_time.group.title"), subtitle, colours, words=labelled.chart_words())
    moves = rounds.first_to_last(table)
    sentence = sentences.group_sentence(means, moves)
    views.figure(chart, labelled.named(instrument, means), sentence, name="over-time-group", columns=labelled.GROUP_HISTORY)
    st.caption(text("over_time.group.note"))
    st.subheader(text("over_time.moves.title"), anchor=False)
    st.text(text("over_time.moves.text") + " " + text("view.opens_state"))
    views.rows(labelled.moves(instrument, moves, data.states), name="moves", columns=labelled.MOVES, height=420, opens="iso3")


if show == "one":
    one_state()
else:
    group()
