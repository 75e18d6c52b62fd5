"""What one State asked for, the offers that could meet it, and what is paid for already; where nothing was asked for, the way to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.priorities.book import in_view
from analysis.registers import NEEDS
from analysis.reports import matching as worded
from analysis.texts import counted, text
from pages.shared import frame, needs_match, views

if TYPE_CHECKING:
    from analysis.priorities.book import Book
    from pages.shared.loaders import Data

ARROW = ":material/arrow_forward:"


def section(data: Data, iso3: str) -> None:
    """The State's needs, the offers that could meet them, what is paid for, and where to go on."""
    found = in_view(needs_match.book(data), data.states, {iso3})
    st.subheader(text("country.asked.title"), anchor=False)
    st.text(worded.state_sentence(found.needs, found.offers, found.pairs))
    if found.needs.empty:
        st.text(text("country.asked.how", form=text(f"register.{NEEDS.kind}.title")))
    else:
        views.rows(worded.needs(data.instrument, found.needs), name=f"needs-{iso3}", columns=worded.NEEDED, height=300)
    form = "country.asked.form" if found.needs.empty else "country.asked.more"
    frame.page_link("returns", text(form), icon=ARROW, register=NEEDS.kind, show=None)
    if len(found.pairs):
        _offers(data, found, iso3)
    _paid(data, found, iso3)
    st.divider()
    for name in ("needs", "portfolio"):
        frame.page_link(name, text(f"home.door.{name}"), icon=ARROW, country=iso3, show=None)


def _offers(data: Data, found: Book, iso3: str) -> None:
    """Every offer that could meet an open need, with the reasons for and against, fewest against first."""
    st.divider()
    st.subheader(text("country.asked.offers.title"), anchor=False)
    st.text(counted("country.asked.offers.count", len(found.pairs), fits=int(found.pairs["fits"].sum())))
    st.text(text("needs.match.text"))
    table = worded.matches(data.instrument, found.pairs, found.needs, found.offers, data.states)
    views.rows(table, name=f"offers-{iso3}", columns=worded.OF_STATE, height=300)
    st.caption(text("needs.match.rule"))


def _paid(data: Data, found: Book, iso3: str) -> None:
    """Needs that are paid for, and committed offers that reach the State."""
    table = worded.paid(data.instrument, found.needs, found.offers, data.states)
    if len(table):
        st.divider()
        st.subheader(text("needs.paid.title"), anchor=False)
        st.text(counted("needs.paid.count", len(table)))
        views.rows(table, name=f"paid-{iso3}", columns=worded.PAID, height=300)
