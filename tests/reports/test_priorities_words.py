"""Priorities in words: where a target comes from, ranks with their range, and what the sentences claim."""

import pandas as pd
import pytest

from analysis.priorities import gaps, ranking, targets
from analysis.priorities import matching as matched
from analysis.reports import followup as followed
from analysis.reports import labelled, matching, priorities
from analysis.texts import counted, text
from tests import tiny

STATES = tiny.states(QMA="Quince", QMB="Medlar")


def ranked(*answers: str, choice: str = "default") -> pd.DataFrame:
    scores = tiny.scores(*((f"QM{chr(65 + i)}", a) for i, a in enumerate(answers)))
    rows = range(len(answers))
    table = gaps.gaps(scores, rows, targets.targets(scores, rows, choice))
    listed = ranking.listed(ranking.valued(table, ranking.importances(tiny.instrument())))
    firm = ranking.stability(listed, tiny.instrument(), ranking.drawn_importances(tiny.instrument()), shown=2)
    return priorities.ranked(tiny.instrument(), listed, firm, STATES)


def test_a_rank_never_stands_without_its_range_and_the_tail_has_none():
    """M3 60 x 1, then M1 and M2 60 x .5, of which only the first is looked at; its weight moves about a half."""
    found = ranked("000 000 000")
    assert found["rank_words"].tolist()[0] == text("priorities.rank", rank=1, low=1, high=1)
    assert found["rank_words"].tolist()[1:] == [text("priorities.rank", rank=2, low=2, high=3), ""]
    assert pd.isna(found["rank"].iloc[2]) and pd.isna(found["in_top"].iloc[2])


def test_the_sentence_names_the_first_only_where_nothing_equals_it():
    told = priorities.list_sentence(ranked("000 333 333", "000 333 333"), 2)
    assert told.startswith("2 gaps of 2 States are listed. 2 gaps share the highest value: closing one is worth 30.0 points.")
    assert "Quince" not in told and "Medlar" not in told
    alone = priorities.list_sentence(ranked("000 333 333", "111 333 333"), 2)
    assert alone.startswith("2 gaps of 2 States are listed. First: Quince, M1; the value of closing it is 30.0 points.")
    assert priorities.list_sentence(ranked("000 333 333"), 1).startswith("One gap is listed. Quince, M1: ")


def test_equals_are_counted_over_the_whole_list_also_where_no_rank_is_given():
    """Ranks are given for the first two of three."""
    found = ranked("000 333 333", "000 333 333", "000 333 333")
    assert found["rank"].count() == 2 and "3 gaps share the highest value" in priorities.list_sentence(found, 3)


def test_who_pays_already_stands_in_the_note_of_a_label():
    shown = ranked("000 333 333", "000 333 333").assign(funded_words=["under way", ""])
    first, second = priorities.top(shown, 10)["note"]
    assert first.startswith("under way; rank 1 to ") and second.startswith("rank 1 to ")


def test_a_gap_that_may_be_none_is_counted_apart_from_one_whose_size_is_open():
    """To level 3, 60 points. M1 0 and two open: at most 66.7, so it may be none; M2 0, 0 and one open: at most 33.3, so a gap of 26.7 or more."""
    scores = tiny.scores(("QMA", "0.. 00. 333"))
    found = gaps.ask_first(gaps.gaps(scores, [0], gaps.target_points(tiny.instrument(), 3)))
    assert priorities.ask_sentence(found) == (
        "2 cases (one measure of one State each). Only missing answers decide whether there is a gap at all: 1. A gap is known, and its size is not: 1."
    )
    assert priorities.ask_sentence(found.head(0)) == "No open question decides about a gap here."
    assert priorities.list_sentence(ranked("333 333 333"), 1) == text("priorities.sentence.none")


@pytest.mark.parametrize(("share", "key"), [(0.89, None), (0.9, "one")])
def test_a_place_is_firm_from_nine_draws_in_ten(share, key):
    shown = pd.DataFrame({
        "name": "Quince", "label": [str(i) for i in range(11)], "worth": 1.0, "rank": range(1, 12), "in_top": [share] + [0.1] * 10, "requested": 0,
        "funded": "",
    })  # fmt: skip
    told = priorities.list_sentence(shown, 1)
    firm = counted("priorities.sentence.firm", 1, shown=10, share="90")
    assert (firm in told) == (key is not None)
    assert (text("priorities.sentence.not_firm", shown=10, share="90") in told) == (key is None)


