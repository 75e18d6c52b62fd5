"""One State: its profile and what blocks the next level, what changed, its measures, its missing answers, the way down to the cell, what it asked for, visits."""

import streamlit as st

from analysis.comparison import returned
from analysis.reports import sentences
from analysis.scores import profile
from analysis.texts import text
from pages.shared import (
    answers,
    change,
    controls,
    country_asked,
    country_elsewhere,
    country_measures,
    country_profile,
    filters,
    follow_up_country,
    frame,
    ladder,
    views,
)

data = frame.open_page("country")
returned_here = set(data.panel.index["iso3"])
asked = controls.asked(
    "country", data.states
)  # a State without a return has its page too, and no other one stands there in its place
codes = data.states.by_name(returned_here | ({asked} - {""}))
if not codes:
    views.nothing("empty.store")
with filters.bar():
    with filters.cell(260):
        iso3 = filters.country(data, codes, next((code for code in codes if code in returned_here), ""))
    if iso3 in returned_here:
        row, reading = filters.unit(data, iso3)
        options = filters.rules(data)
if iso3 not in returned_here:
    country_elsewhere.section(data, iso3)
    st.stop()
filters.name_rules(data, options)
scores = data.scores(options)
here = data.panel.index.iloc[row]
blocks = profile.profile(scores, row, data.instrument.blocks)


def since() -> None:
    """What moved since the round before."""
    st.subheader(text("country.change.title"), anchor=False)
    change.section(data, scores, row, options)


def missing() -> None:
    """What the missing answers could make of it."""
    ladder.state(data, scores, row)
    st.divider()
    st.subheader(text("country.whatif.title"), anchor=False)
    ladder.what_ifs(data, scores, row)


def cells() -> None:
    """From a number to its cells."""
    st.subheader(text("country.drill.title"), anchor=False)
    answers.drill_down(data, row, options)


SECTIONS = {
    "profile": lambda: country_profile.section(data, scores, row, blocks),
    "since": since,
    "measures": lambda: country_measures.section(data, scores, row, options),
    "missing": missing,
    "cells": cells,
    "asked": lambda: country_asked.section(data, iso3),
    "visits": lambda: follow_up_country.section(data, scores, iso3, reading),
}

st.header(views.plain(data.states.name(iso3)), anchor=False)
held = returned.status(scores, [row]).iloc[0]
st.text(sentences.status_sentence(here, held) + " " + sentences.profile_sentence(data.instrument, blocks))
change.later_round(data, here)
# an address that names a measure or a question, and no section, leads to where its number comes from
named = controls.named("measure", data.instrument.nodes["node"]) or controls.named("question", data.instrument.question_number)
controls.expect("measure", data.instrument.nodes["node"])
controls.expect("question", data.instrument.question_number)
usual = "cells" if named else "profile"
stays = not controls.navigated("measure", "question")
show = controls.one("show", list(SECTIONS), usual, lambda s: text(f"country.show.{s}"), kind="buttons", stays=stays)
SECTIONS[show]()
frame.onward("compare", "over_time", "gaps")
