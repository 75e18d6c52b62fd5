"""Comparisons of groups in words: above, below, not separable, and what only the missing returns leave open."""

import numpy as np
import pandas as pd

from analysis.reports import uncertain_groups as worded
from tests import tiny

NAMES = {"east": "East", "west": "West", "south": "South"}


def rows(*lines: tuple) -> pd.DataFrame:
    """group, n, common, chance, median, separable."""
    table = pd.DataFrame(lines, columns=["group", "n", "common", "chance", "median", "separable"])
    return table.assign(low=table["median"] - 1, high=table["median"] + 1, least=-50.0, most=50.0)


def test_a_group_stands_above_below_or_is_not_separable():
    table = worded.against(
        rows(("east", 6, 0, 0.01, -9.0, True), ("west", 7, 2, 0.98, 8.0, False), ("south", 5, 0, 1.0, 4.0, True)), NAMES
    )
    assert table[["group_name", "mark", "n_states", "n_shared"]].to_numpy().tolist() == [
        ["West", "not separable", 7, 2], ["South", "stands above", 5, 0], ["East", "stands below", 6, 0],
    ]  # fmt: skip
    assert table["note"].tolist() == ["not separable (above in 98 %)", "above in 100 % of trials", "above in 1 % of trials"]
    said = worded.against_sentence(table, "North")
    assert said.startswith(
        "The mean of North stands above that of 1 and below that of 1 of 3 other groups; from 1 it can't be told apart."
    )
    assert said.endswith("allow the other one as well: West (above in 98 %).")


def test_all_or_none_of_the_groups_can_be_told_apart():
    clear = worded.against(rows(("east", 6, 0, 0.0, -9.0, True), ("west", 7, 0, 1.0, 8.0, True)), NAMES)
    assert worded.against_sentence(clear, "North").endswith("it stands above 1 and below 1 of 2.")
    unclear = worded.against(rows(("east", 6, 0, 0.5, 0.0, False), ("west", 7, 0, 0.6, 1.0, False)), NAMES)
    assert (
        worded.against_sentence(unclear, "North")
        == "The mean of North can't be told apart from that of any of the 2 other groups."
    )
    one = worded.against(rows(("east", 6, 0, 0.5, 0.0, False)), NAMES)
    assert worded.against_sentence(one, "North") == "The mean of North can't be told apart from that of the one other group."
    assert worded.against_sentence(one.head(0), "North").startswith("It takes two groups with 5 scores each")


def test_a_group_without_enough_scores_has_no_range():
    table = pd.DataFrame({"group": ["east", "west"], "mean": [50.0, np.nan]})
    ranges = pd.DataFrame([("west", 2, 3, *[np.nan] * 6), ("east", 6, 7, 40.0, 50.0, 60.0, 41.0, 51.0, 61.0)])
    ranges.columns = [
        "group",
        "n",
        "drawn",
        *(f"{what}_{end}" for what in ("mean", "median") for end in ("low", "median", "high")),
    ]
    found = worded.with_ranges(table, ranges)
    assert found.loc[0, ["mean_low", "mean_high", "median_low", "median_high", "n_drawn"]].tolist() == [40, 60, 41, 61, 7]
    assert found.loc[1, ["mean_low", "median_high"]].isna().all()


def test_the_mean_of_a_group_rose_fell_or_neither():
    table = pd.DataFrame({"node": ["A", "B"], "n": [6, 5], "chance": [0.99, 0.4], "separable": [True, False]})
    table = table.assign(low=0.0, median=1.0, high=2.0, least=-1.0, most=3.0)
    found = worded.moved(tiny.instrument(), table)
    assert found["rise"].tolist() == ["rose", "not told apart"] and found["n_matched"].tolist() == [6, 5]
    assert worded.moved_sentence(found, "change").startswith(
        "Of 2 parts, the mean of the same States surely rose in 1, surely fell in 0"
    )


def test_a_group_part_by_part_names_its_widest_range_and_what_has_no_mean():
    table = pd.DataFrame({"node": ["A", "B"], "mean": [50.0, np.nan], "mean_low": [40.0, np.nan], "mean_high": [55.0, np.nan]})
    table = table.assign(lower=[30.0, np.nan], upper=[70.0, np.nan], n=[6, 4], counted=[8, 8], drawn=[7, 5])
    found = worded.parts(tiny.titled(A="Arms"), table)
    assert found.loc[0, ["label", "score", "low", "high", "lower_mean", "note", "n_drawn"]].tolist() == [
        "Arms",
        50,
        40,
        55,
        30,
        "6 of 8",
        7,
    ]
    assert worded.parts_sentence(found) == (
        "The widest range of a mean is that of Arms: 40.0 to 55.0. One part has fewer than 5 scores, so no mean is given."
    )
    assert worded.parts_sentence(found.tail(1)) == "One part has fewer than 5 scores, so no mean is given."
