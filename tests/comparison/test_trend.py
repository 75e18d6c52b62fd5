"""What can be said of a State's direction, and what not. A step of an answer is worth 20 points."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison import rounds
from analysis.comparison.trend import direction, group_trends, theil_sen, to_open_on, trends, year, years_to
from tests import tiny
from tests.scores.worlds import FIXED


def test_theil_sen_is_that_of_the_oracle(oracles):
    one = oracles["theil_sen"]
    slope, low, high = theil_sen(one["input"]["t"], one["input"]["y"], one["input"]["alpha"])
    assert slope == pytest.approx(one["expected"]["slope"], abs=one["tolerance"])
    assert [low, high] == pytest.approx(one["expected"]["interval90"], abs=one["tolerance"])
    found = [years_to(70, 46, pace) for pace in (slope, low, high)]
    assert found == pytest.approx(one["expected"]["years_to_70_from_46"], abs=1e-4)


def test_years_beyond_twice_the_span_are_not_said(oracles):
    """The oracle's series spans 5 years: 8.7 years are within 10, the slow end, 48 years, is not."""
    one = oracles["theil_sen"]["input"]
    found = direction(one["t"], one["y"], 70)
    assert found["verdict"] == "within" and found["years"] == pytest.approx(24 / 2.766667, abs=1e-4)
    assert found["soonest"] == pytest.approx(24 / 7) and np.isnan(found["latest"])
    further = direction(one["t"], one["y"], 90)  # 44 points at 2.77 a year are 16 years
    assert further["verdict"] == "beyond" and np.isnan(further["years"]) and further["soonest"] == pytest.approx(44 / 7)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([], "none"),
        ([40], "one"),
        ([40, 60], "change"),
        ([20, 40, 60], "line"),
        ([40, 20, 40, 20], "no_direction"),
        ([40, 40, 40, 40], "no_direction"),
        ([20, 40, 60, 80], "reached"),
        ([50, 40, 30, 20], "away"),
        ([10, 11, 12, 13], "beyond"),
        ([20, 30, 40, 50], "within"),
    ],
)
def test_what_is_said_of_some_values_and_a_target_of_60(values, verdict):
    found = direction([2020 + 2 * i for i in range(len(values))], values, 60)
    assert found["verdict"] == verdict and found["n"] == len(values)
    assert np.isnan(found["slope"]) == (len(values) < 4)
    assert np.isnan(found["years"]) == (verdict != "within")
    if verdict == "within":
        assert (found["years"], found["slope"], found["span"]) == pytest.approx((2, 5, 6))


@settings(FIXED, max_examples=60)
@given(st.lists(st.integers(0, 20), max_size=8), st.integers(0, 100))
def test_no_time_is_given_without_four_rounds_and_a_rise_that_is_beyond_doubt(values, target):
    found = direction([2010 + i for i in range(len(values))], [5 * v for v in values], target)
    if not np.isnan(found["years"]):
        assert found["n"] >= 4 and found["low"] > 0 and found["years"] <= 2 * found["span"] + 1e-9
        assert found["soonest"] <= found["years"] and not found["latest"] < found["years"]


def test_rounds_within_a_year_are_apart():
    assert year(dt.date(2026, 7, 1)) == 2026.5 and year(dt.date(2024, 1, 1)) == 2024


def test_a_round_whose_score_is_not_shown_is_no_point_of_the_line():
    units = [("QMA", "1" * 9, "2018"), ("QMA", "2" * 9, "2020"), ("QMA", "3.. 3.. ...", "2022"), ("QMA", "4" * 9, "2024")]
    scores = tiny.scores(*units)
    table, points = trends(scores, [0, 1, 2, 3], {"A": 100.0})
    one = table.iloc[0]
    assert (one["verdict"], one["n"], one["first"], one["last"]) == ("line", 3, "2018", "2024")
    assert points["round"].tolist() == ["2018", "2020", "2024"] and points["value"].tolist() == pytest.approx([20, 40, 80])


def test_a_trend_is_over_the_questions_answered_in_every_round():
    """a3 is open in 2020: 1 1 5, 2 2 ?, 3 3 5, 4 4 5 are 20, 40, 60, 80 on the other two, 10 points a year; the score as shown of 2018 is 140 / 3."""
    scores = tiny.scores(*((f"QM{c}", a + " 333 333", r) for c, a, r in zip("AAAA", ("115", "22?", "335", "445"), ("2018", "2020", "2022", "2024"), strict=True)))  # fmt: skip
    table, points = trends(scores, [0, 1, 2, 3], {"M1": 100.0})
    one = table.iloc[0]
    assert (one["common"], one["asked"]) == (2, 3) and one["slope"] == pytest.approx(10)
    assert points["score"].iloc[0] == pytest.approx(140 / 3) and points["value"].tolist() == pytest.approx([20, 40, 60, 80])
    assert (one["verdict"], one["change"]) == ("within", pytest.approx(60)) and one["years"] == pytest.approx(2)


