"""The ladder of assumptions and the questions behind a what-if, in words."""

import pandas as pd

from analysis.comparison.ladder import region_ladder, state_ladder
from analysis.reports import ladder as worded
from analysis.scores import profile
from analysis.texts import word
from tests import tiny

INSTRUMENT = tiny.instrument()


def test_the_three_assumptions_stand_side_by_side():
    table = worded.state_rungs(INSTRUMENT, state_ladder(tiny.scores(("QMA", "24. 333 ___")), 0, ["M1", "M2", "B"]))
    assert table["worst"].tolist() == ["40.0 to 73.3", "60.0", "–"]
    assert table["own"].tolist() == ["53.3 to 66.7", "60.0", "–"]
    assert table["like_rest"].round(6).tolist()[:2] == [60.0, 60.0] and pd.isna(table["like_rest"].iloc[2])
    assert table["answers"].tolist()[:2] == ["2 of 3", "3 of 3"]


def test_a_states_sentence_names_the_widest():
    found = state_ladder(tiny.scores(("QMA", "24. 333 333")), 0, ["M1", "M2"])
    said = worded.state_sentence(INSTRUMENT, found)
    assert said == (
        "The widest is M1, with one open question: 33.3 points between the ends of the worst case, 13.3 within the State's own observed range."
    )
    whole = state_ladder(tiny.scores(("QMA", "333 333 333")), 0, ["M1"])
    assert worded.state_sentence(INSTRUMENT, whole).startswith("No question is open")


def test_a_score_beside_its_band_is_explained():
    # in a wider tree a measure without a score counts in the band and not in the score; here the score is made up
    found = state_ladder(tiny.scores(("QMA", "24. 333 333")), 0, ["M1"]).assign(score=10.0)
    assert "A dot beside its band" in worded.state_sentence(INSTRUMENT, found)


def test_a_regions_sentence_gives_the_mean_with_both_ranges_or_says_why_not():
    five = tiny.scores(*((f"QM{c}", "333 333 333") for c in "ABCDE"))
    table = region_ladder(five, range(5), 10, ["A"])
    said = worded.region_sentence(INSTRUMENT, table)
    assert "the mean of 5 States with a score is 60.0. All 10 States together could be at 30.0 to 80.0, or at 60.0 if" in said
    words = worded.region_rungs(INSTRUMENT, table).iloc[0]
    assert (words["worst"], words["observed"], words["note"]) == ("30.0 to 80.0", "60.0", "5 of 10 States")
    whole = worded.region_sentence(INSTRUMENT, region_ladder(five, range(5), 5, ["A"]))
    assert whole.endswith("all 5 States have a score, and their mean is 60.0. What they left unanswered allows 60.0.")
    few = region_ladder(five, range(4), 10, ["A"])
    assert worded.region_sentence(INSTRUMENT, few).startswith("Fewer than 5 States have a score in any part")


def test_the_questions_behind_a_what_if_are_listed_with_what_they_move():
    scores = tiny.scores(("QMA", "333 33? 33n"))
    table = profile.what_if_questions(scores, 0, profile.what_ifs(scores, 0, ["M2", "M3"]))
    words = worded.behind(INSTRUMENT, table)
    assert words[["question", "what_if", "moved"]].to_numpy().tolist() == [["b3", "Strict", "M2"], ["c3", "N/A challenged", "M3"]]
    assert words["now"].tolist() == [word("status", "dont_know"), word("status", "na_justified")]
