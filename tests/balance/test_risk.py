"""Residual risk: the oracle `bowtie`, numerical derivatives, and the region where upstream comes first against a brute-force grid."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.balance import plane, risk
from analysis.balance.risk import Sweep
from tests.balance import sides
from tests.scores.worlds import FIXED

SHARES = st.floats(0, 1)


def test_risk_and_marginal_values_of_the_oracle(oracles):
    oracle = oracles["bowtie"]
    u, d, eu, ed = (oracle["input"][name] for name in ("U", "D", "eU", "eD"))
    up, down = risk.marginal_values(u, d, eu, ed)
    found = [float(risk.residual_risk(u, d, eu, ed)), -float(up), -float(down)]
    assert found == pytest.approx([oracle["expected"][name] for name in ("R", "dR_dU", "dR_dD")], abs=oracle["tolerance"])


@FIXED
@given(SHARES, SHARES, SHARES, SHARES)
def test_marginal_values_are_the_slopes_of_the_risk(u, d, eu, ed):
    step = 1e-6
    up, down = risk.marginal_values(u, d, eu, ed, 0.5)
    at = risk.residual_risk(u, d, eu, ed, 0.5)
    assert float(up) == pytest.approx((at - risk.residual_risk(u + step, d, eu, ed, 0.5)) / step, abs=1e-6)
    assert float(down) == pytest.approx((at - risk.residual_risk(u, d + step, eu, ed, 0.5)) / step, abs=1e-6)


def test_a_threat_scales_the_risk_and_leaves_what_comes_first():
    threat = pd.DataFrame({"iso3": ["QMA"], "submodule": ["ied"], "threat": [0.5]})
    table = plane.planes(sides.scores(("QMA", (5, 1, 5, 1, 5, 5))), [0], 60)
    full, half = (risk.risks(table, Sweep((0.2, 0.8), (0.2, 0.8)), one).set_index("submodule") for one in (None, threat))
    ends = ["risk_low", "risk_high", "risk_least", "risk_most"]
    assert half.loc["ied", ends].tolist() == pytest.approx((full.loc["ied", ends] / 2).tolist())
    assert half.loc["uas", ends].tolist() == full.loc["uas", ends].tolist()
    assert half["first"].tolist() == full["first"].tolist()


@FIXED
@given(SHARES, SHARES, st.tuples(st.floats(0.05, 1), st.floats(0.05, 1)), st.tuples(st.floats(0.05, 1), st.floats(0.05, 1)))
def test_what_comes_first_over_a_sweep_agrees_with_a_grid(u, d, first, second):
    sweep = Sweep(tuple(sorted(first)), tuple(sorted(second)))
    eu, ed = np.meshgrid(np.linspace(*sweep.upstream, 9), np.linspace(*sweep.downstream, 9))
    up, down = risk.marginal_values(u, d, eu, ed)
    found = str(risk.first(d - u, sweep))
    if found == "upstream":
        assert (up > down).all()
    elif found == "downstream":
        assert (down > up).all()
    else:  # the corners of the grid are those of the sweep, so that some pair disagrees or is even
        assert not (up > down + 1e-9).all() and not (down > up + 1e-9).all()


@FIXED
@given(SHARES, SHARES, st.floats(0.05, 1))
def test_on_the_even_line_both_are_worth_the_same(u, d, eu):
    ed = float(risk.even_line(eu, d - u))
    if ed <= 1:
        up, down = risk.marginal_values(u, d, eu, ed)
        assert float(up) == pytest.approx(float(down), abs=1e-9)


def test_at_equal_shares_the_side_that_stands_higher_comes_first():
    table = plane.planes(sides.scores(("QMA", (4, 2, 2, 4, 3, 3))), [0], 60)
    found = risk.risks(table, Sweep()).set_index("submodule")
    assert found["even"].to_dict() == {"ied": "upstream", "uas": "downstream", "salw": "depends"}
    assert found["difference"].to_dict() == {"ied": -40, "uas": 40, "salw": 0}


def test_the_range_of_the_risk_by_hand():
    # U = 0.8, D = 0.4: (1 - 0.5 x 0.8)(1 - 0.5 x 0.4) = 0.48 and (1 - 0.8)(1 - 0.4) = 0.12
    table = plane.planes(sides.scores(("QMA", (4, 2, 3, 3, 3, 3))), [0], 60)
    row = risk.risks(table, Sweep((0.5, 1), (0.5, 1))).iloc[0]
    assert [row[name] for name in ("risk_low", "risk_high", "risk_least", "risk_most")] == pytest.approx([12, 48, 12, 48])


def test_open_questions_widen_the_range_and_never_narrow_it():
    table = plane.planes(sides.scores(("QMA", (4, 2, 3, 3, 3, 3), {"IED.U1": sides.OPEN})), [0], 60)
    row = risk.risks(table, Sweep()).iloc[0]
    assert row["risk_least"] < row["risk_low"] < row["risk_high"] < row["risk_most"]


def test_the_square_is_bounded_by_the_two_furthest_states():
    units = [("QMA", (4, 2, 3, 3, 3, 3)), ("QMB", (2, 4, 3, 3, 3, 3))]
    table = risk.risks(plane.planes(sides.scores(*units), [0, 1], 60), Sweep())
    lines = risk.regions(table, row=1, steps=2)
    assert lines["upstream"] == [0, 0.5, 1]
    assert lines["all"] == pytest.approx([0, 0.5 / 1.2, 1 / 1.4]) and lines["some"] == pytest.approx([0, 0.5 / 0.8, 1])
    assert lines["one"] == lines["all"] and "one" not in risk.regions(table, row=9)


@pytest.mark.parametrize("wrong", [((0, 1), (0.2, 0.8)), ((0.8, 0.2), (0.2, 0.8)), ((0.2, 0.8), (0.2, 1.2))])
def test_a_sweep_outside_its_range_is_refused(wrong):
    with pytest.raises(ValueError):
        Sweep(*wrong)
