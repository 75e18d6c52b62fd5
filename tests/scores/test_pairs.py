"""Pairs and ranks: chances that add up to one, marks for pairs that can't be told apart, ranks as intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.scores.draws import draws
from analysis.scores.pairs import (
    against,
    chances_above,
    drawn_ranks,
    not_separable,
    overlapping,
    pairwise,
    rank_bounds,
    rank_intervals,
)
from analysis.scores.uncertainty import UncertaintySettings
from tests.scores.reference import BLANK, NA_JUSTIFIED
from tests.scores.test_draws import block
from tests.scores.worlds import FIXED

DRAWN = st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=1, max_size=6)


@FIXED
@given(DRAWN)
def test_the_chances_of_both_orders_sum_to_one(drawn):
    drawn = np.array(drawn, dtype=float)
    chances = chances_above(drawn)
    assert chances + chances.T == pytest.approx(np.ones_like(chances))
    for i, a in enumerate(drawn):
        for j, b in enumerate(drawn):
            assert chances[i, j] == pytest.approx(((a > b) + 0.5 * (a == b)).mean())


def test_a_row_without_numbers_has_no_chance():
    chances = chances_above(np.array([[1.0, 2], [np.nan, np.nan], [0, 3]]))
    assert np.isnan(chances[1]).all() and np.isnan(chances[:, 1]).all() and chances[0, 2] == 0.5
    assert not_separable(chances, np.zeros((3, 3), dtype=bool))[1].all()


def test_a_difference_within_a_billionth_is_no_difference():
    assert chances_above(np.array([[50.0], [50 + 1e-12]]))[0, 1] == 0.5


def test_rank_interval(oracles):
    oracle = oracles["rank_interval"]
    lower, upper = np.array(list(oracle["input"].values())).T
    best, worst = rank_bounds(lower, upper)
    assert np.stack([best, worst], axis=1).tolist() == list(oracle["expected"].values())


def test_bounds_that_touch_overlap():
    lower, upper = np.array([10.0, 20, 31]), np.array([20.0, 30, 40])
    assert overlapping(lower, upper).tolist() == [[True, True, False], [True, True, False], [False, False, True]]


@pytest.mark.parametrize(
    ("chance", "mark"),
    [(0.04, False), (0.05, False), (1 - 0.95, False), (0.06, True), (0.5, True), (0.94, True), (0.95, False), (0.96, False)],
)
def test_a_pair_is_marked_between_five_and_ninety_five(chance, mark):
    assert not_separable(np.array([[chance]]), np.array([[False]]))[0, 0] == mark
    assert not_separable(np.array([[chance]]), np.array([[True]]))[0, 0]


@FIXED
@given(DRAWN)
def test_a_rank_is_one_plus_the_number_above(drawn):
    drawn = np.array(drawn, dtype=float)
    expected = [[1 + (drawn[:, d] > x).sum() for d, x in enumerate(row)] for row in drawn]
    assert drawn_ranks(drawn).tolist() == expected


def sample():
    """One far above, two alike with an open answer, one below, one without anything."""
    scores = block([5, 5, 5, 5], [3, 3, 3, BLANK], [3, 3, 3, BLANK], [0, 0, 1, 0], [NA_JUSTIFIED] * 4)
    return draws(scores, range(5), ["R"], UncertaintySettings(draws=300))


def test_against_the_chosen_state():
    table = against(sample(), "R", 1).set_index("row")
    assert table.index.tolist() == [0, 2, 3, 4]
    assert table.loc[0, "chance"] == 0 and table.loc[3, "chance"] == 1 and 0.2 < table.loc[2, "chance"] < 0.8
    assert table["separable"].tolist() == [True, False, True, False] and table["overlap"].tolist() == [False, True, False, False]
    assert table.loc[2, ["least", "most"]].tolist() == pytest.approx([-25, 25])  # 45 to 70, both
    assert np.isnan(table.loc[4, "chance"]) and table.loc[0, "low"] <= table.loc[0, "median"] <= table.loc[0, "high"] < 0


def test_pairwise_says_what_against_says():
    drawn = sample()
    pairs = pairwise(drawn, "R").set_index(["row", "other"])
    assert len(pairs) == 20
    for row in range(4):
        for other in against(drawn, "R", row).itertuples():
            pair = pairs.loc[(row, other.row)]
            assert pair["separable"] == other.separable and pair["overlap"] == other.overlap
            assert pair["chance"] == pytest.approx(other.chance, nan_ok=True)


def test_ranks_come_as_intervals_and_not_where_there_is_no_number():
    table = rank_intervals(sample(), "R").set_index("row")
    assert table.loc[0, ["low", "high", "best", "worst"]].tolist() == [1, 1, 1, 1]
    assert table.loc[1, ["low", "high", "best", "worst"]].tolist() == [2, 3, 2, 3]
    assert table.loc[3, ["low", "high", "best", "worst"]].tolist() == [4, 4, 4, 4]
    assert table.loc[4].isna().all()


def test_drawing_one_return_more_leaves_the_chances_of_the_others():
    scores = sample().scores
    chosen = UncertaintySettings(draws=300)
    few = pairwise(draws(scores, [1, 3], ["R"], chosen), "R")
    many = pairwise(draws(scores, [3, 0, 1], ["R"], chosen), "R").merge(few[["row", "other"]])
    both = few.merge(many, on=["row", "other"])
    assert len(both) == 2 and (both["chance_x"] == both["chance_y"]).all()
