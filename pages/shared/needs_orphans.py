"""Overlaps and orphans: two for the same thing, and nobody for a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.priorities import orphans, ranking
from analysis.priorities.book import in_view
from analysis.reports import labelled
from analysis.reports import matching as worded
from analysis.texts import counted, text
from pages.shared import needs_match, priorities_list, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def section(data: Data) -> None:
    """Overlaps first, then needs without an offer, offers without a need, and large gaps that nobody has asked for."""
    valued = priorities_list.valued(data)
    instrument, states = data.instrument, data.states
    codes, whole = states.members(valued.selection.region), needs_match.book(data)
    found = in_view(whole, states, codes)
    twice = worded.overlaps(instrument, orphans.overlaps(found.needs, found.offers, states, codes), states)
    alone = worded.without_offer(instrument, orphans.needs_without_offer(found.needs, found.pairs), states)
    unused = worded.unused(instrument, orphans.offers_nobody_needs(found.offers, whole.pairs), states)
    large = orphans.gaps_nobody_asked_for(ranking.listed(valued.table), instrument)
    st.text(text("needs.orphans.sentence", overlaps=len(twice), needs=len(alone), offers=len(unused), gaps=len(large)))
    st.caption(text("needs.orphans.filters"))
    _list("overlaps", twice, worded.OVERLAPS)
    _list("without_offer", alone, worded.WITHOUT)
    _list("unused", unused, worded.UNUSED)
    _list("unasked", labelled.gaps(instrument, large, states), worded.UNASKED, opens="iso3")


def _list(name: str, table: pd.DataFrame, columns: Sequence[str], opens: str | None = None) -> None:
    st.subheader(text(f"needs.{name}.title"), anchor=False)
    st.text(counted(f"needs.{name}.count", len(table)))
    if len(table):
        views.rows(table, name=f"needs-{name}", columns=columns, height=300, opens=opens)
