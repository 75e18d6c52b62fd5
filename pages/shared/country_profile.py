"""The main story of one State: its parts with bounds and target, its organizations, what keeps its weakest part, or another, from the
next level, and flags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base, dots
from analysis.comparison import rounds
from analysis.reports import labelled, sentences
from analysis.scores import levels, profile
from analysis.texts import counted, text, word
from pages.shared import controls, feedback_flags, filters, scenario, views

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scores.tree import Scores
    from pages.shared.loaders import Data


def section(data: Data, scores: Scores, row: int, blocks: pd.DataFrame) -> None:
    """blocks: the parts of the return of a row, as `profile.profile` gives them."""
    instrument = data.instrument
    _figure(data, scores, row, blocks)
    _organizations(data, scores, row)
    st.divider()
    st.subheader(text("country.next.title"), anchor=False)
    with filters.cell(360):
        node = controls.one("node", list(instrument.blocks), profile.weakest(blocks), instrument.node_name)
    _next_level(data, scores, row, blocks[blocks["node"] == node].iloc[0])
    scenario.section(data, scores, row, node)
    if not instrument.feedback_links.empty:
        st.divider()
        feedback_flags.state(data, scores, row)


def _figure(data: Data, scores: Scores, row: int, blocks: pd.DataFrame) -> None:
    """Parts with bounds, target and the round before."""
    instrument, index = data.instrument, data.panel.index
    here, before = index.iloc[row], rounds.previous_row(data.panel, row)
    table = labelled.bounded(instrument, blocks, target="default").assign(
        na_challenged=profile.challenged(scores, row, instrument.blocks)
    )
    subtitle = text("country.profile.subtitle", reading=word("reading", here["reading"]), round=here["round"])
    subtitle += labelled.hue_words(instrument)
    if before is not None:
        table["before"] = profile.profile(scores, before, instrument.blocks)["score"]
        subtitle += " " + text("country.profile.before", round=index["round"].iloc[before])
    colours, words = base.palette(views.dark()), labelled.chart_words()
    chart = dots.bounded_dots(table, sentences.profile_title(table), subtitle, colours, words=words, width=24)
    name = f"profile-{here['iso3']}-{here['round']}"
    views.figure(chart, table, text("country.profile.reading"), name=name, columns=labelled.BOUNDED)


def _organizations(data: Data, scores: Scores, row: int) -> None:
    """Returns of the State's organizations beside the national one; nothing where there are none."""
    here = data.panel.index.iloc[row]
    table = rounds.organizations(scores, row, data.instrument.blocks)
    if table.empty or here["organization"]:
        return
    st.subheader(text("country.organizations.title"), anchor=False)
    st.text(text("country.organizations.text"))
    named = labelled.named(data.instrument, table)
    views.rows(named, name=f"organizations-{here['iso3']}", columns=labelled.ORGANIZATIONS)


def _next_level(data: Data, scores: Scores, row: int, part: pd.Series) -> None:
    """The questions that keep a part from its next level."""
    instrument, node = data.instrument, part["node"]
    st.text(text("country.next.now", node=instrument.node_name(node), level=sentences.level_words(instrument, part)))
    if part["why"] != "shown":
        st.text(text("country.next.not_shown"))
        return
    table = levels.blockers(scores, row, node)
    if table.empty:
        st.text(text("country.next.top"))
        return
    st.text(counted("country.next.count", len(table), level=int(table["level"].iloc[0])))
    iso3 = data.panel.index["iso3"].iloc[row]
    views.rows(labelled.blockers(instrument, table), name=f"next-level-{iso3}-{node}", height=330)
