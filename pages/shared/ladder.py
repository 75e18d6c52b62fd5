"""The same score under three assumptions about what is missing, side by side; and the what-ifs with the questions behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base, dots
from analysis.comparison.ladder import region_ladder, state_ladder
from analysis.reports import labelled
from analysis.reports import ladder as worded
from analysis.scores import profile
from analysis.texts import counted, text
from pages.shared import views

if TYPE_CHECKING:
    from analysis.scores.tree import Scores
    from pages.shared.loaders import Data


def state(data: Data, scores: Scores, row: int, *, nodes: Sequence[str] | None = None) -> None:
    """One return: worst case, own observed range, missing like the rest. nodes: the blocks unless said otherwise."""
    instrument, nodes = data.instrument, list(nodes or data.instrument.blocks)
    found = state_ladder(scores, row, nodes)
    table = worded.state_rungs(instrument, found)
    here = scores.panel.index.iloc[row]
    subtitle = text("ladder.state.subtitle", round=here["round"]) + labelled.hue_words(instrument)
    words = labelled.chart_words() | {"range": text("ladder.own")}
    chart = dots.bounded_dots(table, text("ladder.state.title"), subtitle, base.palette(views.dark()), words=words, width=24)
    reading = worded.state_sentence(instrument, found)
    views.figure(chart, table, reading, name=f"ladder-{here['iso3']}-{here['round']}", columns=worded.STATE)


def region(data: Data, scores: Scores, rows: Sequence[int], states: int, nodes: Sequence[str], *, name: str, words: str) -> None:
    """A region's mean: worst case, observed range, missing like the rest; no number where fewer than five States have a score.

    rows: of the panel, one a State of the region. states: all States of the region, with or without a return. name: a code for the
    downloads. words: the selection in words (`Selection.words`).
    """
    instrument = data.instrument
    found = region_ladder(scores, rows, states, nodes)
    table, reading = worded.region_rungs(instrument, found), worded.region_sentence(instrument, found)
    if found["score"].isna().all():
        st.subheader(text("ladder.region.title"), anchor=False)
        st.text(reading)
        return
    subtitle = text("ladder.region.subtitle", selection=words) + labelled.hue_words(instrument)
    spoken = labelled.chart_words() | {"range": text("ladder.observed")}
    chart = dots.bounded_dots(table, text("ladder.region.title"), subtitle, base.palette(views.dark()), words=spoken, width=24)
    views.figure(chart, table, reading, name=f"ladder-{name}", columns=worded.REGION)


def what_ifs(data: Data, scores: Scores, row: int) -> None:
    """The default beside its two what-ifs, the levels that move, and the questions that move them."""
    instrument, iso3 = data.instrument, scores.panel.index["iso3"].iloc[row]
    table = profile.what_ifs(scores, row, [*instrument.blocks, *instrument.measures["node"]])
    moves = table["moved_strict"] | table["moved_challenged"]
    st.text(counted("country.whatif.count", int(moves.sum())))
    thin = scores.thin[row, [scores.column(node) for node in table["node"]]]
    table = table.assign(thin=[text("level.thin") if mark else "" for mark in thin])
    kept = table[table["node"].isin(instrument.blocks) | moves | thin]
    columns = [*labelled.WHAT_IFS, "thin"]
    views.rows(labelled.what_ifs(instrument, kept), name=f"what-if-{iso3}", columns=columns, height=330)
    behind = profile.what_if_questions(scores, row, table)
    if behind.empty:
        return
    st.text(counted("country.whatif.behind", len(behind)))
    views.rows(worded.behind(instrument, behind), name=f"what-if-questions-{iso3}", height=330)
