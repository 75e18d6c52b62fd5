"""One score under three assumptions about what is missing: worked by hand, one published bound, and what always holds."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from analysis.comparison.ladder import region_ladder, state_ladder
from analysis.scores.options import ScoreOptions
from tests import tiny
from tests.scores.worlds import FIXED, World, worlds

ORACLES = {o["id"]: o for o in json.loads((Path(__file__).parents[1] / "oracles" / "oracles.json").read_text())["oracles"]}


def rungs(table, node):
    row = table.set_index("node").loc[node]
    return [None if np.isnan(row[name]) else round(row[name], 6) for name in ("lower", "upper", "low", "high", "score")]


def test_an_open_question_lies_anywhere_or_among_the_answers_of_its_measure_or_at_their_mean():
    table = state_ladder(tiny.scores(("QMA", "24. 333 333")), 0, ["M1", "A", "B"])
    # M1: 40, 80 and one open: (40 + 80 + 0 to 100) / 3; (40 + 80 + 40 to 80) / 3; (40 + 80) / 2
    assert rungs(table, "M1") == [40.0, 73.333333, 53.333333, 66.666667, 60.0]
    assert rungs(table, "A") == [50.0, 66.666667, 56.666667, 63.333333, 60.0]  # with M2 at 60
    assert rungs(table, "B") == [60.0] * 5
    assert table["open"].tolist() == [1, 1, 0]


def test_a_measure_without_an_answer_borrows_from_the_nearest_part_that_has_one():
    table = state_ladder(tiny.scores(("QMA", "24. ... 333")), 0, ["M2", "A"])
    assert rungs(table, "M2") == [0.0, 100.0, 40.0, 80.0, None]
    assert rungs(table, "A") == [20.0, 86.666667, 46.666667, 73.333333, None]


def test_what_was_not_returned_has_no_observed_range():
    table = state_ladder(tiny.scores(("QMA", "243 333 ___")), 0, ["A", "B"])
    assert rungs(table, "B")[2:] == [None, None, None]


def test_an_answer_of_not_applicable_takes_no_part():
    assert rungs(state_ladder(tiny.scores(("QMA", "2n4 333 333")), 0, ["M1"]), "M1") == [60.0] * 5


def test_a_what_if_leaves_less_open():
    scores = tiny.scores(("QMA", "24. 333 333"), options=ScoreOptions(zero_statuses=frozenset({tiny.MARKS["."]})))
    assert rungs(state_ladder(scores, 0, ["M1"]), "M1") == [40.0] * 5


@FIXED
@given(worlds(rows=2))
def test_the_observed_range_lies_within_the_bounds_and_a_measures_score_within_it(world: World):
    scores = world.scores()
    table = state_ladder(scores, 0, scores.instrument.nodes["node"].tolist()).dropna(subset=["low"])
    assert (table["low"] <= table["high"] + 1e-7).all()
    assert (table["low"] >= table["lower"] - 1e-7).all() and (table["high"] <= table["upper"] + 1e-7).all()
    shown = table[(table["kind"] == "measure") & table["score"].notna()]
    assert (shown["score"] >= shown["low"] - 1e-7).all() and (shown["score"] <= shown["high"] + 1e-7).all()


def region(*answers: str):
    return tiny.scores(*((f"QM{chr(65 + i)}", given) for i, given in enumerate(answers)))


def test_states_without_a_return_may_be_anywhere_between_0_and_100():
    oracle = ORACLES["manski_region"]
    facts = oracle["input"]
    scores = region(*["333 333 333"] * facts["reported"])  # all at 60
    table = region_ladder(scores, range(facts["reported"]), facts["N"], ["A"])
    assert table[["lower", "upper"]].iloc[0].tolist() == pytest.approx(oracle["expected"]["bounds"], abs=oracle["tolerance"])
    assert rungs(table, "A")[2:] == [60.0, 60.0, 60.0]
    assert table[["states", "n", "without"]].iloc[0].tolist() == [10, 7, 3]


def test_a_state_without_a_score_lies_among_the_scores_shown_as_far_as_its_own_bounds_allow():
    # B: 20, 40, 60, 80, 100 are shown; the sixth answered one question of three (100): bounds 33.3 to 100; four did not return
    scores = region("333 333 111", "333 333 222", "333 333 333", "333 333 444", "333 333 555", "333 333 5..")
    table = region_ladder(scores, range(6), 10, ["B"])
    # worst: (300 + 33.3 + 0) / 10 and (300 + 100 + 400) / 10; observed: (300 + 33.3 + 4 x 20) / 10 and (300 + 100 + 400) / 10
    assert rungs(table, "B") == [33.333333, 80.0, 41.333333, 80.0, 60.0]
    assert table[["n", "without"]].iloc[0].tolist() == [5, 5]


def test_fewer_than_five_scores_give_no_mean_and_no_bounds_of_one():
    table = region_ladder(region(*["333 333 333"] * 4), range(4), 10, ["A"])
    assert rungs(table, "A") == [None] * 5 and table["n"].iloc[0] == 4


def test_a_state_to_which_a_part_does_not_apply_is_not_counted_there():
    table = region_ladder(region(*["333 333 333"] * 5, "333 333 nnn"), range(6), 8, ["A", "B"]).set_index("node")
    assert table["states"].to_dict() == {"A": 8, "B": 7}


def test_a_region_cannot_be_smaller_than_its_returns():
    with pytest.raises(ValueError, match="a region of 1 States"):
        region_ladder(region("333 333 333", "333 333 333"), [0, 1], 1, ["A"])
