"""Groups: every State a dot; quantiles from five shown States on; bounds over all that returned."""

import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison import groups
from tests import tiny


def spread_of(*answers: str, node: str = "M1") -> pd.Series:
    scores = tiny.scores(*((f"QM{chr(65 + i)}", a) for i, a in enumerate(answers)))
    return groups.spread(groups.dots(scores, range(len(answers)), [node])).iloc[0]


def test_a_dot_without_a_score_is_na_and_never_zero():
    table = groups.dots(tiny.scores(("QMA", "000 333 333"), ("QMB", "0.. 333 333")), [0, 1], ["M1"])
    assert table["score"].fillna(-1).tolist() == [0, -1]
    assert table[["lower", "upper"]].to_numpy().tolist() == [[0, 0], [0, pytest.approx(200 / 3)]]


def test_dots_are_of_the_rows_and_nodes_asked_for():
    table = groups.dots(tiny.scores(("QMA", tiny.FULL), ("QMB", tiny.FULL), ("QMC", tiny.FULL)), [2, 0], ["B", "A"])
    assert table[["iso3", "node"]].to_numpy().tolist() == [["QMC", "A"], ["QMC", "B"], ["QMA", "A"], ["QMA", "B"]]


def test_five_states_have_a_median_and_quartiles():
    """0 20 40 60 100 points: the median is the third, the quartiles the second and the fourth."""
    found = spread_of(*(f"{n * 3}333333" for n in "01235"))
    assert found[["states", "n", "median", "q1", "q3", "lowest", "highest"]].tolist() == pytest.approx([5, 5, 40, 20, 60, 0, 100])
    assert found[["lower_mean", "upper_mean"]].tolist() == pytest.approx([44, 44])


def test_four_shown_states_have_dots_only():
    found = spread_of(*["111 333 333"] * 4, "1.. 333 333")
    assert (found["states"], found["n"], found["lowest"], found["highest"]) == (5, 4, 20, 20)
    assert found[["median", "q1", "q3", "lower_mean", "upper_mean"]].isna().all()


def test_the_bounds_of_the_mean_count_states_whose_score_is_not_shown():
    """Five States at 20 and one that did not return the part, which could be anything: (5 x 20 + 0) / 6 to (5 x 20 + 100) / 6."""
    found = spread_of(*["333 333 111"] * 5, "333 333 ___", node="M3")
    assert (found["states"], found["n"]) == (6, 5)
    assert found[["lower_mean", "upper_mean"]].tolist() == pytest.approx([100 / 6, 200 / 6])


def test_a_state_where_nothing_applies_moves_no_bound():
    found = spread_of(*["111 333 333"] * 5, "nnn 333 333")
    assert found[["lower_mean", "upper_mean", "n"]].tolist() == pytest.approx([20, 20, 5])


def test_no_states_have_no_spread():
    scores = tiny.scores(("QMA", tiny.FULL))
    assert groups.spread(groups.dots(scores, [], ["A"])).empty
    assert np.isnan(spread_of("3.. 333 333")["lowest"])


def test_a_median_that_open_questions_rule_out_is_not_shown():
    """0 0 0 100 100 are shown; the sixth, at 33.3 at least, puts the median of all between (0 + 33.3) / 2 and (0 + 100) / 2: not at 0."""
    found = spread_of("000333333", "000333333", "000333333", "555333333", "555333333", "5..333333")
    assert found[["states", "n"]].tolist() == [6, 5] and np.isnan(found["median"])
    assert found["q1"] == 0  # the second of six is 0 as well


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=8), st.integers(0, 3), st.randoms())
def test_whatever_the_missing_scores_are_the_quartiles_lie_within_their_bounds(ends, others, chance):
    lower, upper = (np.array([f(pair) for pair in ends], dtype=float) for f in (min, max))
    least, most = groups.quantile_bounds(lower, upper, len(ends) + others)
    drawn = [chance.uniform(a, b) for a, b in [*zip(lower, upper, strict=True), *[(0, 100)] * others]]
    found = statistics.quantiles(drawn, n=4, method="inclusive") if len(drawn) > 1 else drawn * 3
    assert (least <= np.array(found) + 1e-9).all() and (np.array(found) <= most + 1e-9).all()
    ends_of = [sorted([*side, *[fill] * others]) for side, fill in ((lower, 0), (upper, 100))]
    assert [least[1], most[1]] == [statistics.median(side) for side in ends_of]
