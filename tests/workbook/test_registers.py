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
from analysis.registers import (
    FEEDBACK,
    LESSONS,
    NEEDS,
    OFFERS,
    OUTCOMES,
    PACKAGES,
    RECOMMENDATIONS,
    REGISTERS,
    TARGETS,
    bands,
    spec,
)
from analysis.reports.registers import coming, coming_sentence, register_table
from analysis.store import open_store
from analysis.texts import problem_sentence
from analysis.workbook.book import open_book
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.registers import register_book, register_in, register_rows, row_of

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
    "made": "One list of numbers to ring.",
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
CLOSED, ASKED = {"status": "closed"}, NEED | {"measures": ["IED.U1"]}


@pytest.mark.parametrize(
    ("register", "row", "code", "column"),
    [
        (LESSONS, LESSON | {"date": "2031-01-01"}, "register-date-ahead", "date"),
        (LESSONS, LESSON | {"date_made": "2026-06-02"}, "register-date-ahead", "date_made"),
        (LESSONS, LESSON | {"date_made": "2026-01-31"}, "register-dates-reversed", "date_made"),
        (RECOMMENDATIONS, RECOMMENDED | {"date": "2026-05-02", "due": "2026-05-01"}, "register-dates-reversed", "due"),
        (OFFERS, OFFERED | CLOSED | {"date_from": "2026-03-02", "date_to": "2026-03-01"}, "register-dates-reversed", "date_to"),
        (OFFERS, OFFERED | {"date_to": "2026-05-31"}, "register-window-over", "date_to"),
        (LESSONS, LESSON | {"made": None}, "register-status-needs", "made"),
        (LESSONS, LESSON | {"status": "recorded", "date_made": "2026-03-01"}, "register-status-differs", "date_made"),
        (NEEDS, ASKED | {"status": "funded"}, "register-status-needs", "provider"),
        (NEEDS, ASKED | {"status": "under_way"}, "register-status-needs", "provider"),
        (NEEDS, ASKED | {"status": "done"}, "register-status-needs", "provider"),
    ],
)
def test_a_contradiction_is_flagged_with_its_cell_and_the_row_can_be_kept(register, row, code, column):
    read = back(register, [row], TODAY)
    place = get_column_letter([c.name for c in register.columns].index(column) + 1) + "4"  # the first row below the headings
    assert [(p.code, p.cell, p.severity) for p in read.problems] == [(code, place, "note")]
    assert len(read.rows) == 1 and read.left == 0
    by_hand = row_of(
        register, {name: "; ".join(v) if isinstance(v, list) else v for name, v in row.items()}, INSTRUMENT, STATES, TODAY
    )
    assert [(p.code, p.cell) for p in by_hand.problems] == [(code, spec.heading(register[column]))] and len(by_hand.rows) == 1


@pytest.mark.parametrize(
    ("register", "row", "cell"),
    [(LESSONS, LESSON | {"status": "rejected"}, "M4"), (RECOMMENDATIONS, RECOMMENDED | {"status": "rejected"}, "J4")],
)
def test_what_was_rejected_without_a_reason_is_left_out_until_there_is_one(register, row, cell):
    read = back(register, [row, {**row, "id": "R2", "reason": "No budget."}])
    assert [r.key for r in read.rows] == ["R2"] and read.left == 1
    assert [(p.code, p.cell, p.severity) for p in read.problems] == [("register-reason-missing", cell, "repair")]
    assert problem_sentence(read.problems[0]) == (
        "The row says that this was rejected, and “Reason” is empty. Write why; the row is left out until then."
    )
    by_hand = row_of(register, {n: "; ".join(v) if isinstance(v, list) else v for n, v in row.items()}, INSTRUMENT, STATES)
    assert by_hand.rows == () and [p.cell for p in by_hand.problems] == ["Reason"]


def test_a_reason_that_cannot_be_read_is_told_once():
    head, cells = zip(*(RECOMMENDED | {"status": "rejected", "reason": None}).items(), strict=True)
    place = get_column_letter(len(head)) + "2"
    sheet = RawSheet("R", [head, cells], formulas={place: "=A1"})
    read = register_rows(RECOMMENDATIONS, "r.xlsx", [sheet], INSTRUMENT, STATES)
    assert told(read) == [("register-cell-error", "R", place, "=A1")]


