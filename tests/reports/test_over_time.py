"""The words of the page on time, from tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison import contributions, decomposition, rounds, signs, transitions, trend
from analysis.reports import over_time as words
from analysis.reports import sentences
from tests import tiny

INSTRUMENT = tiny.titled(A="Arms", M1="Marking", M2="Moving")
STATES = tiny.states(QMA="Quince", QMB="Medlar", QMC="Larch", QMD="Mallet", QME="Awl", QMF="Fig", QMG="Gum")
NAN = float("nan")


def standing():
    """Five rise from 1 to 2, QMF leaves with 5, QMG joins with 4: within 20, exit -13.3, entry 6.7 (see the test of the decomposition)."""
    units = [(f"QM{c}", n * 9, r) for c in "ABCDE" for n, r in (("1", "2024"), ("2", "2026"))] + [
        ("QMF", "5" * 9, "2024"),
        ("QMG", "4" * 9, "2026"),
    ]
    return decomposition.standings(tiny.scores(*units), list(STATES.table["iso3"]), ["A"], "2024", "2026")


def test_a_decomposition_is_told_with_every_number_of_states():
    table = standing()
    row = decomposition.decomposition(table).iloc[0]
    told = words.split_sentence(INSTRUMENT, row, decomposition.decomposition(table))
    assert (
        told
        == "The mean of Arms moved by +13.3 points. The same 5 States changed by +20.0; those that left (1 State) make -13.3, those that joined (1 State) make +6.7. "
        "The mean of all States of the group, those without a return anywhere from 0 to 100, lies between 28.6 and 42.9 in the earlier round "
        "and between 40.0 and 54.3 in the later one."  # seven States: 200 / 7, 300 / 7; 280 / 7, 380 / 7
    )
    steps = words.split_steps(row, "2024", "2026")
    assert steps["value"].tolist() == pytest.approx([200 / 6, 20, -80 / 6, 40 / 6, 280 / 6])
    assert steps["kind"].tolist() == ["value", "step", "step", "step", "value"] and steps["note"].tolist()[0] == "6 States"
    assert words.who_sentence(table, "A", STATES) == "Left: Fig. Joined: Gum."
    gone = words.came_and_went(INSTRUMENT, table, STATES)
    assert gone[["name", "became", "n_parts", "in_parts", "no_score"]].to_numpy().tolist() == [
        ["Gum", "joined", 1, "Arms", "no return in that round"], ["Fig", "left", 1, "Arms", "no return in that round"],
    ]  # fmt: skip


def test_a_mean_that_moves_against_the_same_states_is_warned_of():
    row = {
        "node": "A",
        "change": 5.0,
        "within": -2.0,
        "exit": 4.0,
        "entry": 3.0,
        "stayed": 6,
        "left": 1,
        "joined": 2,
        "n_before": 7,
        "n_after": 8,
        **dict.fromkeys(("lower_before", "upper_before"), 40.0),
        **dict.fromkeys(("lower_after", "upper_after"), 45.0),
    }
    told = words.split_sentence(INSTRUMENT, pd.Series(row), pd.DataFrame([row, row | {"within": 5.0}]))
    assert told.endswith(
        "In 1 of 2 parts the mean moves one way and the same States the other: there, do not read the mean as progress."
    )
    few = words.split_sentence(INSTRUMENT, pd.Series(row | {"change": NAN, "within": NAN, "stayed": 4}), pd.DataFrame([row]))
    assert "fewer than five" in few and "4 in both" in few


def test_a_mean_that_is_ruled_out_is_named_with_its_round_and_the_same_states_stay():
    units = [(f"QM{c}", "555 555 111", label) for c in "ABCDE" for label in ("2024", "2026")] + [("QMF", "0.. 0.. 111", "2026")]
    scores, codes = tiny.scores(*units), [f"QM{c}" for c in "ABCDEF"]
    table = decomposition.decomposition(decomposition.standings(scores, codes, ["A"], "2024", "2026"))
    told = words.split_sentence(INSTRUMENT, table.iloc[0], table)
    assert told.startswith(
        "Arms: the mean of one of the two rounds is not shown, or of both, so its change is not taken apart. The same 5 States changed by 0.0. "
    )
    assert told.endswith("between 83.3 and 100.0 in the earlier round and between 83.3 and 94.4 in the later one.")
    why = "whatever the States without a score would answer, the mean of all cannot be that of the others."
    assert words.split_ruled_out(INSTRUMENT, table, "2024", "2026") == [f"No mean is shown for Arms (2026): {why}"]
    means = rounds.group_history(rounds.histories(scores, codes, ["A"]))
    assert sentences.means_ruled_out(INSTRUMENT, means) == [f"No mean is shown for Arms (2026): {why}"]


def test_a_change_is_told_by_what_pushed_and_what_pulled():
    scores = tiny.scores(("QMA", "111 444 333", "2024"), ("QMA", "333 333 333"))
    table = words.brought_in(INSTRUMENT, contributions.contributions(scores, 1, 0, "A"))
    assert table[["label", "contribution", "part_share"]].to_numpy().tolist() == [
        ["M1 Marking", pytest.approx(20), 0.5],
        ["M2 Moving", pytest.approx(-10), 0.5],
    ]
    told = words.change_sentence(table, rounds.changes(scores, 1, 0, ["A"]).iloc[0])
    assert (
        told
        == "6 of 6 questions were answered in both rounds. 1 of 2 parts pushed up: M1 Marking (+20.0). 1 of 2 parts pulled down: M2 Moving (-10.0)."
    )
    steps = words.change_steps(table, 50.0, 60.0, "2024", "2026")
    assert steps["value"].tolist() == pytest.approx([50, 20, -10, 60]) and steps["note"].tolist()[1] == "from 20.0 to 60.0"
    assert words.change_title(INSTRUMENT, "Quince", "A", 10.0) == "Quince, Arms: up by 10.0 points"
    assert words.change_title(INSTRUMENT, "Quince", "A", -10.0) == "Quince, Arms: down by 10.0 points"
    assert (
        words.change_title(INSTRUMENT, "Quince", "A", NAN)
        == words.change_title(INSTRUMENT, "Quince", "A", 0.0)
        == "Quince, Arms: no change to show"
    )


def test_a_change_that_is_not_given_says_so_and_takes_nothing_apart():
    scores = tiny.scores(("QMA", "33. 333 333", "2024"), ("QMA", ".44 333 333"))
    table = words.brought_in(INSTRUMENT, contributions.contributions(scores, 1, 0, "M1"))
    assert words.change_sentence(table, rounds.changes(scores, 1, 0, ["M1"]).iloc[0]).startswith("Only 1 of 3 questions")
    assert words.level_sentence(INSTRUMENT, contributions.level_contributions(scores, 1, 0, "M1")) == ""


def test_a_level_is_told_by_what_each_part_brought_in():
    scores = tiny.scores(("QMA", "111 111 333", "2024"), ("QMA", "333 333 333"))
    told = words.level_sentence(INSTRUMENT, contributions.level_contributions(scores, 1, 0, "A"))
    assert "goes from 1 to 3" in told and told.endswith("Marking (+1.00) and Moving (+1.00).")
    same = tiny.scores(("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL))
    assert (
        words.level_sentence(INSTRUMENT, contributions.level_contributions(same, 1, 0, "A"))
        == "The level on these questions is 3 in both rounds."
    )


@pytest.mark.parametrize(
    ("p", "said", "end"),
    [(0.001, "in fewer than 1 of 100 cases", "caution."), (0.21875, "in about 22 of 100 cases", "do not tell a direction."), (1.0, "in nearly every case", "do not tell a direction.")],
)  # fmt: skip
def test_the_sign_test_is_told_in_cases_of_a_hundred(p, said, end):
    told = words.sign_sentence(pd.Series({"common": 10, "up": 5, "down": 1, "same": 4, "p": p}))
    assert said in told and told.endswith(end) and "5 rose, 1 fell and 4 stayed" in told


def test_no_changed_answer_is_no_test():
    scores = tiny.scores(("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL))
    table = signs.signs(scores, 1, 0, ["A"])
    assert "none changed" in words.sign_sentence(table.iloc[0])
    assert words.signs(INSTRUMENT, table)[["label", "unchanged", "by_chance"]].to_numpy().tolist() == [["Arms", 6, ""]]


def test_levels_are_told_with_counts_and_with_shares_where_there_are_any():
    levels = pd.DataFrame({"iso3": range(12), "before": ["1"] * 11 + ["open"], "after": ["2"] * 6 + ["1"] * 5 + ["2"]})
    table = transitions.transitions(levels, (0, 1, 2, 3, 4, 5))
    shown = words.transitions(INSTRUMENT, table)
    assert len(shown) == 9 and set(shown["level_from"]) == {"1", "2", "Open"}  # levels that nobody is at are left out
    cell = words.level_hovers(shown)[list(zip(shown["level_from"], shown["level_to"], strict=True)).index(("1", "2"))]
    assert (
        cell == "6 of 11 States: 1 to 2\n55 % of the line; the range that so few States leave: 28 % to 79 %"
    )  # Wilson: 0.280 to 0.787
    moves = transitions.moves(levels)
    assert words.levels_title(INSTRUMENT, "A", moves) == "Arms: 6 of 11 States rose, 0 fell, 5 stayed"
    assert words.levels_sentence(moves, 15, table).startswith(
        "12 of 15 States returned in both rounds. For 1 State open questions decide"
    )
    none = transitions.moves(levels.tail(1))
    assert words.levels_title(INSTRUMENT, "A", none) == "Arms: no State has one level in both rounds"


@pytest.mark.parametrize(
    ("values", "target", "said"),
    [
        ([], 60, "No round has a score here."),
        ([40], 60, "One round has a score here, 2020: a point, no change."),
        ([40, 60], 60, "Two rounds have a score: a change of +20.0 points from 2020 to 2022, no trend."),
        ([60, 40, 20], 60, "Three rounds have a score: -40.0 points from 2020 to 2024. Three points are a line, too few for a trend."),
        ([20, 40, 60, 80], 60, "+10.0 points a year over 4 rounds (+10.0 to +10.0). The target of 60 is reached (80.0)."),
        ([20, 40, 60, 80], 100, "+10.0 points a year over 4 rounds (+10.0 to +10.0). At this pace the target of 100 is 2 years away from 2026: 2 years at the fastest pace of the range, 2 years at the slowest."),
        ([40, 20, 40, 20], 60, "-1.7 points a year over 4 rounds (-10.0 to +10.0). The range holds 0: no direction can be told, and no time to the target is given."),
        ([80, 60, 40, 20], 60, "-10.0 points a year over 4 rounds (-10.0 to -10.0). It moves away from the target of 60."),
    ],
)  # fmt: skip
def test_a_direction_or_the_refusal_of_one_is_a_plain_sentence(values, target, said):
    scores = tiny.scores(*(("QMA", str(v // 20) * 9, str(2020 + 2 * i)) for i, v in enumerate(values)), ("QMB", tiny.FULL))
    table, _ = trend.trends(scores, list(range(len(values))), {"A": float(target)})
    assert words.trend_sentence(table.iloc[0]) == said
    assert words.trends(INSTRUMENT, table)["direction"].tolist() == [said]


def test_two_or_three_rounds_are_told_with_what_open_questions_allow():
    table, _ = trend.trends(tiny.scores(("QMA", "22? 333 333", "2020"), ("QMA", "333 333 333", "2022")), [0, 1], {"M1": 60.0})
    assert words.trend_sentence(table.iloc[0]) == (
        "Two rounds have a score: a change of +20.0 points from 2020 to 2022, no trend. What is not answered allows anything from 0.0 to +33.3."
    )


@pytest.mark.parametrize(
    ("value", "said"), [(0.048, "+0.05"), (-0.004, "-0.004"), (0.05, "+0.1"), (0.0, "0.0"), (1e-12, "0.0"), (1.25, "+1.3")]
)
def test_a_pace_that_is_not_nought_does_not_look_it(value, said):
    row = trend.direction([2020, 2022, 2024, 2026], [20, 40, 60, 80], 100) | {"first": "2020", "last": "2026", "change": 60.0}
    told = words.trend_sentence(row | {"target": 100.0, "after": 80.0, "lowest": 80.0, "low": value})
    assert f"({said} to +10.0)" in told


def test_a_target_is_reached_only_as_far_as_the_answers_go():
    """2026: all that is answered is 80, but two of the nine questions of 2026 are open: 7 x 4 of 9 x 5 is 62.2, and nobody knows of 70."""
    answers = [(str(v) * 9, str(2020 + 2 * i)) for i, v in enumerate((1, 2, 3))] + [("44? 44? 444", "2026")]
    scores = tiny.scores(*(("QMA", *one) for one in answers), ("QMB", tiny.FULL))
    table, _ = trend.trends(scores, [0, 1, 2, 3], {"A": 70.0})
    lowest = scores.lower[3, scores.column("A")]
    assert table["lowest"].tolist() == [lowest] and lowest < 70
    said = words.trend_sentence(table.iloc[0])
    assert said.endswith(
        f"The target of 70 is reached by the answers there are (80.0); what is not answered may leave it at {lowest:.1f}."
    )
    table, _ = trend.trends(scores, [0, 1, 2, 3], {"A": 50.0})
    assert words.trend_sentence(table.iloc[0]).endswith("The target of 50 is reached (80.0).")


def test_a_slow_rise_ends_in_not_within_so_many_years():
    row = {
        "verdict": "within",
        "n": 5,
        "first": "2018",
        "last": "2023",
        "change": 16.0,
        "target": 70.0,
        "common": 9,
        "asked": 9,
        "slope": 2.77,
        "low": 0.5,
        "high": 7.0,
    }
    row |= {"lowest": 40.0, "after": 46.0, "span": 5.0, "years": 8.67, "soonest": 3.43, "latest": NAN}
    assert words.trend_sentence(row).endswith(
        "is 9 years away from 2023: 3 years at the fastest pace of the range, not within 10 years at the slowest."
    )
    assert "is not reached within 10 years" in words.trend_sentence(row | {"verdict": "beyond", "years": NAN})


def test_the_summary_counts_what_can_be_said():
    table = pd.DataFrame({"n": [4, 4, 2], "verdict": ["within", "no_direction", "change"]})
    assert words.trend_summary(table).startswith("2 of 3 parts have the four rounds") and "For 1 a time" in words.trend_summary(
        table
    )
    assert words.trend_summary(table.assign(n=np.array([3, 2, 1]))).startswith("No part has the four rounds")
