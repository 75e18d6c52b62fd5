"""If this State did these things: the cheapest way to the next level, answers or measures lifted by choice, and what follows from either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base
from analysis.charts import portfolio as charts
from analysis.priorities import cheapest, scenario
from analysis.reports import labelled
from analysis.reports import scenario as worded
from analysis.scores import levels
from analysis.texts import counted, text
from pages.shared import controls, filters, views

if TYPE_CHECKING:
    from analysis.scores.tree import Scores
    from pages.shared.loaders import Data

MOST = 12


def section(data: Data, scores: Scores, row: int, node: str) -> None:
    """A compact section: closed until somebody opens it, or an address names what is to be done."""
    named = set(st.query_params.get("doing", "").split(",")) & set(aims(data, node))
    box = st.expander(text("scenario.open"), key="scenario.open", on_change="rerun", expanded=bool(named))
    if box.open:
        with box:
            _inside(data, scores, row, node)


def _inside(data: Data, scores: Scores, row: int, node: str) -> None:
    instrument = data.instrument
    st.text(text("scenario.text"))
    with filters.bar():
        with filters.cell(240):
            by = controls.one("cheapest", list(cheapest.BY), "questions", lambda b: text(f"scenario.by.{b}"))
        with filters.cell(520):
            doing = controls.several("doing", aims(data, node), [], lambda a: worded.aim_name(instrument, a), most=MOST)
    if doing:
        wanted: dict[str, int] = {}
        for aim in doing:
            name, _, level = aim.rpartition(":")
            wanted[name] = max(int(level), wanted.get(name, 0))
        answers = scenario.raised(scores, row, wanted)
    else:
        found = cheapest.cheapest(scores, row, node, by=by)
        st.text(worded.cheapest_sentence(instrument, found, node))
        answers = found.codes
    if not answers:
        if doing:
            st.text(text("scenario.nothing"))
        return
    _effect(data, scores, row, node, answers)


def aims(data: Data, node: str) -> list[str]:
    """What can be lifted below a node: each measure, then each question, to each level above the lowest."""
    instrument = data.instrument
    asked = instrument.questions[instrument.questions_below(node)]
    names = [*dict.fromkeys(asked["measure"]), *asked["question"]]
    return [f"{name}:{level}" for name in names for level in instrument.levels[1:]]


def _effect(data: Data, scores: Scores, row: int, node: str, answers: dict[str, int]) -> None:
    """The answers, the parts before and after, and what blocks the level after that."""
    instrument, iso3 = data.instrument, data.panel.index["iso3"].iloc[row]
    codes = dict(zip(instrument.questions["question"], scores.panel.codes[row].tolist(), strict=True))
    views.rows(worded.answers(instrument, codes, answers), name=f"scenario-answers-{iso3}", columns=worded.ANSWERS, height=300)
    pair = scenario.changed(scores, row, answers)
    measure = instrument.questions.set_index("question")["measure"]
    nodes = list(dict.fromkeys([node, *(measure[q] for q in answers)]))
    table = worded.before_after(instrument, scenario.before_after(pair, nodes))
    words = {name: text(f"portfolio.after.{name}") for name in ("before", "after")}
    chart = charts.before_after(table, text("scenario.title"), text("scenario.subtitle"), base.palette(views.dark()), words=words)
    with st.container(width=820):
        sentence = worded.effect_sentence(instrument, table, node, len(answers))
        views.figure(chart, table, sentence, name=f"scenario-{iso3}", columns=worded.NODES)
    ahead = levels.blockers(pair, scenario.AFTER, node)
    if ahead.empty:
        st.text(text("country.next.top"))
        return
    st.text(counted("scenario.next", len(ahead), level=int(ahead["level"].iloc[0])))
    views.rows(labelled.blockers(instrument, ahead), name=f"scenario-next-{iso3}", height=260)
