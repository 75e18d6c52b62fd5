"""One lens across States, each beside everything else that was asked: a strong rest does not make up for a weak lens."""

from __future__ import annotations

import streamlit as st

from analysis.balance.plane import target_points
from analysis.charts import base, sides
from analysis.comparison import lenses
from analysis.instrument import Lens
from analysis.reports import labelled
from analysis.reports import lenses as worded
from analysis.texts import text
from pages.shared import controls, filters, views
from pages.shared.loaders import Data

MOST = 24


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
    filters.name_rules(data, options)
    target = target_points(instrument)
    found = lenses.beside_rest(data.panel, instrument, selection.rows, lens, node, target, options)
    table = worded.beside(instrument, found, data.states)
    shown = table.head(MOST)
    facts = {"node": instrument.node_name(node), "lens": worded.lens_word(lens), "selection": selection.words}
    subtitle = text("lenses.beside.subtitle", n=len(shown), of=len(selection.rows), level=instrument.target_level, **facts)
    chart = sides.two_sides(
        shown, worded.beside_title(lens, found), subtitle, base.palette(views.dark()), words=labelled.chart_words(), target=target,
    )  # fmt: skip
    reading = worded.beside_sentence(found, len(selection.rows), target, 100 / instrument.max_level)
    views.figure(chart, table, reading, name=f"lens-{lens.value}-{node}", columns=worded.BESIDE, opens="iso3")
    st.caption(text("lenses.beside.key"))
