"""The recommendations to one State, on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.priorities import followup
from analysis.registers import RECOMMENDATIONS
from analysis.reports import followup as worded
from analysis.texts import text
from pages.shared import frame, loaders, registers, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    from analysis.scores.tree import Scores


def section(data: Data, scores: Scores, iso3: str, reading: str) -> None:
    """What visits recommended and what became of it."""
    table = followup.recommendations(registers.kept(data, RECOMMENDATIONS)["body"], loaders.now().date())
    table = table[table["iso3"] == iso3].reset_index(drop=True)
    st.subheader(text("follow_up.state.title"), anchor=False)
    if table.empty:
        st.text(text("follow_up.state.none"))
        return
    st.text(worded.state_sentence(followup.rates(table).iloc[0]))
    shown = worded.listed(data.instrument, followup.with_changes(table, scores, reading), data.states)
    views.rows(shown, name=f"recommendations-{iso3}", columns=worded.OF_STATE, height=300)
    st.caption(text("follow_up.no_cause"))
    frame.page_link("follow_up", text("home.door.follow_up"), icon=":material/arrow_forward:", show=None)
