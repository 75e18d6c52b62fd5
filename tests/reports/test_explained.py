"""The method in words: what is in force is what is said."""

from pathlib import Path

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.reports import explained
from tests import tiny

YARD = load_instrument(Path(__file__).parents[1] / "instruments" / "yard-0-3")


def test_thresholds_are_those_in_force_with_a_reason_each():
    found = explained.thresholds(YARD)
    assert found["in_force"].tolist() == ["67 %", "67 %", "33 %", "2", "5", "24", "10", "30", "50"]
    assert found["reason"].str.len().min() > 20


def test_one_preset_is_the_default():
    found = explained.presets(YARD)
    assert found["default"].tolist() == [True, False]
    assert found["at"].fillna(-1).tolist() == [1, -1]  # a mean has no share


def test_the_effective_weights_of_the_questions_of_a_root_sum_to_one():
    """B holds one measure of three questions, A two: a question of B weighs 1/3, one of A 1/6."""
    found = explained.weights(tiny.instrument(), tiny.scores(("QMA", tiny.FULL))).set_index("item")["effective"]
    assert found[["c1", "a1", "M1", "A"]].tolist() == pytest.approx([1 / 3, 1 / 6, 1 / 2, 1])


def test_every_question_is_listed_and_every_measure_explained_in_any_instrument():
    assert explained.questions(YARD)["question"].tolist() == YARD.questions["question"].tolist()
    about = explained.measure(YARD, "DRILL")
    assert [q["question"] for q in about["questions"]] == ["DRILL.1", "DRILL.2"]


def test_every_term_has_a_meaning():
    assert len(explained.glossary()) == len(explained.TERMS)
    assert all(meaning for _, meaning in explained.glossary())


def test_the_level_rule_is_told_with_the_instruments_own_thresholds():
    ours = explained.level_rule(load_instrument(SHIPPED / DEFAULT_INSTRUMENT))
    assert ours.startswith(
        "A level is reached when more than 50 % of the weight is at it or above and more than 85 % is at or above"
    )
    assert "With at most 5 questions a measure, the second share means all of them." in ours
    assert "No critical question" in ours and "more than 2 levels below" in ours
    strict = explained.level_rule(YARD)
    assert strict.startswith("A level is reached when at least 100 % of the weight")
    assert "critical" not in strict and "levels below it." not in strict


def test_the_gates_in_the_rules_are_the_instruments():
    told = dict(explained.rules(load_instrument(SHIPPED / DEFAULT_INSTRUMENT)))
    assert "only when 67 % of the weight and 67 % of the questions" in told["Score, 0 to 100"]
