"""Agreement of two readings, against values computed outside the engine, other libraries, and sums written out."""

import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from analysis.comparison import agreement
from tests.scores.worlds import FIXED

COUNTS = st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=4, max_size=4).map(np.array)


def column(values) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_bland_altman_5(oracles):
    oracle = oracles["bland_altman_5"]
    found = agreement.differences(column(oracle["input"]["self"]), column(oracle["input"]["ext"])).iloc[0]
    expected, tolerance = oracle["expected"], oracle["tolerance"]
    assert found["bias"] == pytest.approx(expected["bias"], abs=tolerance)
    assert found["sd"] == pytest.approx(expected["sd"], abs=5e-5)  # four decimals are given
    assert [found["low"], found["high"]] == pytest.approx(expected["ci95_bias"], abs=tolerance)
    assert [found["limit_low"], found["limit_high"]] == pytest.approx(expected["loa"], abs=tolerance)


def test_slope_is_that_of_scipy_with_its_interval():
    own, other = np.array([60, 72, 45, 80, 55.0]), np.array([52, 70, 40, 66, 57.0])
    line = stats.linregress((own + other) / 2, own - other)
    half = stats.t.ppf(0.975, 3) * line.stderr
    found = agreement.differences(own[:, None], other[:, None]).iloc[0]
    assert found["slope"] == pytest.approx(line.slope, abs=1e-12)
    assert [found["slope_low"], found["slope_high"]] == pytest.approx([line.slope - half, line.slope + half], abs=1e-12)


def test_a_pair_without_both_readings_is_left_out_and_columns_do_not_touch():
    own = np.array([[10.0, 50], [20, np.nan], [30, 70]])
    other = np.array([[0.0, 50], [10, 10], [40, np.nan]])
    found = agreement.differences(own, other)
    assert found["n"].tolist() == [3, 1]
    assert found["bias"].tolist() == pytest.approx([10 / 3, 0])
    assert np.isnan(found[["sd", "low", "limit_high", "slope"]].iloc[1]).all()  # one pair has no spread


def test_readings_that_always_lie_the_same_apart_have_a_bias_and_no_spread():
    found = agreement.differences(column([10, 20, 30]), column([5, 15, 25])).iloc[0]
    assert (found["bias"], found["sd"], found["limit_low"], found["slope"]) == (5, 0, 5, 0)


def test_without_a_pair_nothing_is_defined():
    found = agreement.differences(np.empty((0, 1)), np.empty((0, 1))).iloc[0]
    assert found["n"] == 0 and np.isnan(found.drop("n").astype(float)).all()
    with pytest.raises(ValueError, match="one shape"):
        agreement.differences(np.zeros((2, 1)), np.zeros((3, 1)))


def test_icc_shrout_fleiss(oracles):
    oracle = oracles["icc_shrout_fleiss"]
    assert agreement.icc(np.array(oracle["input"]["6x4"])) == pytest.approx(oracle["expected"], abs=oracle["tolerance"])


@pytest.mark.parametrize("seed", range(3))
def test_icc_is_that_of_pingouin(seed):
    ratings = np.random.default_rng(seed).integers(0, 100, (12, 2)) + np.arange(12)[:, None] * 8
    rows = pd.DataFrame([(i, j, v) for i, line in enumerate(ratings) for j, v in enumerate(line)], columns=["s", "r", "v"])
    table = pingouin.intraclass_corr(rows.astype({"v": float}), targets="s", raters="r", ratings="v")
    found = agreement.icc(ratings)
    names = dict(zip(["ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"], table["ICC"], strict=True))
    assert found == pytest.approx(names, abs=1e-9)


def test_icc_tells_a_constant_lead_from_agreement():
    found = agreement.icc(np.array([[10, 30], [40, 60], [70, 90]]))
    assert found["ICC(C,1)"] == pytest.approx(1)
    # by hand: BMS 1800, JMS 600, EMS 0: 1800 / (1800 + 2 x 600 / 3)
    assert found["ICC(A,1)"] == pytest.approx(1800 / 2200)
    assert np.isnan(agreement.icc(np.full((4, 2), 50.0))["ICC(A,1)"])
    assert np.isnan(agreement.icc(np.zeros((1, 2)))["ICC(1,1)"])


