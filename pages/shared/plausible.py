"""Is a return plausible? The flags of one with their reasons, and which of all that count raise one."""

from __future__ import annotations

import streamlit as st

from analysis.comparison.plausible import flagged
from analysis.reports import plausible as worded
from analysis.texts import counted, text
from pages.shared import loaders, views
from pages.shared.loaders import Data


def flags(data: Data, return_id: int, instrument_id: str) -> None:
    """What strikes one about a stored return, each with its place and its reason."""
    st.markdown(f"**{text('plausible.title')}**")
    found = loaders.return_flags(data, return_id, instrument_id)
    st.text(worded.return_sentence(found))
    if found:
        table = worded.return_flags(loaders.all_instruments()[instrument_id], found)
        views.rows(table, name=f"flags-{return_id}", columns=worded.RETURN_FLAGS, height=300)
    st.caption(text("plausible.note"))


def overview(data: Data, round: str) -> None:
    """The returns of a round that raise a flag, of those that count."""
    counts = loaders.flag_counts(data)
    rows = counts.loc[counts["round"] == round, "row"].tolist()
    found = flagged(counts, rows)
    box = st.expander(counted("plausible.overview.title", len(found)), key="board.flags", on_change="rerun")
    if box.open:
        with box:
            st.text(worded.overview_sentence(found, len(rows)))
            st.caption(text("plausible.note"))
            if len(found):
                views.rows(worded.overview(found, data.states), name="flagged", columns=worded.OVERVIEW, height=330)
