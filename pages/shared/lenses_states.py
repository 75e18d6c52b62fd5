"""One lens across States, each beside everything else that was asked: a strong rest does not make up for a weak lens."""

from __future__ import annotations

import streamlit as st

from analysis.balance.plane import target_points
from analysis.charts import base, sides
from analysis.comparison import groups, lenses
from analysis.instrument import Lens
from analysis.reports import lenses as worded
from analysis.reports import uncertain as sure
from analysis.scores.options import ScoreOptions
from analysis.texts import text
from pages.shared import controls, filters, loaders, uncertain, views
from pages.shared.loaders import Data

MOST = 24
USUAL, COMPARED = 5, 12  # States whose order is looked at


def chosen_lens(data: Data) -> Lens:
    """The lens in view: human rights and rule of law unless chosen otherwise."""
    codes = {f"{lens.kind}:{lens.value}": lens for lens in data.instrument.lenses}
    first = lenses.first_lens(data.instrument)
    return codes[controls.one("lens", list(codes), f"{first.kind}:{first.value}", filters.lens_name)]


def chosen_node(data: Data) -> str:
    """The part that a lens is scored on."""
    nodes = lenses.nodes(data.instrument)
    return controls.one("node", nodes, nodes[0], data.instrument.node_name)


def section(data: Data) -> None:
    """Every State in view, the lens and the rest side by side, those furthest below their own rest first."""
    instrument = data.instrument
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell(320):
            lens = chosen_lens(data)
        with filters.cell(240):
            node = chosen_node(data)
        options = filters.rules(data, lens)
        choice = uncertain.settings(options)
    filters.name_rules(data, options)
    target = target_points(instrument)
    found = lenses.beside_rest(data.panel, instrument, selection.rows, lens, node, target, options)
    table = worded.beside(instrument, found, data.states)
    table = worded.with_ranges(table, loaders.lens_ranges(data, options, found["row"], lens, node, choice.settings))
    shown = table.head(MOST)
    facts = {"node": instrument.node_name(node), "lens": worded.lens_word(lens), "selection": selection.words}
    subtitle = text("lenses.beside.subtitle", n=len(shown), of=len(selection.rows), level=instrument.target_level, **facts)
    chart = sides.two_sides(
        shown, worded.beside_title(lens, found), subtitle, base.palette(views.dark()), words=sure.chart_words(), target=target,
    )  # fmt: skip
    reading = worded.beside_sentence(found, len(selection.rows), target, 100 / instrument.max_level)
    reading = f"{reading} {worded.apart_sentence(table)}"
    views.figure(chart, table, reading, name=f"lens-{lens.value}-{node}", columns=worded.RANGED, opens="iso3")
    st.caption(text("lenses.beside.key") + " " + sure.rule_sentence("lenses.apart.rule"))
    _order(data, options, selection, node, choice)


def _order(data: Data, options: ScoreOptions, selection: filters.Selection, node: str, choice: uncertain.Choice) -> None:
    """How sure the order of some States is through the lens; worked out only where a reader opens it."""
    box = st.expander(text("lenses.order"), key="lenses.order", on_change="rerun")
    if not box.open:
        return
    with box:
        scores, index = data.scores(options), data.panel.index["iso3"]
        codes = data.states.by_name(index.iloc[selection.rows])
        usual = groups.scored_first(scores, selection.rows, node, codes)[:USUAL]
        chosen = controls.several("countries", codes, usual, data.states.name, known=filters.known_state(data), most=COMPARED)
        row_of = {index.iloc[r]: int(r) for r in selection.rows}
        uncertain.section(data, scores, [row_of[code] for code in chosen], node, choice)