def test_a_file_without_the_column_of_reasons_is_told_the_row():
    head, cells = zip(*(RECOMMENDED | {"status": "rejected"}).items(), strict=True)
    read = register_rows(RECOMMENDATIONS, "r.xlsx", [RawSheet("R", [head, cells])], INSTRUMENT, STATES)
    assert told(read) == [("register-reason-missing", "R", "2", "")] and read.rows == ()


@pytest.mark.parametrize(
    ("register", "row"),
    [
        (LESSONS, LESSON | {"status": "rejected", "reason": "No budget."}),
        (LESSONS, LESSON | {"date": "2026-06-01", "date_made": "2026-06-01"}),  # today, both
        (RECOMMENDATIONS, RECOMMENDED | {"date": "2026-05-01", "due": "2031-01-01"}),  # what is due may lie ahead
        (OFFERS, OFFERED | {"date_from": "2031-01-01", "date_to": "2031-01-01"}),
        (OFFERS, OFFERED | {"date_to": "2026-06-01"}),  # until today
        (OFFERS, OFFERED | CLOSED | {"date_to": "2020-01-01"}),
        (OFFERS, OFFERED | {"status": "committed", "date_to": "2020-01-01"}),
        (LESSONS, LESSON | {"made": None, "date_made": "2026-03-01"}),  # one of the two is enough
        (LESSONS, LESSON | {"made": None, "status": "under_way"}),
        (NEEDS, ASKED | {"status": "funded", "provider": "A fund"}),
        (NEEDS, ASKED | {"status": "withdrawn"}),
    ],
)
def test_what_does_not_contradict_itself_is_not_asked_about(register, row):
    assert back(register, [row], TODAY).problems == ()


def test_without_a_day_no_date_lies_ahead_and_no_window_is_over():
    assert back(LESSONS, [LESSON | {"date": "2031-01-01"}]).problems == ()
    assert back(OFFERS, [OFFERED | {"date_to": "2020-01-01"}]).problems == ()


@pytest.mark.parametrize(
    ("register", "row", "said"),
    [
        (
            OFFERS,
            OFFERED | CLOSED | {"date_from": "2027-06-01", "date_to": "2027-01-01"},
            "2027-01-01 stands here, and “Until” lies before “From” (2027-06-01). Check both; the row can be kept as it is.",
        ),
        (
            NEEDS,
            ASKED | {"status": "under_way"},
            "Nothing stands here, but the status “under way” goes with “Provider”. Fill it in or change the status; the row can be kept "
            "as it is.",
        ),
        (
            LESSONS,
            LESSON | {"made": None},
            "Nothing stands here, but the status “change made” goes with “Upstream change made” or “Made on”, and both are empty. Fill it "
            "in or change the status; the row can be kept as it is.",
        ),
        (
            LESSONS,
            LESSON | {"status": "recorded", "date_made": "2026-03-01"},
            "2026-03-01 stands here, but “Made on” goes with the status “change made”, and the status is “recorded”. Check both; the row "
            "can be kept as it is.",
        ),
        (
            OFFERS,
            OFFERED | {"date_to": "2026-05-31"},
            "The offer is said to be open, but it could be had until 2026-05-31 only (today: 2026-06-01). Check both; the row can be kept "
            "as it is.",
        ),
    ],
)
def test_what_goes_ill_together_is_named_on_both_sides(register, row, said):
    assert [problem_sentence(one) for one in back(register, [row], TODAY).problems] == [said]


def test_an_offer_serves_one_state_at_least():
    for most, fine in (("0", False), ("1", True), ("500", True), ("501", False)):
        assert bool(row_of(OFFERS, {**OFFERED, "places_most": most}, INSTRUMENT, STATES).rows) is fine
    read = back(OFFERS, [OFFERED | {"places_most": 0}])
    assert told(read) == [("register-cell-not-allowed", "Offers", "J4", "0")]
    assert read.problems[0].allowed == "a whole number of at least 1 and at most 500"


def test_two_rows_that_say_the_same_are_one_and_the_second_is_told_without_a_code_that_nobody_has_seen():
    read = back(NEEDS, [{**NEED, "measures": ["IED.U1"]}] * 2)
    assert len(read.rows) == 1 and told(read) == [("register-row-twice", "Needs", "A5", "")]
    assert (
        problem_sentence(read.problems[0]) == "This row says the same as row 4. Delete one of the two; only the first was read."
    )


