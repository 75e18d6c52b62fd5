"""One State's self-assessment beside one visit or peer review of it, question by question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base
from analysis.charts import readings as charts
from analysis.comparison import readings
from analysis.comparison.rounds import LATEST
from analysis.reports import readings as worded
from analysis.texts import counted, text, word
from pages.shared import controls, filters, loaders, views
from pages.shared.filters import ALL

if TYPE_CHECKING:
    import pandas as pd

    from pages.shared.loaders import Data

ANY, DOCUMENT = "any", "document"
LEAST = {ANY: 0, DOCUMENT: readings.DOCUMENT}


def other_reading(data: Data) -> str:
    """Which reading stands beside the self-assessment: visits, or peer reviews where there are some."""
    found = [r for r in readings.OTHERS if (data.panel.index["reading"] == r).any()] or [readings.OTHERS[0]]
    if len(found) == 1:
        return controls.only("reading", found[0], word("reading", found[0]), known=filters.known_reading, quiet=("self",))
    return controls.one("reading", found, found[0], lambda r: word("reading", r), label=text("readings.other"), quiet=("self",))


def evidence() -> str:
    """Every answer, or only those for which a document is cited or better."""
    return controls.one("evidence", list(LEAST), ANY, lambda e: text(f"readings.evidence.{e}"))


def section(data: Data) -> None:
    """Choose a State and two of its readings; where they part, and every question."""
    other = other_reading(data) if len(data.panel) else readings.OTHERS[0]
    possible = loaders.possible_pairs(data, other)
    codes = data.states.by_name(data.panel.index["iso3"].unique())
    first = next((code for code in codes if (possible["iso3"] == code).any()), codes[0])
    with filters.bar():
        with filters.cell(240):
            iso3 = filters.country(data, codes, first)
        mine = possible[possible["iso3"] == iso3]
        if len(mine):
            pair = _pair(data, mine, other)
        with filters.cell():
            part = filters.submodule(data)
        with filters.cell(filters.WIDE):
            kind = filters.measure_type(data)
        with filters.cell(220):
            least = evidence()
    st.caption(text("readings.never"))
    if LEAST[least]:
        st.caption(text("readings.backed"))
    if not len(mine):
        views.nothing("readings.one.none", name=views.plain(data.states.name(iso3)), other=word("reading", other))
    rows = [*pair["own_row"], *pair["other_row"]]
    grades = loaders.evidence(data, rows)
    found = readings.paired(data.panel, data.instrument, pair, grades, LEAST[least])
    table = readings.questions(found)
    for column, chosen in (("submodule", part), ("measure_type", kind)):
        if chosen != ALL:
            table = table[table[column] == chosen]
    if table.empty:
        views.nothing("readings.nothing")
    _figure(data, found, table, other, part, kind, least)
    _covered(data, rows, grades, table, other)
    st.divider()
    _questions(data, table, pair.iloc[0], least)


def _pair(data: Data, mine: pd.DataFrame, other: str) -> pd.DataFrame:
    """The two readings that are looked at: a row of the State's possible pairs."""
    rounds = list(dict.fromkeys(mine["other_round"]))
    with filters.cell(130):
        round_ = filters.newest_or(data, rounds, text(f"readings.other_round.{other}"))
    mine = mine[mine["other_round"] == (rounds[0] if round_ == LATEST else round_)]
    near = mine["own_round"].tolist()
    with filters.cell(150):
        own = controls.one("beside", near, near[0])
    return mine[mine["own_round"] == own].head(1).reset_index(drop=True)


def _figure(data: Data, found: readings.Paired, table: pd.DataFrame, other: str, part: str, kind: str, least: str) -> None:
    """Parts, or the measures of the sub-module chosen, with both readings."""
    instrument = data.instrument
    nodes = instrument.nodes[instrument.nodes["node"].isin(instrument.blocks if part == ALL else instrument.measures["node"])]
    for column, chosen in (("submodule", part), ("measure_type", kind)):
        if chosen != ALL:
            nodes = nodes[nodes[column] == chosen]
    counts, pair = readings.counts(table), found.table.iloc[0]
    lines = worded.nodes(instrument, readings.nodes_of_pair(found, nodes["node"].tolist()))
    chart = charts.two_readings(
        lines, worded.pair_title(counts, other), text("readings.one.subtitle", name=data.states.name(pair["iso3"])),
        base.palette(views.dark()), words=worded.chart_words(other),
    )  # fmt: skip
    lines = lines.assign(iso3=pair["iso3"])
    sentence = worded.pair_sentence(pair, counts, other, backed=LEAST[least] > 0)
    views.figure(chart, lines, sentence, name=f"readings-{pair['iso3']}", columns=worded.NODES, opens="iso3", leads=_leads(pair))


def _leads(pair: pd.Series) -> dict[str, str]:
    """The way to the State's page goes to its self-assessment."""
    return {"reading": "self", "round": pair["own_round"]}


def _covered(data: Data, rows: list[int], grades: object, table: pd.DataFrame, other: str) -> None:
    """How much either reading answered, with and without evidence, of the questions in view."""
    asked = data.instrument.questions["question"].isin(table["question"]).to_numpy()
    covered = readings.coverage(data.panel, rows, grades, asked=asked)
    st.text(worded.coverage_sentence(covered.iloc[0], covered.iloc[1], other))


def _questions(data: Data, table: pd.DataFrame, pair: pd.Series, least: str) -> None:
    """Every question with both answers; a row leads to the State's page at that question."""
    st.subheader(text("readings.one.questions"), anchor=False)
    with filters.cell(260):
        differ = controls.one("differ", ["all", "differ"], "all", lambda d: text(f"readings.differ.{d}"))
    left = readings.open_by_status(table)
    compared = table[(table["own_code"] >= 0) & (table["other_code"] >= 0)]
    # an answer that is left out for its evidence is not to be read as "no answer": such rows are not listed
    shown = table[table["differs"]] if differ == "differ" else compared if LEAST[least] else table
    words = [counted("readings.one.listed", len(shown)), *([] if LEAST[least] else [text("readings.one.status")])]
    st.text(" ".join(words))
    if len(shown):
        words = worded.questions(data.instrument, shown.reset_index(drop=True), pair["iso3"])
        st.text(text("readings.one.opens"))
        leads = {"question": None, **_leads(pair)}
        views.rows(
            words, name=f"readings-questions-{pair['iso3']}", columns=worded.QUESTIONS, height=520, opens="iso3", leads=leads
        )
    if LEAST[least] or not len(left):
        return
    box = st.expander(counted("readings.one.unanswered", int(left["n"].sum())), key="readings.unanswered", on_change="rerun")
    if box.open:
        with box:
            views.rows(worded.unanswered(left), name=f"readings-unanswered-{pair['iso3']}", columns=worded.UNANSWERED, height=320)