def test_a_note_is_told_only_where_a_choice_leaves_gaps_of_its_own():
    scores = tiny.scores(("QMA", "555 333 333"))
    for choice, said in (("default", False), ("4", False), ("next", True), ("plan", True), ("quartile", True)):
        table = gaps.gaps(scores, [0], targets.targets(scores, [0], choice))
        assert bool(priorities.target_note(table, choice)) == said
    low = tiny.scores(("QMA", tiny.FULL))
    assert priorities.target_note(gaps.gaps(low, [0], targets.targets(low, [0], "next")), "next") == ""


def test_a_target_is_named_with_its_round_and_who_set_it():
    assert labelled.target_origin("plan", "2028", "Commission") == f"{text('target_kind.plan')}, 2028, Commission"
    assert labelled.target_origin("plan", "2028", "") == "own plan, 2028, who set it is not said"
    assert labelled.target_origin("default", "", "") == text("target_kind.default")


def test_levels_to_go_are_a_range_while_open_questions_decide_and_a_dash_without_a_level():
    """M1 at level 1 of 3; M2 has two open questions."""
    scores = tiny.scores(("QMA", "111 2.. 333"))
    table = gaps.gaps(scores, [0], targets.targets(scores, [0], "default"))
    found = labelled.gaps(tiny.instrument(), table, STATES).set_index("measure")["level_gap"]
    assert found["M1"] == "2" and " " in found["M2"]
    table["target_level"] = table["level_gap_low"] = table["level_gap_high"] = pd.NA
    assert set(labelled.gaps(tiny.instrument(), table, STATES)["level_gap"]) == {"–"}


def test_a_rate_is_told_with_its_interval_or_not_at_all():
    whole = pd.Series(
        {"total": 6, "done": 3, "counted": 6, "rejected": 0, "overdue": 0, "rate": 0.5, "rate_low": 0.188, "rate_high": 0.812}
    )
    assert "50 %; a range of 19 to 81 % allows for how few they are" in followed.sentence(whole, 2)
    few = whole.copy()
    few["rate"] = float("nan")
    assert "%" not in followed.sentence(few, 2)


@pytest.mark.parametrize(
    ("needs", "offers", "said"),
    [
        ([2, 1, 0], [1, 0, 3], "2 measures are asked for; nobody offers one of them"),
        ([2, 1], [1, 1], "2 measures are asked for; each of them is offered too"),
        ([0], [1], "No measure is asked for"),
    ],
)
def test_the_title_of_needs_and_offers_says_what_nobody_offers(needs, offers, said):
    assert matching.supply_title(pd.DataFrame({"needs": needs, "offers": offers})) == said


def test_needs_of_a_state_are_listed_open_ones_first_and_told_with_who_pays():
    rows = [
        ("N1", "done", "high", "Fund"),
        ("N2", "requested", "low", ""),
        ("N3", "under_way", "high", "Trust"),
        ("N4", "requested", "high", ""),
    ]
    bodies = [{"id": i, "iso3": "QMA", "measures": ["M1"], "status": s, "priority": p, "provider": who} for i, s, p, who in rows]
    needs = matched.needs_table([*bodies, {**bodies[0], "id": "N5", "status": "withdrawn"}])
    found = matching.needs(tiny.instrument(), needs)
    assert found["id"].tolist() == ["N4", "N2", "N3", "N1", "N5"]
    assert found["status"].tolist() == ["requested", "requested", "under way", "done", "withdrawn"]
    offers = matched.offers_table([{"id": "O1", "status": "open"}, {"id": "O2", "status": "committed"}])
    pairs = pd.DataFrame({"need": ["N4", "N2"], "fits": [True, False]})
    assert matching.state_sentence(needs, offers, pairs) == (
        "2 needs of this State are open. One of them has an offer that fits, with nothing known against it. "
        "One need is paid for or under way. One standing offer is open to this State."
    )
    assert matching.state_sentence(needs.head(0), offers.head(0), pairs.head(0)) == (
        "No need of this State is on record. No standing offer is open to this State."
    )
