"""Orders that hold whatever the weights, or whatever the values of the answers: worked out, nothing is simulated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.model import TOLERANCE
from analysis.scores.cells import question_cells
from analysis.scores.rollup import climb
from analysis.scores.tree import Scores


def least_mean(values: np.ndarray, shares: np.ndarray, used: np.ndarray, width: float) -> np.ndarray:
    """Smallest weighted mean of the items that are used, over weights of all items that sum to 1 and lie within `width` of their own share.

    Parameters
    ----------
    values, used: items x ... (used: which count in the mean). shares: items x 1, of all siblings, summing to 1. width: 0-1; a weight lies between its
    share (1 - width) and its share (1 + width).

    Returns
    -------
    The mean (...), NaN where no item is used. Exact: a linear-fractional programme. The items of the smallest values take what there is above the
    lowest weights; how much that is may vary as far as the unused items can take the rest, and the mean is least where one of them is full.
    """
    values, used = np.broadcast_arrays(values, used)
    shares = np.broadcast_to(shares, used.shape)
    order = np.argsort(np.where(used, values, np.inf), axis=0, kind="stable")
    x, s = (np.take_along_axis(np.where(used, one, 0.0), order, axis=0) for one in (values, shares))
    room, floor = 2 * width * s, (1 - width) * s.sum(axis=0)
    others = np.where(used, 0.0, shares).sum(axis=0)
    fewest = np.maximum(floor, 1 - (1 + width) * others)
    most = np.minimum(floor + room.sum(axis=0), 1 - (1 - width) * others)
    filled = np.cumsum(room, axis=0)
    base = (1 - width) * (s * x).sum(axis=0)
    found = np.full(base.shape, np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        for total in (fewest, *(np.clip(floor + one, fewest, most) for one in filled), most):
            given = np.clip(total - floor - (filled - room), 0.0, room)
            found = np.fmin(found, np.where(total > TOLERANCE, (base + (given * x).sum(axis=0)) / total, x[0]))
    return np.where(used.any(axis=0), found, np.nan)


def share_of_weightings(first: Sequence[float], second: Sequence[float]) -> float:
    """Share of all weights (flat over the simplex) under which `first` stands above `second`; equal ones count one half.

    Source: Varsi (1973), the part of a simplex on one side of a plane, by a stable recursion.
    """
    difference = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    above, below = difference[difference > 0], difference[difference < 0]
    if not len(above) and not len(below):
        return 0.5
    level = int((difference == 0).sum())
    if not len(below) or not len(above):
        return 1.0 if len(above) else 0.0
    found = np.zeros(len(below) + 1)
    found[0] = 1.0
    for gain in [0.0] * level + above.tolist():
        for i, loss in enumerate(below, start=1):
            found[i] = (gain * found[i - 1] - loss * found[i]) / (gain - loss)
    return float(found[-1])


def dominates(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether `first` has at least as large a share at or above every level as `second`, and somewhere a larger one.

    Numbers or shares of answers per level, lowest first, on the last axis. Then its mean is higher whatever the values of the levels,
    as long as a higher level is worth no less (first-order stochastic dominance).
    """
    shares = [np.cumsum(np.asarray(x, dtype=float)[..., ::-1], axis=-1) for x in (first, second)]
    difference = shares[0] / shares[0][..., -1:] - shares[1] / shares[1][..., -1:]
    return (difference >= -TOLERANCE).all(axis=-1) & (difference > TOLERANCE).any(axis=-1)


def order_kept(scores: Scores, node: str, row: int, rows: Sequence[int], width: float, *, unknown: bool = True) -> pd.DataFrame:
    """One return against others: does its place above or below them hold whatever the weights within a box?

    Every weight below the node may be anything within `width` of its share among all its siblings, each set of siblings on its own, for both
    returns alike. unknown: open answers may be anything on their scale as well; else they are left out as in the score, and the same parts are
    counted as there. Exact where both returns count the same items; elsewhere a sure bound, so that an order is never claimed that does not hold.

    Returns
    -------
    One row per other return: row, least and most (bounds of the difference, chosen minus other, in points), order (`above`, `below`, or
    "" where the weights decide). NaN where a return has nothing at the node.

    Raises
    ------
    ValueError
        If the scores are not arithmetic means (only those are linear in the weights), or the width is not within 0 to 1.
    """
    others = np.asarray(rows, dtype=int)
    second = np.arange(1, len(others) + 1)
    least, most = _differences(scores, node, [row, *map(int, others)], np.zeros_like(second), second, width, unknown)
    order = np.where(least > 100 * TOLERANCE, "above", np.where(most < -100 * TOLERANCE, "below", ""))
    return pd.DataFrame({"row": others, "least": least, "most": most, "order": order})


