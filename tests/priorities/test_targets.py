"""Targets by choice: points of 100 T / n, where each comes from, and what counts where a choice gives none. A step is worth 20 points."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.priorities import gaps, targets
from analysis.states import States
from tests import tiny
from tests.scores.worlds import FIXED


def world(*answers: str):
    return tiny.scores(*((f"QM{chr(65 + i)}", a) for i, a in enumerate(answers)))


def regions(n: int, region: str = "North") -> States:
    rows = [{"iso3": f"QM{chr(65 + i)}", "name": f"QM{chr(65 + i)}", "region": region, "subregion": ""} for i in range(n)]
    return States(pd.DataFrame(rows), pd.DataFrame(columns=["kind", "group", "iso3"]))


def own(*rows: tuple) -> pd.DataFrame:
    names = ["iso3", "round", "measure", "level", "set_by"]
    return targets.planned([dict(zip(names, row, strict=False)) for row in rows])


def test_the_choices_are_the_default_three_kinds_and_every_level_above_the_lowest():
    assert targets.choices(tiny.instrument()) == ["default", "next", "quartile", "plan", "1", "2", "3", "4", "5"]
    with pytest.raises(ValueError, match="a target is one of"):
        targets.targets(world(tiny.FULL), [0], "9")


def test_the_default_and_a_fixed_level_are_the_same_for_every_state():
    scores = world(tiny.FULL, "111 222 333")
    usual, four = targets.targets(scores, [0, 1], "default"), targets.targets(scores, [0, 1], "4")
    assert usual.points.tolist() == [[60] * 3] * 2 and set(usual.kind.ravel()) == {"default"}
    assert four.points.tolist() == [[80] * 3] * 2 and set(four.kind.ravel()) == {"fixed"}


def test_the_next_level_is_one_above_what_is_reached_whatever_the_open_questions_hold():
    """M1: all 3, level 3. M2: 3 3 and one open: level 3 if it is answered well, lower if not (the award needs nearly all below). M3: all 5."""
    scores = world("333 33. 555")
    found = targets.targets(scores, [0], "next")
    low = scores.level_low[0, [scores.column(m) for m in ("M1", "M2", "M3")]]
    assert low[0] == 3 and low[1] < 3 and low[2] == 5
    assert found.points[0, 0] == 80
    assert found.points[0, 1] == 20 * (low[1] + 1)
    assert np.isnan(found.points[0, 2]) and found.kind[0].tolist() == ["next", "next", "highest"]


def test_where_the_highest_level_is_reached_there_is_no_target_and_no_gap():
    scores = world("555 333 333")
    table = gaps.gaps(scores, [0], targets.targets(scores, [0], "next"))
    top = table[table["measure"] == "M1"].iloc[0]
    assert (top["kind"], pd.isna(top["gap"]), pd.isna(top["target_level"])) == ("none", True, True)
    assert "M1" not in set(gaps.known_gaps(table)["measure"]) | set(gaps.ask_first(table)["measure"])


def test_the_upper_quartile_is_numpys_over_the_shown_scores_of_the_region():
    """numpy.quantile, linear: of 0 20 40 60 80 it is 60; M2 is not shown in one State: four are too few, so the default counts."""
    scores = world("000 333 333", "111 333 333", "222 333 333", "333 333 333", "444 3.. 333")
    found = targets.targets(scores, [0, 4], "quartile", peers=range(5), states=regions(5))
    assert found.points[:, 0].tolist() == [np.quantile([0, 20, 40, 60, 80], 0.75)] * 2 == [60, 60]
    assert found.kind[0].tolist() == ["quartile", "default", "quartile"] and found.points[0, 1] == 60
    assert np.isnan(found.level[0, 0]) and found.level[0, 1] == 3


def test_a_region_of_four_and_a_state_without_one_fall_back_on_the_default():
    scores = world(*["444 444 444"] * 4)
    assert set(targets.targets(scores, range(4), "quartile", peers=range(4), states=regions(4)).kind.ravel()) == {"default"}
    five = world(*["444 444 444"] * 5)
    assert set(targets.targets(five, [0], "quartile", peers=range(5), states=regions(5, "")).kind.ravel()) == {"default"}


@settings(FIXED, max_examples=25)
@given(st.lists(st.text("012345.", min_size=9, max_size=9), min_size=5, max_size=9))
def test_any_quartile_is_numpys(answers):
    scores = world(*answers)
    found = targets.targets(scores, [0], "quartile", peers=range(len(answers)), states=regions(len(answers)))
    for i, measure in enumerate(("M1", "M2", "M3")):
        shown = scores.score[:, scores.column(measure)]
        shown = shown[~np.isnan(shown)]
        if len(shown) >= 5:
            assert found.points[0, i] == pytest.approx(np.quantile(shown, 0.75))
        else:
            assert found.kind[0, i] == "default"


def test_the_states_own_plan_counts_for_the_measures_it_names_with_who_set_it():
    scores = world(tiny.FULL, tiny.FULL)
    plan = own(("QMA", "2028", "M2", 5, "National commission"), ("QMZ", "2028", "M1", 5))
    found = targets.targets(scores, [0, 1], "plan", plan=plan)
    assert found.points.tolist() == [[60, 100, 60], [60, 60, 60]]
    assert (found.kind[0, 1], found.round[0, 1], found.set_by[0, 1]) == ("plan", "2028", "National commission")
    assert set(targets.targets(scores, [0], "plan", plan=own()).kind.ravel()) == {"default"}


@pytest.mark.parametrize(
    ("rounds", "level"),
    [
        ((("2026", 1), ("2028", 2), ("2030", 3)), 1),  # for the return's own round
        ((("2028", 2), ("2030", 3)), 2),  # the nearest ahead
        ((("2022", 4), ("2030", 3)), 3),  # one ahead counts before one that is past
        ((("2022", 4), ("2024", 5)), 5),  # all are past: the newest holds
    ],
)
def test_of_several_rounds_the_nearest_ahead_counts(rounds, level):
    plan = own(*(("QMA", label, "M1", given_) for label, given_ in rounds))
    assert targets.targets(tiny.scores(("QMA", tiny.FULL, "2026")), [0], "plan", plan=plan).level[0, 0] == level


def test_a_target_for_a_measure_or_level_that_the_questionnaire_does_not_have_is_left_aside():
    plan = own(("QMA", "2028", "X9", 5), ("QMA", "2028", "M1", 7))
    assert set(targets.targets(world(tiny.FULL), [0], "plan", plan=plan).kind.ravel()) == {"default"}


def test_level_gaps_stand_beside_the_points():
    """M1 at level 1, target level 4: three levels to go, and 80 - 20 = 60 points."""
    scores = world("111 333 333")
    table = gaps.gaps(scores, [0], targets.targets(scores, [0], "4"))
    one = table[table["measure"] == "M1"].iloc[0]
    assert (one["level_gap_low"], one["level_gap_high"], one["gap"]) == (3, 3, 60)
