"""Which questions deserve a look, from how they were answered and what States say about them; alpha of each block."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base
from analysis.charts import questions as charts
from analysis.registers import FEEDBACK
from analysis.reports import questions as worded
from analysis.texts import text
from pages.shared import filters, loaders, views
from pages.shared.filters import ALL
from pages.shared.loaders import Data

MOST = 12


def section(data: Data) -> None:
    """The finding, the questions behind it, the table of all, and alpha."""
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell():
            part = filters.submodule(data)
    feedback = worded.open_feedback(loaders.records(data, FEEDBACK.kind))
    everything = loaders.questions(data, selection.rows, feedback)
    shown = everything if part == ALL else everything[everything["submodule"] == part].reset_index(drop=True)
    table = worded.statistics(data.instrument, shown)
    look = table[(table["reasons"] > 0) & (table["asked"] > 0)].head(MOST)
    if len(look):
        subtitle = text("questions.subtitle", selection=selection.words, n=len(look))
        chart = charts.answer_bars(
            worded.answer_parts(look), worded.look_title(table), subtitle, base.palette(views.dark()), words=worded.part_words()
        )
        views.figure(chart, table, worded.look_sentence(table), name="questions", columns=worded.STATISTICS)
    else:
        st.subheader(worded.look_title(table), anchor=False)
        st.text(worded.look_sentence(table))
        views.rows(table, name="questions", columns=worded.STATISTICS)
    st.caption(views.plain(worded.thresholds_sentence()))
    st.subheader(text("questions.alpha.title"), anchor=False)
    alphas = loaders.alphas(data, selection.rows)
    st.text(worded.alpha_sentence(alphas))
    if alphas["alpha"].notna().any():  # a table of dashes says nothing that the sentence does not
        views.rows(worded.alphas(data.instrument, alphas), name="alphas", columns=worded.ALPHAS)
