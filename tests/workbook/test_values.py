"""From a cell to its meaning: tolerant of writing, never a guess."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.model import Status
from analysis.workbook.answers import evidence_grade
from analysis.workbook.values import (
    allowed_answers,
    answer_code,
    answer_codes,
    cell_text,
    date_of,
    grouped_readings,
    plain,
    round_label,
    status_word,
)

INVALID, BLANK = int(Status.INVALID), int(Status.BLANK)


@pytest.mark.parametrize(
    "written",
    ["3", 3, 3.0, "3.0", " 3 ", "\u00a03", "３", "3 half done", "3 - half done", "3 – HALF  DONE", "3—half done", "half done", "3: half done",
     "Half\u00a0done.", "à moitié fait", "3 à moitié fait", "\u200b3\ufeff", "half done (3)", "٣"],
)  # fmt: skip
def test_an_answer_is_read_however_it_is_written(library, written):
    assert answer_code(written, answer_codes(library, "steps")) == 2


@pytest.mark.parametrize(
    "written",
    ["3.5", 3.5, "3-4", "3/4", "no data", "-", "0", 0, 6, "6", "33", "#N/A", "#REF!", True, False, dt.datetime(2026, 3, 4), dt.date(2026, 1, 1),
     dt.time(3), "3000", "1e0", "3 - not started", "yes", "?", ".5", "3*"],
)  # fmt: skip
def test_what_is_no_answer_is_invalid_and_never_a_guess(library, written):
    assert answer_code(written, answer_codes(library, "steps")) == INVALID


@pytest.mark.parametrize("written", [None, "", "  ", "\u00a0", "\u200b", "\n"])
def test_nothing_is_blank(library, written):
    assert answer_code(written, answer_codes(library, "steps")) == BLANK


@pytest.mark.parametrize(
    ("written", "status"),
    [("N/A", Status.NA_JUSTIFIED), ("n.a.", Status.NA_JUSTIFIED), ("Sans objet", Status.NA_JUSTIFIED), ("不适用", Status.NA_JUSTIFIED),
     ("don’t know", Status.DONT_KNOW), ("Do not know", Status.DONT_KNOW), ("Неизвестно", Status.DONT_KNOW),
     ("WITHHELD", Status.WITHHELD), ("محجوب", Status.WITHHELD)],
)  # fmt: skip
def test_status_words_are_read_in_six_languages(library, written, status):
    assert answer_code(written, answer_codes(library, "plain")) == status


def test_half_levels_are_read_with_point_or_comma(yard):
    accepted = answer_codes(yard, "half")
    assert [answer_code(x, accepted) for x in (2.5, "2.5", "2,5", "2.50", "0,5", "usual", "2,7")] == [5, 5, 5, 5, 1, 4, INVALID]


def test_the_form_offers_the_first_word_of_its_language():
    assert status_word("na", "en") == "N/A"
    assert status_word("dont_know", "fr") == "Ne sait pas"
    assert status_word("withheld", "xx") == "Withheld"


def test_what_is_allowed_is_said_shortly(library):
    assert allowed_answers(library, "steps") == "1-5, N/A, Don't know, Withheld"


@pytest.mark.parametrize(
    ("written", "label"),
    [(2026, "2026"), (2026.0, "2026"), ("2026", "2026"), (" 2026-h2 ", "2026-H2"), ("2026 – Q3", "2026-Q3"), ("2026-05", "2026-05"),
     ("２０２６", "2026"), ("2026-13", None), ("first", None), (dt.date(2026, 1, 1), None), (None, None), (True, None)],
)  # fmt: skip
def test_a_round_is_a_period_or_nothing(written, label):
    assert round_label(written) == label


@pytest.mark.parametrize(
    ("written", "date"),
    [(dt.datetime(2026, 3, 4), dt.date(2026, 3, 4)), ("2026-03-04", dt.date(2026, 3, 4)), ("4.3.2026", dt.date(2026, 3, 4)),
     ("24/03/2026", dt.date(2026, 3, 24)), ("04/03/2026", None), ("2026-02-30", None), (46082, None), ("March", None), (None, None)],
)  # fmt: skip
def test_a_date_is_read_only_where_day_and_month_are_certain(written, date):
    assert date_of(written) == date


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("12,500", ("12500", "12.5")),
        ("1,250", ("1250", "1.25")),
        ("1,000", ("1000", "1")),
        ("-1,200", ("-1200", "-1.2")),
        ("1250,000", ("1250000", "1250")),
        ("١,٥٠٠", ("1500", "1.5")),
        ("1,250,000", ("1250000",)),
        ("1,250.5", ("1250.5",)),
        ("0,125,000", ("0125000",)),
        *(
            (one, ())
            for one in ("12,5", "0,125", "-0,125", "12,50", "12,5000", "12.500", "12500", ",500", "many", "12,500 a year", "")
        ),
    ],
)
def test_a_comma_that_may_be_a_sign_for_thousands_is_no_decimal_comma(written, readings):
    assert grouped_readings(written) == readings


def test_cells_become_text_as_a_person_reads_them():
    found = [cell_text(x) for x in (3.0, 2.5, None, True, dt.datetime(2026, 3, 4), " a\r\nb ", "_x000D_x", dt.date(2026, 3, 4))]
    assert found == ["3", "2.5", "", "TRUE", "2026-03-04", "a\nb", "_x000D_x", "2026-03-04"]


def test_plain_text_loses_accents_case_and_odd_spaces():
    assert plain("  Côte\u00a0d’Ivoire — Ａ ") == "cote d'ivoire-a"


@pytest.mark.parametrize(
    ("written", "grade"),
    [(2, 2), ("2", 2), ("2, document cited", 2), ("2 - document cited", 2), ("Document cited", 2), ("3 - document cited", None), (5, None),
     ("good", None), (2.5, None), (True, None)],
)  # fmt: skip
def test_an_evidence_grade_is_a_number_its_words_or_both(written, grade):
    assert evidence_grade(written) == grade
