"""Comparisons of groups, and changes of their means: every number by brute force from the draws of single States, and what must hold of any."""

import itertools
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison import sure
from analysis.comparison.regions import group_spread
from analysis.scores.draws import draws
from analysis.scores.pairs import differences
from analysis.scores.uncertainty import UncertaintySettings
from tests import tiny
from tests.comparison.test_regions import codes, members
from tests.scores.worlds import FIXED

SETTINGS = UncertaintySettings(draws=60)
CODES = codes(14)
#: Thirteen States with a return. In A: the third and the eighth have too few answers for a score, to the tenth it does not apply.
ANSWERS = [
    "012 345 111", "333 3?3 222", "445 ??4 333", "555 555 444", "210 3?1 555", "1?1 222 000", "432 1?4 ???", "3?? 2?? 111", "054 321 222",
    "nnn nnn 333", "123 321 444", "505 ?05 555", "213 214 431",
]  # fmt: skip
SCORES = tiny.scores(*zip(CODES, ANSWERS, strict=False))
ROWS = list(range(len(ANSWERS)))
DRAWN = draws(SCORES, [r for r in ROWS if r != 9], ["A", "B"], SETTINGS)
#: East and West share the fourth; West has five scores, one State without enough answers, one it does not apply to, one without a return.
GROUPS = members(
    East=CODES[:6],
    West=[CODES[i] for i in (3, 6, 7, 8, 9, 10, 11, 13)],
    Rest=[*CODES[5:7], *CODES[8:12], CODES[13]],
    Few=CODES[:2],
)


def of_state(node: str) -> dict[str, np.ndarray]:
    """A State's drawn scores."""
    own = SCORES.panel.index["iso3"].iloc[DRAWN.rows]
    return dict(zip(own, DRAWN.of(node), strict=True))


def bounds_of(code: str, node: str) -> tuple[float, float] | None:
    """A State's lowest and highest score, 0 to 100 without a return, None where the node does not apply."""
    at = SCORES.column(node)
    if code not in CODES[: len(ANSWERS)]:
        return 0.0, 100.0
    row = CODES.index(code)
    return None if np.isnan(SCORES.lower[row, at]) else (SCORES.lower[row, at], SCORES.upper[row, at])


def own(group: str) -> list[str]:
    return GROUPS.loc[GROUPS["group"] == group, "iso3"].tolist()


def test_the_range_of_a_groups_mean_is_that_of_the_means_of_its_states_in_each_draw():
    found = sure.group_ranges(DRAWN, GROUPS, "A").set_index("group")
    drawn = of_state("A")
    for group in ("East", "West", "Rest"):
        states = [drawn[code] for code in own(group) if code in drawn]
        means = [np.mean([state[d] for state in states]) for d in range(60)]
        medians = [np.median([state[d] for state in states]) for d in range(60)]
        row = found.loc[group]
        assert row[["mean_low", "mean_median", "mean_high"]].tolist() == pytest.approx(np.percentile(means, [5, 50, 95]).tolist())
        assert row[["median_low", "median_median", "median_high"]].tolist() == pytest.approx(
            np.percentile(medians, [5, 50, 95]).tolist()
        )
    assert found[["n", "drawn"]].to_dict("index") == {
        "East": {"n": 5, "drawn": 6}, "Few": {"n": 2, "drawn": 2}, "Rest": {"n": 5, "drawn": 5}, "West": {"n": 5, "drawn": 6},
    }  # fmt: skip


def test_one_group_part_by_part_is_what_its_spread_and_its_ranges_say():
    found = sure.part_ranges(DRAWN, ROWS, own("West"), ["A", "B"]).set_index("node")
    for node in ("A", "B"):
        spread = group_spread(SCORES, ROWS, GROUPS, node).set_index("group").loc["West"]
        ranges = sure.group_ranges(DRAWN, GROUPS, node).set_index("group").loc["West"]
        assert (
            found.loc[node, ["mean", "lower", "upper", "n", "counted"]].tolist()
            == spread[["mean", "lower", "upper", "n", "counted"]].tolist()
        )
        assert found.loc[node, ["mean_low", "mean_high", "drawn"]].tolist() == ranges[["mean_low", "mean_high", "drawn"]].tolist()
    assert found.loc["A", "n"] == 5 and found["mean_low"].notna().all()


