"""A set of weights beside the questionnaire's own: whose level and which order really change, and which do not."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analysis.charts import base, dots
from analysis.comparison import reweighted
from analysis.reports import labelled
from analysis.reports import weights as worded
from analysis.texts import counted, text
from pages.shared import controls, filters, loaders, views
from pages.shared.loaders import Data

MOST = 12


def section(data: Data) -> None:
    """The controls, the finding at one node, the lists of levels and pairs, and the counts at every node that the set touches."""
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell(260):
            chosen = filters.weights(data, own=False)
        if chosen is None:
            views.nothing("weights.whatif.none")
        nodes = reweighted.touched_nodes(data.instrument, [item for item, _ in chosen.weights])
        with filters.cell(320):
            node = controls.one(
                "node", nodes, nodes[0], lambda n: worded.item_label(data.instrument, n), label=text("weights.at_node")
            )
        options = filters.rules(data, with_weights=False)
    filters.name_rules(data, options)
    own, other = data.scores(options), data.scores(replace(options, weights=chosen.weights))
    counts = loaders.weights_effect(data, options, chosen, selection.rows)
    here = counts[counts["node"] == node].iloc[0]
    table = reweighted.levels_beside(own, other, selection.rows, node)
    lines = worded.whatif_levels(data.instrument, table, data.states)
    words = labelled.chart_words() | {"before": text("weights.series.own_score")}
    drawn = lines[lines["weights_change"].notna()].head(MOST)
    subtitle = text(
        "weights.whatif.subtitle",
        node=data.instrument.node_name(node),
        selection=selection.words,
        n=len(drawn),
        of=int(here["shown"]),
    )
    chart = dots.bounded_dots(drawn, worded.whatif_title(here), subtitle, base.palette(views.dark()), words=words, width=24)
    views.figure(chart, lines, worded.whatif_sentence(here), name=f"weights-levels-{node}", columns=worded.LEVELS, opens="iso3")
    pairs = worded.whatif_swaps(own, reweighted.swaps(own, other, selection.rows, node), data.states)
    st.subheader(counted("weights.swaps.title", int(here["order_swapped"]), pairs=int(here["pairs"])), anchor=False)
    st.text(text("weights.swaps.text"))
    if len(pairs):
        views.rows(pairs, name=f"weights-pairs-{node}", columns=worded.SWAPS, height=330, opens="iso3")
    st.subheader(text("weights.effect.title"), anchor=False)
    views.rows(worded.whatif_effect(data.instrument, counts), name="weights-effect", columns=worded.EFFECT)
