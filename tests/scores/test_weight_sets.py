"""Named sets of weights: what experts' points come to, what is refused, and that the one engine uses them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scores.options import ScoreOptions
from analysis.scores.tree import node_scores
from analysis.scores.weight_sets import (
    WeightSet,
    budget_rows,
    named_by,
    new_id,
    weight_set,
    weight_sets,
)  # fmt: skip
from tests.scores import reference
from tests.scores.worlds import FIXED, instrument_of, measure, node, panel_of, question, scale

BLOCK = [node("R", [measure(m, [question(f"{m}1", scale(100))], weight=w) for m, w in (("A", 1), ("B", 2), ("C", "1/3"))])]
TWO = {"R": {"1": {"A": 50, "B": 30, "C": 20}, "2": {"A": 70, "B": 10, "C": 20}}}


@pytest.fixture(scope="module")
def block():
    return instrument_of(BLOCK, reference.Wishes(levels=tuple(range(101))))


def body(instrument, budgets=TWO, **more) -> dict:
    return {"name": "Two", "instrument": instrument.id, "budgets": budgets, **more}


def test_the_weights_are_the_means_of_the_experts(block):
    one = weight_set("abc", body(block), block)
    assert one.weights == (
        ("A", pytest.approx(0.6)),
        ("B", pytest.approx(0.2)),
        ("C", pytest.approx(0.2)),
    )  # (50 + 70) / 200, ...
    assert one.agreed["sd"].tolist() == pytest.approx([0.2 / 2**0.5, 0.2 / 2**0.5, 0.0])
    assert one.agreed["n"].tolist() == [2, 2, 2] and one.agreed["node"].tolist() == ["R"] * 3


def test_the_one_engine_scores_with_a_set(block):
    panel = panel_of(block, [{"A1": 10, "B1": 60, "C1": 90}])
    options = ScoreOptions(weights=weight_set("abc", body(block), block).weights)
    assert node_scores(panel, block, options).score[0, block.node_number["R"]] == pytest.approx(0.6 * 10 + 0.2 * 60 + 0.2 * 90)
    assert hash(options) == hash(ScoreOptions(weights=options.weights))


def test_levels_follow_a_set_too():
    """Three measures at 5, 0 and 0 of 5: the share at level 5 is the first one's weight; more than a half reaches a level "at" it."""
    tree = [node("R", [measure(m, [question(f"{m}1", scale(5))]) for m in "ABC"])]
    instrument = instrument_of(tree, reference.Wishes(levels=tuple(range(6))))
    panel = panel_of(instrument, [{"A1": 5, "B1": 0, "C1": 0}])
    at = instrument.node_number["R"]
    rule = next(name for name, r in instrument.rules.items() if r.kind == "mean_floor")
    assert node_scores(panel, instrument, ScoreOptions(rule=rule)).level[0, at] == 1  # mean level 5/3
    heavy = (("A", 0.8), ("B", 0.1), ("C", 0.1))
    assert node_scores(panel, instrument, ScoreOptions(rule=rule, weights=heavy)).level[0, at] == 4  # mean level 4.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"instrument": "another"}, {"budgets": {}}, {"budgets": {"X": TWO["R"]}}, {"budgets": {"A": {"1": {"A1": 100}}}}, {"name": 7},
        {"budgets": {"R": {"1": {"A": 50, "B": 50}}}}, {"budgets": {"R": {"1": {"A": 50, "B": 60, "C": -10}}}},
        {"budgets": {"R": {"1": {"A": 50, "B": 50, "C": "0"}}}}, {"budgets": {"R": {"1": {"A": 50, "B": 30, "C": 10}}}},
        {"budgets": [1]}, {"budgets": {"R": {str(n): TWO["R"]["1"] for n in range(13)}}}, {"budgets": {"R": 3}},
    ],
)  # fmt: skip
def test_a_record_that_does_not_fit_is_no_set(block, wrong):
    assert weight_set("abc", body(block) | wrong, block) is None
    assert weight_set("abc", None, block) is None


def test_sets_come_by_name_and_what_does_not_fit_is_left_out(block):
    records = pd.DataFrame({"key": ["k2", "k1", "k3"], "body": [body(block, name="b"), body(block, name="A"), {"name": "x"}]})
    found = weight_sets(records.assign(saved_at=dt.datetime(2026, 1, 1)), block)
    assert list(found) == ["k1", "k2"] and found["k1"].name == "A"
    assert named_by(found.values(), found["k2"].weights) is found["k1"]  # the same weights: the first of them
    assert named_by(found.values(), (("A", 1.0),)) is None


def test_a_set_is_kept_as_it_is_read(block):
    one = weight_set("abc", body(block), block)
    assert weight_set("abc", one.body, block) == one and len(new_id()) == 8 and new_id() != new_id()
    assert WeightSet("x", "none", block.id, {}).weights == ()


def test_budgets_of_a_node_are_rows():
    assert budget_rows({"1": {"A": 2}}).to_dict("records") == [{"expert": "1", "item": "A", "points": 2.0}]


@settings(FIXED, max_examples=50)
@given(st.lists(st.lists(st.integers(0, 100), min_size=3, max_size=3), min_size=1, max_size=6))
def test_usable_budgets_give_weights_above_0_that_sum_to_1(points):
    block = instrument_of(BLOCK, reference.Wishes(levels=tuple(range(101))))
    budgets = {str(i): dict(zip("ABC", given, strict=True)) for i, given in enumerate(points)}
    one = weight_set("abc", body(block, {"R": budgets}), block)
    usable = all(abs(sum(given) - 100) <= 0.5 for given in points) and all(any(column) for column in zip(*points, strict=True))
    assert (one is not None) == usable
    if one:
        weights = np.array([w for _, w in one.weights])
        assert weights.sum() == pytest.approx(1) and (weights > 0).all()
