"""From a measure to its questions to the very cell of the workbook."""

from __future__ import annotations

import streamlit as st

from analysis.scores.options import ScoreOptions
from analysis.texts import text, word
from pages.shared import controls, trace, views
from pages.shared.loaders import Data


def drill_down(data: Data, row: int, options: ScoreOptions) -> None:
    """Choose a measure or a part, see its ladder and every cell its number comes from, select a question, see all that stood there."""
    instrument = data.instrument
    measures, nodes = instrument.measures["node"].tolist(), instrument.nodes["node"].tolist()
    label = text("country.drill.choose")
    node = controls.one("measure", nodes, measures[0], lambda n: f"{n}  {instrument.node_name(n)}", label=label)
    if node in measures:
        _ladder(data, node)
    trace.number(data, row, node, options)
    questions = instrument.questions.loc[instrument.questions_below(node), "question"].tolist()
    question = controls.one("question", questions, questions[0], lambda q: f"{q}  {instrument.question_text(q)}")
    _cell(data, row, question)


def _ladder(data: Data, measure: str) -> None:
    """What each level of this measure looks like."""
    instrument = data.instrument
    steps = [(level, instrument.word(f"measure.{measure}.level.{level}")) for level in instrument.levels]
    if any(words for _, words in steps):
        with st.expander(text("country.drill.ladder", measure=measure)):
            for level, words in steps:
                st.markdown(f"**{level} {views.plain(instrument.level_name(level))}** {views.plain(words)}")


def _cell(data: Data, row: int, question: str) -> None:
    """Where an answer came from: the file, its hash, the sheet and the cell, what stood there, and what was said about it."""
    instrument = data.instrument
    st.text(instrument.question_text(question))
    for key in ("evidence", "level.3", "level.5"):
        words = instrument.word(f"question.{question}.{key}")
        if words:
            st.caption(views.plain(text(f"question.{key}") + " " + words))
    found = data.store.trace(data.panel, row, question)
    if not found:
        st.text(text("country.drill.not_returned"))
        return
    shown = (
        "file",
        "sheet",
        "cell",
        "found",
        "evidence_grade",
        "evidence",
        "comment",
        "na_reason",
        "imported_by",
        "received_at",
        "sha256",
    )
    with st.container(border=True):
        for key in shown:
            value = found.get(key)
            if value is None or value != value or value == "":
                continue
            if key == "evidence_grade":
                value = word("evidence_grade", str(int(value)))
            if key == "received_at":
                value = f"{str(value)[:16]} (UTC)"  # to the minute
            st.text(f"{text(f'trace.{key}')}: {value}")
