"""What the returns say about the questions themselves, for the instrument's next revision: floor, ceiling, missing, N/A, item-rest, alpha."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED, TOLERANCE, Panel, Status

NA = (int(Status.NA_JUSTIFIED), int(Status.NA_UNJUSTIFIED))
#: Returns from which Cronbach's alpha is given (scoring.md section 11).
FEWEST_FOR_ALPHA = 30
#: Answers from which a question is looked at at all, and from which two questions are held against each other: below, one State more or less makes a reason.
FEWEST = 10

#: Why a question deserves a look: reason -> where it begins. Conventions of ours, shown beside the reasons.
THRESHOLDS = {"floor": 0.8, "ceiling": 0.8, "missing": 0.2, "na": 0.2, "item_rest": 0.1}
REASONS = (*THRESHOLDS, "feedback")


@dataclass(frozen=True)
class Answers:
    """The answers of some returns as item statistics want them, returns x questions. asked: returned and part of that version.

    value: 0-1, NaN where not answered.
    """

    value: np.ndarray
    codes: np.ndarray
    asked: np.ndarray


def answers(panel: Panel, instrument: Instrument, rows: Sequence[int]) -> Answers:
    """The answers of some rows of a panel."""
    codes = panel.codes[np.asarray(rows, dtype=int)]
    values = instrument.option_arrays[0]
    chosen = values[np.arange(codes.shape[1]), np.maximum(codes, 0)]
    return Answers(np.where(codes >= 0, chosen, np.nan), codes, (codes != NOT_RETURNED) & (codes != Status.NOT_ASKED))


def question_statistics(panel: Panel, instrument: Instrument, rows: Sequence[int]) -> pd.DataFrame:
    """How each question was answered over some returns.

    Returns
    -------
    One row per question in the instrument's order: question, measure, submodule, block; asked (returns), answered; and, NA where there is nothing to
    divide by: floor and ceiling (share of the answers that are the lowest or the highest option by value), missing (share without an answer among those who
    did not say N/A), na (share of those asked that said N/A), mean and sd (of the answers, points of 0-100), item_rest and n_rest (see `item_rest`).

    Source: scoring.md section 11.
    """
    found = answers(panel, instrument, rows)
    values = instrument.option_arrays[0]
    asked, na = found.asked.sum(axis=0), np.isin(found.codes, NA).sum(axis=0)
    given = ~np.isnan(found.value)
    answered = given.sum(axis=0)
    table = instrument.questions[["question", "measure", "submodule"]].copy()
    table["block"] = table["measure"].map(dict(zip(instrument.measures["node"], instrument.measures["parent"], strict=True)))
    table["asked"], table["answered"] = asked, answered
    for name, end in (("floor", np.nanmin(values, axis=1)), ("ceiling", np.nanmax(values, axis=1))):
        table[name] = _share((given & (abs(found.value - end) <= TOLERANCE)).sum(axis=0), answered)
    table["missing"] = _share(asked - na - answered, asked - na)
    table["na"] = _share(na, asked)
    known = np.where(given, found.value, 0.0)
    mean = _share(known.sum(axis=0), answered)
    spread = (np.where(given, found.value - mean, 0.0) ** 2).sum(axis=0)
    table["mean"], table["sd"] = 100 * mean, 100 * np.sqrt(_share(spread, np.where(answered > 1, answered - 1, 0)))
    table["item_rest"], table["n_rest"] = np.nan, 0
    applies = found.asked & ~np.isin(found.codes, NA)
    for _, at in _blocks(instrument):
        table.loc[at, "item_rest"], table.loc[at, "n_rest"] = item_rest(
            found.value[:, at], applies[:, at], instrument.gates.pooled
        )
    return table


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=np.asarray(whole) > 0)


def _blocks(instrument: Instrument) -> list[tuple[str, np.ndarray]]:
    """Each block with the columns of its questions."""
    above = instrument.questions["measure"].map(
        dict(zip(instrument.measures["node"], instrument.measures["parent"], strict=True))
    )
    return [(block, np.flatnonzero((above == block).to_numpy())) for block in instrument.blocks]


def item_rest(values: np.ndarray, applies: np.ndarray, gate: float) -> tuple[np.ndarray, np.ndarray]:
    """Correlation (Pearson) of each question with the mean of the other questions of its block, over the returns that answered both.

    Parameters
    ----------
    values: returns x questions of one block, 0-1, NaN where not answered. applies: whether it was asked and applies. gate: the share of the other questions that a
    return must have answered for their mean to count.

    Returns
    -------
    (correlation, returns used) per question; NaN with fewer than three returns, or where either does not vary.
    """
    given = ~np.isnan(values)
    known = np.where(given, values, 0.0)
    others = given.sum(axis=1, keepdims=True) - given
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = (known.sum(axis=1, keepdims=True) - known) / others
        enough = others >= gate * (applies.sum(axis=1, keepdims=True) - applies) - TOLERANCE
    used = given & enough & (others > 0)
    n = used.sum(axis=0)
    x, y = np.where(used, known, 0.0), np.where(used, rest, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        dx, dy = np.where(used, x - x.sum(axis=0) / n, 0.0), np.where(used, y - y.sum(axis=0) / n, 0.0)
        xx, yy = (dx**2).sum(axis=0), (dy**2).sum(axis=0)
        found = (dx * dy).sum(axis=0) / np.sqrt(xx * yy)
    return np.where((n >= 3) & (xx > TOLERANCE**2) & (yy > TOLERANCE**2), found, np.nan), n


def cronbach_alpha(values: np.ndarray) -> tuple[float, int]:
    """Cronbach's alpha of returns x questions (NaN where not answered), from the covariances of each pair over the returns that answered both.

    Returns
    -------
    (alpha, fewest returns that any pair of questions has in common). Alpha may be negative. NaN with fewer than two questions, fewer than two returns in
    common somewhere, or where the sum does not vary.

    Source: Cronbach (1951); with pairs taken one by one as in pingouin.cronbach_alpha(nan_policy="pairwise"), which the tests hold it to.
    """
    k = values.shape[1]
    given = (~np.isnan(values)).astype(float)
    common = given.T @ given
    n = int(common.min()) if k else 0
    if k < 2 or n < 2:
        return np.nan, n
    known = np.where(given > 0, values, 0.0)
    sums = known.T @ given  # of question i over the returns that answered j too
    covariance = (known.T @ known - sums * sums.T / common) / (common - 1)
    total = covariance.sum()
    if total <= TOLERANCE:
        return np.nan, n
    return float(k / (k - 1) * (1 - np.trace(covariance) / total)), n


def block_alphas(panel: Panel, instrument: Instrument, rows: Sequence[int], fewest: int = FEWEST_FOR_ALPHA) -> pd.DataFrame:
    """Cronbach's alpha of each block over some returns.

    Returns
    -------
    One row per block: block, questions (those that `FEWEST` returns or more answered), left_out (the others, that any answered), n (returns that answered any of
    its questions), common (fewest returns that any pair of them has in common), alpha (may be negative; NA below `fewest` returns, where a pair has
    fewer than `FEWEST` in common, where it is not defined, and above 1, which pairs of different returns can give and which means nothing).
    """
    found = answers(panel, instrument, rows)
    lines = []
    for block, at in _blocks(instrument):
        values = found.value[:, at]
        there = ~np.isnan(values)
        answered, n = there.sum(axis=0), int(there.any(axis=1).sum())
        values = values[:, answered >= FEWEST]
        alpha, common = cronbach_alpha(values)
        given = n >= fewest and common >= FEWEST and alpha <= 1 + TOLERANCE
        lines.append(
            (block, values.shape[1], int(((answered > 0) & (answered < FEWEST)).sum()), n, common, alpha if given else np.nan)
        )
    return pd.DataFrame(lines, columns=["block", "questions", "left_out", "n", "common", "alpha"])


def worth_a_look(table: pd.DataFrame, feedback: pd.Series | None = None) -> pd.DataFrame:
    """Which questions deserve a look, and for which reasons; a reason is no fault.

    Parameters
    ----------
    table: as `question_statistics` gives it. feedback: question -> comments that are still open, if there are any.

    Returns
    -------
    The same rows with feedback (number of comments) and a column `look_<reason>` for each of `REASONS`; `reasons` (how many of them).
    """
    enough = table["answered"] >= FEWEST
    asked_enough = table["asked"] >= FEWEST
    found = table.assign(feedback=0 if feedback is None else table["question"].map(feedback).fillna(0).astype(int))
    above = {name: (found[name] >= limit - TOLERANCE).fillna(False) for name, limit in THRESHOLDS.items() if name != "item_rest"}
    found["look_floor"], found["look_ceiling"] = above["floor"] & enough, above["ceiling"] & enough
    found["look_missing"], found["look_na"] = above["missing"] & asked_enough, above["na"] & asked_enough
    found["look_item_rest"] = (found["item_rest"] < THRESHOLDS["item_rest"]) & (found["n_rest"] >= FEWEST)
    found["look_feedback"] = found["feedback"] > 0
    return found.assign(reasons=found[[f"look_{name}" for name in REASONS]].sum(axis=1))
