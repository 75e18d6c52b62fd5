"""Groups of States in words: every number in a sentence is worked out by hand."""

import numpy as np
import pandas as pd

from analysis.comparison import convergence, peers, regions
from analysis.reports import regions as worded
from analysis.texts import text
from tests import tiny

INSTRUMENT = tiny.titled(A="Arms", B="Borders")
STATES = tiny.states(QMA="Quince Republic", QMB="Medlar Isles").with_own(
    {"k1": ("Orchards", ["QMA"]), "k2": ("Orchards", ["QMB"])}
)


def codes(n: int, first: int = 0) -> list[str]:
    return [f"QM{chr(65 + first + i)}" for i in range(n)]


def of_levels(*levels: int):
    return tiny.scores(*((code, str(n) * 9) for code, n in zip(codes(len(levels)), levels, strict=True)))


def members(**groups):
    return pd.DataFrame([(g, iso3) for g, own in groups.items() for iso3 in own], columns=["group", "iso3"])


def spread(scores, owners):
    table = regions.group_spread(scores, range(len(scores.score)), owners, "A")
    return worded.spread(INSTRUMENT, table, STATES, "region", "A")


def test_the_highest_and_the_lowest_median_come_with_what_is_missing():
    table = spread(of_levels(*[1] * 5, *[5] * 5, 3), members(Low=codes(6, 0)[:5], High=[*codes(5, 5), "QYY"], Few=codes(1, 10)))
    assert table["note"].tolist() == ["5 of 6 returned, 5 shown", "5 of 5 returned, 5 shown", "1 of 1 returned, 1 shown"]
    assert table["returned_of"].tolist() == ["5 of 6", "5 of 5", "1 of 1"] and not table["box"].any()
    assert worded.spread_sentence(table) == (
        "The median is highest in High (100.0; 5 of 6 States shown) and lowest in Low (20.0; 5 of 5 shown). "
        "Whatever is missing, the median of High (100.0 to 100.0) stays above that of Low (20.0 to 20.0). "
        "One group has fewer than 5 scores: dots only."
    )


def test_an_order_that_missing_returns_leave_open_is_said_to_be_open():
    table = spread(of_levels(*[2] * 5, *[3] * 5), members(Low=codes(5), High=[*codes(5, 5), "QYU", "QYV", "QYX", "QYY", "QYZ"]))
    # High: five at 60 and five anywhere: (0 + 60) / 2 to (60 + 100) / 2; Low: 40
    assert (
        "leaves open which median is higher: that of High could be 30.0 to 80.0, that of Low 40.0 to 40.0."
        in worded.spread_sentence(table)
    )


def test_a_median_that_no_answers_leave_possible_is_not_shown_and_named():
    # 0, 20, 40, 60, 80 and one that is somewhere from 90 to 100 (its score is not shown): the median of all six is 50, not 40
    levels = of_levels(0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5)
    levels.score[5, levels.column("A")], levels.lower[5, levels.column("A")] = np.nan, 90
    table = spread(levels, members(Six=codes(6), High=codes(5, 6)))
    six = table.set_index("group").loc["Six"]
    assert six[["median_least", "median_most"]].tolist() == [50, 50] and six[["median", "q1", "q3", "mean"]].isna().all()
    told = worded.spread_sentence(table)
    assert told.startswith("High is the one group with enough scores: its median is 100.0")
    assert all(text(f"regions.ruled_out.{what}", names="Six") in told for what in ("median", "mean"))
    assert "fewer than" not in told
    assert worded.spread_sentence(table[table["group"] == "Six"]).startswith("No median is shown for Six")


def test_means_may_stand_the_other_way_round_than_medians():
    # medians 60 and 40; means (0 + 0 + 60 + 60 + 60) / 5 and (40 + 40 + 40 + 100 + 100) / 5
    table = spread(of_levels(0, 0, 3, 3, 3, 2, 2, 2, 5, 5), members(High=codes(5), Low=codes(5, 5)))
    assert (
        "The means stand the other way round, whatever is missing: that of High is 36.0 to 36.0, that of Low 64.0 to 64.0."
        in worded.spread_sentence(table)
    )


