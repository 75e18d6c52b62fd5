"""The ranked list of gaps with every factor of its value, how firm its head is, and what to ask before anything is funded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from analysis.charts import base
from analysis.charts import priorities as charts
from analysis.priorities import gaps, matching, ranking
from analysis.registers import NEEDS, OFFERS
from analysis.reports import labelled, portfolio
from analysis.reports import priorities as worded
from analysis.scores.options import ScoreOptions
from analysis.texts import counted, text
from pages.shared import aims, controls, exports, filters, registers, threats, views
from pages.shared.filters import Selection
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

TOP = ranking.TOP
WANTED = ("open", "all", "requested", "waiting")
NOT_PAID = WANTED[0]  # the list that pages open on: nothing is proposed or bought twice unless a reader asks for it


class Valued(NamedTuple):
    """The gaps in view with their values, and by which choices."""

    table: pd.DataFrame
    selection: Selection
    options: ScoreOptions
    target: str
    chosen: str = ""


def valued(data: Data, *more: Callable[[], str]) -> Valued:
    """The page's row of controls, and every gap of the States in view with each factor of its value. more: one control beside them."""
    asked = filters.gaps_asked(data, *more)
    selection = asked.selection
    scores = data.scores(asked.options)
    table = gaps.gaps(scores, selection.rows, aims.targets(data, scores, selection, asked.target))
    aims.told(table, asked.target)
    table = asked.only(table)
    weights = ranking.importances(data.instrument, dict(asked.options.weights))
    threats.told(data)
    found = ranking.valued(table, weights, threats.held(data, selection), standing(data))
    return Valued(found, selection, asked.options, asked.target, *asked.more)


def standing(data: Data) -> pd.DataFrame:
    """What is asked and paid for already, measure by measure."""
    needs = matching.needs_table(registers.kept(data, NEEDS)["body"])
    return matching.standing(needs, matching.offers_table(registers.kept(data, OFFERS)["body"]), data.states)


def wanted() -> str:
    """The part of the list that the reader asks for: not paid for, all, asked for, or asked for and not paid for."""
    return controls.one("wanted", WANTED, NOT_PAID, lambda w: text(f"priorities.wanted.{w}"))


def narrowed(table: pd.DataFrame, chosen: str) -> pd.DataFrame:
    """The gaps of a choice of `wanted`. table: as `ranking.valued` gives it."""
    return ranking.wanted(table, requested=chosen in ("requested", "waiting"), unfunded=chosen in (NOT_PAID, "waiting"))


def left_out(table: pd.DataFrame, chosen: str) -> str:
    """How many gaps a choice of `wanted` leaves out because they are paid for; "" for none. table: as `ranking.valued` gives it."""
    if chosen not in (NOT_PAID, "waiting"):
        return ""
    return portfolio.paid_note(table if chosen == NOT_PAID else narrowed(table, "requested"), narrowed(table, chosen))


def section(data: Data) -> None:
    """The sentence, the first ten with their ranges, the whole list, and "ask first" apart."""
    found = valued(data, wanted)
    instrument, chosen = data.instrument, found.chosen
    every = ranking.listed(found.table)
    listed = narrowed(every, chosen)
    if left := left_out(every, chosen):
        st.caption(left)
    drawn = ranking.drawn_importances(instrument, found.options)
    firm = ranking.stability(listed, instrument, drawn)
    exports.also(
        {"draws.weights": ranking.SETTINGS.weights, "draws": str(ranking.SETTINGS.draws), "seed": str(ranking.SETTINGS.seed)}
    )
    shown = worded.ranked(instrument, listed, firm, data.states)
    sentence = worded.list_sentence(shown, listed["iso3"].nunique())
    if listed.empty:
        st.text(sentence)
    else:
        head = worded.top(shown, TOP)
        target = filters.target_name(data, found.target)
        subtitle = text("priorities.top.subtitle", n=len(head), of=len(listed), selection=found.selection.words, target=target)
        chart = charts.top_values(
            head, text("priorities.top.title"), subtitle + labelled.hue_words(instrument), base.palette(views.dark()), words=worded.top_words(),
        )  # fmt: skip
        views.figure(chart, head, sentence, name="priorities-top", columns=worded.LISTED, opens="iso3", clicks=True)
        st.caption(text("priorities.value.key", draws=ranking.SETTINGS.draws))
        st.subheader(text("priorities.list.title"), anchor=False)
        st.text(counted("priorities.list.count", len(listed), shown=len(firm)) + " " + text("view.opens_state"))
        views.rows(
            shown, name="priorities", columns=worded.LISTED, height=460, opens="iso3", bars={"worth": float(shown["worth"].max())}
        )
    st.subheader(text("priorities.ask.title"), anchor=False)
    missing = ranking.only_missing(found.table)
    st.text(" ".join([counted("priorities.ask.count", len(missing)), *([text("priorities.ask.why")] if len(missing) else [])]))
    if len(missing):
        asked = worded.asked(instrument, missing, data.states)
        views.rows(asked, name="priorities-ask-first", columns=worded.ASKED, height=340, opens="iso3")
    st.caption(text("priorities.caveat"))
