"""Law on the books and practice apart, measure by measure."""

from __future__ import annotations

import streamlit as st

from analysis.balance import aspects
from analysis.charts import balance as charts
from analysis.charts import base
from analysis.reports import balance as worded
from analysis.scores.options import ScoreOptions
from analysis.texts import counted, text
from pages.shared import filters, views
from pages.shared.filters import ALL
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """How many States part on each measure, and the list of them."""
    instrument = data.instrument
    if not aspects.measures(instrument):
        views.nothing("balance.law.no_aspects")
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell():
            part = filters.submodule(data)
        with filters.cell(filters.WIDE):
            kind = filters.measure_type(data)
    law, practice = (data.scores(ScoreOptions(lens=lens)) for lens in (aspects.LAW, aspects.PRACTICE))
    table = aspects.law_and_practice(law, practice, selection.rows)
    for column, chosen in (("submodule", part), ("measure_type", kind)):
        if chosen != ALL:
            table = table[table[column] == chosen].reset_index(drop=True)
    if table.empty:
        views.nothing("balance.law.nothing")
    bars = worded.parted(instrument, aspects.parted(table))
    subtitle = text("balance.law.subtitle", selection=selection.words)
    chart = charts.parted_bars(bars, worded.law_title(table), subtitle, base.palette(views.dark()), words=worded.parted_words())
    views.figure(chart, bars, worded.law_sentence(table), name="balance-law", columns=worded.PARTED)
    st.caption(text("balance.law.assumption"))
    st.subheader(text("balance.law.list.title"), anchor=False)
    listed = worded.law_list(instrument, table, data.states)
    st.text(counted("balance.law.list.count", len(listed)) + " " + text("view.opens_state"))
    if len(listed):
        views.rows(listed, name="law-and-practice", columns=worded.PARTED_LIST, height=420, opens="iso3")
