"""A group's mean: its States changed, some left, some joined. A step of an answer is worth 20 points."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison.decomposition import decomposition, standings, stayed
from analysis.comparison.rounds import histories, matched_ends
from tests import tiny
from tests.scores.worlds import FIXED


def group(*pairs: str) -> pd.DataFrame:
    """Where States stand whose answers are all at one level in 2024 and in 2026; `-`: no return, `.`: nothing answered."""
    units = []
    for i, pair in enumerate(pairs):
        units += [(f"QM{chr(65 + i)}", n * 9, r) for n, r in zip(pair, ("2024", "2026"), strict=True) if n != "-"]
    return standings(tiny.scores(*units), [f"QM{chr(65 + i)}" for i in range(len(pairs))], ["A"], "2024", "2026")


def test_the_change_is_split_into_three_without_a_rest():
    """Five rise from 1 to 2; one with 5 leaves, one with 4 joins. 2024: (100 + 100) / 6 = 33.3; 2026: (200 + 80) / 6 = 46.7.
    Within: 40 - 20 = 20. Exit: 20 - 33.3 = -13.3. Entry: 46.7 - 40 = 6.7."""
    found = decomposition(group("12", "12", "12", "12", "12", "5-", "-4")).iloc[0]
    assert found[["before", "after", "change"]].tolist() == pytest.approx([200 / 6, 280 / 6, 80 / 6])
    assert found[["within", "exit", "entry"]].tolist() == pytest.approx([20, -80 / 6, 40 / 6])
    assert found[["n_before", "n_after", "stayed", "left", "joined", "neither"]].tolist() == [6, 6, 5, 1, 1, 0]
    assert found[["lowest_before", "highest_before", "lowest_after", "highest_after"]].tolist() == pytest.approx(
        [20, 100, 40, 80]
    )


def test_each_mean_stands_with_what_the_mean_of_the_whole_group_could_be():
    """A group of eight: six at 20, 20, 20, 20, 20, 100 in 2024, two without a return; in 2026 five at 40, one at 80, two without."""
    found = decomposition(group("12", "12", "12", "12", "12", "5-", "-4"), states=8).iloc[0]
    ends = ["lower_before", "upper_before", "lower_after", "upper_after"]
    assert found[ends].tolist() == pytest.approx([200 / 8, 400 / 8, 280 / 8, 480 / 8])
    assert decomposition(group(*["12"] * 4), states=8).iloc[0][ends].isna().all()


def test_a_mean_that_the_answers_of_the_others_rule_out_is_not_taken_apart():
    """Five at 100 in both rounds; in 2026 a sixth has no score, but two answers of 0: the mean of six is at most 94.4, never 100."""
    units = [(f"QM{c}", "555 555 111", label) for c in "ABCDE" for label in ("2024", "2026")] + [("QMF", "0.. 0.. 111", "2026")]
    table = standings(tiny.scores(*units), [f"QM{c}" for c in "ABCDEF"], ["A"], "2024", "2026")
    found = decomposition(table).iloc[0]
    assert found[["after", "change", "entry"]].isna().all()
    assert found[["before", "exit", "within"]].tolist() == pytest.approx([100, 0, 0])
    assert found[["lower_after", "upper_after"]].tolist() == pytest.approx([500 / 6, (500 + 200 / 3) / 6])


def test_where_a_part_does_not_apply_a_state_counts_in_no_mean_of_it():
    units = [(f"QM{c}", "222 222 111", label) for c in "ABCDE" for label in ("2024", "2026")] + [("QMF", "nnn nnn 111", "2026")]
    table = standings(tiny.scores(*units), [f"QM{c}" for c in "ABCDEF"], ["A"], "2024", "2026")
    found = decomposition(table, states=7).iloc[0]
    assert found[["lower_before", "upper_before"]].tolist() == pytest.approx([200 / 7, 400 / 7])
    assert found[["lower_after", "upper_after"]].tolist() == pytest.approx([200 / 6, 300 / 6])


def test_a_state_whose_score_is_no_longer_shown_leaves_and_one_without_any_is_in_neither():
    table = group("12", "12", "12", "12", "12", "3.", "..").set_index("iso3")
    assert table.loc["QMF", ["became", "why_after"]].tolist() == ["left", "few_answers"]
    assert table.loc["QMG", "became"] == "neither"
    found = decomposition(table.reset_index()).iloc[0]
    assert found[["left", "neither"]].tolist() == [1, 1] and found["after"] == pytest.approx(40)  # never counted as 0


def test_why_a_state_has_no_score_says_whether_it_returned_at_all():
    table = group("1-", "1.").set_index("iso3")
    assert table["why_after"].tolist() == ["no_return", "few_answers"]
    assert table.loc["QMA", ["lower_after", "upper_after"]].isna().all() and table.loc["QMB", "upper_after"] == pytest.approx(100)


def test_below_five_states_behind_one_of_the_means_nothing_is_given():
    for pairs in (["12"] * 4 + ["1-"], ["1-"] * 5 + ["-1"] * 5):
        found = decomposition(group(*pairs)).iloc[0]
        assert found[["before", "after", "change", "within", "exit", "entry", "lowest_before"]].isna().all()
    assert decomposition(group(*["12"] * 5)).iloc[0]["within"] == pytest.approx(20)


def test_who_stayed_are_all_with_a_score_in_both_whatever_they_have_in_common():
    """Six have a score in both years; the last answers other questions of A in each: four of six, only two of them in common."""
    units = [
        (f"QM{chr(65 + i)}", answers, label)
        for i in range(5)
        for answers, label in (("111 111 111", "2024"), ("222 222 222", "2026"))
    ]
    scores = tiny.scores(*units, ("QMF", "11. 11. 111", "2024"), ("QMF", ".11 .11 111", "2026"), ("QMG", "111 111 111", "2026"))
    codes = [f"QM{c}" for c in "ABCDEFG"]
    table = standings(scores, codes, ["A", "B"], "2024", "2026")
    found = stayed(scores.panel, table, "2024", "2026")
    assert found.groupby("node")["iso3"].agg(list).to_dict() == {"A": codes[:6], "B": codes[:6]}
    index = scores.panel.index
    assert (index["round"].iloc[found["before"]] == "2024").all() and (index["round"].iloc[found["now"]] == "2026").all()
    assert index["iso3"].iloc[found["now"]].tolist() == found["iso3"].tolist() == index["iso3"].iloc[found["before"]].tolist()
    assert set(zip(found["first"], found["last"], strict=True)) == {("2024", "2026")}
    history = histories(scores, codes, ["A", "B"])
    assert set(matched_ends(scores.panel, history).query("node == 'A'")["iso3"]) == set(
        codes[:5]
    )  # which asks for common questions
    assert stayed(scores.panel, table, "2024", "2026", fewest=7).empty


PAIRS = st.lists(st.text("0135-.", min_size=2, max_size=2).filter(lambda s: s != "--"), min_size=1, max_size=9)


@settings(FIXED, max_examples=60)
@given(PAIRS)
def test_within_exit_and_entry_always_add_up_to_the_change(pairs):
    found = decomposition(group(*pairs), fewest=1).iloc[0]
    a = [20 * int(p[0]) for p in pairs if p[0] not in "-."]
    b = [20 * int(p[1]) for p in pairs if p[1] not in "-."]
    stay = [p for p in pairs if not set(p) & set("-.")]
    assert (found["n_before"], found["n_after"], found["stayed"]) == (len(a), len(b), len(stay))
    if not stay:
        assert found[["change", "within", "exit", "entry"]].isna().all()
        return
    assert found["change"] == pytest.approx(sum(b) / len(b) - sum(a) / len(a))
    assert found["within"] + found["exit"] + found["entry"] == pytest.approx(found["change"], abs=1e-9)
    assert found["within"] == pytest.approx(sum(20 * (int(p[1]) - int(p[0])) for p in stay) / len(stay))


def test_no_member_and_no_round_give_no_row():
    scores = tiny.scores(("QMA", tiny.FULL))
    assert standings(scores, ["QMZ"], ["A"], "2024", "2026").empty
    assert decomposition(standings(scores, [], ["A"], "2024", "2026")).empty
