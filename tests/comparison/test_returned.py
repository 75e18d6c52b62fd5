"""Who has returned what: completeness is that of the returned sub-modules; one that was not returned is counted apart."""

import numpy as np
import pytest

from analysis.comparison import returned
from tests import tiny


def test_each_status_is_counted_apart():
    """Nine questions: four answered, one each of N/A, don't know, withheld, blank, invalid; eight are applicable."""
    found = returned.status(tiny.scores(("QMA", "333 3n? w.x")), [0]).iloc[0]
    assert found[["answered", "applicable", "dont_know", "withheld", "not_applicable", "unreadable"]].tolist() == [
        4,
        8,
        1,
        1,
        1,
        1,
    ]
    assert found["completeness"] == 0.5
    assert (found["submodules"], found["returned"], found["submodules_asked"]) == ("part-A, part-B", 2, 2)


def test_a_sub_module_that_was_not_returned_is_counted_apart_and_not_as_unanswered():
    found = returned.status(tiny.scores(("QMA", "333 333 ___")), [0]).iloc[0]
    assert (found["answered"], found["applicable"], found["completeness"]) == (6, 6, 1.0)
    assert (found["returned"], found["submodules_asked"], found["submodules"]) == (1, 2, "part-A")


def test_an_unjustified_na_stays_applicable():
    found = returned.status(tiny.scores(("QMA", "333 333 33u")), [0]).iloc[0]
    assert (found["answered"], found["applicable"], found["not_applicable"]) == (8, 9, 1)


def test_the_least_complete_stands_first_and_equals_by_code():
    scores = tiny.scores(("QMB", tiny.FULL), ("QMC", "333 333 33."), ("QMA", tiny.FULL))
    assert returned.status(scores, [0, 1, 2])["iso3"].tolist() == ["QMC", "QMA", "QMB"]


def test_counts_agree_with_those_of_the_scores():
    scores = tiny.scores(("QMA", "3n? w.x 3.."))
    found, roots = returned.status(scores, [0]).iloc[0], [scores.column(n) for n in ("A", "B")]
    assert found["answered"] == scores.answered[0, roots].sum()
    assert found["applicable"] == scores.applicable[0, roots].sum()


def test_the_headline_counts_states_parts_answers_and_scores():
    """QMA is whole; QMB returned A only, and of its M1 one answer of three, of M2 three: 4 of 6 shows A but not M1.

    Step coverage of A is then 1/2, below the gate: of the four blocks two are shown. 9 + 4 of the 9 + 6 questions of what was
    returned are answered."""
    found = returned.headline(tiny.scores(("QMA", tiny.FULL), ("QMB", "3.. 333 ___")), [0, 1], 24)
    assert found == {"returned": (2, 24), "complete": (1, 2), "answered": pytest.approx(13 / 15), "shown": (2, 4)}


def test_two_returns_of_one_state_are_one_state():
    assert returned.headline(tiny.scores(("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL)), [0, 1], 24)["returned"] == (1, 24)


def test_without_any_return_the_share_is_no_number():
    found = returned.headline(tiny.scores(("QMA", tiny.FULL)), [], 24)
    assert found["returned"] == (0, 24)
    assert np.isnan(found["answered"])


def test_what_a_state_has_returned_in_every_questionnaire_stands_newest_first_the_national_return_before_offices():
    first = tiny.panel(
        ("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2024", "self", "Coast guard"), ("QMA", tiny.FULL, "2024", "visit"),
        ("QMB", tiny.FULL, "2026"), ("QMA", tiny.FULL, "2022", "self", "Police"), ("QMA", tiny.FULL, "2022", "self", "Army"),
    )  # fmt: skip
    second = tiny.panel(("QMA", tiny.FULL, "2026"))
    found = returned.units({"one": first, "two": second}, "QMA")
    assert found[["instrument", "round", "reading", "organization"]].to_numpy().tolist() == [
        ["two", "2026", "self", ""],
        ["one", "2024", "self", ""],
        ["one", "2024", "visit", ""],
        ["one", "2022", "self", "Army"],
    ]


def test_a_state_that_returned_nothing_has_no_unit():
    found = returned.units({"one": tiny.panel(("QMA", tiny.FULL))}, "QMB")
    assert found.empty and list(found) == ["instrument", "round", "round_date", "reading", "organization"]
