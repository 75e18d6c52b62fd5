"""The same questions: scores of several rounds of a State on the questions answered in all of them, for any number of States at once.

`rounds.matched` does it for one State and all nodes; here every node has its own rounds, those with a score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.model import TOLERANCE, Panel, Status
from analysis.scores.tree import Scores, node_scores


def on_same_questions(
    scores: Scores, rows: Sequence[int], units: Sequence[int], nodes: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores on the questions that a unit answered in every one of its rows with a score of the node.

    Parameters
    ----------
    rows: of the panel, those of one unit from the oldest on. units: of each of them, a number from 0.

    Returns
    -------
    (value, common, asked), each rows x nodes. value: 0-100; the score itself where only one row has one; NaN without a score, where too few questions are
    common to all of them, and, of two rows, where the change lies outside what all questions allow (as in `rounds.changes`). common: number of these questions;
    asked: the most that applied in one of the rows; 0 without a score.

    Source: scoring.md section 7, "matched" by default.
    """
    rows, units = np.asarray(rows, dtype=int), np.asarray(units, dtype=int)
    value, common = np.full((len(rows), len(nodes)), np.nan), np.zeros((len(rows), len(nodes)), dtype=int)
    asked = common.copy()
    if not len(rows) or not len(nodes):
        return value, common, asked
    at = np.array([scores.column(n) for n in nodes], dtype=int)
    shown = ~np.isnan(scores.score[np.ix_(rows, at)])
    for batch in _apart(scores, nodes):
        same = _rescored(scores, rows, units, [nodes[i] for i in batch], shown[:, batch])
        value[:, batch], common[:, batch] = same.score[:, at[batch]], same.applicable[:, at[batch]]
    n = _per_unit(units, shown.astype(int), np.add)
    asked = np.where(shown, _per_unit(units, np.where(shown, scores.applicable[np.ix_(rows, at)], 0), np.maximum), 0)
    few = common < scores.instrument.gates.pooled * asked - TOLERANCE
    value[few | ~shown] = np.nan
    value[(n == 2) & _outside(scores, rows, units, at, shown, value)] = np.nan
    return np.where(shown & (n == 1), scores.score[np.ix_(rows, at)], value), common, asked


def pair_changes(scores: Scores, pairs: pd.DataFrame) -> pd.DataFrame:
    """The matched change of many pairs of rows, each of one State: the number that `rounds.changes` gives one by one.

    Parameters
    ----------
    pairs: node, before, now (rows of the panel, both with a score).

    Returns
    -------
    In the order of `pairs`: change (points; NA where no change is given), common, asked (questions), change_low, change_high (what all open questions of
    both rounds allow).
    """
    found = pd.DataFrame({"change": np.nan, "common": 0, "asked": 0}, index=pairs.index)
    both = pairs[["before", "now"]].to_numpy(dtype=int).reshape(-1, 2)
    unique, unit = np.unique(both, axis=0, return_inverse=True)
    nodes, of_node = np.unique(pairs["node"].to_numpy(dtype=object).astype(str), return_inverse=True)
    value, common, asked = on_same_questions(scores, unique.ravel(), np.repeat(np.arange(len(unique)), 2), nodes.tolist())
    unit = unit.ravel()
    found["change"] = value[2 * unit + 1, of_node] - value[2 * unit, of_node]
    found["common"], found["asked"] = common[2 * unit, of_node], asked[2 * unit, of_node]
    at = np.array([scores.column(n) for n in nodes], dtype=int)[of_node]
    found["change_low"] = scores.lower[both[:, 1], at] - scores.upper[both[:, 0], at]
    found["change_high"] = scores.upper[both[:, 1], at] - scores.lower[both[:, 0], at]
    return found


def _apart(scores: Scores, nodes: Sequence[str]) -> Iterator[list[int]]:
    """Places of nodes in batches without a question in common, which are scored in one go."""
    batches: list[tuple[list[int], np.ndarray]] = []
    for i, node in enumerate(nodes):
        below = scores.instrument.questions_below(node)
        for places, taken in batches:
            if not (taken & below).any():
                places.append(i)
                taken |= below
                break
        else:
            batches.append(([i], below.copy()))
    yield from (places for places, _ in batches)


def _rescored(scores: Scores, rows: np.ndarray, units: np.ndarray, nodes: Sequence[str], shown: np.ndarray) -> Scores:
    """The rows scored as if of each node only the questions had been asked that its unit answered in every row with a score of it."""
    codes = scores.panel.codes[rows]
    kept = np.full(codes.shape, Status.NOT_ASKED, dtype=np.int8)
    for i, node in enumerate(nodes):
        below, here = np.flatnonzero(scores.instrument.questions_below(node)), shown[:, i]
        answered = (codes[:, below] >= 0) | ~here[:, None]  # a row without a score takes no question from the others
        common = _per_unit(units, answered, np.logical_and) & here[:, None]
        kept[:, below] = np.where(common, codes[:, below], Status.NOT_ASKED)
    index = scores.panel.index.iloc[rows].reset_index(drop=True).assign(row=np.arange(len(rows)))
    return node_scores(Panel(scores.panel.instrument, kept, index), scores.instrument, scores.options)


def _per_unit(units: np.ndarray, values: np.ndarray, how: np.ufunc) -> np.ndarray:
    """Of each row what its unit's rows make together."""
    order = np.argsort(units, kind="stable")
    starts = np.flatnonzero(np.diff(units[order], prepend=-1))
    return how.reduceat(values[order], starts, axis=0)[np.unique(units, return_inverse=True)[1]]


def _outside(
    scores: Scores, rows: np.ndarray, units: np.ndarray, at: np.ndarray, shown: np.ndarray, value: np.ndarray
) -> np.ndarray:
    """Where the change from a unit's first row with a score to its last lies outside what all questions allow (rows x nodes)."""
    place = np.arange(len(rows))[:, None]
    first = _per_unit(units, np.where(shown, place, len(rows)), np.minimum).clip(max=len(rows) - 1)
    last = _per_unit(units, np.where(shown, place, -1), np.maximum).clip(min=0)
    column = np.arange(len(at))[None, :]
    change = value[last, column] - value[first, column]
    low = scores.lower[rows[last], at[None, :]] - scores.upper[rows[first], at[None, :]]
    high = scores.upper[rows[last], at[None, :]] - scores.lower[rows[first], at[None, :]]
    return (change < low - 100 * TOLERANCE) | (change > high + 100 * TOLERANCE)
