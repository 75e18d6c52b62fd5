"""Both sides of each border on the border lens, and the weakest link along a chain of States."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base, dots
from analysis.charts import sides as charts
from analysis.comparison import borders as on
from analysis.reports import borders as worded
from analysis.reports import labelled
from analysis.texts import counted, text
from pages.shared import controls, filters, lenses_states, loaders, views
from pages.shared.filters import Selection
from pages.shared.loaders import Data

if TYPE_CHECKING:
    from analysis.comparison.borders import Borders
    from analysis.scores.tree import Scores

MOST, LONGEST = 24, 12


def section(data: Data) -> None:
    """Borders of the States in view, then a chain; where there is no table of borders, how to bring one."""
    if on.BORDER not in data.instrument.lenses:
        views.nothing("borders.no_lens")
    borders = loaders.borders(data)
    if not borders.there:
        views.nothing("borders.absent")
    _problems(borders)
    if borders.pairs.empty:
        views.nothing("borders.empty")
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell(240):
            node = lenses_states.chosen_node(data)
        with filters.cell(240):
            codes = ["", *data.states.by_name(set(data.panel.index["iso3"].iloc[selection.rows]) & set(borders.neighbours))]
            every, known = text("borders.all"), filters.known_state(data)
            iso3 = controls.one("country", codes, "", lambda c: data.states.name(c) if c else every, known=known)
        options = filters.rules(data, on.BORDER)
    filters.name_rules(data, options)
    scores = data.scores(options)
    _sides(data, scores, selection, node, borders, iso3)
    st.divider()
    _chain(data, scores, selection, node, borders)


def _problems(borders: Borders) -> None:
    """What is wrong with the table of borders, row by row."""
    if borders.problems.empty:
        return
    st.warning(counted("borders.problems", len(borders.problems)), icon=":material/rule:")
    views.rows(worded.problems(borders.problems), name="border-problems", columns=worded.PROBLEMS, height=200)


def _sides(data: Data, scores: Scores, selection: Selection, node: str, borders: Borders, iso3: str) -> None:
    found = on.sides(scores, selection.rows, node, borders, iso3)
    if found.empty:
        st.text(text("borders.sides.none"))
        return
    table = worded.sides(found, data.states)
    shown = table.head(MOST)
    kind = "state" if iso3 else "all"
    facts = {"n": len(shown), "of": len(table), "node": data.instrument.node_name(node), "selection": selection.words}
    subtitle = text(f"borders.sides.subtitle.{kind}", **facts)
    title = worded.sides_title(found, 100 / data.instrument.max_level)
    chart = charts.two_sides(shown, title, subtitle, base.palette(views.dark()), words=labelled.chart_words(), width=22)
    all_borders = sum(iso3 in pair for pair in borders.pairs[["iso3_a", "iso3_b"]].to_numpy()) if iso3 else len(borders.pairs)
    reading = worded.sides_sentence(found, all_borders, worded.sources(borders.pairs))
    views.figure(chart, table, reading, name=f"borders-{node}", columns=worded.SIDES, opens="iso3")
    st.caption(text("borders.sides.key"))


def _chain(data: Data, scores: Scores, selection: Selection, node: str, borders: Borders) -> None:
    st.subheader(text("borders.chain.title"), anchor=False)
    here = set(data.panel.index["iso3"].iloc[selection.rows])
    codes = data.states.by_name(here | set(borders.neighbours))
    usual = on.usual_chain(borders, data.states.by_name(here))
    chosen = controls.several("chain", codes, usual, data.states.name, known=filters.known_state(data), most=LONGEST)
    if len(chosen) < 2:
        st.text(text("borders.chain.two"))
        return
    found = on.chain(scores, selection.rows, node, chosen, borders)
    table = worded.chain(found, data.states)
    subtitle = text("borders.chain.subtitle", node=data.instrument.node_name(node), selection=selection.words)
    chart = dots.bounded_dots(
        table, text("borders.chain.heading"), subtitle, base.palette(views.dark()), words=labelled.chart_words(), width=28
    )
    reading = worded.chain_sentence(found, data.states)
    views.figure(chart, table, reading, name=f"border-chain-{node}", columns=worded.CHAIN)
    st.caption(text("borders.chain.key"))