def test_a_new_row_that_says_what_a_changed_row_once_said_is_a_row_of_its_own():
    first = row_of(NEEDS, NEED, INSTRUMENT, STATES).rows[0].body  # kept under a reference made from what it says
    read = back(NEEDS, [{**first, "status": "withdrawn"}, ASKED])
    assert [row.key for row in read.rows] == [first["id"], f"{first['id']}-2"] and read.problems == ()
    thrice = back(NEEDS, [{**first, "status": "withdrawn"}, ASKED, ASKED])
    assert len(thrice.rows) == 2 and told(thrice) == [("register-row-twice", "Needs", "A6", "")]


def test_two_rows_of_one_reference_are_told_whether_they_say_the_same():
    other = ASKED | {"need": "A course"}
    read = back(NEEDS, [ASKED | {"id": "N-1"}, other | {"id": "N-1"}, ASKED | {"id": "N-1"}])
    assert [row.body["need"] for row in read.rows] == ["Model law"] and read.left == 2
    assert told(read) == [("register-reference-twice", "Needs", "A5", "N-1"), ("register-row-twice", "Needs", "A6", "")]
    assert problem_sentence(read.problems[0]) == (
        "This row has the same reference as row 4 (N-1) and says something else. Give one of the two another reference, or none; only the "
        "first was read."
    )


def test_every_wrong_cell_is_named_and_its_row_left_out():
    head = ("State", "Round", "Measure *", "Level", "Date", "Set by *")
    rows = [
        ("Targets", None, None, None, None),
        head,
        ("QMA", "2028", "IED.U1", "4", "2026-03-01", "Commission"),
        ("Nowhere", "2028", "IED.U1", 9, "soon", "Commission"),
        ("QMB", "next", "IED.U1", None, None, None),
        ("QMA", 2028.0, "IED.U1", 3.0, None, "Commission"),
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
        ("register-cell-needed", "T", "F5", ""),
        ("register-row-differs", "T", "A6", "QMA, 2028, IED.U1"),
    ]
    assert problem_sentence(read.problems[-1]) == (
        "This row is about the same as row 3 (QMA, 2028, IED.U1) and says something else. Keep the one that is right; only the first was "
        "read."
    )


def test_a_target_is_not_taken_without_who_set_it():
    target = {"iso3": "QMA", "round": "2028", "measure": "IED.U1", "level": 4}
    read = back(TARGETS, [target])
    assert (read.rows, read.left, told(read)) == ((), 1, [("register-cell-needed", "Targets", "E4", "")])
    assert problem_sentence(read.problems[0]) == (
        "“Set by” is empty, and the row can't be kept without it. Fill it in; the row is left out until then."
    )
    assert dict(back(TARGETS, [target | {"set_by": "Commission"}]).rows[0].body) == target | {"set_by": "Commission"}


def test_a_target_kept_from_before_this_was_needed_is_shown_as_not_said(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 's.sqlite'}")
    target = {"iso3": "QMA", "round": "2028", "measure": "IED.U1", "level": 4}
    store.save_records("target", {"a": target, "b": target | {"set_by": "Commission"}}, "ana")
    shown = register_table(TARGETS, store.records("target"), INSTRUMENT, STATES)
    assert shown.set_index("key")["set_by"].to_dict() == {"a": "not said", "b": "Commission"}
    store.close()


def test_a_measure_of_the_other_type_is_not_allowed_where_a_type_is_asked_for():
    read = row_of(LESSONS, {**LESSON, "measure": "IED.U1", "upstream": "IED.U1"}, INSTRUMENT, STATES)
    assert [(p.code, p.found) for p in read.problems] == [("register-cell-not-allowed", "IED.U1")]


def test_one_strange_entry_of_a_list_is_named_by_itself():
    read = row_of(NEEDS, {**NEED, "measures": "IED.U1; IED.U99"}, INSTRUMENT, STATES)
    assert [(p.code, p.found) for p in read.problems] == [("register-cell-not-allowed", "IED.U99")]


def test_an_unknown_measure_is_told_where_the_list_stands():
    """There are eight IED measures upstream, all as near to IED.U99: none of them is suggested."""
    said = problem_sentence(row_of(NEEDS, {**NEED, "measures": "IED.U99"}, INSTRUMENT, STATES).problems[0])
    assert said == (
        "“IED.U99” can't stand here. Allowed: one of the 46 measures in this column's list in the form, by code or name (such as IED.U1); "
        "several with semicolons between. The row is left out until it is repaired."
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("IEDU1", ["IED.U1"]),
        ("UAS-D2", ["UAS.D2"]),
        ("UAS.U12", ["UAS.U1", "UAS.U2"]),  # one sign too many: two are as near
        (INSTRUMENT.node_name("IED.U1")[:-1] + "x", ["IED.U1"]),
        ("lorem ipsum", []),
    ],
)
def test_the_measures_that_are_written_most_like_it_are_suggested(written, meant):
    found = row_of(NEEDS, {**NEED, "measures": written}, INSTRUMENT, STATES).problems[0].suggestion
    assert found == "; ".join(f"{one} - {INSTRUMENT.node_name(one)}" for one in meant)


