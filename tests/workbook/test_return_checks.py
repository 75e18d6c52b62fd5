"""Every check with a good and a bad case."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from analysis.model import Answer, Consent, Return, Status
from analysis.workbook import checks
from analysis.workbook.checks import CHECKS, HISTORY, Context, check_problems, history_problems
from tests.workbook.forms import codes

BLANK, NA = int(Status.BLANK), int(Status.NA_JUSTIFIED)


@pytest.fixture
def varied(yard) -> Return:
    """Fifteen answers with evidence, none of them remarkable."""
    answers = tuple(
        Answer(q, i % 3 + 1, str(i % 3 + 1), "S", f"G{i}", 2, "a paper") for i, q in enumerate(yard.questions["question"])
    )
    return Return(yard.id, "QMA", "", "2026", "self", ("yard",), answers)


def with_codes(value: Return, new: list[int]) -> Return:
    kept = value.answers[len(new) :]
    return replace(value, answers=tuple(replace(a, code=c) for a, c in zip(value.answers, new, strict=False)) + kept)


def test_a_plausible_return_has_no_remarks(varied, yard):
    assert check_problems(varied, Context(yard, "x.xlsx")) == ()


def test_equal_answers_are_asked_about(varied, yard):
    (noted,) = check_problems(with_codes(varied, [2] * 15), Context(yard, "x.xlsx"))
    assert (noted.code, noted.allowed, noted.severity) == ("all-answers-equal", "15", "note")
    few = with_codes(varied, [2] * 9 + [BLANK] * 6)
    assert codes(check_problems(few, Context(yard))) == []


def test_nearly_equal_answers_are_asked_about(varied, yard):
    (noted,) = check_problems(with_codes(varied, [2] * 14 + [1]), Context(yard))
    assert (noted.code, noted.found, noted.allowed) == ("one-answer-dominates", "14", "15")
    assert codes(check_problems(with_codes(varied, [2] * 13 + [1, 1]), Context(yard))) == []


def test_a_top_answer_wants_evidence(varied, yard):
    top = replace(varied, answers=(replace(varied.answers[0], code=6, evidence="", evidence_grade=None), *varied.answers[1:]))
    assert [(p.code, p.cell) for p in check_problems(top, Context(yard))] == [("top-answer-without-evidence", "G0")]
    graded = replace(top, answers=(replace(top.answers[0], evidence_grade=3), *top.answers[1:]))
    assert check_problems(graded, Context(yard)) == ()


def test_a_contradiction_that_the_instrument_declares_is_asked_about(varied, yard):
    declared = pd.DataFrame({"question": ["MOOR.LINES.2"], "at_least": [2], "other": ["MOOR.LINES.1"], "at_most": [0]})
    instrument = replace(yard, contradictions=declared)
    # options 0, 0.5, 1, ... 3 with the levels 0, 0, 1, 1, 2, 2, 3
    (noted,) = check_problems(with_codes(varied, [1, 5]), Context(instrument, "x.xlsx"))
    assert (noted.code, noted.question, noted.found, noted.allowed) == (
        "answers-contradict",
        "MOOR.LINES.2",
        "2",
        "MOOR.LINES.1 = 0",
    )
    assert (noted.cell, noted.severity) == ("G1", "note")
    for fine in ([2, 5], [1, 3], [BLANK, 5], [1, NA]):
        assert codes(check_problems(with_codes(varied, fine), Context(instrument))) == []


def test_much_not_applicable_is_noted_per_measure(varied, yard):
    assert [(p.code, p.question, p.found, p.allowed) for p in check_problems(with_codes(varied, [NA, NA]), Context(yard))] == [
        ("much-not-applicable", "MOOR.LINES", "2", "3")
    ]
    assert check_problems(with_codes(varied, [NA]), Context(yard)) == ()


def test_the_round_before_copied_is_noticed(varied, yard):
    before = replace(varied, round="2025")
    assert codes(history_problems(varied, Context(yard, previous=before))) == ["same-as-last-round"]
    assert codes(history_problems(with_codes(varied, [3]), Context(yard, previous=before))) == []


def test_a_jump_of_three_levels_is_noticed(varied, yard):
    before = replace(with_codes(varied, [0, 4]), round="2025")
    noted = history_problems(with_codes(varied, [6, 5]), Context(yard, previous=before))
    assert [(p.code, p.question, p.found, p.allowed) for p in noted] == [("large-jump", "MOOR.LINES.1", "3", "0")]


def test_consent_needs_a_giver_and_a_date(varied, yard):
    given = Consent("donors", "needs", "Ministry", dt.date(2026, 1, 1))
    assert check_problems(replace(varied, consents=(given,)), Context(yard)) == ()
    assert codes(check_problems(replace(varied, consents=(replace(given, given_by=""),)), Context(yard))) == [
        "consent-incomplete"
    ]


def test_consent_that_ended_is_noticed(varied, yard):
    given = Consent("donors", "needs", "Ministry", dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    late = replace(varied, consents=(given,), date_to=dt.date(2026, 3, 1))
    assert codes(check_problems(late, Context(yard))) == ["consent-expired"]
    assert check_problems(replace(late, date_to=dt.date(2025, 12, 1)), Context(yard)) == ()


def test_dates_far_from_the_round_are_noticed(varied, yard):
    assert codes(check_problems(replace(varied, date_to=dt.date(2024, 3, 1)), Context(yard))) == ["dates-outside-round"]
    assert codes(check_problems(replace(varied, date_from=dt.date(2029, 3, 1)), Context(yard))) == ["dates-outside-round"]
    assert check_problems(replace(varied, date_from=dt.date(2025, 11, 1), date_to=dt.date(2026, 2, 1)), Context(yard)) == ()


def test_the_answers_of_another_state_are_noticed(varied, yard):
    assert codes(history_problems(varied, Context(yard, twins=("QMB",)))) == ["same-as-another-state"]
    assert history_problems(varied, Context(yard)) == ()


def test_the_lists_hold_every_check():
    public = [f for f in vars(checks).values() if getattr(f, "__module__", "") == checks.__name__ and callable(f)]
    others = ("Context", "Facts", "facts", "check_problems", "history_problems")
    written = [f for f in public if not f.__name__.startswith("_") and f.__name__ not in others]
    assert sorted(f.__name__ for f in written) == sorted(f.__name__ for f in CHECKS + HISTORY)
