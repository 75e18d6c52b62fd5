"""Several organizations of one State on the same questions: how far they are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base
from analysis.charts import readings as charts
from analysis.comparison import organizations
from analysis.comparison.rounds import LATEST
from analysis.model import NATIONAL
from analysis.reports import readings as worded
from analysis.texts import counted, text
from pages.shared import filters, views
from pages.shared.filters import ALL

if TYPE_CHECKING:
    import pandas as pd

    from pages.shared.loaders import Data

LARGEST = 12


def section(data: Data) -> None:
    """Choose a State and a round; the questions on which its organizations part most, and all that they answered."""
    instrument, index = data.instrument, data.panel.index
    theirs = index[(index["organization"] != NATIONAL) & (index["reading"] == "self")]
    codes = data.states.by_name(index["iso3"].unique())
    most = theirs.groupby("iso3")["organization"].nunique().sort_values(ascending=False, kind="stable").index
    with filters.bar():
        with filters.cell(240):
            iso3 = filters.country(data, codes, most[0] if len(most) else codes[0])
        mine = theirs[theirs["iso3"] == iso3].sort_values("round_date", ascending=False)
        rounds = list(dict.fromkeys(mine["round"]))
        with filters.cell(150):
            round_ = filters.newest_or(data, rounds)
        with filters.cell():
            part = filters.submodule(data)
    st.caption(text("readings.offices.never"))
    if not rounds:
        views.nothing("readings.offices.none", name=views.plain(data.states.name(iso3)))
    round_ = rounds[0] if round_ == LATEST else round_
    answers = organizations.organization_answers(data.panel, instrument, iso3, round_)
    if part != ALL:
        answers = answers[answers["submodule"] == part].reset_index(drop=True)
    if not (answers["n"] > 0).any():
        views.nothing("readings.nothing")
    table = organizations.spreads(answers[answers["n"] > 0])
    names = organizations.organization_rows(data.panel, iso3, round_)["organization"].tolist()
    words = worded.offices(instrument, table, answers, iso3)
    _figure(data, table, words, answers, names, round_)
    leads = {"question": None, "reading": "self", "round": round_}
    st.text(counted("readings.one.listed", len(words)) + " " + text("readings.one.opens"))
    views.rows(words, name=f"readings-offices-{iso3}", columns=worded.OFFICES, height=460, opens="iso3", leads=leads)


def _figure(data: Data, table: pd.DataFrame, words: pd.DataFrame, answers: pd.DataFrame, names: list[str], round_: str) -> None:
    """The questions on which they part most; only a sentence where no two answered the same one."""
    title, sentence = worded.offices_title(table), worded.offices_sentence(table, names)
    widest = words.dropna(subset=["levels_between"]).head(LARGEST)
    if widest.empty:
        st.subheader(title, anchor=False)
        st.text(sentence)
        return
    subtitle = text("readings.offices.subtitle", name=data.states.name(words["iso3"].iloc[0]), round=round_, n=len(widest))
    lines, levels = worded.office_lines(widest), data.instrument.levels
    chart = charts.spreads(lines, answers, levels, title, subtitle, base.palette(views.dark()), words=worded.chart_words("visit"))
    views.figure(chart, widest, sentence, name="readings-offices", columns=worded.OFFICES)
