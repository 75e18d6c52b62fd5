"""Gaps: target minus score, what open questions allow, and missing answers in a list of their own. A step is worth 20 points."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.instrument import load_instrument
from analysis.priorities import gaps
from tests import tiny
from tests.scores.worlds import FIXED

YARD = Path(__file__).parents[1] / "instruments" / "yard-0-3"
LEVEL_3 = {"M1": 60.0, "M2": 60.0, "M3": 60.0}


def table_of(*answers: str, targets=LEVEL_3) -> pd.DataFrame:
    scores = tiny.scores(*((f"QM{chr(65 + i)}", a) for i, a in enumerate(answers)))
    return gaps.gaps(scores, range(len(answers)), targets)


def one(table: pd.DataFrame, measure: str) -> pd.Series:
    return table[table["measure"] == measure].iloc[0]


def test_a_target_level_counts_as_its_share_of_the_highest_level():
    assert gaps.target_points(tiny.instrument(), 3) == LEVEL_3
    yard = load_instrument(YARD)  # levels 0-3, target 2; MOOR.LINES aims at 3
    found = gaps.target_points(yard)
    assert (found["MOOR.LINES"], found["DRILL"]) == (100, pytest.approx(200 / 3))


def test_a_gap_is_target_minus_score_with_what_open_questions_allow():
    """M1: 1 2 and one open: 30 shown, between 20 (0) and 160/3 (5); target 60."""
    found = one(table_of("12. 333 333"), "M1")
    assert found[["score", "gap", "gap_low", "gap_high"]].tolist() == pytest.approx([30, 30, 60 - 160 / 3, 40])
    assert (found["kind"], found["open"]) == ("certain", 1)


def test_what_lies_above_the_target_is_no_negative_gap():
    found = one(table_of("555 333 333"), "M1")
    assert found[["gap", "gap_low", "gap_high"]].tolist() == [0, 0, 0]
    assert found["kind"] == "none"


def test_a_gap_without_a_score_is_na_and_possible_when_answers_could_close_it():
    found = one(table_of("3.. 333 333"), "M1")
    assert pd.isna(found["gap"])
    assert (found["gap_low"], found["gap_high"], found["kind"]) == (0, 40, "possible")


def test_a_part_that_was_not_returned_is_no_gap():
    table = table_of("333 333 ___")
    assert one(table, "M3")["kind"] == "not_returned"
    assert pd.isna(one(table, "M3")["gap"])
    assert gaps.known_gaps(table).empty
    assert gaps.ask_first(table).empty


def test_what_does_not_apply_is_no_gap_either():
    found = one(table_of("nnn 333 333"), "M1")
    assert found["kind"] == "not_applicable"
    assert found[["gap", "gap_low", "gap_high"]].isna().all()


def test_the_largest_gap_stands_first_and_those_without_a_score_last():
    table = table_of("111 222 333", "0.. 000 333")
    assert table[["iso3", "measure"]].to_numpy().tolist() == [
        ["QMB", "M2"], ["QMA", "M1"], ["QMA", "M2"], ["QMA", "M3"], ["QMB", "M3"], ["QMB", "M1"],
    ]  # fmt: skip
    assert gaps.known_gaps(table)["gap"].tolist() == pytest.approx([60, 40, 20])


def test_rows_lead_back_to_the_panel():
    scores = tiny.scores(("QMA", tiny.FULL), ("QMB", tiny.FULL), ("QMC", "111 333 333"))
    assert gaps.known_gaps(gaps.gaps(scores, [2, 0], LEVEL_3))["row"].tolist() == [2]


def test_ask_first_lists_the_widest_range_first_and_nothing_that_no_answer_can_change():
    """M1 of QMA: 5 5 and one open: at least 200/3, above the target whatever comes. M2: one of three, 20 to 86.7: width 40
    (the gap ends at 0). M3: two of three, 40 to 73.3: width 20."""
    found = gaps.ask_first(table_of("55. 3.. 33."))
    assert found["measure"].tolist() == ["M2", "M3"]
    assert found["width"].tolist() == pytest.approx([40, 20])


MARKS = st.text("0135n?._", min_size=9, max_size=9)


@settings(FIXED, max_examples=30)
@given(st.lists(MARKS, min_size=1, max_size=4), st.integers(0, 5))
def test_a_gap_lies_within_its_interval_and_its_kind_follows_from_it(answers, level):
    table = table_of(*answers, targets=gaps.target_points(tiny.instrument(), level))
    known = table.dropna(subset=["gap"])
    assert (known["gap_low"] <= known["gap"] + 1e-9).all() and (known["gap"] <= known["gap_high"] + 1e-9).all()
    assert not (table[["gap", "gap_low", "gap_high"]] < 0).any(axis=None)
    judged = table[~table["kind"].isin(["not_returned", "not_applicable"])]
    assert ((judged["gap_low"] > 1e-9) == (judged["kind"] == "certain")).all()
    assert ((judged["gap_high"] <= 1e-9) == (judged["kind"] == "none")).all()
    possible = set(map(tuple, table.loc[table["kind"] == "possible", ["iso3", "measure"]].to_numpy()))
    assert possible <= set(map(tuple, gaps.ask_first(table)[["iso3", "measure"]].to_numpy()))


def test_shared_gaps_count_every_state_once():
    """M1: three certain, one possible, one at the target. M3: five did not return it."""
    table = table_of("111 333 ___", "111 333 ___", "222 333 ___", "3.. 333 ___", "333 nnn ___")
    found = gaps.shared_gaps(table)
    kinds = ["certain", "possible", "none", "not_returned", "not_applicable"]
    assert found["measure"].iloc[0] == "M1"
    assert one(found, "M1")[kinds].tolist() == [3, 1, 1, 0, 0]
    assert one(found, "M2")[kinds].tolist() == [0, 0, 4, 0, 1]
    assert one(found, "M3")[kinds].tolist() == [0, 0, 0, 5, 0]


def test_a_median_gap_needs_five_shown_scores():
    four = one(gaps.shared_gaps(table_of(*["111 333 333"] * 4, "1.. 333 333")), "M1")
    five = one(gaps.shared_gaps(table_of("000 333 333", *["111 333 333"] * 3, "555 333 333")), "M1")
    assert (four["n"], np.isnan(four["median_gap"])) == (4, True)
    assert (five["n"], five["median_gap"]) == (5, pytest.approx(40))  # 60 40 40 40 0