@pytest.mark.parametrize(("weights", "key"), [("none", "unweighted"), ("linear", "linear"), ("quadratic", "quadratic")])
def test_kappa_5x5(oracles, weights, key):
    oracle = oracles["kappa_5x5"]
    found = agreement.kappa(np.array(oracle["input"]["table"]), weights)
    assert float(found) == pytest.approx(oracle["expected"][key], abs=oracle["tolerance"])


@FIXED
@given(COUNTS)
def test_kappa_is_that_of_statsmodels(counts):
    table = counts + np.eye(4, dtype=int)  # no empty row or column
    expected = cohens_kappa(table, wt="quadratic", return_results=False)
    assert float(agreement.kappa(table)) == pytest.approx(expected, abs=1e-12)


@FIXED
@given(COUNTS)
def test_kappa_and_shares_are_what_going_through_the_pairs_gives(counts):
    pairs = [(i, j) for i in range(4) for j in range(4) for _ in range(counts[i, j])]
    n = len(pairs)
    observed = sum((i - j) ** 2 for i, j in pairs)
    expected = sum((i - j) ** 2 for i, _ in pairs for _, j in pairs)
    found = float(agreement.kappa(counts))
    assert np.isnan(found) if expected == 0 else found == pytest.approx(1 - n * observed / expected, abs=1e-9)
    exact, near = agreement.shares(counts)
    if n:
        assert exact == pytest.approx(sum(i == j for i, j in pairs) / n)
        assert near == pytest.approx(sum(abs(i - j) <= 1 for i, j in pairs) / n)
    else:
        assert np.isnan(exact) and np.isnan(near)


def test_kappa_interval_leaves_out_one_state_at_a_time():
    rng = np.random.default_rng(1)
    tables = rng.integers(0, 4, (6, 4, 4)) + 3 * np.eye(4, dtype=int)
    tables[4] = 0  # a State without a pair is no State
    five = [t for i, t in enumerate(tables) if i != 4]
    values = [cohens_kappa(sum(five) - t, wt="quadratic", return_results=False) for t in five]
    error = np.sqrt(4 / 5 * sum((v - np.mean(values)) ** 2 for v in values))
    whole, t = cohens_kappa(sum(five), wt="quadratic", return_results=False), stats.t.ppf(0.975, 4)
    assert agreement.kappa_interval(tables) == pytest.approx((whole - t * error, whole + t * error), abs=1e-12)
    assert np.isnan(agreement.kappa_interval(tables[:1])).all()


def test_kappa_refuses_weights_it_does_not_know_and_a_table_of_one_level():
    with pytest.raises(ValueError, match="cubic"):
        agreement.kappa(np.eye(3), "cubic")
    assert np.isnan(agreement.kappa(np.diag([5, 0, 0])))
    assert float(agreement.kappa(np.diag([5, 3, 2]))) == 1


@FIXED
@given(COUNTS)
def test_kappa_and_shares_do_not_ask_which_reading_comes_first(counts):
    np.testing.assert_allclose(agreement.kappa(counts), agreement.kappa(counts.T), atol=1e-12)
    np.testing.assert_allclose(agreement.shares(counts), agreement.shares(counts.T), atol=1e-12)


@FIXED
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=3, max_size=12))
def test_readings_changed_over_change_only_the_sign(values):
    own, other = (column([v[side] for v in values]) for side in (0, 1))
    one, turned = agreement.differences(own, other).iloc[0], agreement.differences(other, own).iloc[0]
    np.testing.assert_allclose(one["bias"], -turned["bias"], atol=1e-9)
    np.testing.assert_allclose(one["sd"], turned["sd"], atol=1e-9)
    np.testing.assert_allclose([one["limit_low"], one["limit_high"]], [-turned["limit_high"], -turned["limit_low"]], atol=1e-9)
