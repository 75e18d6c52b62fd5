"""Relaxed target, residual need and switch point: the oracle `relaxed_target`, and cases a person can follow."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.balance import need
from analysis.balance.need import Relaxation
from tests.balance import sides
from tests.balance.sides import AWAY, OPEN
from tests.scores.worlds import FIXED

SHARES = st.floats(0, 1)


def test_relaxed_target_and_need_of_the_oracle(oracles):
    oracle = oracles["relaxed_target"]
    u, t, least, d = (oracle["input"][name] for name in ("U", "T", "Tmin", "D"))
    expected, tolerance = oracle["expected"], oracle["tolerance"]
    relaxed = need.relaxed_target(u, t, least, 1)
    assert float(relaxed) == pytest.approx(expected["rho1"]["target"], abs=tolerance)
    assert float(need.residual_need(d, relaxed)) == pytest.approx(expected["rho1"]["need"], abs=tolerance)
    for rho, name in ((0.5, "rho0.5_need"), (0, "rho0_need")):
        found = need.residual_need(d, need.relaxed_target(u, t, least, rho))
        assert float(found) == pytest.approx(expected[name], abs=tolerance)


def test_the_threat_multiplies_the_need():
    assert float(need.residual_need(0.5, 0.7, 0.5)) == pytest.approx(0.1)


@FIXED
@given(SHARES, SHARES, st.floats(0.1, 4))
def test_just_at_the_switch_point_nothing_is_missing_and_just_before_it_something_is(u, d, gamma):
    rho = float(need.switch_point(u, d, 0.8, 0.2, gamma))
    if np.isnan(rho):
        assert need.residual_need(d, need.relaxed_target(u, 0.8, 0.2, 1, gamma)) > 0
        return
    assert need.residual_need(d, need.relaxed_target(u, 0.8, 0.2, rho, gamma)) <= 1e-8
    if rho > 1e-3:
        assert need.residual_need(d, need.relaxed_target(u, 0.8, 0.2, rho - 1e-4, gamma)) >= 0
        assert d < 0.8


@FIXED
@given(SHARES, SHARES, SHARES, SHARES)
def test_more_upstream_or_more_relaxation_never_asks_for_more(u, more, rho, further):
    low, high, a, b = *sorted((u, more)), *sorted((rho, further))
    assert need.relaxed_target(high, 0.8, 0.2, b) <= need.relaxed_target(low, 0.8, 0.2, a) + 1e-12
    assert need.relaxed_target(high, 0.8, 0.2, b) >= 0.2 - 1e-12


def test_a_threat_counts_for_the_state_and_sub_module_it_was_entered_for():
    threat = pd.DataFrame({"iso3": ["QMA", "QMZ"], "submodule": ["ied", "uas"], "threat": [0.25, 0.5]})
    scores = sides.scores(("QMA", (5, 1, 5, 1, 5, 5)))
    found = need.needs(scores, [0], Relaxation(60, 20), threat).set_index("submodule")
    assert found["threat"].to_dict() == {"ied": 0.25, "uas": 1, "salw": 1}
    assert found["need"].to_dict() == {"ied": 10, "uas": 40, "salw": 0}  # 60 - 20 = 40 points each, one of them at a quarter
    assert found["missing"].to_dict() == found["unrelaxed"].to_dict() == {"ied": 40, "uas": 40, "salw": 0}
    assert found["switch"].to_dict() == need.needs(scores, [0], Relaxation(60, 20)).set_index("submodule")["switch"].to_dict()


def test_no_threat_takes_nobody_above_the_target():
    threat = pd.DataFrame({"iso3": ["QMA"], "submodule": ["ied"], "threat": [0.0]})
    scores = sides.scores(("QMA", (5, 1, 5, 1, 5, 5)))
    found = need.needs(scores, [0], Relaxation(60, 20), threat)
    assert need.remaining(found)["n"].tolist()[0] == 2 == int((found["unrelaxed"] > 0).sum())  # IED and UAS: 20 of 60 points
    assert found.set_index("submodule")["kind"].to_dict() == {"ied": "certain", "uas": "certain", "salw": "none"}


def test_nothing_upstream_reduces_the_need_unless_somebody_says_so():
    found = need.needs(sides.scores(("QMA", (5, 1, 5, 3, 5, 5))), [0], Relaxation(60, 20))
    assert found.set_index("submodule")["need"].to_dict() == {"ied": 40, "uas": 0, "salw": 0}
    assert found.set_index("submodule")["switch"].to_dict() == {"ied": 1.0, "uas": 0, "salw": 0}


def test_the_need_under_a_relaxed_target_by_hand():
    # U = 0.8, T* = 60 - 0.5 x 40 x 0.8 = 44, D = 40
    row = need.needs(sides.scores(("QMA", (4, 2, 3, 3, 3, 3))), [0], Relaxation(60, 20, 0.5)).iloc[0]
    assert row["submodule"] == "ied" and row["relaxed"] == pytest.approx(44) and row["need"] == pytest.approx(4)
    assert row["unrelaxed"] == pytest.approx(20) and row["switch"] == pytest.approx(20 / (40 * 0.8)) and row["kind"] == "certain"


def test_an_unanswered_question_upstream_relaxes_nothing():
    known = need.needs(sides.scores(("QMA", (4, 1, 3, 3, 3, 3))), [0], Relaxation(60, 20, 1)).iloc[0]
    open_ = need.needs(sides.scores(("QMA", (4, 1, 3, 3, 3, 3), {"IED.U1": OPEN})), [0], Relaxation(60, 20, 1)).iloc[0]
    assert open_["upstream_lower"] == pytest.approx(70) and open_["need"] > known["need"]


def test_open_questions_downstream_leave_a_range_and_a_part_not_returned_leaves_nothing():
    units = [("QMA", (3, OPEN, 3, 3, 3, 3)), ("QMB", (3, AWAY, 3, 3, 3, 3))]
    found = need.needs(sides.scores(*units), [0, 1], Relaxation(60, 20)).query("submodule == 'ied'").set_index("iso3")
    assert np.isnan(found.loc["QMA", "need"]) and found.loc["QMA", ["need_low", "need_high", "kind"]].tolist() == [
        0,
        60,
        "possible",
    ]
    assert found.loc["QMB", "kind"] == "" and np.isnan(found.loc["QMB", "need_high"])


def test_the_list_gets_shorter_at_each_switch_point():
    # ied: gap 20 over 40 x 0.8 -> 0.625; uas: gap 40 over 40 x 1 -> 1; salw: gap 40 over 40 x 0.2, never
    found = need.remaining(need.needs(sides.scores(("QMA", (4, 2, 5, 1, 1, 1))), [0], Relaxation(60, 20)))
    assert found["rho"].tolist() == pytest.approx([0, 0.625, 1]) and found["n"].tolist() == [3, 2, 1]


@pytest.mark.parametrize("wrong", [(60, 0, 0, 1), (60, 70, 0, 1), (60, 20, 1.5, 1), (60, 20, -0.1, 1), (60, 20, 0, 0)])
def test_an_assumption_outside_its_range_is_refused(wrong):
    with pytest.raises(ValueError):
        Relaxation(*wrong)