def test_a_measure_of_the_other_type_is_told_which_type_is_asked_for():
    one = row_of(LESSONS, {**LESSON, "measure": "IED.U1", "upstream": "IED.U1"}, INSTRUMENT, STATES).problems[0]
    n = int((INSTRUMENT.measures["measure_type"] == "downstream").sum())
    assert (
        one.allowed
        == f"one of the {n} measures in this column's list in the form, downstream only, by code or name (such as IED.D1)"
    )
    assert one.suggestion == ""


def test_a_list_with_other_signs_between_is_told_to_take_semicolons():
    read = row_of(NEEDS, {**NEED, "measures": "IED.U1, UAS.U1"}, INSTRUMENT, STATES)
    assert [(p.code, p.found) for p in read.problems] == [("register-list-separator", "IED.U1, UAS.U1")]
    assert problem_sentence(read.problems[0]) == (
        "“IED.U1, UAS.U1” names several with other signs between. Separate several by semicolons: IED.U1; UAS.U1. The row is left out "
        "until it is repaired."
    )
    assert row_of(NEEDS, {**NEED, "measures": "IED.U1; UAS.U1"}, INSTRUMENT, STATES).rows[0].body["measures"] == [
        "IED.U1",
        "UAS.U1",
    ]


def test_the_nearest_are_looked_for_a_hundred_times_a_file_at_most():
    head = ("State", "Round", "Measure", "Level", "Set by")
    rows = [head, *(("QMA", "2028", "IEDU1" + chr(0x4E00 + n), 4, "Commission") for n in range(120))]
    read = register_rows(TARGETS, "t.xlsx", [RawSheet("T", rows)], INSTRUMENT, STATES)
    assert sum(bool(p.suggestion) for p in read.problems) == 100 and len(read.problems) == 120


ABOUT = [f"{band}: about {amount} US dollars" for band, amount in zip(
    "ABCDE", ("50 thousand", "120 thousand", "250 thousand", "500 thousand", "1 million"), strict=True)]  # fmt: skip


@pytest.mark.parametrize("register", [NEEDS, PACKAGES], ids=lambda r: r.kind)
def test_a_cost_band_is_offered_with_its_amount_and_kept_as_its_letter(register):
    """The amounts are those of data/packages/cost_bands.csv."""
    lists = open_book("n.xlsx", register_book(register, INSTRUMENT, STATES, [])).sheets
    assert set(ABOUT) <= {cell for sheet in lists for row in sheet.rows for cell in row}
    column = register["cost_band"]
    assert [spec.choice_words(column, band) for band in "ABCDE"] == ABOUT


def test_a_cost_band_is_read_by_its_letter_and_by_its_words():
    for writing in ("C", "c ", "C: about 250 thousand US dollars"):
        read = row_of(NEEDS, {**NEED, "cost_band": writing}, INSTRUMENT, STATES)
        assert (read.rows[0].body["cost_band"], read.problems) == ("C", ())
    body = row_of(NEEDS, {**NEED, "cost_band": "C"}, INSTRUMENT, STATES).rows[0].body
    assert back(NEEDS, [body]).rows[0].body == body
    wrong = row_of(NEEDS, {**NEED, "cost_band": "F"}, INSTRUMENT, STATES).problems[0]
    assert wrong.allowed == ", ".join(ABOUT)


def test_an_office_may_set_the_amounts_of_bands_anew_and_the_demonstration_still_opens(tmp_path, monkeypatch):
    before = register_book(NEEDS, INSTRUMENT, STATES, [ASKED | {"cost_band": "C"}])
    (tmp_path / "bands.csv").write_text("band,amount\nA,10\nB,20\nC,30\nD,40\nE,1250\n", encoding="utf-8")
    monkeypatch.setattr(bands, "FILE", tmp_path / "bands.csv")
    bands.cost_bands.cache_clear()
    try:
        assert spec.choice_words(NEEDS["cost_band"], "E") == "E: about 1.25 million US dollars"
        read = register_rows(NEEDS, "n.xlsx", open_book("n.xlsx", before).sheets, INSTRUMENT, STATES)
        assert [p.code for p in read.problems] == ["register-amount-changed"] and read.rows[0].body["cost_band"] == "C"
        store = open_store(f"sqlite:///{tmp_path / 's.sqlite'}", sample=True)
        desk._keep_registers(store, DESK)
        assert set("ABCD") == {body["cost_band"] for body in store.records("need")["body"]}
        store.close()
    finally:
        bands.cost_bands.cache_clear()


