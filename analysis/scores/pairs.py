"""Two States, or all pairs of some: which is above which, how often, and which can't be told apart. No tie groups: that is not transitive."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.model import TOLERANCE
from analysis.scores.draws import RANGE, Draws, quantiles

#: Below this chance, or above its complement, an order counts as settled.
SETTLED = 0.05
#: Two numbers of 0-100 that are no further apart are equal.
SAME = 100 * TOLERANCE


def chances_above(drawn: np.ndarray) -> np.ndarray:
    """P(i > j) for every pair of rows of returns x draws; equal draws count one half to each side, so that P + P' = 1.

    NaN where a row has no numbers; 0.5 on the diagonal.
    """
    returns, draws = drawn.shape
    found = np.full((returns, returns), 0.5)
    for i in range(returns - 1):
        others = drawn[i + 1 :]
        above = np.count_nonzero(others < drawn[i] - SAME, axis=1) + 0.5 * np.count_nonzero(
            abs(others - drawn[i]) <= SAME, axis=1
        )
        found[i, i + 1 :] = above / draws
    low = np.tril_indices(returns, -1)
    found[low] = 1 - found.T[low]
    missing = np.isnan(drawn).any(axis=1)
    found[missing] = found[:, missing] = np.nan
    return found


def overlapping(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Whether the bounds of two rows have a point in common, for every pair."""
    below = lower[:, None] <= upper[None, :] + SAME
    return below & below.T


def not_separable(chances: np.ndarray, overlap: np.ndarray) -> np.ndarray:
    """Pairs that can't be told apart: .05 < P < .95, or bounds that overlap, or no number to tell them by. Both i, j matrices."""
    return ~((chances <= SETTLED + TOLERANCE) | (chances >= 1 - SETTLED - TOLERANCE)) | overlap


def pairwise(draws: Draws, node: str) -> pd.DataFrame:
    """Every pair of the drawn returns at a node.

    Returns
    -------
    One row per ordered pair: row, other, chance (that `row` stands above `other`), overlap (of their bounds), separable.
    """
    chances = chances_above(draws.of(node))
    overlap = overlapping(*_bounds(draws, node))
    first, second = np.nonzero(~np.eye(len(draws.rows), dtype=bool))
    table = pd.DataFrame({"row": draws.rows[first], "other": draws.rows[second], "chance": chances[first, second]})
    table["overlap"] = overlap[first, second]
    return table.assign(separable=~not_separable(chances, overlap)[first, second])


def against(draws: Draws, node: str, row: int) -> pd.DataFrame:
    """One return beside each other one that was drawn.

    Returns
    -------
    One row per other return: row, chance (that the chosen one stands above it), low, median, high (of the difference, chosen minus
    other, in points: 5, 50, 95 % of the draws), least, most (what the bounds allow the difference to be), overlap, separable.
    """
    drawn, (lower, upper) = draws.of(node), _bounds(draws, node)
    chosen = int(np.flatnonzero(draws.rows == row)[0])
    others = np.flatnonzero(draws.rows != row)
    found = differences(drawn[chosen] - drawn[others], lower[chosen] - upper[others], upper[chosen] - lower[others])
    found.insert(0, "row", draws.rows[others])
    return found


def differences(drawn: np.ndarray, least: np.ndarray, most: np.ndarray) -> pd.DataFrame:
    """What can be said of some differences: which way they point, how often, how far, and whether that is settled.

    Parameters
    ----------
    drawn: differences x draws, points; NaN where there is none. least, most: what the bounds allow each difference to be.

    Returns
    -------
    One row per difference: chance (that it is above 0; exact zeros count one half), low, median, high (5, 50, 95 % of the draws), least,
    most, overlap (whether the bounds allow 0 or either sign), separable. Chance and range are NaN, and nothing is separable, where a draw
    is missing.
    """
    least, most = np.asarray(least, dtype=float), np.asarray(most, dtype=float)
    chance = ((drawn > SAME) + 0.5 * (abs(drawn) <= SAME)).mean(axis=1)
    missing = np.isnan(drawn).any(axis=1)
    chance[missing] = np.nan
    low, median, high = np.where(missing, np.nan, quantiles(drawn))
    overlap = (least <= SAME) & (most >= -SAME)
    table = pd.DataFrame({"chance": chance, "low": low, "median": median, "high": high, "least": least, "most": most})
    return table.assign(overlap=overlap, separable=~not_separable(chance, overlap))


def _bounds(draws: Draws, node: str) -> tuple[np.ndarray, np.ndarray]:
    at = draws.scores.column(node)
    return draws.scores.lower[draws.rows, at], draws.scores.upper[draws.rows, at]


def rank_bounds(lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best and worst rank (1 is the highest) that the bounds allow; NaN without bounds."""
    lower, upper = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    best = 1.0 + (lower[None, :] > upper[:, None] + SAME).sum(axis=1)
    worst = 1.0 + (upper[None, :] > lower[:, None] + SAME).sum(axis=1) - (upper > lower + SAME)
    missing = np.isnan(lower) | np.isnan(upper)
    return np.where(missing, np.nan, best), np.where(missing, np.nan, worst)


def drawn_ranks(drawn: np.ndarray) -> np.ndarray:
    """Rank in each draw (returns x draws): 1 plus the number of rows above; NaN rows have none."""
    known = np.flatnonzero(~np.isnan(drawn).any(axis=1))
    found = np.full(drawn.shape, np.nan)
    values = np.round(drawn[known] / SAME)
    order = np.argsort(-values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    place = np.broadcast_to(np.arange(len(known))[:, None], order.shape)
    new = np.vstack([np.ones((1, drawn.shape[1]), dtype=bool), ordered[1:] != ordered[:-1]])[: len(known)]
    rank = np.empty(order.shape)
    np.put_along_axis(rank, order, 1.0 + np.maximum.accumulate(np.where(new, place, 0), axis=0), axis=0)
    found[known] = rank
    return found


def rank_intervals(draws: Draws, node: str) -> pd.DataFrame:
    """Ranks of the drawn returns at a node, only ever as intervals.

    Returns
    -------
    One row per return: row, low, median, high (5, 50 and 95 % of the ranks drawn, 1 is the highest score), best, worst (what the bounds
    allow). NA where there is no number.
    """
    low, median, high = quantiles(drawn_ranks(draws.of(node)), RANGE)
    best, worst = rank_bounds(*_bounds(draws, node))
    table = pd.DataFrame(
        {"row": draws.rows, "low": np.floor(low), "median": median, "high": np.ceil(high), "best": best, "worst": worst}
    )
    return table.astype(dict.fromkeys(("low", "high", "best", "worst"), "Int64"))