def test_below_five_scores_a_group_has_no_range_and_is_compared_with_nobody():
    found = sure.group_ranges(DRAWN, GROUPS, "A").set_index("group")
    assert found.loc["Few", "n"] == 2 and found.loc["Few"].drop(["n", "drawn"]).isna().all()
    assert "Few" not in set(sure.against_group(DRAWN, ROWS, GROUPS, "A", "East")["group"])
    assert sure.against_group(DRAWN, ROWS, GROUPS, "A", "Few").empty
    assert sure.against_group(DRAWN, ROWS, GROUPS, "A", "Nowhere").empty


def test_without_drawn_answers_a_mean_is_over_the_states_with_a_score():
    known = UncertaintySettings(draws=20, sources=frozenset({"weights"}))
    found = sure.group_ranges(draws(SCORES, ROWS, ["A"], known), GROUPS, "A").set_index("group")
    assert found.loc[["East", "West"], "drawn"].tolist() == [5, 5]
    nothing = UncertaintySettings(draws=20, sources=frozenset())
    found = sure.group_ranges(draws(SCORES, ROWS, ["A"], nothing), GROUPS, "A").set_index("group")
    spread = group_spread(SCORES, ROWS, GROUPS, "A").set_index("group")
    for group in (
        "East",
        "West",
        "Rest",
    ):  # the mean itself, five scores by hand: 50 60 100 30 30, 100 55 50 40 58.3, 30 55 50 40 58.3
        assert found.loc[group, ["mean_low", "mean_high"]].tolist() == pytest.approx([spread.loc[group, "mean"]] * 2)
    assert found.loc["East", "mean_median"] == pytest.approx(54) and found.loc["East", "median_median"] == pytest.approx(50)


def brute(one: str, other: str) -> dict[str, float]:
    """A comparison of two groups' means draw by draw, and its bounds: every State in both counts once."""
    drawn, found = of_state("A"), []
    for d in range(60):
        means = [np.mean([drawn[code][d] for code in own(g) if code in drawn]) for g in (one, other)]
        found.append(means[0] - means[1])
    counted = {g: [code for code in own(g) if bounds_of(code, "A")] for g in (one, other)}
    least = most = 0.0
    for code in {*counted[one], *counted[other]}:
        share = (code in counted[one]) / len(counted[one]) - (code in counted[other]) / len(counted[other])
        low, high = sorted(share * end for end in bounds_of(code, "A"))
        least, most = least + low, most + high
    low, median, high = np.percentile(found, [5, 50, 95])
    chance = np.mean([1.0 if d > 1e-7 else 0.5 if abs(d) <= 1e-7 else 0.0 for d in found])
    return {"chance": chance, "low": low, "median": median, "high": high, "least": least, "most": most}


@pytest.mark.parametrize("chosen", ["East", "West", "Rest"])
def test_two_groups_are_compared_draw_by_draw_with_the_same_draws(chosen):
    found = sure.against_group(DRAWN, ROWS, GROUPS, "A", chosen)
    assert found["group"].tolist() == [g for g in ("East", "Rest", "West") if g != chosen]
    for row in found.to_dict("records"):
        expected = brute(chosen, row["group"])
        assert {key: row[key] for key in expected} == pytest.approx(expected)
        settled = expected["chance"] <= 0.05 or expected["chance"] >= 0.95
        overlap = expected["least"] <= 0 <= expected["most"]
        assert row["separable"] == (settled and not overlap) and row["overlap"] == overlap
    common = {("East", "Rest"): 1, ("East", "West"): 1, ("Rest", "West"): 5}
    assert {tuple(sorted((chosen, g))): n for g, n in zip(found["group"], found["common"], strict=True)}.items() <= common.items()


def test_without_a_state_in_common_the_bounds_are_those_of_the_two_means():
    apart = members(East=CODES[:6], Rest=CODES[6:14])
    row = sure.against_group(DRAWN, ROWS, apart, "A", "East").iloc[0]
    ends = group_spread(SCORES, ROWS, apart, "A").set_index("group")
    assert row["least"] == pytest.approx(ends.loc["East", "lower"] - ends.loc["Rest", "upper"])
    assert row["most"] == pytest.approx(ends.loc["East", "upper"] - ends.loc["Rest", "lower"])


