"""Orders that hold whatever the weights, or whatever the values of the answers: exact, nothing is simulated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.model import TOLERANCE
from analysis.scores.cells import Cells, question_cells
from analysis.scores.plan import Stage
from analysis.scores.rollup import climb
from analysis.scores.tree import Scores


def least_sum(values: np.ndarray, shares: np.ndarray, width: float) -> np.ndarray:
    """Smallest sum of w x over weights that sum to 1 and lie within `width` of their own share: shares (1 - width) to shares (1 + width).

    values, shares: items x ..., shares sum to 1 (0: the item does not count). Closed form of the linear programme: every weight at its
    lowest, and what is left goes to the smallest values first.
    """
    shares, values = np.broadcast_arrays(shares, np.where(shares > 0, values, 0.0))
    order = np.argsort(values, axis=0, kind="stable")
    room = 2 * width * np.take_along_axis(shares, order, axis=0)
    before = np.cumsum(room, axis=0) - room
    given = np.clip(width - before, 0.0, room)
    return ((1 - width) * shares * values).sum(axis=0) + (given * np.take_along_axis(values, order, axis=0)).sum(axis=0)


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

    Every weight below the node may be anything within `width` of its share among applicable siblings, each set of siblings on its own.
    unknown: open answers may be anything on their scale as well; else they are left out as in the score. Exact where both returns have
    the same applicable items; elsewhere a sure bound, so that an order is never claimed that does not hold.

    Returns
    -------
    One row per other return: row, least and most (bounds of the difference, chosen minus other, in points), order (`above`, `below`, or
    "" where the weights decide). NaN where a return has nothing at the node.

    Raises
    ------
    ValueError
        If the scores are not arithmetic means (only those are linear in the weights), or the width is not within 0 to 1.
    """
    _checked(scores, width)
    others = np.asarray(rows, dtype=int)
    plan = climb(scores.instrument, scores.options).plan
    ends = [question_cells(scores.panel.codes[r], scores.instrument, scores.options) for r in (np.array([row]), others)]
    at, way = scores.column(node), _Climb(plan, _within(scores, node), width, unknown)
    least, most = way.least(*ends)[at], -way.least(*ends[::-1])[at]
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
    _checked(scores, width)
    at = scores.column(node)
    middle = (scores.lower[:, at] + scores.upper[:, at]) / 2
    place = np.where(np.isnan(scores.score[:, at]), middle, scores.score[:, at])
    ordered = sorted(map(int, rows), key=lambda r: -place[r])
    cells = question_cells(scores.panel.codes[ordered], scores.instrument, scores.options)
    plan, within = climb(scores.instrument, scores.options).plan, _within(scores, node)
    found = []
    for i, row in enumerate(ordered[:-1]):
        others, ends = ordered[i + 1 :], [_picked(cells, slice(i, i + 1)), _picked(cells, slice(i + 1, None))]
        ways = (_Climb(plan, within, width, unknown) for unknown in (False, True))
        (least, most), (least_open, most_open) = ((way.least(*ends)[at], -way.least(*ends[::-1])[at]) for way in ways)
        difference = scores.score[row, at] - scores.score[others, at]
        known = {"least": np.where(np.isnan(difference), np.nan, least), "most": np.where(np.isnan(difference), np.nan, most)}
        numbers = known | {"difference": difference, "least_open": least_open, "most_open": most_open}
        found.append(pd.DataFrame(numbers).assign(row=row, other=others))
    columns = ["row", "other", "difference", "least", "most", "kept", "least_open", "most_open", "kept_open"]
    if not found:
        return pd.DataFrame(columns=columns)
    table = pd.concat(found, ignore_index=True)
    sure = 100 * TOLERANCE
    return table.assign(kept=table["least"] > sure, kept_open=table["least_open"] > sure)[columns]


def _checked(scores: Scores, width: float) -> None:
    if scores.options.aggregator != "arithmetic":
        raise ValueError("the order under all weights is known for arithmetic means only")
    if not 0 <= width <= 1:
        raise ValueError("a width is a share, 0 to 1")


def _picked(cells: Cells, returns: slice) -> Cells:
    """The cells of some returns."""
    return Cells(**{name: table[:, returns] for name, table in vars(cells).items()})


def _within(scores: Scores, node: str) -> np.ndarray:
    """Which nodes are the node itself or stand below it."""
    nodes = scores.instrument.nodes
    found = (nodes["node"] == node).to_numpy(copy=True)
    parent = [scores.instrument.node_number.get(name, -1) for name in nodes["parent"]]
    for place, above in enumerate(parent):  # parents stand before their children
        found[place] |= above >= 0 and found[above]
    return found


class _Climb:
    """Smallest difference of two sets of returns at some nodes, one of which is broadcast over the other. wanted: which nodes, and all below them."""

    def __init__(self, plan: Sequence[Stage], wanted: np.ndarray, width: float, unknown: bool) -> None:
        self.plan, self.wanted, self.width, self.unknown = plan, wanted, width, unknown

    def least(self, first: Cells, second: Cells) -> np.ndarray:
        """Nodes x returns: the first's score minus the second's is never smaller; NaN where one of them has nothing."""
        there = [cells.applicable if self.unknown else cells.answered for cells in (first, second)]
        returns = max(there[0].shape[1], there[1].shape[1])
        low = first.lower if self.unknown else first.score
        high = second.upper if self.unknown else second.score
        below = (low - high, low, high, *there)
        nodes = len(self.wanted)
        found = [np.full((nodes, returns if i == 0 else t.shape[1]), np.nan) for i, t in enumerate((there[0], *there))]
        present = [np.zeros((nodes, t.shape[1]), dtype=bool) for t in there]
        for stage in self.plan:
            source = below if stage.of_questions else (*found, *present)
            for node, start, size in zip(stage.nodes, stage.starts, stage.sizes, strict=True):
                if not self.wanted[node]:
                    continue
                items = stage.items[start : start + size]
                weights = stage.weights[start : start + size, None]
                difference, lows, highs, one, two = (array[items] for array in source)
                present[0][node], present[1][node] = one.any(axis=0), two.any(axis=0)
                shares = [_shares(weights, used) for used in (one, two)]
                found[1][node] = least_sum(lows, shares[0], self.width)
                found[2][node] = -least_sum(-highs, shares[1], self.width)
                apart = np.broadcast_to(found[1][node] - found[2][node], (returns,))
                together = np.maximum(apart, least_sum(difference, _shares(weights, one & two), self.width))
                found[0][node] = np.where((one == two).all(axis=0), together, apart)
        found[0][~(present[0] & present[1])] = np.nan
        return found[0]


def _shares(weights: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Weights of the items that are used, as shares; all 0 where none is."""
    kept = weights * used
    total = kept.sum(axis=0)
    return kept / np.where(total > 0, total, 1.0)
