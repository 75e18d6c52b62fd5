"""Two flags that ask a question: response-heavy, and loop open. A list over States, and one State's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.balance import flags
from analysis.reports import feedback as worded
from analysis.texts import counted, text
from pages.shared import filters, views
from pages.shared.filters import ALL
from pages.shared.loaders import Data

if TYPE_CHECKING:
    from analysis.scores.tree import Scores


def section(data: Data) -> None:
    """The States in view with what is flagged."""
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell():
            part = filters.submodule(data)
    scores = data.scores()
    heavy, loop = flags.response_heavy(scores, selection.rows), flags.loop_open(scores, selection.rows)
    table = worded.flags(data.instrument, heavy, loop, data.states)
    if part != ALL:
        table = table[table["submodule"] == part].reset_index(drop=True)
    st.subheader(counted("feedback.flags.title", len(table)), anchor=False)
    st.caption(text("feedback.flags.subtitle", selection=views.plain(selection.words)))
    st.text(worded.flags_sentence(table, len(selection.rows)))
    if len(table):
        views.rows(table.drop(columns="informs"), name="feedback-flags", columns=worded.FLAGS, height=520, opens="iso3")
    st.caption(text("feedback.flags.key"))


def state(data: Data, scores: Scores, row: int) -> None:
    """One return's flags; nothing where the questionnaire has neither axes nor links."""
    if data.instrument.feedback_links.empty:
        return
    heavy, loop = flags.response_heavy(scores, [row]), flags.loop_open(scores, [row])
    st.subheader(text("feedback.flags.heading"), anchor=False)
    st.text(worded.state_flags_sentence(heavy, loop))
    number = worded.flagged(heavy, loop)
    if not number:
        return
    iso3 = data.panel.index["iso3"].iloc[row]
    box = st.expander(counted("feedback.flags.title", number), key=f"flags.{iso3}", on_change="rerun")
    if box.open:
        with box:
            table = worded.flags(data.instrument, heavy, loop, data.states)
            columns = [c for c in worded.FLAGS if c not in ("name", "round")]
            views.rows(table.drop(columns="informs"), name=f"flags-{iso3}", columns=columns, height=260)
            st.caption(text("feedback.flags.key"))
