"""Sentences say what their table holds and nothing more."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison import groups, returned, rounds
from analysis.model import Problem
from analysis.priorities import gaps
from analysis.reports import labelled, sentences
from analysis.reports.sentences import joined, points
from analysis.scores import profile
from analysis.texts import counted, text, trimmed
from tests import tiny
from tests.scores.worlds import FIXED

TINY = tiny.instrument()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.25, "0.3"), (-0.25, "-0.3"), (0.24, "0.2"), (12.25, "12.3"), (0.15, "0.2"), (66.65, "66.7"), (99.96, "100.0"), (0, "0.0"),
        (-0.04, "0.0"), (-0.0, "0.0"), (100, "100.0"), (float("nan"), "–"), (None, "–"), (pd.NA, "–"),
    ],
)  # fmt: skip
def test_points_are_rounded_half_up_and_a_fall_like_a_rise(value, words):
    assert points(value) == words


def test_a_number_that_was_set_stands_as_a_person_writes_it():
    assert [trimmed(v) for v in (60.0, 62.5, 100, 0, -0.04, float("nan"))] == ["60", "62.5", "100", "0", "0", "–"]


def test_lists_are_joined_as_one_says_them():
    assert [joined(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("333 333 333", "level 3, 3"),
        ("33. 333 333", "level 1 to 3"),  # open at 0: 2 of 3 reach level 1, not the 85 % that level 2 asks of it
        ("3.. 333 333", "not enough answers"),
        ("nnn 333 333", "not applicable"),
        ("___ ___ 333", "not returned"),
    ],
)
def test_a_level_is_one_an_interval_or_a_reason(answers, words):
    row = next(profile.profile(tiny.scores(("QMA", answers)), 0, ["M1"]).itertuples())
    assert sentences.level_words(TINY, row) == words


def profile_of(answers: str, nodes=("M1", "M2", "M3")) -> str:
    return sentences.profile_sentence(TINY, profile.profile(tiny.scores(("QMA", answers)), 0, nodes))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("555 333 111", "Strongest in M1 (100.0), weakest in M3 (20.0)."),
        ("555 555 111", "Strongest in M1 and M2 (100.0), weakest in M3 (20.0)."),
        ("333 333 333", "All 3 parts with a score stand at 60.0."),
        ("555 333 ___", "Strongest in M1 (100.0), weakest in M2 (60.0). One part was not returned."),
        ("555 ... ...", "Only M1 has a score (100.0). 2 parts have too few answers for a score."),
        ("555 nnn nnn", "Only M1 has a score (100.0)."),
        ("___ ___ ___", "No part has a score yet. 3 parts were not returned."),
        ("nnn nnn nnn", "No part has a score yet."),
    ],
)
def test_a_profile_says_which_parts_lead_and_why_others_have_no_score(answers, words):
    assert profile_of(answers) == words


def test_open_levels_are_counted():
    assert profile_of("33. 333 111").endswith("In one part open questions still decide the level.")
    assert profile_of("33. 33. 111").endswith("In 2 parts open questions still decide the level.")


def change_of(before: str, after: str) -> str:
    table = rounds.changes(tiny.scores(("QMA", before, "2024"), ("QMA", after)), 1, 0, ["M1", "M2", "M3"])
    return sentences.change_sentence(table, "2024")


def test_a_change_is_told_of_the_parts_that_can_be_compared():
    assert change_of("333 333 333", "444 222 333") == (
        "Since round 2024, of 3 compared parts 1 rose, 1 fell and 1 stayed the same."
    )
    assert change_of("333 333 ___", "444 222 333") == (
        "Since round 2024, of 2 compared parts 1 rose, 1 fell and 0 stayed the same. One part has no score in one of the two rounds."
    )
    assert change_of("... ... ___", "444 222 333") == "No part has a score both now and in round 2024, so none can be compared."


def test_a_rise_that_open_questions_could_undo_is_said_to_be_open():
    """M1 rises from 60 to 70 (3 4 and one open); with the open one at 0 it is 140/3. M2 rises from 60 to 100."""
    assert change_of("333 333 333", "34. 555 333").endswith("For one of them, open questions could still turn the change around.")


def spread_of(*answers: str) -> str:
    scores = tiny.scores(*((f"QM{chr(65 + i)}", a) for i, a in enumerate(answers)))
    return sentences.spread_sentence(TINY, groups.spread(groups.dots(scores, range(len(answers)), ["M1", "M2", "M3"])))


def test_medians_come_with_their_denominators():
    assert spread_of(*["555 333 111"] * 5, "555 333 ___") == (
        "The typical State stands highest in M1 (median 100.0, 6 of 6 States shown) and lowest in M3 (median 20.0, 5 of 6 States shown)."
    )


def test_equal_medians_have_no_highest_and_no_lowest():
    assert spread_of(*["333 333 333"] * 5) == (
        "The typical State stands at 60.0 in M1, M2 and M3 (medians; at least 5 of 5 States shown)."
    )


def test_a_part_with_fewer_than_five_states_is_not_said_to_be_all_there_is():
    assert spread_of(*["333 ... ..."] * 5) == (
        "In M1 the typical State stands at 60.0 (median; 5 of 5 States shown). "
        "In 2 parts fewer than five States have a score, so they have no median."
    )
    assert spread_of(*["333 333 333"] * 4) == "Fewer than five States have a score in any part, so no median is given."


def gaps_of(*answers: str) -> tuple[str, str]:
    scores = tiny.scores(*((f"QM{chr(65 + i)}", a) for i, a in enumerate(answers)))
    table = gaps.gaps(scores, range(len(answers)), gaps.target_points(TINY, 3))
    told = sentences.gaps_sentence(TINY, table, gaps.known_gaps(table), gaps.ask_first(table))
    return told, sentences.shared_gap_sentence(TINY, gaps.shared_gaps(table))


def test_gaps_are_counted_and_missing_answers_apart():
    assert (
        gaps_of("111 333 333")[0] == "One gap is known (States: 1; measures: 3); 1 for certain, whatever the open questions hold."
    )
    assert gaps_of("111 33. ___", "111 333 333")[0] == (
        "2 gaps are known (States: 2; measures: 3); 2 of them for certain, whatever the open questions hold. "
        "For one more, missing answers decide whether there is a gap at all."
    )


def test_the_most_shared_gap_is_named_with_its_denominator_and_its_equals():
    assert gaps_of("111 333 ___", "111 333 ___")[1] == (
        "Most shared: M1. Below target for certain in 2 of 2 States that returned it."
    )
    assert gaps_of("111 111 333")[1].endswith("One other measure is as widely shared.")
    assert gaps_of("333 333 333")[1] == "No State has a certain gap here."
    assert sentences.shared_gap_sentence(TINY, pd.DataFrame(columns=["measure", "certain", "possible", "none"])) == (
        "No State has a certain gap here."
    )


def test_completeness_is_counted():
    def told(*answers):
        scores = tiny.scores(*((f"QM{chr(65 + i)}", a) for i, a in enumerate(answers)))
        return sentences.completeness_sentence(TINY, returned.status(scores, range(len(answers))))

    few = "less than 67 % of the questions that apply to it, too few for a score of the whole."
    assert told("333 333 ...", "333 33. ...") == f"One of 2 returns answers {few}"  # 6 of 9 is two thirds, and enough
    assert told("333 333 333").startswith("None of the 1 returns answers less than 67 %")
    assert told("333 3.. ___").startswith("None of the 1 ")  # 4 of the 6 questions of what was returned


def order(*rows: tuple) -> str:
    return sentences.order_sentence(pd.DataFrame(rows, columns=["label", "score", "lower", "upper"]))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("X", 80, 75, 90), ("Y", 60, 50, 70)], "X leads with 80.0. No open question could change that."),
        ([("X", 80, 75, 90), ("Y", 60, 50, 75)], "X leads with 80.0. Open questions could still put the other one in front."),
        (
            [("X", 80, 70, 90), ("Y", 60, 50, 75), ("Z", 75, 60, 80)],
            "X leads with 80.0. 2 of the 2 others could still stand in front, depending on unanswered questions.",
        ),
        # Y's score is not shown, but it could be 95
        (
            [("X", 80, 75, 90), ("Y", None, 20, 95), ("Z", 60, 60, 60)],
            "X leads with 80.0. One of the 2 others could still stand in front, depending on unanswered questions.",
        ),
        (
            [("X", 80, 80, 80), ("Y", 60, 60, 60), ("Z", None, None, None)],
            "X leads with 80.0. No open question could change that. "
            "One State has nothing here to compare: it did not return this part, or it does not apply.",
        ),
        ([("X", 80, 80, 80), ("Y", 80, 80, 80), ("Z", 60, 60, 60)], "X and Y share the lead with 80.0."),
        ([("X", 80, 70, 90), ("Y", 80, 80, 80)], "X and Y share the lead with 80.0. Open questions could still change that."),
        ([("X", 80, 80, 80), ("Y", None, 0, 90)], "Fewer than two of these States have a score here, so there is no order."),
    ],
)  # fmt: skip
def test_the_order_of_states_is_claimed_only_as_far_as_bounds_allow(rows, words):
    assert order(*rows) == words


def test_an_order_that_other_methods_could_turn_is_not_called_clear():
    rows = [("X", 80, 80, 80), ("Y", 70, 70, 70), ("Z", 60, 60, 60)]
    table = pd.DataFrame(rows, columns=["label", "score", "lower", "upper"])
    open_ = "X leads with 80.0. No open question could change that, but other reasonable methods could: "
    assert sentences.order_sentence(table, 1) == f"{open_}of the 2 others, one can't be told apart from it."
    assert sentences.order_sentence(table, 2) == f"{open_}of the 2 others, 2 can't be told apart from it."
    assert sentences.order_sentence(table[:2], 1) == f"{open_}the two can't be told apart."


BOUNDED = st.tuples(st.integers(0, 10), st.integers(0, 10), st.integers(0, 10), st.booleans()).map(
    lambda t: (sorted(t[:3])[1] if t[3] else None, sorted(t[:3])[0], sorted(t[:3])[2])
)


@settings(FIXED, max_examples=200)
@given(st.lists(BOUNDED, min_size=2, max_size=5))
def test_nothing_is_called_settled_that_a_completion_could_overturn(rows):
    told = order(*((f"S{i}", *row) for i, row in enumerate(rows)))
    shown = [i for i, row in enumerate(rows) if row[0] is not None]
    if len(shown) < 2:
        return
    top = max(rows[i][0] for i in shown)
    leaders = [i for i in shown if rows[i][0] == top]
    overturned = any(rows[j][2] >= rows[i][1] for i in leaders for j in range(len(rows)) if j not in leaders)
    overturned |= len(leaders) > 1 and any(rows[i][1] != rows[i][2] for i in leaders)
    assert ("could still" in told) == overturned


def test_the_widest_difference_is_named_only_where_there_is_one():
    table = pd.DataFrame({"node": ["M1", "M1", "M2", "M2"], "score": [20.0, 80.0, 50.0, 60.0]})
    assert sentences.widest_sentence(TINY, table) == "These States are furthest apart in M1: from 20.0 to 80.0."
    assert (
        sentences.widest_sentence(TINY, table.assign(score=50.0)) == "Wherever two of these States have a score, it is the same."
    )
    assert sentences.widest_sentence(TINY, table.iloc[[0, 2]]).startswith("Fewer than two")


def history(*rows: tuple) -> str:
    table = pd.DataFrame(rows, columns=["node", "round", "value"])
    return sentences.history_sentence(table.assign(round_date=pd.to_datetime(table["round"])))


def test_a_history_names_its_rounds_only_where_all_parts_share_them():
    same = [("M1", "2020", 10), ("M1", "2026", 20), ("M2", "2026", 5), ("M2", "2020", 9)]
    assert history(*same) == "From 2020 to 2026, 1 of 2 parts rose and 1 fell, on the questions answered in every round."
    assert history(*same, ("M3", "2020", None), ("M3", "2024", 1), ("M3", "2026", 2)) == (
        "From each part's first to its last round with a score, 2 of 3 parts rose and 1 fell, on the questions answered in every round."
    )
    assert history(*same, ("M3", "2026", 2)).endswith("One part has no score in two rounds, or too few questions in common.")
    assert history(("M1", "2020", 10), ("M1", "2026", None)).startswith("Fewer than two rounds")


def test_the_number_of_states_behind_a_line_is_one_or_a_range():
    assert "(5)" in sentences.matched_subtitle(pd.DataFrame({"matched_n": [5, 5]}))
    assert "(5 to 7)" in sentences.matched_subtitle(pd.DataFrame({"matched_n": [7, 5]}))
    assert "(0)" in sentences.matched_subtitle(pd.DataFrame({"matched_n": []}))


def test_a_comparison_is_titled_by_its_node():
    assert sentences.order_title(tiny.titled(A="Arms"), "A") == "Arms, State by State"


def test_a_group_without_five_in_every_round_says_so_and_counts_who_moved():
    units = [(f"QM{c}", n * 9, r) for c, pair in (("A", "12"), ("B", "31")) for n, r in zip(pair, ("2024", "2026"), strict=True)]
    scores = tiny.scores(*units)
    history = rounds.histories(scores, ["QMA", "QMB"], ["A"])
    told = sentences.group_sentence(rounds.group_history(history), rounds.first_to_last(scores, history))
    assert told.endswith(
        "Of 2 parts with a score in two rounds or more, State by State, 1 rose and 1 fell from the first to the last, on the questions answered in both."
    )
    assert "no mean is drawn" in told


def test_a_group_of_which_no_state_is_in_every_round_says_so():
    means = pd.DataFrame({"matched_mean": [float("nan")], "matched_n": [0]})
    told = sentences.group_sentence(means, pd.DataFrame())
    assert told.startswith("No State has a score in every round on enough of the same questions")


def test_of_the_moves_of_a_group_those_that_open_questions_could_turn_are_counted():
    # QMA: 40 to 60, at least 40 - 60; QMB: 60 to 20, nothing open; QMC: 60 to 40, at most 60 - 40; QMD: 20 to 80, at least 53.3 - 46.7
    pairs = {"QMA": ("22.", "33."), "QMB": ("333", "111"), "QMC": ("33.", "22."), "QMD": ("11.", "44.")}
    units = [(code, f"{m} 111 111", r) for code, pair in pairs.items() for m, r in zip(pair, ("2024", "2026"), strict=True)]
    scores = tiny.scores(*units)
    history = rounds.histories(scores, list(pairs), ["M1"])
    told = sentences.group_sentence(rounds.group_history(history), rounds.first_to_last(scores, history))
    assert "2 rose and 2 fell" in told and told.endswith("For 2 of them, open questions could still turn the change around.")


def test_the_status_names_an_organization_and_the_parts_it_returned():
    scores = tiny.scores(("QMA", "33. 333 ___", "2026", "self", "Customs"))
    told = sentences.status_sentence(scores.panel.index.iloc[0], returned.status(scores, [0]).iloc[0])
    assert told == (
        "Return of Customs, not of the State as a whole. Self-assessment, round 2026: 5 of 6 questions answered. "
        "1 of 2 sub-modules returned."
    )


def test_problems_are_counted_by_weight():
    weights = ("repair", "repair", "note")
    table = labelled.problems(Problem("QMA.xlsx", "IED", "D1", "answer-not-allowed", severity=w) for w in weights)
    assert sentences.problems_sentence(table) == "2 answers or fields to repair and one note."


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([60.0, 59.0, 20.0], "2 of 3 parts stand below their target"),
        ([60.0, 59.0, None], "1 of 2 parts stands below its target"),
        ([60.0, 80.0, 100.0], "0 of 3 parts stand below their target"),
        ([None, None, None], "Profile by sub-module and type of measure"),
    ],
)
def test_the_title_of_a_profile_counts_the_parts_below_target(scores, words):
    table = pd.DataFrame({"score": pd.array(scores, dtype="Float64"), "target": 60.0})
    assert sentences.profile_title(table) == words


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ([1, 2], "Since round 2024, all 2 compared parts rose."),
        ([-1, -2], "Since round 2024, all 2 compared parts fell."),
        ([0, 0], "Since round 2024, all 2 compared parts stayed the same."),
        ([1, -2], "Since round 2024, of 2 compared parts 1 rose, 1 fell and 0 stayed the same."),
        ([1], "Since round 2024, of 1 compared parts 1 rose, 0 fell and 0 stayed the same."),
    ],
)
def test_a_change_that_all_parts_share_is_said_at_once(moves, words):
    table = pd.DataFrame({"change": moves, "change_low": moves, "change_high": moves}, dtype=float)
    assert sentences.change_sentence(table, "2024") == words


def cells(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["line", "column", "score", "why"])


def test_a_map_says_how_many_cells_hold_a_score_and_which_part_lacks_most():
    table = cells(
        ("A", "IED", 40.0, "shown"), ("A", "UAS", None, "few"), ("B", "IED", 60.0, "shown"), ("B", "UAS", None, "not_returned"),
        ("C", "IED", None, "not_applicable"), ("C", "UAS", 20.0, "shown"),
    )  # fmt: skip
    some = text("sentence.map.some", n=3, of=5)
    assert sentences.map_sentence(table) == f"{some} {counted('sentence.map.lacks', 2, part='UAS')}"
    assert sentences.map_sentence(table[table["column"] == "UAS"]) == text("sentence.map.some", n=1, of=3)
    assert sentences.map_sentence(table[table["column"] == "IED"]) == text("sentence.map.all")
