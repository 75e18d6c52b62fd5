"""The sign test of changed answers, against the oracle and scipy.stats.binomtest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.comparison.signs import sign_test, signs
from tests import tiny
from tests.scores.worlds import FIXED


def test_the_sign_test_is_that_of_the_oracle(oracles):
    one = oracles["item_change_test"]
    found = sign_test(20 * np.array(one["input"]["before"]), 20 * np.array(one["input"]["after"]))
    expected = one["expected"]
    assert (found.up, found.down, found.same) == (expected["up"], expected["down"], expected["same"])
    assert found.mean_change == pytest.approx(expected["mean_change_points"]) and found.p == pytest.approx(expected["sign_p"])


@settings(FIXED, max_examples=60)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 5))
def test_p_is_that_of_scipy(up, down, same):
    found = sign_test(np.zeros(up + down + same), np.array([20.0] * up + [-20.0] * down + [0.0] * same))
    assert (found.up, found.down, found.same) == (up, down, same)
    if up + down:
        assert found.p == pytest.approx(stats.binomtest(up, up + down, 0.5).pvalue)
    else:
        assert np.isnan(found.p)


def test_only_questions_answered_in_both_rounds_are_tested():
    scores = tiny.scores(("QMA", "123 333 3?3", "2024"), ("QMA", "233 n3. 222"))
    found = signs(scores, 1, 0, ["M1", "M2", "B"]).set_index("node")
    assert found.loc["M1", ["common", "up", "down", "same"]].tolist() == [3, 2, 0, 1]
    assert found.loc["M1", "mean_change"] == pytest.approx(40 / 3) and found.loc["M1", "p"] == pytest.approx(0.5)
    assert found.loc["M2", ["common", "up", "down", "same"]].tolist() == [1, 0, 0, 1] and np.isnan(found.loc["M2", "p"])
    assert found.loc["B", ["common", "up", "down"]].tolist() == [2, 0, 2]
