"""The Wilson interval against statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from analysis.scores.wilson import wilson


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.9, 0.95]))
def test_both_ends_are_those_of_statsmodels(pair, level):
    count, n = pair
    low, high = wilson(count, n, level)
    assert (float(low), float(high)) == pytest.approx(proportion_confint(count, n, 1 - level, method="wilson"), abs=1e-12)
    assert 0 <= low <= count / n + 1e-12 and count / n - 1e-12 <= high <= 1


def test_none_of_none_has_no_interval_and_arrays_are_worked_through_together():
    low, high = wilson(np.array([0, 5]), np.array([0, 10]))
    assert np.isnan([low[0], high[0]]).all()
    assert (low[1], high[1]) == pytest.approx((0.2366, 0.7634), abs=5e-5)
