"""What a weight says beside what it does: the share of each child, its share of the whole, and how much it moves the score above it."""

from __future__ import annotations

import streamlit as st

from analysis.budgets import children_of
from analysis.charts import base, shares
from analysis.reports import explained
from analysis.reports import weights as worded
from analysis.texts import text
from pages.shared import controls, filters, views
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """One node's children, then the table of every node."""
    children = children_of(data.instrument)
    nodes = [n for n in children if children[n][0] in data.instrument.node_number] or list(children)
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell(320):
            node = controls.one(
                "node", nodes, nodes[0], lambda n: worded.item_label(data.instrument, n), label=text("weights.node")
            )
        options = filters.rules(data)
    filters.name_rules(data, options)
    scores = data.scores(options).where(selection.rows)
    table = worded.importances(data.instrument, scores, node, children[node])
    words = {name: text(f"weights.series.{name}") for name in ("share", "importance")}
    chart = shares.share_dots(
        worded.importance_dots(table), text("weights.importance.title", node=data.instrument.node_name(node)), selection.words,
        base.palette(views.dark()), words=words, main="importance",
    )  # fmt: skip
    views.figure(chart, table, worded.importance_sentence(table), name=f"weights-importance-{node}", columns=worded.IMPORTANCE)
    st.caption(text("weights.importance.note"))
    box = st.expander(text("weights.importance.all"), key="table.weights-all", on_change="rerun")
    if box.open:
        with box:
            views.rows(explained.weights(data.instrument, scores), name="weights-all", height=480)
