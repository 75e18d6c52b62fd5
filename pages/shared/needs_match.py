"""Needs beside offers: which offer could meet which need, with the reasons for and against, and what is paid for already."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base
from analysis.charts import priorities as charts
from analysis.priorities import matching, orphans, packages
from analysis.priorities.book import Book, in_view
from analysis.registers import NEEDS, OFFERS
from analysis.reports import matching as worded
from analysis.texts import counted, text
from pages.shared import controls, filters, loaders, registers, views
from pages.shared.loaders import Data

LARGEST = 15
FITS = ("fits", "near")


def book(data: Data) -> Book:
    """All needs, all offers, and what matches today. What the page is narrowed to is taken from it by `in_view`."""
    needs = matching.needs_table(registers.kept(data, NEEDS)["body"])
    offers = matching.offers_table(registers.kept(data, OFFERS)["body"])
    pairs = matching.matches(needs, offers, data.states, loaders.now().date(), packages.cost_bands())
    return Book(needs, offers, pairs)


def section(data: Data) -> None:
    """The sentence, needs and offers measure by measure, the matches, and what is under way."""
    with filters.bar():
        with filters.cell():
            region = filters.region(data)
        with filters.cell():
            part = filters.submodule(data)
    whole = book(data)
    if whole.needs.empty and whole.offers.empty:
        st.text(text("needs.none"))
        return
    measures = data.instrument.measures
    mine = None if part == filters.ALL else measures.loc[measures["submodule"] == part, "node"]
    found = in_view(whole, data.states, data.states.members(region), mine)
    if found.needs.empty and found.offers.empty:
        st.text(text("needs.none_here"))
        return
    counts = orphans.supply(found.needs, found.offers, data.instrument)
    counts = counts if part == filters.ALL else counts[counts["submodule"] == part].reset_index(drop=True)
    table = worded.supply(data.instrument, counts)
    head = table.head(LARGEST)
    chart = charts.needs_beside_offers(
        head, worded.supply_title(table), text("needs.supply.subtitle", n=len(head), of=len(table)), base.palette(views.dark()),
        words=worded.supply_words(),
    )  # fmt: skip
    sentence = worded.sentence(found.needs, found.offers, found.pairs)
    views.figure(chart, table, sentence, name="needs-offers", columns=["label", "needs", "offers", "submodule_name", "type_name"])
    st.divider()
    _matches(data, found)
    st.divider()
    _paid(data, found)


def _matches(data: Data, found: Book) -> None:
    st.subheader(text("needs.match.title"), anchor=False)
    with filters.cell(320):
        fit = controls.one("fit", FITS, FITS[0], lambda f: text(f"needs.fit.{f}"))
    pairs = found.pairs[found.pairs["fits"].astype(bool) == (fit == "fits")]
    st.text(counted("needs.match.count", len(pairs)) + " " + text("needs.match.text"))
    if len(pairs):
        table = worded.matches(data.instrument, pairs.reset_index(drop=True), found.needs, found.offers, data.states)
        columns = [name for name in worded.MATCHES if fit == "near" or name != "against_words"]
        views.rows(table, name="matches", columns=columns, height=420)
    st.caption(text("needs.match.rule"))


def _paid(data: Data, found: Book) -> None:
    st.subheader(text("needs.paid.title"), anchor=False)
    table = worded.paid(data.instrument, found.needs, found.offers, data.states)
    st.text(counted("needs.paid.count", len(table)))
    if len(table):
        views.rows(table, name="paid", columns=worded.PAID, height=340)