def test_a_change_of_a_trend_stands_with_what_the_open_questions_of_its_ends_allow():
    # 2020: 40 of two answers of three, so 26.7 to 60; 2022: 60, nothing open
    table, _ = trends(tiny.scores(("QMA", "22? 333 333", "2020"), ("QMA", "333 333 333", "2022")), [0, 1], {"M1": 100.0})
    one = table.iloc[0]
    assert (one["change"], one["change_low"], one["change_high"]) == pytest.approx((20, 0, 60 - 80 / 3))
    table, _ = trends(tiny.scores(("QMA", "22? 333 333", "2020")), [0], {"M1": 100.0})
    assert table[["change", "change_low", "change_high"]].isna().all(axis=None)


def test_too_few_of_the_same_questions_are_no_trend():
    rounds_ = zip(("11?", "2?2", "?33", "444"), ("2018", "2020", "2022", "2024"), strict=True)
    table, points = trends(tiny.scores(*(("QMA", a + " 333 333", r) for a, r in rounds_)), [0, 1, 2, 3], {"M1": 100.0})
    assert table["verdict"].tolist() == ["few_common"] and table[["slope", "change", "before"]].isna().all(axis=None)
    assert table["n"].tolist() == [4] and points["value"].isna().all() and points["score"].notna().all()


@settings(FIXED, max_examples=40)
@given(st.text("135?n", min_size=9, max_size=9), st.text("135?n", min_size=9, max_size=9))
def test_of_two_rounds_the_change_is_that_of_the_rounds(before, after):
    scores = tiny.scores(("QMA", before, "2024"), ("QMA", after, "2026"))
    table, _ = trends(scores, [0, 1], dict.fromkeys(["A", "B", "M1"], 60.0))
    for row, change in zip(table.itertuples(), rounds.changes(scores, 1, 0, ["A", "B", "M1"])["change"], strict=True):
        assert row.verdict in ("change", "few_common", "one", "none")
        if row.n == 2:
            assert row.change == pytest.approx(change, nan_ok=True)


def test_a_state_without_any_score_has_nothing_to_say():
    table, points = trends(tiny.scores(("QMA", "... ... ...")), [0], {"A": 60.0})
    assert table["verdict"].tolist() == ["none"] and points.empty


def test_a_groups_trend_is_that_of_the_same_states_and_none_below_five():
    """Five States stand at 1, 2, 3, 4 in turn: 20 to 80 over six years, 10 points a year, 2 years from 100. A sixth that joins late changes nothing."""
    units = [(f"QM{c}", n * 9, r) for c in "ABCDE" for n, r in (("1", "2018"), ("2", "2020"), ("3", "2022"), ("4", "2024"))]
    scores = tiny.scores(*units, ("QMF", "5" * 9, "2024"))
    means = rounds.group_history(rounds.histories(scores, [f"QM{c}" for c in "ABCDEF"], ["A"]))
    table, points = group_trends(means, {"A": 100.0})
    one = table.iloc[0]
    assert (one["verdict"], one["n"], one["states"]) == ("within", 4, 5) and (one["slope"], one["years"]) == pytest.approx(
        (10, 2)
    )
    assert points["value"].tolist() == pytest.approx([20, 40, 60, 80])
    assert one[["change", "change_low", "change_high"]].tolist() == pytest.approx([60, 60, 60])  # nothing is open
    few = rounds.group_history(rounds.histories(scores, [f"QM{c}" for c in "ABCD"], ["A"]))
    table, points = group_trends(few, {"A": 100.0})
    assert table["verdict"].tolist() == ["none"] and table["slope"].isna().all() and points.empty


def test_the_first_state_with_as_many_rounds_as_a_trend_needs_is_opened_on():
    rounds_of = {"QMA": 3, "QMB": 4, "QMC": 5}
    units = [(code, tiny.FULL, str(2020 + n)) for code, many in rounds_of.items() for n in range(many)]
    panel = tiny.panel(*units, *[("QMA", tiny.FULL, "2024", "visit")])
    assert to_open_on(panel, ["QMA", "QMB", "QMC"], "self") == "QMB"
    assert to_open_on(panel, ["QMA", "QMC", "QMB"], "self") == "QMC"
    assert to_open_on(panel, ["QMD", "QMA"], "self") == "QMA"  # the one with most, where none has enough
    assert to_open_on(panel, ["QMB", "QMA"], "visit") == "QMA"
