"""Association across States: the oracle `spearman_ci`, scipy for the correlation, pingouin for the partial one."""

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import stats

from analysis.balance import association
from tests.balance import sides

RANDOM = np.random.default_rng(7)


def test_bonett_wright_intervals_of_the_oracle(oracles):
    oracle = oracles["spearman_ci"]
    for n, expected in zip(oracle["input"]["n"], oracle["expected"]["bonett_wright_95"], strict=True):
        assert association.interval(oracle["input"]["r"], n) == pytest.approx(expected, abs=oracle["tolerance"])


def test_a_control_costs_one_state_and_the_undefined_has_no_interval():
    assert association.interval(0.6, 31, 1) == association.interval(0.6, 30)
    for r, n in ((1.0, 30), (-1.0, 30), (0.6, 3), (np.nan, 30)):
        assert np.isnan(association.interval(r, n)).all()


@pytest.mark.parametrize("n", [5, 12, 60])
def test_spearman_agrees_with_scipy_ties_included(n):
    x, y = RANDOM.integers(0, 6, n), RANDOM.integers(0, 6, n)
    assert association.spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


@pytest.mark.parametrize("n", [8, 40])
def test_the_partial_correlation_agrees_with_pingouin(n):
    z = RANDOM.normal(size=n)
    x, y = z + RANDOM.normal(size=n), z + RANDOM.normal(size=n)
    table = pd.DataFrame({"x": x, "y": y, "z": z})
    expected = pingouin.partial_corr(table, "x", "y", "z", method="spearman")["r"].iloc[0]
    assert association.partial_spearman(x, y, z) == pytest.approx(expected)


def test_what_does_not_vary_has_no_correlation():
    assert np.isnan(association.spearman(np.ones(5), np.arange(5)))
    assert np.isnan(association.partial_spearman(np.arange(5), np.arange(5), np.arange(5)))


def states(n: int, **changed) -> list[tuple]:
    found = []
    for i in range(n):
        answers = tuple(int(a) for a in np.random.default_rng(i).integers(0, 6, 6))
        found.append((f"Q{chr(77 + i // 26)}{chr(65 + i % 26)}", answers, changed.get(str(i), {})))
    return found


def test_associations_agree_with_scipy_and_pingouin_and_capacity_is_of_the_other_sub_modules():
    units = states(20)
    found = association.associations(sides.scores(*units), range(20)).set_index(["submodule", "kind"])
    table = pd.DataFrame([20 * np.array(a) for _, a, _ in units], columns=["u", "d", "a", "b", "c", "e"], dtype=float)
    table["z"] = table[["a", "b", "c", "e"]].mean(axis=1)
    plain, partial = found.loc[("ied", "plain")], found.loc[("ied", "partial")]
    assert plain["r"] == pytest.approx(stats.spearmanr(table["u"], table["d"]).statistic) and plain["n"] == 20
    assert partial["r"] == pytest.approx(pingouin.partial_corr(table, "u", "d", "z", method="spearman")["r"].iloc[0])
    assert (partial["low"], partial["high"]) == association.interval(partial["r"], 19)


def test_below_ten_states_nothing_is_given():
    found = association.associations(sides.scores(*states(9)), range(9))
    assert found["n"].tolist() == [9] * 6 and found["r"].isna().all() and found["low"].isna().all()


def test_a_state_without_a_part_counts_where_it_has_both_sides():
    units = states(11)
    units[0] = ("QMA", (3, 3, 3, 3, sides.AWAY, sides.AWAY))
    found = association.associations(sides.scores(*units), range(11)).set_index(["submodule", "kind"])["n"]
    assert found["ied", "plain"] == 11 and found["ied", "partial"] == 10 and found["salw", "plain"] == 10
