"""What States say about the questions: every comment by question, one by hand, and the way to the workbook."""

from __future__ import annotations

import streamlit as st

from analysis.registers import FEEDBACK
from analysis.reports import questions as worded
from analysis.texts import text
from pages.shared import controls, frame, registers, views
from pages.shared.loaders import Data

ANY = "all"


def section(data: Data) -> None:
    """The sentence, the comments (of one question or all), and the register's own parts."""
    registers.told(FEEDBACK)
    records = registers.kept(data, FEEDBACK)
    st.text(text("questions.feedback.text"))
    st.text(worded.feedback_sentence(records))
    table = worded.feedback_by_question(data.instrument, registers.table(data, FEEDBACK))
    commented = [q for q in dict.fromkeys(table["question"]) if q in data.instrument.question_number]
    chosen = ANY
    if commented:
        chosen = controls.one("question", [ANY, *commented], ANY, lambda q: _name(data, q))
        shown = table if chosen == ANY else table[table["question"] == chosen]
        views.rows(shown.reset_index(drop=True), name="feedback", columns=worded.FEEDBACK, height=480)
    box = st.expander(text("questions.feedback.enter"), key="questions.enter", on_change="rerun")
    if box.open:
        with box:
            given = {"status": "open"} | ({} if chosen == ANY else {"question": chosen})
            registers.entry(data, FEEDBACK, given)
    frame.page_link(
        "returns", text("questions.feedback.desk"), icon=":material/arrow_forward:", show=None, register=FEEDBACK.kind
    )


def _name(data: Data, question: str) -> str:
    return text("questions.feedback.all") if question == ANY else f"{question} {data.instrument.question_text(question)}"
