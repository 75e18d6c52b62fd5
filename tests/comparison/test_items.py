"""Statistics of the questions, against pingouin, scipy and counting by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.comparison.items import (
    FEWEST,
    block_alphas,
    cronbach_alpha,
    item_rest,
    question_statistics,
    worth_a_look,
)  # fmt: skip
from tests.scores import reference
from tests.scores.worlds import FIXED, instrument_of, measure, node, panel_of, question, scale

BLANK, NA, DONT_KNOW = reference.BLANK, -1, -3
ITEMS = ("A1", "A2", "B1")
INSTRUMENT = instrument_of(
    [node("R", [measure("A", [question("A1", scale(5)), question("A2", scale(5))]), measure("B", [question("B1", scale(5))])])],
    reference.Wishes(levels=tuple(range(6))),
)


def panel(rows):
    return panel_of(INSTRUMENT, [dict(zip(ITEMS, row, strict=True)) for row in rows])


def matrix(seed: int, returns: int, questions: int, missing: float = 0.0) -> np.ndarray:
    """Answers of returns that differ in general and question by question."""
    rng = np.random.default_rng(seed)
    found = np.clip(np.rint(2.5 + rng.normal(size=(returns, 1)) + rng.normal(size=(returns, questions))), 0, 5) / 5
    return np.where(rng.random(found.shape) < missing, np.nan, found)


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.3])
@pytest.mark.parametrize(("returns", "questions"), [(30, 2), (40, 9), (193, 30)])
def test_alpha_is_that_of_pingouin(returns, questions, missing):
    values = matrix(returns, returns, questions, missing)
    expected = pingouin.cronbach_alpha(pd.DataFrame(values), nan_policy="pairwise")[0]
    alpha, n = cronbach_alpha(values)
    assert alpha == pytest.approx(expected, abs=1e-12)
    there = ~np.isnan(values)
    assert n == min((there[:, i] & there[:, j]).sum() for i in range(questions) for j in range(questions))


def test_alpha_may_be_negative():
    values = matrix(1, 40, 2)
    values[:, 1] = 1 - 0.5 * values[:, 0]
    expected = pingouin.cronbach_alpha(pd.DataFrame(values))[0]
    assert expected < -1 and cronbach_alpha(values)[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "values",
    [
        np.empty((40, 0)), matrix(1, 40, 1), np.full((40, 3), 0.6), np.full((40, 3), np.nan), matrix(1, 1, 3), np.empty((0, 3)),
        np.column_stack([np.linspace(0, 1, 40), 1 - np.linspace(0, 1, 40)]),
    ],
)  # fmt: skip
def test_alpha_that_means_nothing_is_na(values):
    assert np.isnan(cronbach_alpha(values)[0])


@settings(FIXED, max_examples=60)
@given(st.integers(0, 10_000), st.integers(3, 40), st.integers(2, 8))
def test_item_rest_is_the_correlation_with_the_mean_of_the_others(seed, returns, questions):
    values = matrix(seed, returns, questions, 0.15)
    found, n = item_rest(values, np.ones(values.shape, dtype=bool), 2 / 3)
    for j in range(questions):
        others = np.delete(values, j, axis=1)
        used = ~np.isnan(values[:, j]) & ((~np.isnan(others)).mean(axis=1) >= 2 / 3 - 1e-9)
        assert n[j] == used.sum()
        if used.sum() < 3:
            assert np.isnan(found[j])
            continue
        x, y = values[used, j], np.nanmean(others[used], axis=1)
        if np.ptp(x) > 1e-9 and np.ptp(y) > 1e-9:
            assert found[j] == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-9)
        else:
            assert np.isnan(found[j])


def test_statistics_by_hand():
    rows = [[0, 5, 3], [0, 5, NA], [0, 3, NA], [5, BLANK, 1], [1, DONT_KNOW, reference.NOT_RETURNED]]
    table = question_statistics(panel(rows), INSTRUMENT, range(5)).set_index("question")
    assert table["asked"].tolist() == [5, 5, 4] and table["answered"].tolist() == [5, 3, 2]
    assert table["floor"].tolist() == [0.6, 0.0, 0.0] and table["ceiling"].tolist() == pytest.approx([0.2, 2 / 3, 0.0])
    assert table["missing"].tolist() == [0.0, 0.4, 0.0] and table["na"].tolist() == [0.0, 0.0, 0.5]
    assert table["mean"].tolist() == pytest.approx([24, 260 / 3, 40])
    assert table["sd"].tolist() == pytest.approx(
        [20 * np.std([0, 0, 0, 5, 1], ddof=1), 20 * np.std([5, 5, 3], ddof=1), 20 * np.std([3, 1], ddof=1)]
    )
    assert table["block"].tolist() == ["R", "R", "R"]


def test_of_nothing_nothing_is_said():
    table = question_statistics(panel([[reference.NOT_RETURNED] * 3]), INSTRUMENT, [0])
    assert (table["asked"] == 0).all() and table[["floor", "ceiling", "missing", "na", "mean", "sd", "item_rest"]].isna().all(
        axis=None
    )
    assert question_statistics(panel([[1, 1, 1]]), INSTRUMENT, [])["asked"].tolist() == [0, 0, 0]


def test_alpha_of_a_block_needs_thirty_returns():
    rng = np.random.default_rng(5)
    rows = np.clip(rng.integers(0, 4, (30, 1)) + rng.integers(0, 3, (30, 3)), 0, 5).tolist()
    table = block_alphas(panel(rows), INSTRUMENT, range(30))
    expected = pingouin.cronbach_alpha(pd.DataFrame(rows).astype(float))[0]  # alpha does not change with the unit
    assert (
        table["alpha"].tolist() == pytest.approx([expected])
        and table["n"].tolist() == [30]
        and table["questions"].tolist() == [3]
    )
    assert block_alphas(panel(rows), INSTRUMENT, range(29))["alpha"].isna().all()
    assert block_alphas(panel(rows), INSTRUMENT, [])["n"].tolist() == [0]


COUNTS = ["questions", "left_out", "n", "common"]


def test_a_question_nobody_answered_is_left_out_of_alpha():
    rows = [[i % 6, (i + i // 6) % 6, BLANK] for i in range(36)]
    assert block_alphas(panel(rows), INSTRUMENT, range(36))[COUNTS].to_numpy().tolist() == [[2, 0, 36, 36]]


def test_one_question_with_much_that_does_not_apply_takes_no_alpha_away():
    rng = np.random.default_rng(5)
    full = np.clip(rng.integers(0, 4, (30, 1)) + rng.integers(0, 3, (30, 3)), 0, 5)
    for answered, counts in ((12, [3, 0, 30, 12]), (9, [2, 1, 30, 30])):  # of nine the others would be held against too few
        rows = [[*row[:2], row[2] if i < answered else BLANK] for i, row in enumerate(full.tolist())]
        table = block_alphas(panel(rows), INSTRUMENT, range(30))
        kept = pd.DataFrame(rows).replace(BLANK, np.nan).astype(float).iloc[:, : counts[0]]
        assert table[COUNTS].to_numpy().tolist() == [counts]
        assert table["alpha"].tolist() == pytest.approx([pingouin.cronbach_alpha(kept, nan_policy="pairwise")[0]])


def test_two_questions_that_too_few_answered_together_have_no_alpha():
    rows = [[i % 6 if i < 20 else BLANK, (i + i // 6) % 6 if i >= 12 else BLANK, BLANK] for i in range(30)]
    table = block_alphas(panel(rows), INSTRUMENT, range(30))
    assert table[COUNTS].to_numpy().tolist() == [[2, 0, 30, 8]] and table["alpha"].isna().all()


def test_an_alpha_above_one_is_none():
    """Ten answer both questions, with 0 or 5 to both; ten more answer the first alone and ten the second alone, all with 2: the covariance is that of ten returns, 25 / 4 x 10 / 9,
    each variance that of twenty. Alpha of the pairs would be 1.3, which no answers of the same returns give."""
    rows = [[5 * (i % 2), 5 * (i % 2), BLANK] for i in range(10)] + [[2, BLANK, BLANK]] * 10 + [[BLANK, 2, BLANK]] * 10
    raw = cronbach_alpha(np.where(np.array(rows) == BLANK, np.nan, rows)[:, :2])
    assert raw[0] == pytest.approx(2 * (1 - 2 * 63.75 / 19 / (2 * 63.75 / 19 + 2 * 62.5 / 9)), rel=1e-9) and raw[0] > 1
    table = block_alphas(panel(rows), INSTRUMENT, range(30))
    assert table[COUNTS].to_numpy().tolist() == [[2, 0, 30, 10]] and table["alpha"].isna().all()


def looks(rows, **feedback):
    table = question_statistics(panel(rows), INSTRUMENT, range(len(rows)))
    found = worth_a_look(table, pd.Series(feedback, dtype=float) if feedback else None).set_index("question")
    return {q: [c[5:] for c in found.columns if c.startswith("look_") and found.loc[q, c]] for q in ITEMS}


def test_reasons_to_look_at_a_question():
    rows = [[0, 5 if i < 8 else 4, i % 6] for i in range(FEWEST)]
    assert looks(rows)["A1"] == ["floor"] and looks(rows)["A2"][0] == "ceiling" and "floor" not in looks(rows)["B1"]
    rows[0][1], rows[1][1] = BLANK, DONT_KNOW
    assert "missing" in looks([*rows])["A2"] and "ceiling" not in looks(rows)["A2"]  # eight answers are too few to judge
    rows = [[i % 6, i % 5, NA if i < 2 else 3] for i in range(FEWEST)]
    assert looks(rows)["B1"] == ["na"]
    assert looks(rows[:-1])["B1"] == []  # nine returns


def test_a_question_that_goes_against_the_others_is_looked_at():
    rows = [[i % 6, i % 6, 5 - i % 6] for i in range(12)]
    assert looks(rows)["B1"] == ["item_rest"] and looks([[i % 6] * 3 for i in range(12)])["B1"] == []


def test_a_comment_is_a_reason_too():
    rows = [[i % 6] * 3 for i in range(12)]
    assert looks(rows, A2=2) == {"A1": [], "A2": ["feedback"], "B1": []}
