"""Groups side by side: quartiles by numpy, bounds by completion, levels counted by hand, variance by scipy's analysis of variance."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f_oneway

from analysis.comparison import regions
from analysis.comparison.ladder import region_ladder
from analysis.states import load_states
from tests import tiny
from tests.scores.worlds import FIXED, worlds

ORACLES = {o["id"]: o for o in json.loads((Path(__file__).parents[1] / "oracles" / "oracles.json").read_text())["oracles"]}


def codes(n: int, first: int = 0) -> list[str]:
    """Fictional States: QMA, QMB, ..."""
    return [f"Q{chr(77 + i // 26)}{chr(65 + i % 26)}" for i in range(first, first + n)]


def members(**groups: list[str]) -> pd.DataFrame:
    return pd.DataFrame([(g, iso3) for g, own in groups.items() for iso3 in own], columns=["group", "iso3"])


def of_levels(*levels: int):
    """States whose every answer is one level: 20 points a step at every node."""
    return tiny.scores(*((code, str(n) * 9) for code, n in zip(codes(len(levels)), levels, strict=True)))


def test_the_groups_of_a_kind_and_whether_they_part_the_states():
    groups = pd.DataFrame(
        [
            ("region", "East", "QMA"),
            ("region", "West", "QMB"),
            ("mine", "k1", "QMA"),
            ("mine", "k2", "QMA"),
            ("mine", "k2", "QMA"),
        ],
        columns=["kind", "group", "iso3"],
    )
    assert regions.memberships(groups, "region").to_numpy().tolist() == [["East", "QMA"], ["West", "QMB"]]
    assert len(regions.memberships(groups, "mine")) == 2
    assert regions.partitioned(regions.memberships(groups, "region"))
    assert not regions.partitioned(regions.memberships(groups, "mine"))


def test_a_state_is_a_dot_in_each_of_its_groups_and_in_no_other():
    scores = of_levels(1, 2, 3)
    dots = regions.group_dots(scores, range(3), members(East=["QMA", "QMB"], Coast=["QMB", "QMZ"]), "A")
    assert dots[["group", "iso3"]].to_numpy().tolist() == [["East", "QMA"], ["East", "QMB"], ["Coast", "QMB"]]
    assert dots["score"].tolist() == pytest.approx([20, 40, 40])


def test_median_and_quartiles_are_numpys_and_coverage_counts_every_member():
    levels = [0, 1, 1, 2, 5, 3, 4, 4]
    found = regions.group_spread(of_levels(*levels), range(8), members(All=codes(10)), "A").iloc[0]
    expected = np.quantile([20 * n for n in levels], [0.5, 0.25, 0.75])
    assert found[["median", "q1", "q3"]].tolist() == pytest.approx(expected.tolist())
    assert found[["members", "returned", "counted", "n"]].tolist() == [10, 8, 10, 8]
    assert found[["lowest", "highest", "mean"]].tolist() == pytest.approx([0, 100, 50])  # 20 x (0+1+1+2+5+3+4+4) / 8
    assert found[["lower", "upper"]].tolist() == pytest.approx([40, 60])  # 400 / 10 and (400 + 200) / 10


def test_the_bounds_of_a_groups_mean_are_the_published_ones():
    oracle = ORACLES["manski_region"]
    facts = oracle["input"]
    scores = of_levels(*[3] * facts["reported"])
    found = regions.group_spread(scores, range(facts["reported"]), members(One=codes(facts["N"])), "A").iloc[0]
    assert found[["lower", "upper"]].tolist() == pytest.approx(oracle["expected"]["bounds"], abs=oracle["tolerance"])


def test_the_mean_and_its_bounds_are_those_of_the_ladder():
    scores = tiny.scores(
        *(
            (code, answers)
            for code, answers in zip(
                codes(8), ["2" * 9, "24. 333 333", "5.. 333 333", "nnn 333 333", *["4" * 9] * 4], strict=True
            )
        )
    )
    found = regions.group_spread(scores, range(8), members(G=codes(11)), "M1").iloc[0]
    rungs = region_ladder(scores, range(8), 11, ["M1"]).iloc[0]
    assert found[["mean", "lower", "upper", "counted", "n"]].tolist() == pytest.approx(
        rungs[["score", "lower", "upper", "states", "n"]].tolist()
    )
    assert (found["members"], found["counted"], found["n"]) == (11, 10, 6)  # to one it does not apply, one has too few answers


def test_a_state_speaks_with_one_row():
    with pytest.raises(ValueError, match="several rows"):
        regions.group_spread(
            tiny.scores(("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2026")), [0, 1], members(East=["QMA"]), "A"
        )


def test_a_mean_that_no_answers_of_the_others_leave_possible_is_not_shown():
    """Five States at 100; the sixth answered two of six questions with 0, so it stands at 200 / 3 at the most, and the mean of all at (500 + 200 / 3) / 6."""
    answers = ["555 555 555"] * 5 + ["0?? 0?? 555"]
    scores, own = tiny.scores(*zip(codes(6), answers, strict=True)), members(East=codes(6))
    at = scores.column("A")
    row = regions.group_spread(scores, range(6), own, "A").iloc[0]
    assert row["n"] == 5 and np.isnan(scores.score[5, at]) and np.isnan(row["mean"]) and row["median"] == 100
    assert row["upper"] == pytest.approx((500 + 200 / 3) / 6) == pytest.approx((500 + scores.upper[5, at]) / 6)
    rung = region_ladder(scores, range(6), 6, ["A"]).iloc[0]
    assert np.isnan(rung["score"]) and rung[["lower", "upper"]].tolist() == pytest.approx(row[["lower", "upper"]].tolist())


def test_four_scores_have_dots_and_no_number_of_the_group():
    found = regions.group_spread(of_levels(1, 2, 3, 4), range(4), members(Few=codes(4)), "A").iloc[0]
    assert found[["median", "q1", "q3", "mean", "lower", "upper"]].isna().all()
    assert (found["n"], found["lowest"], found["highest"]) == (4, 20, 80)


def test_groups_stand_by_their_median_and_those_without_one_come_last():
    scores = of_levels(1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 5)
    table = regions.group_spread(scores, range(11), members(Low=codes(5), High=codes(5, 5), Few=codes(1, 10), None_=["QZZ"]), "A")
    assert table["group"].tolist() == ["High", "Low", "Few", "None_"]
    assert table["returned"].tolist() == [5, 5, 1, 0]


#: Five to nine members; each has 0 to 5, or is open (None: no return).
LEVELS = st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=5, max_size=9).filter(
    lambda v: sum(n is not None for n in v) >= 5
)


@FIXED
@given(LEVELS, st.data())
def test_the_mean_of_any_completion_lies_within_the_bounds_and_they_are_reached(levels, data):
    reported = [n for n in levels if n is not None]
    found = regions.group_spread(of_levels(*reported), range(len(reported)), members(G=codes(len(levels))), "A").iloc[0]
    missing = len(levels) - len(reported)
    filled = data.draw(st.lists(st.floats(0, 100), min_size=missing, max_size=missing))
    for completion, compare in ((filled, None), ([0] * missing, "lower"), ([100] * missing, "upper")):
        mean = np.mean([20 * n for n in reported] + completion)
        assert found["lower"] - 1e-9 <= mean <= found["upper"] + 1e-9
        if compare:
            assert mean == pytest.approx(found[compare])


ANSWERS = st.lists(st.text("012345.?", min_size=3, max_size=3), min_size=5, max_size=8)


@FIXED
@given(ANSWERS, st.integers(0, 3), st.randoms(use_true_random=False))
def test_whatever_is_answered_to_open_questions_the_mean_of_all_members_lies_within(answers, missing, random):
    scores = tiny.scores(*((code, f"{own} 333 333") for code, own in zip(codes(len(answers)), answers, strict=True)))
    found = regions.group_spread(scores, range(len(answers)), members(G=codes(len(answers) + missing)), "M1").iloc[0]
    if np.isnan(found["lower"]):
        assert found["n"] < 5
        return
    for fill in ("0", "5", None):
        filled = ["".join(c if c.isdigit() else fill or random.choice("012345") for c in own) for own in answers]
        means = [20 * np.mean([int(c) for c in own]) for own in filled] + [
            20 * int(fill or random.randrange(6)) for _ in range(missing)
        ]
        assert found["lower"] - 1e-9 <= np.mean(means) <= found["upper"] + 1e-9
        if fill:
            assert np.mean(means) == pytest.approx(found["lower" if fill == "0" else "upper"])


@FIXED
@given(worlds(rows=6), st.integers(0, 4))
def test_every_state_of_a_group_is_counted_once_at_every_node(world, missing):
    scores = world.scores()
    nodes = scores.instrument.nodes["node"].tolist()
    table = regions.level_counts(scores, range(6), 6 + missing, nodes)
    assert table.groupby("node")["n"].sum().reindex(nodes).tolist() == [6 + missing] * len(nodes)
    level = np.isfinite(scores.level)
    assert table[table["kind"] == "level"]["n"].sum() == level.sum()


def counted(table, node="M1"):
    rows = table[table["node"] == node]
    spoken = [
        row.kind if pd.isna(row.low) else f"{row.low}-{row.high}" if row.low != row.high else f"{row.low}"
        for row in rows.itertuples()
    ]
    return dict(zip(spoken, rows["n"], strict=True))


def test_every_state_is_counted_once_at_a_level_between_two_or_as_what_is_missing():
    scores = tiny.scores(
        ("QMA", "222 333 333"), ("QMB", "222 333 333"), ("QMC", "55. 333 333"), ("QMD", "5.. 333 333"), ("QME", "nnn 333 333"),
        ("QMF", "___ 333 333"),
    )  # fmt: skip
    table = regions.level_counts(scores, range(6), 9, ["M1", "M2"])
    low, high = (int(end[2, scores.column("M1")]) for end in (scores.level_low, scores.level_high))
    assert low < high  # one open question decides
    expected = {"2": 2, f"{low}-{high}": 1, "not_shown": 1, "not_applicable": 1, "not_returned": 4}  # one part, three States
    assert counted(table) == expected
    assert counted(table, "M2") == {"3": 6, "not_returned": 3}
    assert table["share"].isna().all() and set(table["states"]) == {9}  # nine States: counts, no percentages


def test_from_ten_states_on_a_count_has_a_share():
    table = regions.level_counts(of_levels(*[3] * 6, *[4] * 2), range(8), 10, ["M1"])
    assert table[["kind", "share"]].to_numpy().tolist() == [["level", 0.6], ["level", 0.2], ["not_returned", 0.2]]
    assert table["low"].tolist()[:2] == [3, 4]


def test_a_group_cannot_be_smaller_than_its_returns():
    with pytest.raises(ValueError, match="a group of 1 States"):
        regions.level_counts(of_levels(1, 2), [0, 1], 1, ["A"])


SIZES = st.lists(st.lists(st.integers(0, 5), min_size=5, max_size=8), min_size=2, max_size=4)


@FIXED
@given(SIZES)
def test_within_and_between_add_up_to_the_whole_variance_and_agree_with_scipy(groups):
    levels = [n for group in groups for n in group]
    starts = np.cumsum([0, *map(len, groups)])
    owners = members(**{f"G{i}": codes(len(group), int(starts[i])) for i, group in enumerate(groups)})
    row = regions.variance_shares(of_levels(*levels), range(len(levels)), owners, ["A"]).iloc[0]
    assert (row["n"], row["groups"], row["left_out"]) == (len(levels), len(groups), 0)
    assert row["between"] + row["within"] == pytest.approx(np.var([20 * n for n in levels]), abs=1e-7)
    assert row["sd"] == pytest.approx(np.std([20 * n for n in levels]), abs=1e-7)
    if row["within"] > 1e-9:
        f = (row["between"] / (len(groups) - 1)) / (row["within"] / (len(levels) - len(groups)))
        assert f == pytest.approx(f_oneway(*groups).statistic, abs=1e-6)
        # above the share that chance seldom passes just where scipy's analysis of variance says so
        assert (row["share_between"] > row["share_high"]) == (f_oneway(*groups).pvalue < 0.05)


def test_shares_of_two_groups_worked_out_by_hand():
    """Five States at 20 and five at 60: all of the variance lies between. With one at 40 in each: means 24 and 56, total 336, within 64."""
    owners = members(East=codes(5), West=codes(5, 5))
    apart = regions.variance_shares(of_levels(*[1] * 5, *[3] * 5), range(10), owners, ["A"]).iloc[0]
    assert apart[["share_between", "share_within", "sd"]].tolist() == pytest.approx([1, 0, 20])
    mixed = regions.variance_shares(of_levels(*[1] * 4, 2, *[3] * 4, 2), range(10), owners, ["A"]).iloc[0]
    assert mixed[["between", "within"]].tolist() == pytest.approx([256, 64])
    assert mixed[["share_between", "share_within"]].tolist() == pytest.approx([0.8, 0.2])
    assert mixed["share_chance"] == pytest.approx(1 / 9)


def test_dealt_at_random_the_share_between_is_that_of_chance_on_average():
    """Over all 252 ways to deal ten States into two groups of five the mean share between is (2 - 1) / (10 - 1)."""
    levels, all_codes = [0, 1, 1, 2, 3, 3, 4, 5, 5, 5], codes(10)
    scores, found = of_levels(*levels), []
    for chosen in combinations(range(10), 5):
        owners = members(East=[all_codes[i] for i in chosen], West=[all_codes[i] for i in range(10) if i not in chosen])
        found.append(regions.variance_shares(scores, range(10), owners, ["A"]).iloc[0])
    assert np.mean([row["share_between"] for row in found]) == pytest.approx(found[0]["share_chance"])


def test_small_groups_and_states_outside_are_left_out_and_counted():
    owners = members(East=codes(5), West=codes(5, 5), Few=codes(2, 10))
    scores = of_levels(*[1] * 5, *[3] * 5, 5, 5, 5)  # the last is in no group
    row = regions.variance_shares(scores, range(13), owners, ["A"]).iloc[0]
    assert row[["n", "groups", "left_out"]].tolist() == [10, 2, 3] and row["sd"] == pytest.approx(20)


def test_one_group_or_equal_scores_have_no_shares():
    one = regions.variance_shares(of_levels(1, 2, 3, 4, 5), range(5), members(East=codes(5)), ["A"]).iloc[0]
    assert one[["sd", "share_between", "share_chance"]].isna().all()
    same = regions.variance_shares(of_levels(*[2] * 10), range(10), members(East=codes(5), West=codes(5, 5)), ["A"]).iloc[0]
    assert np.isnan(same["share_between"]) and same["sd"] == pytest.approx(0, abs=1e-9)


def test_groups_that_overlap_have_no_shares():
    with pytest.raises(ValueError, match="in several groups"):
        regions.variance_shares(of_levels(1, 2), [0, 1], members(East=["QMA"], Coast=["QMA"]), ["A"])


def test_regions_part_the_worlds_states_and_organizations_do_not():
    groups = load_states().groups
    parted = {kind: regions.partitioned(regions.memberships(groups, kind)) for kind in groups["kind"].unique()}
    assert parted == {"region": True, "subregion": True, "regional_group": True, "organization": False}