def orders(scores: Scores, node: str, rows: Sequence[int], width: float) -> pd.DataFrame:
    """Every pair of some returns at a node: does its order hold whatever the weights within a box?

    Returns
    -------
    One row per pair, the one that stands above first (by score; without one by the middle of its bounds): row, other, difference (of the
    scores, NaN where one is not shown), least, most (bounds of the difference over all weights, open questions left out as in the score;
    NaN where one is not shown), kept, least_open, most_open (open questions anywhere on their scales as well), kept_open.

    Raises
    ------
    ValueError
        As `order_kept`.
    """
    at = scores.column(node)
    middle = (scores.lower[:, at] + scores.upper[:, at]) / 2
    place = np.where(np.isnan(scores.score[:, at]), middle, scores.score[:, at])
    ordered = np.array(sorted(map(int, rows), key=lambda r: -place[r]), dtype=int)
    first, second = np.triu_indices(len(ordered), k=1)
    found = {"row": ordered[first], "other": ordered[second]}
    found["difference"] = scores.score[found["row"], at] - scores.score[found["other"], at]
    for ending, unknown in (("", False), ("_open", True)):
        found["least" + ending], found["most" + ending] = _differences(scores, node, ordered, first, second, width, unknown)
        found["kept" + ending] = found["least" + ending] > 100 * TOLERANCE
    return pd.DataFrame(found)[["row", "other", "difference", "least", "most", "kept", "least_open", "most_open", "kept_open"]]


def _checked(scores: Scores, width: float) -> None:
    if scores.options.aggregator != "arithmetic":
        raise ValueError("the order under all weights is known for arithmetic means only")
    if not 0 <= width <= 1:
        raise ValueError("a width is a share, 0 to 1")


def _within(scores: Scores, node: str) -> np.ndarray:
    """Which nodes are the node itself or stand below it."""
    nodes = scores.instrument.nodes
    found = (nodes["node"] == node).to_numpy(copy=True)
    parent = [scores.instrument.node_number.get(name, -1) for name in nodes["parent"]]
    for place, above in enumerate(parent):  # parents stand before their children
        found[place] |= above >= 0 and found[above]
    return found


def _differences(
    scores: Scores, node: str, rows: Sequence[int], first: np.ndarray, second: np.ndarray, width: float, unknown: bool
) -> tuple[np.ndarray, np.ndarray]:
    """(least, most) of the first's score minus the second's at a node, pair by pair; NaN where one of them has nothing.

    rows: returns. first, second: the places in `rows` of each pair. The rest as for `order_kept`.
    """
    _checked(scores, width)
    rows = np.asarray(rows, dtype=int)
    cells = question_cells(scores.panel.codes[rows], scores.instrument, scores.options)
    shown, wanted, nodes = ~np.isnan(scores.score[rows].T), _within(scores, node), len(scores.instrument.nodes)
    one, other = np.concatenate([first, second]), np.concatenate([second, first])  # the most is the least the other way round
    low, high = (cells.lower, cells.upper) if unknown else (cells.score, cells.score)
    there = cells.applicable if unknown else cells.answered
    below = (low[:, one] - high[:, other], low, high, there)
    found = [np.full((nodes, n), np.nan) for n in (len(one), len(rows), len(rows))] + [np.zeros((nodes, len(rows)), dtype=bool)]
    for stage in climb(scores.instrument, scores.options).plan:
        source = below if stage.of_questions else found
        for at, start, size in zip(stage.nodes, stage.starts, stage.sizes, strict=True):
            if not wanted[at]:
                continue
            items = stage.items[start : start + size]
            shares = stage.weights[start : start + size, None] / stage.weights[start : start + size].sum()
            apart, lows, highs, used = (array[items] for array in source)
            found[1][at], found[2][at] = least_mean(lows, shares, used, width), -least_mean(-highs, shares, used, width)
            found[3][at] = used.any(axis=0) & (unknown | shown[at])
            found[0][at] = found[1][at, one] - found[2][at, other]
            same = np.flatnonzero((used[:, one] == used[:, other]).all(axis=0))
            together = least_mean(apart[:, same], shares, used[:, one[same]], width)
            found[0][at, same] = np.fmax(found[0][at, same], together)
    at = scores.column(node)
    least = np.where(found[3][at, one] & found[3][at, other], found[0][at], np.nan)
    return least[: len(first)], -least[len(first) :]
