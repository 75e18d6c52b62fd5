"""States on the plane: an answer a to every question of a part is a score of 20 a, so that every box can be drawn by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.balance import plane
from analysis.balance.axes import axes
from analysis.comparison import rounds
from tests import tiny
from tests.balance import sides
from tests.scores.worlds import FIXED

A, O = sides.AWAY, sides.OPEN  # noqa: E741


def one(found, iso3: str, submodule: str):
    return found[(found["iso3"] == iso3) & (found["submodule"] == submodule)].iloc[0]


def test_each_sub_module_has_its_two_axes():
    assert axes(sides.instrument()).values.tolist() == [
        ["ied", "IED.U", "IED.D"], ["uas", "UAS.U", "UAS.D"], ["salw", "SALW.U", "SALW.D"],
    ]  # fmt: skip


def test_a_questionnaire_without_the_two_sides_has_no_axes_and_no_planes():
    assert axes(tiny.instrument()).empty
    assert plane.planes(tiny.scores(("QMA", tiny.FULL)), [0], 60).empty


@pytest.mark.parametrize(
    ("upstream", "downstream", "quadrant"), [(3, 3, "both"), (4, 2, "prevents"), (2, 3, "responds"), (2, 2, "neither")]
)
def test_the_target_line_belongs_to_those_who_reach_it(upstream, downstream, quadrant):
    found = plane.planes(sides.scores(("QMA", (upstream, downstream, 1, 1, 1, 1))), [0], 60)
    row = one(found, "QMA", "ied")
    assert (row["upstream"], row["downstream"], row["quadrant"], row["sure"]) == (20 * upstream, 20 * downstream, quadrant, True)


def test_the_balanced_score_is_the_harmonic_mean():
    row = one(plane.planes(sides.scores(("QMA", (4, 2, 0, 5, 1, 1))), [0], 60), "QMA", "ied")
    assert row["balanced"] == pytest.approx(2 * 80 * 40 / 120)
    assert one(plane.planes(sides.scores(("QMA", (4, 2, 0, 5, 1, 1))), [0], 60), "QMA", "uas")["balanced"] == 0


@FIXED
@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_the_balanced_score_agrees_with_scipy_and_stays_near_the_lower_side(a, b):
    found = float(plane.harmonic(a, b))
    assert found == pytest.approx(stats.hmean([a, b]))
    assert min(a, b) - 1e-9 <= found <= (a + b) / 2 + 1e-9


def test_open_questions_make_a_box_and_no_dot():
    row = one(plane.planes(sides.scores(("QMA", (O, 3, 3, 3, 3, 3))), [0], 60), "QMA", "ied")
    assert np.isnan(row["upstream"]) and (row["upstream_lower"], row["upstream_upper"]) == (0, 100)
    assert (row["quadrant"], row["sure"]) == ("", False) and np.isnan(row["balanced"])
    assert (row["balanced_lower"], row["balanced_upper"]) == (0, pytest.approx(75))


def test_a_dot_whose_box_crosses_a_target_line_is_not_sure():
    row = one(plane.planes(sides.scores(("QMA", (3, 3, 3, 3, 3, 3), {"IED.U1": O})), [0], 60), "QMA", "ied")
    assert row["quadrant"] == "both" and not row["sure"]
    assert row["upstream_lower"] == pytest.approx(60 * 7 / 8) and row["upstream_upper"] == pytest.approx((60 * 7 + 100) / 8)


def test_a_part_that_was_not_returned_has_no_box():
    row = one(plane.planes(sides.scores(("QMA", (A, A, 3, 3, 3, 3))), [0], 60), "QMA", "ied")
    assert row["upstream_why"] == "not_returned" and np.isnan(row["upstream_lower"]) and row["heavy"] == ""
    assert pd.isna(row["upstream_low"])


def test_the_round_before_is_the_start_of_the_arrow():
    units = [("QMA", (1, 2, 1, 1, 1, 1), {}, "2024"), ("QMA", (3, 3, 1, 1, 1, 1)), ("QMB", (1, 1, 1, 1, 1, 1))]
    found = plane.planes(sides.scores(*units), [1, 2], 60)
    row = one(found, "QMA", "ied")
    assert (row["upstream_before"], row["downstream_before"]) == (20, 40)
    assert np.isnan(one(found, "QMB", "ied")["upstream_before"])


def test_the_round_before_is_the_one_that_other_pages_name():
    given_ = ["2024", "2026", "2026-H1", "2026-H2", "2022"]
    units = [("QMA", tiny.FULL, label, reading) for label in given_ for reading in ("self", "visit")]
    panel = tiny.panel(*units, ("QMB", tiny.FULL, "2026"))
    rows = range(len(panel))
    assert plane.previous_rows(panel, rows) == [rounds.previous_row(panel, row) for row in rows]


def test_a_target_level_counts_as_its_share_of_the_scale():
    assert plane.target_points(sides.instrument()) == 60 and plane.target_points(sides.instrument(), 4) == 80
