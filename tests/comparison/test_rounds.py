"""Rounds of States: which row speaks for a State, what changed, and how a group moved. A step of an answer is worth 20 points."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison import rounds
from tests import tiny
from tests.scores.worlds import FIXED


def test_rounds_are_ordered_by_date_and_not_by_label():
    panel = tiny.panel(("QMA", tiny.FULL, "2026-05"), ("QMA", tiny.FULL, "2026-H2"), ("QMA", tiny.FULL, "2024"))
    assert rounds.rounds(panel) == ["2026-H2", "2026-05", "2024"]


def test_the_newest_round_speaks_for_each_state():
    panel = tiny.panel(
        ("QMB", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2022"), ("QMA", tiny.FULL, "2026"), ("QMA", tiny.FULL, "2024")
    )
    assert rounds.current_rows(panel).tolist() == [2, 0]
    assert rounds.current_rows(panel, "2024").tolist() == [3, 0]
    assert rounds.current_rows(panel, "2020").tolist() == []


def test_a_visit_and_an_organization_never_speak_for_the_national_self_assessment():
    panel = tiny.panel(
        ("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2026", "visit"), ("QMA", tiny.FULL, "2026", "self", "customs")
    )
    assert rounds.current_rows(panel).tolist() == [0]
    assert rounds.current_rows(panel, reading="visit").tolist() == [1]
    assert rounds.current_rows(panel, organization="customs").tolist() == [2]


def test_of_two_rounds_that_begin_on_one_day_the_same_one_speaks_whatever_the_order_of_the_rows():
    for units in (
        [("QMA", tiny.FULL, "2026"), ("QMA", tiny.FULL, "2026-H1")],
        [("QMA", tiny.FULL, "2026-H1"), ("QMA", tiny.FULL, "2026")],
    ):
        panel = tiny.panel(*units)
        assert panel.index["round"].iloc[rounds.current_rows(panel)].tolist() == ["2026-H1"]


def test_a_round_without_a_date_is_never_the_newest():
    panel = tiny.panel(("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2026"))
    panel.index.loc[1, "round_date"] = pd.NaT
    assert rounds.current_rows(panel).tolist() == [0]


def test_the_round_before_is_of_the_same_state_organization_and_reading():
    panel = tiny.panel(
        ("QMA", tiny.FULL, "2020"), ("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2025", "visit"), ("QMB", tiny.FULL, "2025"),
        ("QMA", tiny.FULL, "2025", "self", "customs"), ("QMA", tiny.FULL, "2026"),
    )  # fmt: skip
    assert [rounds.previous_row(panel, row) for row in range(6)] == [None, 0, None, None, None, 1]


def test_a_change_is_over_the_questions_answered_in_both_rounds():
    """M1: before 1 2 3 = 40; after 3 3 and one open = 60, between 40 (open 0) and 220/3 (open 5). Answered in both are the
    first two: 1 2 = 30 and 3 3 = 60, a change of 30, where the two scores as shown are only 20 apart."""
    found = rounds.changes(tiny.scores(("QMA", "123 333 333", "2024"), ("QMA", "33. 333 333")), 1, 0, ["M1"]).iloc[0]
    assert (found["before"], found["after"], found["change"]) == pytest.approx((40, 60, 30))
    assert (found["common"], found["asked"]) == (2, 3)
    assert (found["change_low"], found["change_high"]) == pytest.approx((0, 100 / 3))
    assert pd.isna(found["level_after"])


def test_a_change_to_or_from_a_score_that_is_not_shown_is_no_number():
    found = rounds.changes(tiny.scores(("QMA", "333 333 333", "2024"), ("QMA", "3.. 333 333")), 1, 0, ["M1", "M2"])
    assert found["change"].isna().tolist() == [True, False]
    assert found["change_low"].tolist() == pytest.approx([-40, 0])  # 3 0 0 = 20, minus 60


def test_two_rounds_with_too_few_questions_in_common_have_no_change():
    """Two of three are answered in each round, enough for a score each; only one in both."""
    found = rounds.changes(tiny.scores(("QMA", "33. 333 333", "2024"), ("QMA", ".44 333 333")), 1, 0, ["M1"]).iloc[0]
    assert (found["before"], found["after"], found["common"]) == (60, 80, 1)
    assert pd.isna(found["change"])


def test_a_part_that_was_not_returned_has_no_change_and_no_bounds_of_a_change():
    found = rounds.changes(tiny.scores(("QMA", "333 333 ___", "2024"), ("QMA", tiny.FULL)), 1, 0, ["B", "A"])
    assert found[["change", "change_low", "change_high"]].isna().all(axis=1).tolist() == [True, False]


@settings(FIXED, max_examples=60)
@given(st.text("0135n?.", min_size=9, max_size=9), st.text("0135n?.", min_size=9, max_size=9))
def test_a_change_lies_within_its_bounds(before, after):
    found = rounds.changes(tiny.scores(("QMA", before, "2024"), ("QMA", after)), 1, 0, tiny.instrument().nodes["node"])
    known = found.dropna(subset=["change"])
    assert (known["change_low"] <= known["change"] + 1e-9).all()
    assert (known["change"] <= known["change_high"] + 1e-9).all()


def test_answers_that_moved_are_listed_with_both_codes():
    found = rounds.answer_changes(tiny.scores(("QMA", "123 333 333", "2024"), ("QMA", "1?4 333 333")), 1, 0)
    assert found.to_dict("list") == {
        "question": ["a2", "a3"], "measure": ["M1", "M1"], "code_before": [2, 3], "code_after": [-3, 4],
    }  # fmt: skip


def test_a_history_has_a_row_per_round_and_node_and_says_why_a_score_is_missing():
    scores = tiny.scores(
        ("QMA", tiny.FULL), ("QMA", "3.. 333 ___", "2024"), ("QMB", tiny.FULL), ("QMA", "555 555 555", "2026", "visit")
    )
    found = rounds.histories(scores, ["QMA"], ["M1", "B"])
    assert found[["round", "node", "why"]].to_numpy().tolist() == [
        ["2024", "M1", "few_answers"], ["2024", "B", "not_returned"], ["2026", "M1", "shown"], ["2026", "B", "shown"],
    ]  # fmt: skip
    assert found["score"].isna().tolist() == [True, True, False, False]
    assert found["score"].tolist()[2:] == pytest.approx([60, 60])


def test_no_history_is_an_empty_table_and_goes_on_through_means_and_moves():
    found = rounds.histories(tiny.scores(("QMA", tiny.FULL)), ["QMZ"], ["A"])
    assert (
        len(found) == len(rounds.group_history(found)) == len(rounds.first_to_last(tiny.scores(("QMA", tiny.FULL)), found)) == 0
    )


def group_scores(*levels: str):
    """The scores behind `group`."""
    units = []
    for i, pair in enumerate(levels):
        units += [(f"QM{chr(65 + i)}", n * 9, r) for n, r in zip(pair, ("2024", "2026"), strict=True) if n != "-"]
    return tiny.scores(*units)


def group(*levels: str):
    """A history of States with all answers at one level in 2024 and in 2026; `-` for no return: `group("12", "3-")`."""
    return rounds.histories(group_scores(*levels), [f"QM{chr(65 + i)}" for i in range(len(levels))], ["A"])


def test_the_matched_mean_follows_the_same_states_and_the_naive_one_stands_beside_it():
    """Five States rise from 1 to 2 (20 to 40). One more reported in 2024 only, with 5 (100): the naive mean goes
    from (5 x 20 + 100) / 6 = 33.3 to 40, the matched one from 20 to 40."""
    found = rounds.group_history(group("12", "12", "12", "12", "12", "5-"))
    assert found["matched_mean"].tolist() == pytest.approx([20, 40])
    assert found["mean"].tolist() == pytest.approx([200 / 6, 40])
    assert found[["matched_n", "n", "reported"]].to_numpy().tolist() == [[5, 6, 6], [5, 5, 5]]


def test_a_matched_mean_comes_with_its_spread_and_bounds():
    found = rounds.group_history(group("12", "12", "12", "12", "35"))
    assert found[["lowest", "highest"]].to_numpy().tolist() == [[20, 60], [40, 100]]
    assert found["matched_mean"].tolist() == pytest.approx([28, 52])  # (4 x 20 + 60) / 5, (4 x 40 + 100) / 5
    assert found["lower_mean"].tolist() == found["upper_mean"].tolist() == pytest.approx([28, 52])  # nothing is open


def test_the_mean_of_whoever_reported_stands_with_what_the_mean_of_all_could_be():
    """Five at 20 of a group of eight: at least 5 x 20 / 8, at most (5 x 20 + 3 x 100) / 8. In 2026 a sixth reports, at 40."""
    found = rounds.group_history(group("11", "11", "11", "11", "11", "-2"), states=8)
    assert found["mean"].tolist() == pytest.approx([20, 140 / 6])
    assert found["lower_all"].tolist() == pytest.approx([100 / 8, 140 / 8])
    assert found["upper_all"].tolist() == pytest.approx([400 / 8, 340 / 8])
    assert rounds.group_history(group("11", "11"), states=8)[["lower_all", "upper_all"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="a region of 4 States"):
        rounds.group_history(group("11", "11", "11", "11", "11"), states=4)


def test_a_mean_that_the_answers_of_the_others_rule_out_is_not_shown():
    """Five at 100; the sixth has no score, but two answers of 0: at most 66.7. So the mean of six is at most 566.7 / 6, and never 100."""
    units = [(f"QM{c}", "555 555 111") for c in "ABCDE"] + [("QMF", "0.. 0.. 111")]
    found = rounds.group_history(rounds.histories(tiny.scores(*units), [f"QM{c}" for c in "ABCDEF"], ["A"])).iloc[0]
    assert np.isnan(found["mean"]) and found["n"] == 5
    assert (found["lower_all"], found["upper_all"]) == pytest.approx((500 / 6, (500 + 200 / 3) / 6))
    assert found["matched_mean"] == pytest.approx(100)  # of these five, said so


def test_a_state_to_which_a_part_does_not_apply_is_none_that_its_mean_could_hold():
    units = [(f"QM{c}", "222 222 111") for c in "ABCDE"] + [("QMF", "nnn nnn 111")]
    found = rounds.group_history(rounds.histories(tiny.scores(*units), [f"QM{c}" for c in "ABCDEF"], ["A"]), states=7).iloc[0]
    assert (found["lower_all"], found["upper_all"]) == pytest.approx((200 / 6, 300 / 6))  # of six: five at 40, one anywhere


def test_a_round_that_fewer_than_five_report_does_not_take_the_others_mean_away():
    """Five States rise from 1 to 2 between 2024 and 2026; one of them alone reports a round between."""
    units = [(f"QM{c}", n * 9, r) for c in "ABCDE" for n, r in (("1", "2024"), ("2", "2026"))] + [("QMA", "5" * 9, "2025")]
    found = rounds.group_history(rounds.histories(tiny.scores(*units), [f"QM{c}" for c in "ABCDE"], ["A"]))
    assert found["round"].tolist() == ["2024", "2025", "2026"]
    assert found["matched_mean"].fillna(-1).tolist() == pytest.approx([20, -1, 40])


def test_the_ends_of_a_matched_mean_are_rows_of_the_same_states():
    """A, B, C, D, E report 2024 and 2026; A alone reports a round between; F reports 2024 only: five States from 2024 to 2026."""
    units = [(f"QM{c}", n * 9, r) for c in "ABCDE" for n, r in (("1", "2024"), ("2", "2026"))]
    scores = tiny.scores(("QMF", "5" * 9, "2024"), *units, ("QMA", "5" * 9, "2025"), ("QMA", "4" * 9, "2026", "visit"))
    history = rounds.histories(scores, [f"QM{c}" for c in "ABCDEF"], ["A", "B"])
    found = rounds.matched_ends(scores.panel, history)
    assert found["node"].tolist() == ["A"] * 5 + ["B"] * 5 and set(found["first"]) == {"2024"} and set(found["last"]) == {"2026"}
    for row in found.itertuples():
        for end, label in ((row.before, "2024"), (row.now, "2026")):
            unit = scores.panel.index.iloc[end]
            assert (unit["iso3"], unit["round"], unit["reading"]) == (row.iso3, label, "self")
    means = rounds.group_history(history).dropna(subset=["matched_mean"])
    first = scores.score[found.loc[found["node"] == "A", "before"], scores.column("A")].mean()
    assert means["matched_mean"].iloc[0] == pytest.approx(first) == pytest.approx(20)
    assert rounds.matched_ends(scores.panel, history, fewest=6).empty
    assert rounds.matched_ends(scores.panel, history[history["round"] == "2024"]).empty  # one round is no change
    assert rounds.matched_ends(scores.panel, history.head(0)).empty


def test_below_five_states_there_is_no_mean_and_nothing_that_would_give_one_away():
    found = rounds.group_history(group("12", "12", "12", "12"))
    assert found["n"].tolist() == [4, 4]
    assert found[["matched_mean", "lowest", "highest", "lower_mean", "upper_mean", "mean"]].isna().all(axis=None)


HISTORIES = st.lists(st.text("0135-", min_size=2, max_size=2).filter(lambda s: s != "--"), min_size=1, max_size=9)


@settings(FIXED, max_examples=40)
@given(HISTORIES)
def test_the_matched_mean_is_that_of_a_loop_over_the_states(levels):
    found = rounds.group_history(group(*levels), fewest=2)
    seen = [i for i in (0, 1) if any(pair[i] != "-" for pair in levels)]
    enough = [i for i in seen if sum(pair[i] != "-" for pair in levels) >= 2]
    same = [pair for pair in levels if enough and all(pair[i] != "-" for i in enough)]
    assert len(found) == len(seen)
    for i, row in zip(seen, found.itertuples(), strict=True):
        expected = sum(20 * int(pair[i]) for pair in same) / len(same) if len(same) >= 2 and i in enough else np.nan
        assert row.matched_mean == pytest.approx(expected, nan_ok=True)
        assert row.matched_n == len(same)


@settings(FIXED, max_examples=40)
@given(HISTORIES)
def test_first_to_last_is_that_of_a_loop_over_the_states(levels):
    found = rounds.first_to_last(group_scores(*levels), group(*levels))
    expected = [(f"QM{chr(65 + i)}", 20 * (int(pair[1]) - int(pair[0]))) for i, pair in enumerate(levels) if "-" not in pair]
    expected.sort(key=lambda entry: (-entry[1], entry[0]))
    assert found["iso3"].tolist() == [code for code, _ in expected]
    assert found["change"].tolist() == pytest.approx([change for _, change in expected])


def test_first_to_last_takes_the_rounds_with_a_score():
    """2020 has too few answers, so the first round is 2022: 20 to 60 points."""
    units = [("QMA", "1.. ... ...", "2020"), ("QMA", "1" * 9, "2022"), ("QMA", "5" * 9, "2024"), ("QMA", "3" * 9)]
    scores = tiny.scores(*units)
    found = rounds.first_to_last(scores, rounds.histories(scores, ["QMA"], ["A"])).iloc[0]
    assert (found["first"], found["last"]) == ("2022", "2026")
    assert (found["before"], found["after"], found["change"]) == pytest.approx((20, 60, 40))


def test_means_and_moves_are_of_the_same_questions():
    """A to E answer M1 with 5 1 1 in 2024 and leave the first question open in 2026: as shown 7 / 3 to 2 / 2 steps (46.7 to 20), on the
    two questions of both rounds 20 to 20. Nobody moved. F answers other two of three in each round: no change, and no part of the mean."""
    units = [(f"QM{c}", answers, r) for c in "ABCDE" for answers, r in (("511 111 111", "2024"), (".11 111 111", "2026"))]
    units += [("QMF", "55. 111 111", "2024"), ("QMF", ".55 111 111", "2026")]
    scores = tiny.scores(*units)
    history = rounds.histories(scores, [f"QM{c}" for c in "ABCDEF"], ["M1"])
    means = rounds.group_history(history)
    assert means["matched_mean"].tolist() == pytest.approx([20, 20]) and means["matched_n"].tolist() == [5, 5]
    assert means["mean"].tolist() == pytest.approx([(5 * 140 / 3 + 100) / 6, (5 * 20 + 100) / 6])
    assert means["few_common"].tolist() == [1, 1]
    moves = rounds.first_to_last(scores, history)
    assert moves["change"].tolist() == pytest.approx([0] * 5 + [np.nan], nan_ok=True)
    assert moves["common"].tolist() == [2] * 5 + [1] and moves["iso3"].iloc[-1] == "QMF"


@settings(FIXED, max_examples=40)
@given(st.lists(st.tuples(*[st.text("0135n?.", min_size=9, max_size=9)] * 2), min_size=1, max_size=4))
def test_many_changes_at_once_are_those_of_one_by_one(pairs):
    units = [(f"QM{chr(65 + i)}", a, r) for i, pair in enumerate(pairs) for a, r in zip(pair, ("2024", "2026"), strict=True)]
    scores = tiny.scores(*units)
    found = rounds.first_to_last(scores, rounds.histories(scores, [f"QM{c}" for c in "ABCD"], ["A", "M1", "B"]))
    for row in found.itertuples():
        mine = rounds.of_state(scores.panel, row.iso3)
        expected = rounds.changes(scores, mine["2026"], mine["2024"], [row.node]).iloc[0]
        for name in ("change", "change_low", "change_high"):
            assert getattr(row, name) == pytest.approx(expected[name], nan_ok=True)


def test_a_move_of_many_stands_with_what_its_open_questions_allow():
    # 40 to 60 on the two questions answered in both; with the third anywhere from 0 to 100: 26.7 to 60 before, 40 to 73.3 after
    scores = tiny.scores(("QMA", "22. 111 111", "2024"), ("QMA", "33. 111 111", "2026"))
    found = rounds.first_to_last(scores, rounds.histories(scores, ["QMA"], ["M1"])).iloc[0]
    assert (found["change"], found["change_low"], found["change_high"]) == pytest.approx((20, 40 - 60, 220 / 3 - 80 / 3))
