"""Needs and offers as kept, with their matches: all of them, and what of them concerns some States or a part of the questionnaire."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import pandas as pd

from analysis.priorities.matching import served
from analysis.states import States


class Book(NamedTuple):
    """Needs (`matching.needs_table`), offers (`matching.offers_table`) and the pairs of them (`matching.matches`)."""

    needs: pd.DataFrame
    offers: pd.DataFrame
    pairs: pd.DataFrame


def in_view(book: Book, states: States, codes: Collection[str], measures: Collection[str] | None = None) -> Book:
    """What of a book concerns some States and some measures.

    Rows are left out and nothing is counted anew: whether a place of an offer is left, or a measure paid for, depends on all States, whichever
    of them are looked at.

    Parameters
    ----------
    book: over all States. codes: the States. measures: what at least one measure has to be of; all where None.

    Returns
    -------
    Needs of these States that name one of the measures; offers open to one of the States that name one of them, or none at all; pairs whose
    need is one of these States' and that have one of the measures in common.
    """
    codes, measures = set(codes), None if measures is None else set(measures)
    needs, offers, pairs = book
    needs = needs[needs["iso3"].isin(codes) & _named(needs["measures"], measures)]
    open_to = [not places or not codes.isdisjoint(served(places, states)) for places in offers["places"]]
    offers = offers[pd.Series(open_to, index=offers.index, dtype=bool) & _named(offers["measures"], measures, none=True)]
    pairs = pairs[pairs["iso3"].isin(codes) & _named(pairs["common"], measures)]
    return Book(*(table.reset_index(drop=True) for table in (needs, offers, pairs)))


def _named(lists: pd.Series, measures: set[str] | None, *, none: bool = False) -> pd.Series:
    """Whether each list names one of the measures. none: what an empty list comes to."""
    found = [measures is None or (not measures.isdisjoint(names) if len(names) else none) for names in lists]
    return pd.Series(found, index=lists.index, dtype=bool)