def test_a_band_that_stood_for_another_amount_in_the_form_is_kept_and_asked_about():
    read = row_of(NEEDS, {**NEED, "cost_band": "C: about 300 thousand US dollars"}, INSTRUMENT, STATES)
    assert read.rows[0].body["cost_band"] == "C" and [(p.code, p.severity) for p in read.problems] == [
        ("register-amount-changed", "note")
    ]
    assert read.problems[0].allowed == ABOUT[2]


def test_numbers_have_bounds_and_may_have_to_be_whole():
    for months, fine in (("18", True), ("18.0", True), ("1.5", False), ("-1", False), ("241", False), ("many", False)):
        assert bool(row_of(NEEDS, {**NEED, "months": months}, INSTRUMENT, STATES).rows) is fine, months


@pytest.mark.parametrize(
    ("register", "row", "column"),
    [
        (OFFERS, OFFERED, "ceiling"),
        (OFFERS, OFFERED, "places_most"),
        (NEEDS, NEED, "months"),
        (OUTCOMES, {"iso3": "QMA", "year": 2025, "source": "Yearbook"}, "value"),
        (PACKAGES, {"package": "P", "measures": "IED.U1", "lift": 5, "cost_band": "A", "status": "offered"}, "cost"),
    ],
)
def test_a_number_that_may_be_a_thousand_times_as_large_is_asked_about_and_never_taken(register, row, column):
    read = row_of(register, {**row, column: "1,200"}, INSTRUMENT, STATES)
    assert (read.rows, read.left) == ((), 1)
    assert [(p.code, p.severity, p.found) for p in read.problems] == [("register-number-unclear", "repair", "1,200")]
    assert problem_sentence(read.problems[0]) == (
        "“1,200”: is it 1200 or 1.2? Write it without a sign for thousands, and with a point for decimals. The row is left out until it is "
        "repaired."
    )


@pytest.mark.parametrize(
    ("written", "number"), [("12,5", 12.5), ("0,125", 0.125), ("12.500", 12.5), ("1250.5", 1250.5), (1250, 1250)]
)
def test_a_decimal_comma_and_a_point_are_read(written, number):
    assert row_of(OFFERS, {**OFFERED, "ceiling": written}, INSTRUMENT, STATES).rows[0].body["ceiling"] == number


def test_several_signs_for_thousands_leave_one_reading():
    read = row_of(OFFERS, {**OFFERED, "ceiling": "1,250,000"}, INSTRUMENT, STATES)
    assert read.rows == () and read.problems[0].allowed == "1250000"


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
    rows = [("State", "Round", "Measure", "Level", "Set by"), ("QMA", "2028", "IED.U1", None, "Commission")]
    sheet = RawSheet("T", rows, errors={"D2": "#REF!"})
    read = register_rows(TARGETS, "t.xlsx", [sheet], INSTRUMENT, STATES)
    assert told(read) == [("register-cell-error", "T", "D2", "#REF!")]


@pytest.mark.parametrize("register", REGISTERS.values(), ids=lambda r: r.kind)
def test_the_form_of_each_register_is_known_by_its_headings(register):
    sheets = open_book("form.xlsx", register_book(register, INSTRUMENT, STATES)).sheets
    assert register_in(REGISTERS.values(), sheets) is register


@pytest.mark.parametrize(
    "head", [(), ("State", "Round", "Measure", "Level"), ("iso3", "round", "reading", "question", "answer", "comment")]
)
def test_what_lacks_a_needed_heading_is_no_registers_form(head):
    assert register_in(REGISTERS.values(), [RawSheet("T", [head])]) is None


def test_another_workbook_is_told_what_headings_are_looked_for():
    read = register_rows(TARGETS, "other.xlsx", [RawSheet("Sheet1", [("a", "b")])], INSTRUMENT, STATES)
    assert told(read) == [("register-not-this", "Sheet1", "", "")]
    assert read.problems[0].allowed == "State, Round, Measure, Level, Set by"


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
