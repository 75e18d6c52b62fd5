"""What a choice leaves behind, worked out by hand: a step of an answer is 20 points, measures have three questions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.priorities import afterwards, gaps
from analysis.priorities.question import Limits, least_mature
from analysis.priorities.question import question as asked
from analysis.scores.options import ScoreOptions
from tests import tiny
from tests.priorities.small import packages, question


def test_what_a_package_brings_is_what_would_stay_open_without_it():
    q = question([[30]], packages([[20], [20], [10]], [2, 4, 1], needs=[(2, 0)]), 9)
    table = afterwards.chosen_pairs(q, np.array([[True, True, True]])).set_index("package")
    # all: 30 of 30; without P0 also without P2: 20; without P1: 30; without P2: 30
    assert table["brings"].to_dict() == {"P0": 10, "P1": 0, "P2": 0}
    assert table.at["P0", "per_cost"] == 5 and table.at["P0", "measures"] == ["M0"]


def test_what_each_state_gets_and_what_stays_open():
    made = packages([[20, 0], [0, 10], [1, 0], [1, 0]], [2, 3, 1, 1], months=[6, 12, 1, 1])
    q = question([[30, 5], [40, 40]], made, 9)
    table = afterwards.by_state(q, np.array([[True, True, True, True], [False, False, False, False]]))
    assert table["iso3"].tolist() == ["S0", "S1"]
    assert table.loc[0, ["packages", "cost", "months", "gap_before", "points_closed", "points_open"]].tolist() == [
        4,
        7,
        20,
        35,
        27,
        8,
    ]
    assert table["busy"].tolist() == [True, False] and table.loc[1, "points_open"] == 80
    ends = afterwards.by_state(
        q, np.array([[True] * 4, [False] * 4]), (np.array([[10.0, 5], [0, 0]]), np.array([[60.0, 60], [60, 60]]))
    )
    assert ends.loc[0, ["points_closed_low", "points_closed_high"]].tolist() == [15, 32] and ends["points_closed"].tolist() == [
        27,
        0,
    ]


def test_what_a_state_carries_already_counts_towards_its_load():
    # S0: 3 new and nothing; S1: 3 new and 1; S2: 1 new and 3; S3: nothing new, whatever it carries; S4: 1 and 2
    q = question([[40]] * 5, packages([[5]] * 3, [1] * 3), 99)
    chosen = np.array([[True] * 3, [True] * 3, [True, False, False], [False] * 3, [True, False, False]])
    carried = pd.Series({"S1": 1, "S2": 3, "S3": 9, "S4": 2, "S9": 1})
    table = afterwards.by_state(q, chosen, carried=carried).set_index("iso3").sort_index()
    assert table["in_hand"].tolist() == [0, 1, 3, 9, 2]
    assert table["busy"].tolist() == [False, True, True, False, False]
    assert afterwards.by_state(q, chosen)["busy"].tolist() == [False] * 5


def test_states_sum_to_the_value_of_the_choice_where_points_are_weighted():
    # S0: 20 of 30 points at a half and 5 of 5 at two; S1: nothing of 40 at one quarter and 40 at one
    q = question([[30, 5], [40, 40]], packages([[20, 0], [0, 10]], [2, 3]), 9, worth=[[0.5, 2], [0.25, 1]])
    chosen = np.array([[True, True], [False, False]])
    table = afterwards.by_state(q, chosen, (q.room, q.room)).set_index("iso3")
    named = [
        "gap_before",
        "points_closed",
        "points_open",
        "points_closed_low",
        "points_closed_high",
        "gap_unweighted",
        "closed_unweighted",
    ]
    assert table.loc["S0", named].tolist() == [25, 20, 5, 20, 20, 35, 25]
    assert table.loc["S1", named].tolist() == [50, 0, 50, 0, 0, 80, 0]
    assert (table["points_closed"].sum(), table["gap_before"].sum()) == (q.value(chosen), q.whole) == (20, 75)
    assert q.weighted and not question([[30]], packages([[20]], [2]), 9).weighted


def test_what_is_paid_for_already_is_told_package_by_package():
    pairs = pd.DataFrame({"iso3": ["S0", "S1"], "measures": [["M0", "M1"], ["M0"]]})
    gaps_ = pd.DataFrame({"iso3": ["S0", "S0", "S1"], "measure": ["M0", "M1", "M0"], "funded": ["", "offered", ""]})
    assert afterwards.paid_already(pairs, gaps_) == [["M1"], []]


def test_what_a_state_asks_for_is_told_package_by_package():
    pairs = pd.DataFrame({"iso3": ["S0", "S1"], "measures": [["M0", "M1"], ["M0"]]})
    gaps_ = pd.DataFrame({"iso3": ["S0", "S0", "S1"], "measure": ["M0", "M1", "M0"], "requested": [2, 0, 0]})
    assert afterwards.asked_for(pairs, gaps_) == [["M0"], []]


def test_what_becomes_of_the_gaps_asked_for():
    # S0 gets both packages: 20 of 20 closed, 10 of 25 in part, nothing of 5; S1 gets nothing. Asked for: all of S0's, and of S1 one of
    # two gaps and one measure without a gap.
    q = question([[20, 25, 5], [40, 40, 0]], packages([[20, 0, 0], [0, 10, 0]], [2, 3]), 9)
    cells = [(code, measure) for code in ("S0", "S1") for measure in ("M0", "M1", "M2")]
    table = pd.DataFrame(cells, columns=["iso3", "measure"]).assign(requested=[1, 2, 1, 1, 0, 1])
    assert afterwards.requests(q, np.array([[True, True], [False, False]]), table) == (4, 1, 1, 2)
    assert afterwards.requests(q, np.array([[True, True], [False, False]]), table.head(0)) == (0, 0, 0, 0)


def test_a_package_that_must_be_in_is_marked_with_what_it_needs():
    q = question([[30, 30]], packages([[20, 0], [0, 20], [5, 0]], [2, 4, 1], needs=[(2, 0)]), 9, must=[(0, 2)])
    table = afterwards.chosen_pairs(q, np.array([[True, True, True]])).set_index("package")
    assert table["must_be_in"].to_dict() == {"P0": True, "P1": False, "P2": True} and "wanted" not in table


def test_raised_measures_are_rolled_up_as_the_engine_does():
    scores = tiny.scores(("QMA", "111 333 222"), ("QMB", "222 2.. 333"))
    nothing = afterwards.lifted_scores(scores, [0, 1], np.zeros((2, 3)))
    np.testing.assert_array_equal(nothing, scores.score)
    raised = afterwards.lifted_scores(scores, [0, 1], np.array([[20.0, 0, 5], [0, 30, 0]]))
    place = scores.instrument.node_number
    assert raised[0, place["A"]] == pytest.approx((40 + 60) / 2) and raised[0, place["B"]] == pytest.approx(45)
    assert np.isnan(raised[1, place["M2"]]) and np.isnan(raised[1, place["A"]])  # not shown now, not shown then


def test_another_aggregator_is_followed():
    scores = tiny.scores(("QMA", "111 333 222"), options=ScoreOptions(aggregator="minimum"))
    raised = afterwards.lifted_scores(scores, [0], np.array([[10.0, 0, 0]]))
    assert raised[0, scores.instrument.node_number["A"]] == pytest.approx(30)


def test_the_parts_of_a_state_before_and_after():
    scores = tiny.scores(("QMA", "111 333 222"), ("QMB", "333 333 333"))
    table = gaps.gaps(scores, [0, 1], gaps.target_points(scores.instrument))
    made = packages([[30, 0, 0]], [2])
    made = type(made)(**{**vars(made), "measures": ("M1", "M2", "M3")})
    q = asked(table, made, Limits(5))
    assert q.room.tolist() == [[40, 0, 20], [0, 0, 0]]
    found = afterwards.block_scores(q, np.array([[True], [False]]), scores, [0, 1])
    assert found[["iso3", "node", "before", "after", "change"]].to_numpy().tolist() == [
        ["QMA", "A", 40, 55, 15],
        ["QMA", "B", 40, 40, 0],
    ]


def test_the_least_mature_quarter_goes_by_the_mean_score_and_includes_ties():
    units = [("QMA", "111 111 111"), ("QMB", "111 111 111"), ("QMC", "333 333 333"), ("QMD", "... ... ...")]
    scores = tiny.scores(*units)
    table = gaps.gaps(scores, range(4), gaps.target_points(scores.instrument))
    assert least_mature(table, ["QMA", "QMB", "QMC", "QMD"]).tolist() == [True, True, False, False]


def test_a_question_s_mark_changes_with_anything_about_it():
    made = packages([[20]], [2])
    q = question([[30]], made, 9)
    others = [
        q.with_limits(budget=8),
        q.with_limits(flagged=np.array([True])),
        question([[31]], made, 9),
        question([[30]], made, 9, must=[(0, 0)]),
    ]
    assert q.mark == question([[30]], made, 9).mark
    assert len({q.mark, *(other.mark for other in others)}) == 5