def test_a_group_that_stands_apart_whatever_is_missing_is_separable_and_one_that_does_not_is_not():
    scores = tiny.scores(*((code, "444 444 444") for code in CODES[:5]), *((code, "111 111 111") for code in CODES[5:10]))
    drawn = draws(scores, range(10), ["A"], SETTINGS)
    groups = members(High=CODES[:5], Low=CODES[5:10], Silent=[*CODES[5:10], *codes(20, 20)])
    found = sure.against_group(drawn, range(10), groups, "A", "High").set_index("group")
    assert found["chance"].tolist() == [1, 1]
    assert found["separable"].to_dict() == {"Low": True, "Silent": False}  # twenty States without a return could stand at 100
    assert found.loc["Low", ["least", "most"]].tolist() == pytest.approx([60, 60])
    assert found.loc["Silent", ["least", "most"]].tolist() == pytest.approx([80 - (5 * 20 + 20 * 100) / 25, 80 - 100 / 25])


ANSWER = st.sampled_from("012345?n")


@FIXED
@given(st.lists(st.text(ANSWER, min_size=9, max_size=9), min_size=7, max_size=9), st.randoms(use_true_random=False))
def test_a_group_against_itself_is_no_difference_and_an_order_is_as_often_turned_as_not(answers, random):
    scores = tiny.scores(*zip(codes(len(answers)), answers, strict=True))
    rows, every = range(len(answers)), codes(len(answers))
    some = random.sample(every, 6)
    drawn = draws(scores, rows, ["A"], UncertaintySettings(draws=12))
    groups = members(One=every, Two=some, Again=every)
    found = {g: sure.against_group(drawn, rows, groups, "A", g).set_index("group") for g in ("One", "Two", "Again")}
    if "Again" in found["One"].index:
        twin = found["One"].loc["Again"]
        assert twin["chance"] == 0.5 and not twin["separable"]
        assert twin[["low", "median", "high", "least", "most"]].tolist() == [0] * 5
    if "Two" in found["One"].index:
        there, back = found["One"].loc["Two"], found["Two"].loc["One"]
        assert there["chance"] + back["chance"] == pytest.approx(1)
        turned = [-back[name] for name in ("high", "median", "low", "most", "least")]
        assert there[["low", "median", "high", "least", "most"]].tolist() == pytest.approx(turned, abs=1e-9)
        assert there["separable"] == back["separable"]


MANY = len(ANSWERS)
ROUNDS = tiny.scores(
    *((code, answers, "2024") for code, answers in zip(CODES, ANSWERS, strict=False)),
    *((code, answers.replace("1", "2"), "2026") for code, answers in zip(CODES, ANSWERS, strict=False)),
)


def test_the_change_of_a_mean_is_that_of_the_same_states_in_the_same_draws():
    kept = [0, 1, 3, 4, 5, 6]
    matched = pd.DataFrame(
        [("A", i + MANY, i) for i in kept] + [("B", i + MANY, i) for i in kept[:4]], columns=["node", "now", "before"]
    )
    rows = [*kept, *(i + MANY for i in kept)]
    drawn = draws(ROUNDS, rows, ["A", "B"], SETTINGS)
    found = sure.mean_changes(drawn, matched)
    assert found["node"].tolist() == ["A"] and found["n"].tolist() == [6]  # four States: no mean
    of = dict(zip(rows, drawn.of("A"), strict=True))
    moved = [np.mean([of[i + MANY][d] - of[i][d] for i in kept]) for d in range(60)]
    row, at = found.iloc[0], ROUNDS.column("A")
    assert row[["low", "median", "high"]].tolist() == pytest.approx(np.percentile(moved, [5, 50, 95]).tolist())
    assert row["chance"] == pytest.approx(np.mean([m > 1e-7 for m in moved]))
    assert row["least"] == pytest.approx(np.mean([ROUNDS.lower[i + MANY, at] - ROUNDS.upper[i, at] for i in kept]))
    assert row["most"] == pytest.approx(np.mean([ROUNDS.upper[i + MANY, at] - ROUNDS.lower[i, at] for i in kept]))
    assert sure.mean_changes(drawn, matched.head(0)).empty


