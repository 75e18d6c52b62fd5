"""Self-assessments beside other readings. A step of an answer is worth 20 points (see tests.tiny)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from analysis.comparison import agreement, readings, rounds
from analysis.model import NO_GRADE, Status
from analysis.scores.tree import node_scores
from tests import tiny
from tests.scores.worlds import FIXED

ANSWERS = st.text("0123455n?w.u", min_size=9, max_size=9)


def compared(*units, other="visit", least=0, grades=None, round_=rounds.LATEST):
    panel = tiny.panel(*units)
    table = readings.pairs(panel, other, round_)
    given = np.full((2 * len(table), 9), NO_GRADE, dtype=np.int8) if grades is None else np.array(grades, dtype=np.int8)
    return readings.paired(panel, tiny.instrument(), table, given, least)


def many(n, own="543 210 333", other="333 333 333"):
    """n States with the same two readings."""
    codes = [f"Q{chr(77 + i // 26)}{chr(65 + i % 26)}" for i in range(n)]
    return [(c, a, "2026", r) for c in codes for a, r in ((own, "self"), (other, "visit"))]


# --- which readings belong together


def test_of_each_state_the_newest_visit_meets_the_self_assessment_nearest_to_it():
    panel = tiny.panel(
        ("QMA", tiny.FULL, "2022"), ("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2025", "visit"), ("QMA", tiny.FULL, "2022", "visit"),
        ("QMB", tiny.FULL, "2024"), ("QMB", tiny.FULL, "2024", "peer"), ("QMC", tiny.FULL, "2024", "visit"),
    )  # fmt: skip
    table = readings.pairs(panel, "visit")
    assert table[["iso3", "own_round", "other_round", "months"]].to_numpy().tolist() == [["QMA", "2024", "2025", 12]]
    assert readings.pairs(panel, "visit", "2022")[["own_round", "months"]].to_numpy().tolist() == [["2022", 0]]
    assert readings.pairs(panel, "peer")["iso3"].tolist() == ["QMB"]
    assert readings.pairs(panel, "visit", "2019").empty


def test_of_two_self_assessments_equally_near_the_earlier_counts():
    panel = tiny.panel(("QMA", tiny.FULL, "2026-05"), ("QMA", tiny.FULL, "2026-03"), ("QMA", tiny.FULL, "2026-04", "visit"))
    panel.index["date_to"] = pd.to_datetime(["2026-05-01", "2026-03-02", "2026-04-01"])
    assert readings.pairs(panel, "visit")["own_round"].tolist() == ["2026-03"]


@pytest.mark.parametrize(("visited", "near"), [("2026-03-31", True), ("2026-04-01", False)])
def test_24_months_apart_is_a_pair_and_a_day_more_is_none(visited, near):
    panel = tiny.panel(("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2026", "visit"))
    panel.index["date_to"] = pd.to_datetime(["2024-03-31", visited])
    assert len(readings.pairs(panel, "visit")) == near
    if near:
        assert readings.pairs(panel, "visit")["months"].tolist() == [24]


def test_a_reading_is_dated_by_its_end_its_beginning_or_its_round():
    panel = tiny.panel(("QMA", tiny.FULL, "2024"), ("QMB", tiny.FULL, "2024"), ("QMC", tiny.FULL, "2024-H2"))
    assert readings.dates(panel).dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01", "2024-01-01", "2024-07-01"]
    panel.index["date_from"] = pd.to_datetime(["2024-02-01", "2024-02-01", None])
    panel.index["date_to"] = pd.to_datetime(["2024-03-01", None, None])
    assert readings.dates(panel).dt.strftime("%Y-%m-%d").tolist() == ["2024-03-01", "2024-02-01", "2024-07-01"]


def test_an_organization_is_no_side_of_a_pair():
    panel = tiny.panel(("QMA", tiny.FULL, "2026", "self", "Customs"), ("QMA", tiny.FULL, "2026", "visit"))
    assert readings.pairs(panel, "visit").empty


# --- one State


def test_a_dont_know_is_no_difference_and_statuses_stay_apart():
    found = compared(("QMA", "53? w3n 3.5", "2026"), ("QMA", "33? 2?n 355", "2026", "visit"))
    table = readings.questions(found)
    assert table["question"].tolist() == ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"]
    assert table.loc[table["differs"], "question"].tolist() == ["a1"]
    assert table["level_difference"].tolist() == [2, 0, pd.NA, pd.NA, pd.NA, pd.NA, 0, pd.NA, 0]
    assert readings.counts(table) == {"compared": 4, "alike": 3, "above": 1, "below": 0, "far": 1, "not_compared": 5}
    left = readings.open_by_status(table)
    assert set(left.itertuples(index=False, name=None)) == {
        ("dont_know", "dont_know", 1), ("withheld", "answered", 1), ("answered", "dont_know", 1),
        ("na_justified", "na_justified", 1), ("blank", "answered", 1),
    }  # fmt: skip


def test_what_neither_returned_is_not_listed_and_what_one_returned_is():
    found = compared(("QMA", "333 333 ___", "2026"), ("QMA", "___ 333 ___", "2026", "visit"))
    table = readings.questions(found)
    assert table["question"].tolist() == ["a1", "a2", "a3", "b1", "b2", "b3"]
    assert table["other_code"].tolist()[:3] == [-8] * 3


def test_both_scores_stand_as_their_readings_give_them_and_the_difference_is_over_what_both_answered():
    found = compared(("QMA", "555 333 333", "2026"), ("QMA", "31? 333 ???", "2026", "visit"))
    table = readings.nodes_of_pair(found, ["M1", "M3", "A"]).set_index("node")
    assert table.loc["M1", ["own", "other", "difference", "common", "asked"]].tolist() == [100, 40, 60, 2, 3]
    assert table.loc["M1", ["other_lower", "other_upper"]].tolist() == pytest.approx([80 / 3, 60])
    assert np.isnan(table.loc["M3", "difference"]) and np.isnan(table.loc["M3", "other"]) and table.loc["M3", "own"] == 60
    assert table.loc["A", "difference"] == pytest.approx(30)  # (100 + 60) / 2 - (40 + 60) / 2


@FIXED
@given(ANSWERS, ANSWERS)
def test_the_difference_is_the_change_that_two_rounds_with_these_answers_show(own, other):
    found = compared(("QMA", own, "2026"), ("QMA", other, "2026", "visit"))
    nodes = ["A", "B", "M1", "M2", "M3"]
    scores = node_scores(tiny.panel(("QMA", other, "2024"), ("QMA", own, "2026")), tiny.instrument())
    expected = rounds.changes(scores, 1, 0, nodes)
    table = readings.nodes_of_pair(found, nodes)
    np.testing.assert_allclose(table["difference"], expected["change"].to_numpy(float), atol=1e-9)
    assert table["common"].tolist() == expected["common"].tolist() and table["asked"].tolist() == expected["asked"].tolist()


# --- evidence


def test_an_answer_without_a_document_is_open_and_never_0():
    own, other = [2, 1, 4, -1, 2, 2, 0, 2, 2], [2] * 9
    units = [("QMA", "555 333 33n", "2026"), ("QMA", "333 333 333", "2026", "visit")]
    found = compared(*units, grades=[own, other], least=2)
    assert found.own.panel.codes.tolist() == [[5, -5, 5, -5, 3, 3, -5, 3, -1]]
    table = readings.questions(found)
    assert table.loc[table["question"] == "a2", "level_difference"].isna().all()
    assert found.own.score[0, found.own.column("M1")] == 100  # two of three are enough, and neither counts for less
    assert table["own_grade"].tolist() == [2, 1, 4, pd.NA, 2, 2, 0, 2, 2]
    plain = compared(*units, grades=[own, other])
    assert plain.own.panel.codes.tolist() == [[5, 5, 5, 3, 3, 3, 3, 3, -1]]


def test_coverage_with_evidence_stands_beside_the_usual_one():
    panel = tiny.panel(("QMA", "555 3?n ---", "2026"), ("QMB", "nnn nnn nnn", "2026"))
    grades = np.array([[2, 1, 4, -1, 3, 3, 3, 3, 3], [4] * 9], dtype=np.int8)
    table = readings.coverage(panel, [0, 1], grades)
    assert table.iloc[0].tolist() == [5, 4, 2, 0.8, 0.4]  # a grade beside a "don't know" backs no answer
    assert table[["applicable", "answered", "backed"]].iloc[1].tolist() == [0, 0, 0]
    assert table[["coverage", "backed_coverage"]].iloc[1].isna().all()


# --- many States


def test_answer_tables_count_each_pair_of_answers_at_its_measure_and_above():
    found = compared(("QMA", "543 ?10 333", "2026"), ("QMA", "533 3w0 ???", "2026", "visit"))
    tables = readings.answer_tables(found)
    number = found.instrument.node_number
    m1, m2, a, b = (tables[0, number[n]] for n in ("M1", "M2", "A", "B"))
    assert [(m1[5, 5], m1[4, 3], m1[3, 3]), m1.sum()] == [(1, 1, 1), 3]
    assert m2[0, 0] == 1 and m2.sum() == 1 and b.sum() == 0
    np.testing.assert_array_equal(a, m1 + m2)


def test_numbers_over_states_are_those_of_the_pairs_written_out():
    rng = np.random.default_rng(7)
    units, pairs = [], []
    for i in range(12):
        own, other = ("".join(map(str, rng.integers(0, 6, 9))) for _ in "ab")
        units += [(f"QM{chr(65 + i)}", own, "2026", "self"), (f"QM{chr(65 + i)}", other, "2026", "visit")]
        pairs.append((own[:6], other[:6]))
    table = readings.agreements(compared(*units)).set_index("node")
    own, other = (np.array([np.mean([int(c) for c in p[side]]) * 20 for p in pairs]) for side in (0, 1))
    expected = agreement.differences(own[:, None], other[:, None]).iloc[0]
    assert table.loc["A", ["n", "bias", "sd", "low", "slope"]].tolist() == pytest.approx(
        expected[["n", "bias", "sd", "low", "slope"]].tolist()
    )
    assert table.loc["A", "icc"] == pytest.approx(agreement.icc(np.column_stack([own, other]))["ICC(A,1)"])
    counts = np.zeros((6, 6), dtype=int)
    for mine, theirs in pairs:
        for x, y in zip(mine, theirs, strict=True):
            counts[int(x), int(y)] += 1
    assert table.loc["A", ["answers", "states"]].tolist() == [72, 12]
    assert table.loc["A", "kappa"] == pytest.approx(cohens_kappa(counts, wt="quadratic", return_results=False))
    assert table.loc["A", "exact"] == pytest.approx(np.trace(counts) / 72)


@pytest.mark.parametrize(
    ("states", "said", "limited"), [(9, False, False), (10, True, False), (29, True, False), (30, True, True)]
)
def test_below_10_states_nothing_is_said_and_below_30_no_limits(states, said, limited):
    row = readings.agreements(compared(*many(states))).set_index("node").loc["A"]
    assert row["n"] == states
    assert row[["bias", "low", "sd", "exact", "within_one", "kappa"]].notna().all() == said
    assert row[["limit_low", "limit_high"]].notna().all() == limited


@pytest.mark.parametrize(("states", "tabled"), [(16, False), (17, True)])
def test_below_50_pairs_of_answers_there_is_no_table_and_no_kappa(states, tabled):
    row = readings.agreements(compared(*many(states))).set_index("node").loc["M1"]  # 3 questions: 48 and 51 pairs
    assert row["answers"] == 3 * states
    assert pd.notna(row["kappa"]) == tabled and pd.notna(row["exact"])


def test_pairs_of_answers_from_few_states_are_no_sample_of_states():
    row = readings.agreements(compared(*many(9))).set_index("node").loc["A"]
    assert (row["answers"], row["states"]) == (54, 9) and pd.isna(row["kappa"]) and pd.isna(row["exact"])


def test_without_a_pair_there_are_rows_without_numbers():
    table = readings.agreements(compared(("QMA", tiny.FULL)))
    assert table["node"].tolist() == tiny.instrument().nodes["node"].tolist()
    assert set(table["n"]) == {0} and table["bias"].isna().all() and set(table["answers"]) == {0}


def test_the_pairs_of_a_node_keep_states_whose_questions_are_too_few():
    found = compared(
        ("QMA", "555 333 333", "2026"), ("QMA", "3?? 333 333", "2026", "visit"), ("QMB", "555 333 333", "2026"), ("QMB", "333 333 333", "2024", "visit")
    )  # fmt: skip
    table = readings.node_pairs(found, "M1")
    assert table["iso3"].tolist() == ["QMA", "QMB"]
    assert np.isnan(table["difference"].iloc[0]) and table["common"].tolist() == [1, 3]
    assert table[["own", "other", "difference", "middle", "months"]].iloc[1].tolist() == [100, 60, 40, 80, 24]


def test_answer_levels_have_none_for_a_status():
    codes = np.array([[5, int(Status.DONT_KNOW), 0, -8, 1, 1, 1, 1, 1]], dtype=np.int8)
    found = readings.answer_levels(codes, tiny.instrument())[0]
    assert found[[0, 2]].tolist() == [5, 0] and np.isnan(found[[1, 3]]).all()
