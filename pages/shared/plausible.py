"""Is a return plausible? The flags of one with their reasons, and which of all that count raise one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.comparison.plausible import flagged
from analysis.reports import plausible as worded
from analysis.texts import counted, text
from pages.shared import loaders, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd


def flags(data: Data, return_id: int, instrument_id: str) -> None:
    """What strikes one about a stored return, each with its place and its reason."""
    st.markdown(f"**{text('plausible.title')}**")
    found = loaders.return_flags(data, return_id, instrument_id)
    st.text(worded.return_sentence(found))
    if found:
        table = worded.return_flags(loaders.all_instruments()[instrument_id], found)
        views.rows(table, name=f"flags-{return_id}", columns=worded.RETURN_FLAGS, height=300)
    if before := loaders.edition_before(data, return_id):
        known = loaders.all_instruments()
        st.caption(views.plain(text("plausible.other_edition", edition=known[before].title if before in known else before)))
    st.caption(text("plausible.note"))


def overview(data: Data, table: pd.DataFrame, round: str) -> None:
    """The returns of a round that raise a flag, of those that count, edition by edition. table: the status board of the round."""
    editions = [i for i in dict.fromkeys(table.loc[table["return_id"].notna(), "instrument"]) if i in loaders.all_instruments()]
    rows, found = {}, {}
    for edition in editions:
        counts = loaders.flag_counts(data, edition)
        rows[edition] = counts.loc[counts["round"] == round, "row"].tolist()
        found[edition] = flagged(counts, rows[edition])
    box = st.expander(counted("plausible.overview.title", sum(map(len, found.values()))), key="board.flags", on_change="rerun")
    if box.open:
        with box:
            for at, edition in enumerate(editions):
                if len(editions) > 1:
                    st.markdown(f"**{views.plain(loaders.all_instruments()[edition].title)}**")
                st.text(worded.overview_sentence(found[edition], len(rows[edition])))
                if len(found[edition]):
                    listed = worded.overview(found[edition], data.states)
                    views.rows(listed, name="flagged" if at == 0 else f"flagged-{edition}", columns=worded.OVERVIEW, height=330)
            st.caption(text("plausible.overview.checks"))
            st.caption(text("plausible.note"))