def test_groups_that_share_the_highest_median_are_all_named():
    table = spread(of_levels(*[3] * 10, *[1] * 5), members(East=codes(5), West=codes(5, 5), Low=[*codes(5, 10), "QYY"]))
    assert worded.spread_sentence(table) == (
        "The median is highest in East and West (60.0; 10 of 10 States shown) and lowest in Low (20.0; 5 of 6 shown)."
    )


def test_one_group_equal_medians_and_none_at_all():
    one = spread(of_levels(*[2] * 5), members(Low=codes(5)))
    assert worded.spread_sentence(one).startswith("Low is the one group with enough scores: its median is 40.0 (5 of 5")
    same = spread(of_levels(*[2] * 10), members(Low=codes(5), High=codes(5, 5)))
    assert worded.spread_sentence(same) == "The median is the same, 40.0, in all 2 groups that have one."
    few = spread(of_levels(*[2] * 4), members(Low=codes(4)))
    assert worded.spread_sentence(few).startswith("No group has 5 States")


def test_a_box_is_drawn_from_ten_scores_on():
    assert spread(of_levels(*[2] * 10), members(All=codes(10)))["box"].tolist() == [True]
    assert spread(of_levels(*[2] * 9), members(All=codes(9)))["box"].tolist() == [False]


def test_own_groups_of_one_name_are_told_apart():
    owners = members(k1=["QMA"], k2=["QMB"])
    table = worded.spread(INSTRUMENT, regions.group_spread(of_levels(1, 2), [0, 1], owners, "A"), STATES, "mine", "A")
    assert sorted(table["group_name"]) == ["k1 Orchards", "k2 Orchards"]


def test_a_dot_carries_the_name_of_its_state_and_of_its_group():
    scores = of_levels(1, 2)
    owners = members(East=["QMA", "QMB"])
    named = spread(scores, owners)
    table = worded.dots(INSTRUMENT, regions.group_dots(scores, [0, 1], owners, "A"), named, STATES)
    assert table[["name", "group_name", "key"]].to_numpy().tolist() == [
        ["Quince Republic", "East", "QMA"],
        ["Medlar Isles", "East", "QMB"],
    ]


def test_a_standing_is_a_level_between_two_or_what_is_missing():
    scores = tiny.scores(("QMA", "222 333 333"), ("QMB", "55. 333 333"), ("QMC", "5.. 333 333"), ("QMD", "nnn 333 333"))
    table = regions.level_counts(scores, range(4), 6, ["M1"])
    lines = worded.levels(INSTRUMENT, table)
    low, high = (int(end[1, scores.column("M1")]) for end in (scores.level_low, scores.level_high))
    assert set(lines["standing"]) >= {f"between {low} and {high}", "too few answers", "not applicable", "not returned"}
    assert worded.level_sentence(INSTRUMENT, table, "M1") == (
        "M1: one of 6 States stands at one level. No level has more than one (level 2, 2). "
        "One stands between two levels while questions are open. One has too few answers. For one it does not apply. 2 did not return it."
    )


def test_the_most_common_level_is_named_with_its_count():
    table = regions.level_counts(of_levels(2, 2, 2, 4), range(4), 4, ["A"])
    assert (
        worded.level_sentence(INSTRUMENT, table, "A")
        == "Arms: 4 of 4 States stand at one level each. The most at any level: 3, at level 2, 2."
    )


