"""Registers as workbooks: what goes out comes back the same, and every wrong cell is told with its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from analysis import desk
from analysis.instrument import DEFAULT_INSTRUMENT
from analysis.registers import FEEDBACK, LESSONS, NEEDS, OFFERS, RECOMMENDATIONS, REGISTERS, TARGETS
from analysis.reports.registers import coming, coming_sentence
from analysis.store import open_store
from analysis.workbook.book import open_book
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.registers import register_book, register_rows, row_of

DESK = desk.open_desk(sample=True)
INSTRUMENT, STATES = DESK.instruments[DEFAULT_INSTRUMENT], DESK.states
LESSON = {
    "id": "L1",
    "iso3": "QMA",
    "date": "2026-02-01",
    "measure": "IED.D1",
    "source": "exercise",
    "learnt": "Two agencies could not reach each other at night.",
    "upstream": ["IED.U1", "IED.U2"],
    "status": "made",
}
NEED = {"iso3": "QMA", "need": "Model law", "need_type": "law", "measures": "IED.U1", "priority": "high", "status": "requested"}


def back(register, rows, today=None):
    content = register_book(register, INSTRUMENT, STATES, rows)
    return register_rows(register, "back.xlsx", open_book("back.xlsx", content).sheets, INSTRUMENT, STATES, today=today)


def told(read) -> list[tuple]:
    return [(p.code, p.sheet, p.cell, p.found) for p in read.problems]


def test_a_row_that_goes_out_comes_back_the_same():
    read = back(LESSONS, [LESSON])
    assert [dict(row.body) for row in read.rows] == [LESSON]
    assert (read.rows[0].key, read.rows[0].place, read.problems) == ("L1", "Lessons!4", ())


@pytest.mark.parametrize("register", REGISTERS.values(), ids=lambda r: r.kind)
def test_an_empty_form_has_no_rows_and_says_so(register):
    assert [p.code for p in back(register, []).problems] == ["register-no-rows"]


def test_a_row_is_read_by_codes_words_and_labels_alike():
    by_words = {**NEED, "iso3": STATES.name("QMA"), "measures": INSTRUMENT.node_name("IED.U1"), "priority": " HIGH "}
    for values in (NEED, by_words):
        body = row_of(NEEDS, values, INSTRUMENT, STATES).rows[0].body
        assert (body["iso3"], body["measures"], body["priority"]) == ("QMA", ["IED.U1"], "high")


def test_a_row_without_a_reference_gets_one_from_what_it_says():
    first, again, other = (
        row_of(NEEDS, values, INSTRUMENT, STATES).rows[0] for values in (NEED, NEED, {**NEED, "priority": "low"})
    )
    assert first.key == first.body["id"] == again.key != other.key
    assert first.body == again.body


def test_a_form_without_references_read_twice_is_kept_once(tmp_path):
    rows = [{**NEED, "measures": ["IED.U1"], "need": f"Law {i}"} for i in range(3)]
    store = open_store(f"sqlite:///{tmp_path / 's.sqlite'}")
    assert [desk.keep(store, NEEDS, back(NEEDS, rows).rows, "ana") for _ in range(2)] == [3, 0]
    assert len(store.records(NEEDS.kind)) == 3
    kept = store.records(NEEDS.kind)
    changed = back(NEEDS, [rows[0], {**rows[1], "status": "funded"}, {**rows[2], "need": "Law 9"}]).rows
    assert coming(NEEDS, changed, kept).tolist() == ["same", "alike", "new"]
    again = back(NEEDS, [{**kept["body"].iloc[0], "status": "done"}]).rows  # with its reference it changes that row
    assert coming(NEEDS, again, kept).tolist() == ["changed"]
    assert coming_sentence(coming(NEEDS, changed, kept)) == (
        "3 rows can be kept: 2 new, 0 changed, 1 as they are kept already. 1 of the new rows says what a kept row says already: to change "
        "that one, write its reference into the row instead."
    )
    store.close()


TODAY = dt.date(2026, 6, 1)
RECOMMENDED = {"iso3": "QMA", "round": "2026", "recommendation": "r", "measure": "IED.U1", "priority": "high", "status": "done"}
OFFERED = {"provider": "A fund", "offer": "Advice", "status": "open"}


@pytest.mark.parametrize(
    ("register", "row", "code", "column"),
    [
        (LESSONS, LESSON | {"status": "rejected"}, "register-reason-missing", "reason"),
        (LESSONS, LESSON | {"date": "2031-01-01"}, "register-date-ahead", "date"),
        (LESSONS, LESSON | {"date_made": "2026-06-02"}, "register-date-ahead", "date_made"),
        (LESSONS, LESSON | {"date_made": "2026-01-31"}, "register-dates-reversed", "date_made"),
        (RECOMMENDATIONS, RECOMMENDED | {"status": "rejected"}, "register-reason-missing", "reason"),
        (RECOMMENDATIONS, RECOMMENDED | {"date": "2026-05-02", "due": "2026-05-01"}, "register-dates-reversed", "due"),
        (OFFERS, OFFERED | {"date_from": "2026-03-02", "date_to": "2026-03-01"}, "register-dates-reversed", "date_to"),
    ],
)
def test_a_contradiction_is_flagged_with_its_cell_and_the_row_can_be_kept(register, row, code, column):
    read = back(register, [row], TODAY)
    place = get_column_letter([c.name for c in register.columns].index(column) + 1) + "4"  # the first row below the headings
    assert [(p.code, p.cell, p.severity) for p in read.problems] == [(code, place, "note")]
    assert len(read.rows) == 1 and read.left == 0


@pytest.mark.parametrize(
    ("register", "row"),
    [
        (LESSONS, LESSON | {"status": "rejected", "reason": "No budget."}),
        (LESSONS, LESSON | {"date": "2026-06-01", "date_made": "2026-06-01"}),  # today, both
        (RECOMMENDATIONS, RECOMMENDED | {"date": "2026-05-01", "due": "2031-01-01"}),  # what is due may lie ahead
        (OFFERS, OFFERED | {"date_from": "2031-01-01", "date_to": "2031-01-01"}),
        (OFFERS, OFFERED | {"date_to": "2020-01-01"}),
    ],
)
def test_what_does_not_contradict_itself_is_not_asked_about(register, row):
    assert back(register, [row], TODAY).problems == ()


def test_without_a_day_no_date_lies_ahead():
    assert back(LESSONS, [LESSON | {"date": "2031-01-01"}]).problems == ()


def test_two_rows_that_say_the_same_are_one_and_the_second_is_told():
    read = back(NEEDS, [{**NEED, "measures": ["IED.U1"]}] * 2)
    assert len(read.rows) == 1 and [p.code for p in read.problems] == ["register-row-twice"]


def test_every_wrong_cell_is_named_and_its_row_left_out():
    head = ("State", "Round", "Measure *", "Level", "Date")
    rows = [
        ("Targets", None, None, None, None),
        head,
        ("QMA", "2028", "IED.U1", "4", "2026-03-01"),
        ("Nowhere", "2028", "IED.U1", 9, "soon"),
        ("QMB", "next", "IED.U1", None, None),
        ("QMA", 2028.0, "IED.U1", 3.0, None),
    ]
    read = register_rows(TARGETS, "targets.xlsx", [RawSheet("T", rows)], INSTRUMENT, STATES)
    assert [row.key for row in read.rows] == ["QMA.2028.IED.U1"]
    assert read.left == 3
    assert told(read) == [
        ("register-state-unknown", "T", "A4", "Nowhere"),
        ("register-cell-not-allowed", "T", "D4", "9"),
        ("register-cell-not-allowed", "T", "E4", "soon"),
        ("register-cell-not-allowed", "T", "B5", "next"),
        ("register-cell-needed", "T", "D5", ""),
        ("register-row-twice", "T", "A6", "QMA.2028.IED.U1"),
    ]


def test_a_measure_of_the_other_type_is_not_allowed_where_a_type_is_asked_for():
    read = row_of(LESSONS, {**LESSON, "measure": "IED.U1", "upstream": "IED.U1"}, INSTRUMENT, STATES)
    assert [(p.code, p.found) for p in read.problems] == [("register-cell-not-allowed", "IED.U1")]


def test_one_strange_entry_of_a_list_is_named_by_itself():
    read = row_of(NEEDS, {**NEED, "measures": "IED.U1; IED.U99"}, INSTRUMENT, STATES)
    assert [(p.code, p.found) for p in read.problems] == [("register-cell-not-allowed", "IED.U99")]


def test_numbers_have_bounds_and_may_have_to_be_whole():
    for months, fine in (("18", True), ("18.0", True), ("1.5", False), ("-1", False), ("241", False), ("many", False)):
        assert bool(row_of(NEEDS, {**NEED, "months": months}, INSTRUMENT, STATES).rows) is fine, months


def test_places_are_states_and_groups():
    kind, name = STATES.groups.iloc[0][["kind", "group"]]
    offer = {"provider": "A fund", "offer": "Drafting advice", "places": f"QMA; {name}", "status": "open"}
    assert row_of(OFFERS, offer, INSTRUMENT, STATES).rows[0].body["places"] == ["QMA", f"{kind}:{name}"]


def test_a_formula_without_a_value_is_told_and_its_row_never_lost():
    """Also in a column that may be empty, and in a row below all values; nothing is calculated here."""
    rows = [("State", "Round", "Measure", "Level", "Set by"), ("QMA", "2028", "IED.U1", 4, None)]
    sheet = RawSheet("T", rows, formulas={"E2": "=A1&B1", "D5": "=1+2"})
    read = register_rows(TARGETS, "t.xlsx", [sheet], INSTRUMENT, STATES)
    told = [(p.cell, p.found) for p in read.problems if p.code == "register-cell-error"]
    assert told == [("E2", "=A1&B1"), ("D5", "=1+2")] and read.left == 2 and not read.rows


def test_an_error_in_a_cell_is_no_value():
    sheet = RawSheet("T", [("State", "Round", "Measure", "Level"), ("QMA", "2028", "IED.U1", None)], errors={"D2": "#REF!"})
    read = register_rows(TARGETS, "t.xlsx", [sheet], INSTRUMENT, STATES)
    assert told(read) == [("register-cell-error", "T", "D2", "#REF!")]


def test_another_workbook_is_told_what_headings_are_looked_for():
    read = register_rows(TARGETS, "other.xlsx", [RawSheet("Sheet1", [("a", "b")])], INSTRUMENT, STATES)
    assert told(read) == [("register-not-this", "Sheet1", "", "")]
    assert read.problems[0].allowed == "State, Round, Measure, Level"


def test_characters_that_no_workbook_can_hold_are_not_kept():
    assert (
        row_of(NEEDS, {**NEED, "need": "Drafting\x1b advice\x00"}, INSTRUMENT, STATES).rows[0].body["need"] == "Drafting advice"
    )
    read = row_of(NEEDS, {**NEED, "need": "\x1b"}, INSTRUMENT, STATES)
    assert [(p.code, read.rows) for p in read.problems] == [("register-cell-needed", ())]


@settings(max_examples=30, deadline=None)
@example("\x1b")
@given(st.text(max_size=60))
def test_any_text_of_a_state_goes_out_inert_and_comes_back(text):
    read = row_of(NEEDS, {**NEED, "need": text}, INSTRUMENT, STATES)
    for row in read.rows:
        again = back(NEEDS, [row.body])
        assert again.problems == ()


def test_what_is_kept_already_is_not_kept_again(tmp_path):
    store = desk.open_store(f"sqlite:///{tmp_path / 's.sqlite'}", sample=True)
    rows = row_of(NEEDS, {**NEED, "id": "N1"}, INSTRUMENT, STATES).rows
    assert [desk.keep(store, NEEDS, rows, "a"), desk.keep(store, NEEDS, rows, "a")] == [1, 0]
    changed = [replace(rows[0], body={**rows[0].body, "priority": "low"})]
    assert desk.keep(store, NEEDS, changed, "b") == 1
    assert len(store.record_history("need", "N1")) == 2
    store.close()


def test_a_file_is_read_in_a_process_of_its_own():
    content = desk.register_form(DESK, LESSONS, DEFAULT_INSTRUMENT, [LESSON])
    assert dict(desk.read_register(DESK, LESSONS, DEFAULT_INSTRUMENT, "l.xlsx", content).rows[0].body) == LESSON
    assert [p.code for p in desk.read_register(DESK, LESSONS, DEFAULT_INSTRUMENT, "l.xlsx", b"%PDF").problems] == ["other-format"]


COMMENT = {
    "iso3": "QMA",
    "question": "IED.U1.1",
    "feedback_kind": "unclear",
    "comment": "Two things in one question.",
    "status": "open",
}


def test_a_question_is_read_by_its_id_and_by_its_text():
    words = INSTRUMENT.question_text("IED.U1.1")
    for writing in ("IED.U1.1", "ied.u1.1", words, f"IED.U1.1 - {words}"):
        assert row_of(FEEDBACK, {**COMMENT, "question": writing}, INSTRUMENT, STATES).rows[0].body["question"] == "IED.U1.1", (
            writing
        )
    read = row_of(FEEDBACK, {**COMMENT, "question": "IED.U1"}, INSTRUMENT, STATES)
    assert [(p.code, p.found) for p in read.problems] == [("register-cell-not-allowed", "IED.U1")]


def test_a_comment_on_a_question_goes_out_and_comes_back_the_same():
    rows = [
        {**COMMENT, "id": "c1", "date": "2026-04-01", "proposed_wording": "=1+1"},
        {**COMMENT, "id": "c2", "question": "SALW.D1.1"},
    ]
    assert [dict(row.body) for row in back(FEEDBACK, rows).rows] == rows