def test_the_change_of_the_spread_is_that_of_the_same_states_in_the_same_draws():
    kept = [0, 1, 3, 4, 5, 6]
    matched = pd.DataFrame({"node": "A", "now": [i + MANY for i in kept], "before": kept})
    rows = [*kept, *(i + MANY for i in kept)]
    drawn = draws(ROUNDS, rows, ["A"], SETTINGS)
    row = sure.spread_changes(drawn, matched).iloc[0]
    of = dict(zip(rows, drawn.of("A"), strict=True))
    moved = [statistics.pstdev(of[i + MANY][d] for i in kept) - statistics.pstdev(of[i][d] for i in kept) for d in range(60)]
    assert row["n"] == 6 and row[["low", "median", "high"]].tolist() == pytest.approx(np.percentile(moved, [5, 50, 95]).tolist())
    assert row["chance"] == pytest.approx(np.mean([m > 1e-7 for m in moved]))
    at = ROUNDS.column("A")
    (least, most), (least_before, most_before) = (
        sure.deviation_bounds(ROUNDS.lower[places, at], ROUNDS.upper[places, at]) for places in ([i + MANY for i in kept], kept)
    )
    assert row[["least", "most"]].tolist() == pytest.approx([least - most_before, most - least_before])
    assert sure.spread_changes(drawn, matched.head(4)).empty  # four States: no spread


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6))
def test_a_spread_lies_between_its_bounds_and_the_lowest_is_reached(pairs):
    lower, upper = np.array([sorted(pair) for pair in pairs], dtype=float).T
    least, most = sure.deviation_bounds(lower, upper)
    corners = [
        statistics.pstdev(corner) for corner in itertools.product(*zip(lower, upper, strict=True))
    ]  # the highest is at one
    assert max(corners) <= most + 1e-9
    widest = np.maximum(upper - np.median(lower), np.median(upper) - lower).max()
    assert most <= widest + 1e-9  # and no further than the furthest from a middle
    # brute force: all values as near to a number as they may be, for numbers a fifth apart
    near = [np.clip(m / 5, lower, upper).std() for m in range(101)]
    assert least <= min(near) + 1e-9
    assert min(near) - least < 0.2


def test_the_bounds_of_a_spread_by_hand():
    # known values: the spread itself; anything from 0 to 100 each: from 0 to one half of the States at either end
    assert sure.deviation_bounds(np.array([0.0, 100.0]), np.array([0.0, 100.0])) == (50, 50)
    assert sure.deviation_bounds(np.zeros(4), np.full(4, 100.0)) == (0, 50)
    # 10 and 30 known, one between 40 and 60: at 40 the mean is 80/3; at 60, 100/3
    low, high = sure.deviation_bounds(np.array([10.0, 30, 40]), np.array([10.0, 30, 60]))
    assert low == pytest.approx(statistics.pstdev([10, 30, 40])) and high == pytest.approx(statistics.pstdev([10, 30, 60]))


def test_rounds_that_are_the_same_are_no_change():
    same = tiny.scores(*((code, "321 054 111", label) for label in ("2024", "2026") for code in CODES[:5]))
    matched = pd.DataFrame({"node": "A", "now": range(5, 10), "before": range(5)})
    row = sure.mean_changes(draws(same, range(10), ["A"], SETTINGS), matched).iloc[0]
    assert row["chance"] == 0.5 and row[["low", "high", "least", "most"]].tolist() == [0, 0, 0, 0] and not row["separable"]


@pytest.mark.parametrize(
    ("chance", "nearly"), [(0.94, False), (0.95, True), (1 - 0.05 - 1e-16, True), (1.0, True), (np.nan, False)]
)
def test_nearly_all_draws_are_ninety_five_in_a_hundred(chance, nearly):
    assert sure.settled(np.array([chance]))[0] == nearly


def test_nothing_is_separable_without_a_draw():
    found = differences(np.array([[np.nan, 1.0], [2.0, 3.0]]), np.array([1.0, 1.0]), np.array([2.0, 4.0]))
    assert np.isnan(found["chance"].iloc[0]) and found["separable"].tolist() == [False, True] and found["chance"].iloc[1] == 1
