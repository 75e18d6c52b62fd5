"""What was probably meant is suggested, the lower of two, and never taken over."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.model import Status
from analysis.texts import problem_sentence
from analysis.workbook.problems import problem
from analysis.workbook.suggestions import suggested_answer
from analysis.workbook.values import answer_code, answer_codes


@pytest.mark.parametrize(
    ("written", "meant"),
    [(2.5, "2"), ("2,5", "2"), ("3-4", "3"), ("3 – 4", "3"), ("3 or 4", "3"), ("4/3", "3"), ("3 to 4", "3"), ("4?", "4"), ("4*", "4"),
     ("level 3", "3"), ("3 (partly)", "3"), ("about 3", "3"), ("between 2 and 3", "2"), ("half dome", "3"), ("halfdone", "3"), ("half done (mostly)", "3"),
     (dt.date(2026, 4, 3), "3"), (dt.datetime(2026, 1, 2), "1"), ("3.5-4", "3"), ("1-2-3", "1")],
)  # fmt: skip
def test_a_level_is_suggested(library, written, meant):
    assert suggested_answer(written, library, "steps").split()[0] == meant
    assert answer_code(written, answer_codes(library, "steps")) == Status.INVALID


@pytest.mark.parametrize(
    "written",
    ["no data", "No data.", "not available", "TBC", "-", "–", "?", "n.d.", "нет данных", "暂无数据", "...", "(no data)"],
)
def test_what_says_that_there_is_no_answer_is_suggested_as_not_known(library, written):
    assert suggested_answer(written, library, "steps") == "Don't know"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("yes (partly)", "Partly"), ("Yess", "Yes"), ("yes, but planned", "Planned"), ("No (see annex)", "No"), ("n/a (see comment)", "N/A"),
     ("witheld", "Withheld"), (True, "Yes"), ("partly / planned", "Planned")],
)  # fmt: skip
def test_words_with_remarks_and_misspellings_are_suggested(library, written, meant):
    assert suggested_answer(written, library, "plain") == meant


@pytest.mark.parametrize(
    "written",
    [
        "Other",
        7,
        -1,
        "0",
        "33",
        "see the annex on page 3 of the law of 4 May",
        "yes and then a lot of text " * 5,
        dt.time(3),
        None,
        "12/2026",
    ],
)
def test_nothing_is_suggested_where_nothing_sensible_comes_to_mind(library, written):
    assert suggested_answer(written, library, "steps") == ""


def test_the_suggestion_is_in_the_language_of_the_form(library):
    assert suggested_answer("3-4", library, "steps", "fr") == "3 à moitié fait"


def test_a_half_level_is_suggested_only_where_it_is_offered(yard):
    assert suggested_answer("2.7", yard, "half").startswith("2.5")


def test_the_sentence_ends_with_the_suggestion():
    told = problem("answer-not-allowed", "f", "S", "A1", found="3-4", allowed="1-5", suggestion="3 - Half done")
    assert problem_sentence(told) == "“3-4” is not an answer. Allowed: 1-5. Perhaps meant: 3 - Half done."
