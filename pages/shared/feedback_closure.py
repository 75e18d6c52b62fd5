"""For how many lessons a change upstream is recorded, by region and State; how long it took; reviews beside revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from analysis.balance import loop
from analysis.charts import base, dots
from analysis.comparison.rounds import reporting
from analysis.reports import feedback as worded
from analysis.texts import text
from pages.shared import feedback_register, filters, loaders, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import datetime as dt

MOST = 15


def section(data: Data) -> None:
    """Closure by region, by State, and what is known of revisions."""
    with filters.bar():
        with filters.cell():
            region = filters.region(data)
        with filters.cell():
            part = filters.submodule(data)
    table = feedback_register.lessons(data, region, part)
    if table.empty:
        st.text(text("feedback.none"))
        return
    today = loaders.now().date()
    returned = set(reporting(data.panel, "self")) & data.states.members(region)
    _regions(data, table, returned, today)
    st.divider()
    _states(data, table, today)
    st.divider()
    _reviews(data, table)


def _regions(data: Data, table: pd.DataFrame, returned: set[str], today: dt.date) -> None:
    whole = loop.closure(table, pd.Series([text("feedback.all")] * len(table)), today)
    by_region = loop.closure(table, loop.regions(table, data.states), today)
    lines = worded.closures(pd.concat([whole, by_region], ignore_index=True) if len(by_region) > 1 else whole)
    subtitle = text("feedback.closure.subtitle", fewest=loop.FEWEST)
    among, others = loop.recorders(table, returned)
    said = worded.closure_sentence(whole.iloc[0], among, len(returned), others)
    reading = said + " " + worded.waiting_sentence(whole.iloc[0])
    title = worded.closure_title(whole.iloc[0])
    if lines["score"].isna().all():  # no share anywhere, so there is nothing to draw
        st.subheader(title, anchor=False)
        st.text(reading)
        views.rows(lines, name="loop-closure", columns=worded.CLOSURES)
        return
    chart = _chart(lines, title, subtitle)
    views.figure(chart, lines, reading, name="loop-closure", columns=worded.CLOSURES)
    st.caption(text("feedback.closure.key"))


def _chart(lines: pd.DataFrame, title: str, subtitle: str):
    colours = base.palette(views.dark())
    return dots.bounded_dots(lines, title, subtitle, colours, words=worded.closure_words(), width=28)


def _states(data: Data, table: pd.DataFrame, today: dt.date) -> None:
    lines = worded.closures(loop.closure(table, table["iso3"], today), data.states)
    shown = lines.dropna(subset=["score"]).head(MOST)
    if shown.empty:
        st.subheader(text("feedback.states.title"), anchor=False)
        st.text(text("feedback.states.reading", n=0, of=len(lines), fewest=loop.FEWEST))
        views.rows(lines, name="loop-closure-states", columns=worded.CLOSURES, opens="iso3")
        return
    subtitle = text("feedback.states.subtitle", n=len(shown), of=len(lines), fewest=loop.FEWEST)
    chart = _chart(shown, text("feedback.states.title"), subtitle)
    reading = text("feedback.states.reading", n=int(lines["score"].notna().sum()), of=len(lines), fewest=loop.FEWEST)
    views.figure(chart, lines, reading, name="loop-closure-states", columns=worded.CLOSURES, opens="iso3")


def _reviews(data: Data, table: pd.DataFrame) -> None:
    st.subheader(text("feedback.review.title"), anchor=False)
    counts = loop.reviews(table, loop.revised(table, data.scores()))
    st.text(worded.reviews_sentence(counts))
    views.rows(worded.reviews(counts), name="loop-reviews", columns=worded.REVIEWS)
    st.caption(text("feedback.review.key"))
