"""Words of the readings page: what is counted is what is said, a refusal says why, and nothing claims which reading is right."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison import organizations, readings
from analysis.model import NO_GRADE
from analysis.reports import readings as worded
from analysis.texts import text, words
from tests import tiny

STATES = tiny.states(QMA="Quince Republic", QMB="Medlar Isles")


def compared(own="53? w3n 333", other="33? 2?n 353", grades=None):
    panel = tiny.panel(("QMA", own, "2026"), ("QMA", other, "2026", "visit"))
    given = np.full((2, 9), NO_GRADE, dtype=np.int8) if grades is None else np.array(grades, dtype=np.int8)
    return readings.paired(panel, tiny.instrument(), readings.pairs(panel, "visit"), given)


def row(**changed) -> pd.Series:
    usual = {"node": "A", "n": 12, "bias": 8.04, "low": 3.0, "high": 13.0, "sd": 5.0, "limit_low": np.nan, "limit_high": np.nan}
    usual |= {
        "slope": -0.12,
        "slope_low": -0.3,
        "slope_high": 0.06,
        "icc": 0.84,
        "answers": 60,
        "states": 12,
        "exact": 0.5,
        "within_one": 0.9,
    }
    usual |= {"kappa": 0.71, "kappa_low": 0.6, "kappa_high": 0.82}
    return pd.Series(usual | changed)


def test_both_answers_stand_in_words_and_a_status_makes_no_difference():
    grades = [[2, -1, 0, 1, 3, 0, 0, 4, 1], [3] * 9]
    table = worded.questions(tiny.instrument(), readings.questions(compared(grades=grades)), "QMA").set_index("question")
    assert table.loc["a1", ["self_answer", "other_answer", "levels_apart"]].tolist() == ["o5", "o3", 2]
    assert table.loc["a3", ["self_answer", "other_answer"]].tolist() == ["Don't know", "Don't know"]
    assert table.loc["b1", "self_answer"] == "Withheld" and pd.isna(table.loc["b1", "levels_apart"])
    assert table.loc["a1", "self_evidence"] == "2, document cited"
    assert table.loc["a2", "self_evidence"] == text("readings.no_grade")  # not stated is not grade 0
    assert table.loc["a3", "self_evidence"] == ""  # nothing was answered, so nothing is backed
    assert set(table["iso3"]) == {"QMA"} and set(worded.QUESTIONS) <= {*table.columns, "question"}


def test_the_sentence_counts_what_the_table_counts():
    found = compared()
    counts = readings.counts(readings.questions(found))
    assert counts == {"compared": 5, "alike": 3, "above": 1, "below": 1, "far": 2, "not_compared": 4}
    assert worded.pair_title(counts, "visit") == text("readings.one.title", differ=2, compared=5)
    said = worded.pair_sentence(found.table.iloc[0], counts, "visit")
    assert "less than a month apart" in said and "more on 1 of them and less on 1; 2 are two" in said
    assert said.endswith(text("readings.one.left", n=4))
    assert worded.pair_sentence(found.table.iloc[0], counts, "visit", backed=True).endswith(text("readings.one.left.backed", n=4))
    assert worded.pair_title(counts | {"compared": 0}, "visit") == text("readings.one.title.none")


def test_a_part_says_its_difference_or_that_too_few_questions_were_answered_in_both():
    table = worded.nodes(tiny.instrument(), readings.nodes_of_pair(compared("555 333 333", "333 3?? 333"), ["M1", "M2"]))
    assert table["note"].tolist() == ["+40.0 points, 3 of 3 in both", "1 of 3 in both: too few"]
    assert table[["self_points", "other_points", "points_apart"]].iloc[0].tolist() == [100, 60, 40]
    assert pd.isna(table["points_apart"].iloc[1]) and table["same_questions"].tolist() == ["3 of 3", "1 of 3"]


@pytest.mark.parametrize(("value", "said"), [(5.04, "+5.0"), (-3, "-3.0"), (0, "0.0"), (0.04, "0.0"), (np.nan, "–")])
def test_a_difference_is_said_with_its_sign(value, said):
    assert worded.signed(value) == said


def test_the_title_says_above_only_where_the_interval_leaves_out_0():
    instrument = tiny.titled(A="Arms")
    assert "8.0 points above" in worded.many_title(instrument, row(), "visit")
    assert "8.0 points below" in worded.many_title(instrument, row(bias=-8.04, low=-13.0, high=-3.0), "visit")
    assert "neither" in worded.many_title(instrument, row(low=-1.0), "visit")
    assert "too few" in worded.many_title(instrument, row(bias=np.nan), "visit")


def test_limits_are_said_or_refused_with_the_reason():
    assert "takes 30 States, here are 12" in worded.many_sentence(row(), "visit")
    said = worded.many_sentence(row(n=31, limit_low=-2.0, limit_high=18.0), "visit")
    assert "between -2.0 and +18.0" in said and "takes" not in said
    assert "takes 10" in worded.many_sentence(row(n=7, bias=np.nan), "visit")


def test_a_table_is_refused_for_its_answers_or_for_its_states():
    assert worded.table_refusal(row()) == ""
    assert "takes 50 pairs of answers, here are 49" in worded.table_refusal(row(answers=49))
    assert "from 9 States only, and it takes 10" in worded.table_refusal(row(states=9))
    assert worded.table_sentence(row(kappa=np.nan)) == text("readings.kappa.none")
    assert "(kappa): 0.71, where" in worded.table_sentence(row()) and "interval 0.60 to 0.82" in worded.table_sentence(row())
    assert worded.table_title(row(), "visit").startswith("50 %") and "90 %" in worded.table_title(row(), "visit")


def test_facts_leave_out_what_is_refused_and_say_the_slope_of_ten_points():
    table = worded.facts(row()).set_index("fact")
    assert text("readings.fact.limits") not in table.index
    assert table.loc[text("readings.fact.slope"), ["fact_value", "fact_low", "fact_high"]].tolist() == pytest.approx(
        [-1.2, -3.0, 0.6]
    )
    table = worded.facts(row(limit_low=-2.0, limit_high=18.0)).set_index("fact")
    assert table.loc[text("readings.fact.limits"), ["fact_low", "fact_high"]].tolist() == [-2, 18]


def test_agreement_of_scores_has_two_decimals_and_none_where_it_was_refused():
    assert worded.icc_sentence(row(icc=-0.04)).startswith("Agreement of scores (ICC): -0.04.")
    assert worded.icc_sentence(row(icc=np.nan)) == ""


def test_parts_are_clearly_above_where_their_interval_is():
    table = pd.DataFrame([row(), row(low=-1.0), row(bias=-9.0, low=-12.0, high=-6.0)])
    assert worded.siblings_title(table) == text("readings.siblings.title", n=3, above=1, below=1)
    assert worded.siblings_title(table.head(0)) == text("readings.siblings.none")


def test_pairs_stand_largest_difference_first_with_both_coverages():
    panel = tiny.panel(
        ("QMA", "333 333 333", "2026"), ("QMA", "222 333 333", "2026", "visit"), ("QMB", "111 333 33?", "2026"), ("QMB", "333 333 333", "2026", "visit"),
    )  # fmt: skip
    pairs = readings.pairs(panel, "visit")
    grades = np.array([[2] * 9, [2, 1, 2, 1, 2, 1, 2, 1, 2], [4] * 9, [0] * 9], dtype=np.int8)
    found = readings.paired(panel, tiny.instrument(), pairs, grades)
    own, other = (readings.coverage(panel, pairs[f"{s}_row"], g) for s, g in (("own", grades[:2]), ("other", grades[2:])))
    table = worded.pairs(readings.node_pairs(found, "M1"), own, other, STATES)
    assert table["name"].tolist() == ["Medlar Isles", "Quince Republic"]
    assert table["points_apart"].tolist() == [-40, 20]
    assert table["self_coverage"].tolist() == pytest.approx([8 / 9, 1]) and table["self_backed"].tolist() == pytest.approx(
        [4 / 9, 1]
    )
    assert table["other_backed"].tolist() == [0, 1]
    assert set(worded.PAIRS) <= set(table.columns)


def test_coverage_with_evidence_is_printed_beside_the_usual_one_for_both():
    said = worded.coverage_sentence(
        {"applicable": 40, "answered": 30, "backed": 10}, {"applicable": 0, "answered": 0, "backed": 0}, "visit"
    )
    assert "self-assessment: 75 % of the 40" in said and "better: 25 %" in said
    assert "assessment visit: – of the 0" in said


def test_why_questions_are_not_compared_keeps_every_status_apart():
    table = worded.unanswered(readings.open_by_status(readings.questions(compared())))
    assert sorted(table.itertuples(index=False, name=None)) == [
        ("Answered", "Don't know", 1), ("Don't know", "Don't know", 1),
        ("Not applicable, reason given", "Not applicable, reason given", 1), ("Withheld", "Answered", 1),
    ]  # fmt: skip


def offices():
    panel = tiny.panel(
        ("QMA", "555 555 555", "2026"),
        ("QMA", "14? ___ ___", "2026", "self", "Police"),
        ("QMA", "42w ___ ___", "2026", "self", "Customs"),
    )
    answers = organizations.organization_answers(panel, tiny.instrument(), "QMA", "2026")
    return answers, organizations.spreads(answers)


def test_organizations_are_named_with_what_each_said():
    answers, table = offices()
    found = worded.offices(tiny.instrument(), table, answers, "QMA").set_index("question")
    assert found.loc["a1", "said"] == "Customs: o4; Police: o1" and found.loc["a1", "levels_between"] == 3
    assert found.loc["a3", "said"] == "Customs: Withheld; Police: Don't know" and pd.isna(found.loc["a3", "levels_between"])
    assert worded.offices_title(table) == text("readings.offices.title", part=2, n=2)
    said = worded.offices_sentence(table, ["Customs", "Police"])
    assert "Customs and Police: 2 questions answered, 2 of them" in said and "more apart: 2" in said and "spread is 3" in said


def test_organizations_that_answered_nothing_together_have_no_spread_to_tell():
    _, table = offices()
    alone = table.assign(spread=pd.array([pd.NA] * len(table), dtype="Int64"))
    assert worded.offices_title(alone) == text("readings.offices.title.none")
    assert "spread" not in worded.offices_sentence(alone, ["Customs"])


def test_the_table_of_levels_reads_own_down():
    table = worded.level_table([[int(i == j) for j in range(6)] for i in range(6)], tiny.instrument())
    assert table["self_level"].tolist() == [str(level) for level in range(6)] and table.shape == (6, 7)


def test_no_text_says_which_reading_is_right():
    said = " ".join(value.lower() for key, value in words("en").items() if key.startswith("readings."))
    for claim in (
        "overstate",
        "exaggerat",
        "true score",
        "real score",
        "inflated",
        "because of",
        "too high",
        "confidence interval",
    ):
        assert claim not in said
