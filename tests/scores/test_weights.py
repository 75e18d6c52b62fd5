"""Weights beside what they do, against the reference's brute force."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from analysis.scores.options import ScoreOptions
from analysis.scores.tree import node_scores
from analysis.scores.weights import allocated_weights, effective_weights, importance
from tests.scores import reference
from tests.scores.worlds import FIXED, instrument_of, measure, node, panel_of, question, scale, worlds

BLOCK = [node("R", [measure(m, [question(f"{m}1", scale(100))], weight=w) for m, w in (("A", 1), ("B", 2), ("C", "1/3"))])]


def block_scores(rows, **options):
    """Scores of a block of three measures that stand at these points of 0-100."""
    instrument = instrument_of(BLOCK, reference.Wishes(levels=tuple(range(101))))
    panel = panel_of(instrument, [dict(zip(("A1", "B1", "C1"), row, strict=True)) for row in rows])
    return node_scores(panel, instrument, ScoreOptions(**options))


@settings(FIXED, max_examples=60)
@given(worlds(rows=1))
def test_effective_weights_are_products_down_the_tree_and_sum_to_one(world):
    table = effective_weights(world.instrument).set_index("item")
    for root in world.roots:
        expected = reference.effective_weights(root)
        found = table.loc[list(expected), "effective"]
        assert found.to_numpy() == pytest.approx([float(w) for w in expected.values()], abs=1e-12)
        assert found.sum() == pytest.approx(1, abs=1e-12)
    siblings = table[table["parent"] != ""].groupby("parent")["share"].sum()
    assert siblings.to_numpy() == pytest.approx(np.ones(len(siblings)), abs=1e-12)


def test_importance_is_that_of_the_reference_and_sums_to_one():
    rng = random.Random(7)
    for n in (3, 5, 40):
        rows = [[rng.randrange(101) for _ in range(3)] for _ in range(n)]
        table = importance(block_scores(rows), "R")
        expected = reference.importances(
            [Fraction(1), Fraction(2), Fraction(1, 3)], [[Fraction(r[i]) for r in rows] for i in range(3)]
        )
        assert table["importance"].to_numpy() == pytest.approx([float(x) for x in expected], abs=1e-9)
        assert table["importance"].sum() == pytest.approx(1) and table["n"].tolist() == [n] * 3
        assert table["share"].to_numpy() == pytest.approx([0.3, 0.6, 0.1])


def test_importance_sums_to_one_for_other_aggregators_too():
    rows = [[10, 90, 40], [30, 20, 80], [70, 60, 5], [0, 50, 50]]
    plain = importance(block_scores(rows), "R")
    assert importance(block_scores(rows, aggregator="harmonic"), "R")["importance"].tolist() == plain["importance"].tolist()


def test_importance_is_na_where_it_means_nothing():
    assert importance(block_scores([[10, 20, 30], [40, 50, 60]]), "R")["importance"].isna().all()  # two returns
    # 1 * 10 + 2 * b + c / 3 stays the same in exact numbers, and nearly so in floats
    same = importance(block_scores([[10, 20, 90], [12, 19, 90], [8, 21, 90], [30, 10, 90]]), "R")
    assert same["importance"].isna().all()


def test_importance_leaves_out_returns_with_a_part_missing():
    rows = [[10, 90, 40], [30, 20, 80], [70, 60, 5], [0, 50, reference.BLANK]]
    assert importance(block_scores(rows), "R")["n"].tolist() == [3, 3, 3]


def test_importance_is_for_nodes_above_measures():
    with pytest.raises(KeyError, match="holds questions"):
        importance(block_scores([[1, 2, 3]]), "A")


def test_allocated_weights_are_mean_shares_of_the_experts():
    """By hand: shares .75/.25 and .5/.5; sd of .75 and .5 is .25 / sqrt(2)."""
    budgets = pd.DataFrame({"expert": ["x", "x", "y", "y"], "item": ["A", "B", "A", "B"], "points": [75, 25, 1, 1]})
    table = allocated_weights(budgets)
    assert table["item"].tolist() == ["A", "B"] and table["n"].tolist() == [2, 2]
    assert table["weight"].tolist() == [0.625, 0.375]
    assert table["sd"].to_numpy() == pytest.approx([0.25 / 2**0.5] * 2)
    assert allocated_weights(budgets[:2])["sd"].isna().all()


@pytest.mark.parametrize(
    ("points", "message"), [([-1, 2, 1, 1], "negative"), ([0, 0, 1, 1], "all be 0"), ([1, None, 1, 1], "every item")]
)
def test_budgets_that_are_none_are_refused(points, message):
    budgets = pd.DataFrame({"expert": ["x", "x", "y", "y"], "item": ["A", "B", "A", "B"], "points": points})
    with pytest.raises(ValueError, match=message):
        allocated_weights(budgets)