def test_the_shares_stand_beside_those_of_chance():
    owners = members(East=codes(5), West=codes(5, 5))
    table = regions.variance_shares(of_levels(*[1] * 4, 2, *[3] * 4, 2), range(10), owners, ["A", "B"])
    assert worded.variance_sentence(table) == (
        "Of the differences between States (their variance), 80 % lies between the groups; chance alone would give 11 % on average. The rest lies between States of the same group. "
        "In 2 of 2 parts the share is larger than chance gives in 95 of 100 cases."
    )
    assert worded.variance(INSTRUMENT, table)["note"].tolist() == ["10 States, 2 groups"] * 2
    few = regions.variance_shares(of_levels(1, 2), [0, 1], members(East=codes(2)), ["A"])
    assert worded.variance_sentence(few).startswith("It takes two groups with 5 scores")


def world(**levels: str):
    units = [(f"QM{chr(65 + i)}", m * 9, year.removeprefix("y")) for year, marks in levels.items() for i, m in enumerate(marks)]
    return tiny.scores(*units)


def test_drawing_together_is_counted_by_part_with_the_states_behind_it():
    table = convergence.first_to_last(world(y2024="02345", y2026="23334"), codes(5), ["A", "B"])
    assert worded.convergence_sentence(table) == (
        "From round 2024 to round 2026 the same States (5) drew closer together in 2 of 2 parts and further apart in 0. "
        "In 2 of these 2 the direction stays whichever single State is left out. "
        "In 2 of these 2 the direction is sure whatever the open questions hold."
    )
    could = worded.convergence_sentence(table.assign(sd_change_high=[0.0, -1.0]))
    assert could.endswith("In 1 of these 2 the direction is sure whatever the open questions hold.")
    none = worded.convergence_sentence(table.assign(sd_change_high=0.0))
    assert none.endswith("In none of these 2 is the direction sure whatever the open questions hold.")
    assert worded.ends(INSTRUMENT, table)["firm_words"].tolist() == ["no", "no"]
    none = convergence.first_to_last(world(y2024="0234", y2026="2333"), codes(4), ["A"])
    assert worded.convergence_sentence(none).startswith("No part has 5 States with a score in each of two rounds")
    assert worded.ends(INSTRUMENT, none)["firm_words"].tolist() == [""]


def test_every_reason_of_a_peer_is_said_with_its_numbers():
    units = [("QMA", "1" * 9, "2024"), ("QMB", "2" * 9, "2024"), ("QMA", "3" * 9), ("QMB", "4" * 9)]
    groups = pd.DataFrame([("region", "East", "QMA"), ("region", "East", "QMB")], columns=["kind", "group", "iso3"])
    table = peers.peers(tiny.scores(*units), [2, 3], 2, groups, ["A", "B"])
    words = worded.peers(table, STATES, 2).iloc[0]
    assert words["because"] == (
        "Same region or group (East); similar profile over 2 of 2 parts; similar start in round 2024, over 2 of 2 parts"
    )
    assert words["name"] == "Medlar Isles" and np.isclose(words["moved_since"], 40)
    assert worded.peers_sentence(table, "Quince Republic") == (
        "One State is proposed for Quince Republic. One is of the same region or group. One has a similar profile. One began at a similar point."
    )
    assert worded.peers_sentence(table.head(0), "Quince Republic").startswith("No peer can be proposed for Quince Republic")


def test_cells_of_peers_keep_their_order():
    scores = tiny.scores(("QMA", tiny.FULL), ("QMB", tiny.FULL))
    grid = worded.peer_cells(INSTRUMENT, scores.table[scores.table["node"].isin(["A", "B"])], ["QMA", "QMB"], STATES)
    assert grid["line"].tolist() == ["Quince Republic"] * 2 + ["Medlar Isles"] * 2


def test_own_groups_are_listed_with_their_members_by_name():
    moment = pd.Timestamp("2026-05-04 12:30")
    table = pd.DataFrame({"key": ["k1"], "saved_by": ["ana"], "saved_at": [moment]})
    words = worded.own_groups(table, STATES).iloc[0]
    assert words[["group_name", "n_members", "members_names", "saved_at"]].tolist() == [
        "Orchards",
        1,
        "Quince Republic",
        "2026-05-04 12:30",
    ]
