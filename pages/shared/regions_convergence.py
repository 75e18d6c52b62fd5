"""Whether the States of a group draw together: the spread of the same States over the rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base
from analysis.charts import regions as charts
from analysis.comparison import convergence, rounds
from analysis.reports import regions as worded
from analysis.texts import text, word
from pages.shared import filters, uncertain_groups, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd


def section(data: Data) -> None:
    """The spread in each round, then first against last."""
    instrument = data.instrument
    with filters.bar():
        with filters.cell():
            reading = filters.reading(data)
        with filters.cell():
            where = filters.region(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    scores, members, nodes = data.scores(options), data.states.members(where), list(instrument.blocks)
    ends = convergence.first_to_last(scores, members, nodes, reading)
    sentence = worded.convergence_sentence(ends)
    selection = f"{word('reading', reading)}, {filters.group_words(data.states, where)}"
    if ends["sd_change"].isna().all():
        st.subheader(text("regions.sigma.title"), anchor=False)
        st.text(sentence)
        return
    drawn = ends.dropna(subset=["sd_change"])["node"].tolist()
    lines = worded.sigma(instrument, convergence.matched_spread(scores, members, drawn, reading))
    chart = charts.spread_lines(
        lines, text("regions.sigma.title"), text("regions.sigma.subtitle", selection=selection), base.palette(views.dark()),
        words=worded.sigma_words(),
    )  # fmt: skip
    views.figure(chart, lines, sentence, name="regions-sigma", columns=worded.SIGMA)
    st.caption(text("regions.sigma.note"))
    st.subheader(text("regions.ends.title"), anchor=False)
    views.rows(worded.ends(instrument, ends), name="regions-first-to-last", columns=worded.ENDS)

    def matched() -> pd.DataFrame:
        return rounds.matched_ends(data.panel, rounds.histories(scores, members, nodes, reading), reading)

    uncertain_groups.change(data, scores, matched, text("uncertain.change.all"), move=uncertain_groups.SPREAD)
