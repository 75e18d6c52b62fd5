"""Gaps that several States share, gathered into candidates for a joint workshop."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base
from analysis.charts import priorities as charts
from analysis.priorities import ranking, shared
from analysis.reports import priorities as worded
from analysis.texts import text
from pages.shared import controls, filters, priorities_list, views
from pages.shared.loaders import Data

LARGEST = 12


def section(data: Data) -> None:
    """The candidates of the most States, drawn, and the list of all with their members."""
    ways = shared.ways(data.states)
    found = priorities_list.valued(data, lambda: controls.one("by", ways, ways[0], lambda w: text(f"workshops.by.{w}")))
    candidates = shared.workshops(ranking.listed(found.table), data.states, found.chosen)
    table = worded.workshops(data.instrument, candidates, data.states)
    sentence = worded.workshop_sentence(table, shared.FEWEST)
    if table.empty:
        st.text(sentence)
        return
    head, colours = table.head(LARGEST), base.palette(views.dark())
    target = filters.target_name(data, found.target)
    subtitle = text("workshops.subtitle", n=len(head), of=len(table), selection=found.selection.words, target=target)
    chart = charts.stacked_counts(
        head, {"asks": colours.certain, "others": colours.fine}, text("workshops.title"), subtitle, colours, words=worded.workshop_words()
    )  # fmt: skip
    views.figure(chart, table, sentence, name="workshops", columns=worded.WORKSHOPS)
    st.caption(text("workshops.rule", fewest=shared.FEWEST))
    st.caption(text("priorities.caveat"))
