"""How often the best portfolios hold a bundle: counted exactly, State by State, without listing the portfolios.

There may be millions of equal worth: of 20 like States with money for ten, any ten. Half-made portfolios that have spent and closed the
same are followed as one, with their number; those that can't become a best one any more are dropped.
"""

from __future__ import annotations

import numpy as np

from analysis.priorities.bundles import Bundles
from analysis.priorities.question import Question

#: Steps from one half-made portfolio to the next that are followed; where there are more, nothing is counted.
MOST_STEPS = 1_000_000
SAME = 1e-7  # of points and money: sums that differ by less are equal


def shares_of_best(question: Question, made: Bundles, size: np.ndarray, best: float) -> np.ndarray | None:
    """Share of the best portfolios that hold each bundle; None where they are too many to be followed.

    Parameters
    ----------
    made: bundles of which each State gets one. size: how many sets of packages each stands for. best: the value of a best portfolio.
    Two portfolios are two where they differ in any set of packages, each counted alike.
    """
    enough = best - SAME * max(1.0, abs(best))
    states = sorted(set(made.state.tolist()), key=lambda s: _profile(made, s))  # like States side by side: their sums meet
    bundles = [np.flatnonzero(made.state == s) for s in states]
    ahead = _ahead(made, bundles)
    members = np.array([floor.members[made.state] for floor in question.limits.floors], dtype=float).reshape(-1, len(made.state))
    counted = np.vstack([made.cost, made.value, *(members * made.cost)]).T  # money, points, money under each floor
    reached, layers, steps = np.zeros((1, counted.shape[1])), [], 0
    for at, further in zip(bundles, ahead, strict=True):
        if len(reached) * len(at) > 4 * MOST_STEPS:
            return None
        sums = (reached[:, None, :] + counted[at]).reshape(-1, counted.shape[1])
        fits = sums[:, 1] + further(question.limits.budget + SAME - sums[:, 0]) >= enough
        before, bundle = np.divmod(np.flatnonzero(fits), len(at))
        steps += len(before)
        if not len(before) or steps > MOST_STEPS:
            return None
        reached, after = np.unique(np.round(sums[fits], 7), axis=0, return_inverse=True)
        layers.append((before, at[bundle], after.ravel()))
    least = [floor.share * question.limits.budget - SAME for floor in question.limits.floors]
    ends = (reached[:, 2:] >= least).all(axis=1).astype(float)
    return _counted(layers, size, ends) if ends.any() else None


def _profile(made: Bundles, state: int) -> bytes:
    here = made.state == state
    return np.round(np.vstack([made.value[here], made.cost[here]]), 7).tobytes()


def _ahead(made: Bundles, bundles: list[np.ndarray]) -> list:
    """For each State the most that those after it can close with some money: the relaxation, in which a bundle may be had in part."""
    found, money, points = [], 0.0, 0.0
    costs, gains = np.zeros(0), np.zeros(0)
    for at in reversed(bundles):
        found.append(_most(money, points, costs, gains))
        cost, value = _upper(made.cost[at], made.value[at])
        money, points = money + cost[0], points + value[0]
        costs, gains = np.concatenate([costs, np.diff(cost)]), np.concatenate([gains, np.diff(value)])
    return found[::-1]


def _most(money: float, points: float, costs: np.ndarray, gains: np.ndarray):
    """Money left -> points at most; none at all where it does not reach for what each State must get."""
    order = np.argsort(-gains / np.maximum(costs, 1e-12), kind="stable")
    spent, won = (np.concatenate([[0.0], np.cumsum(part[order])]) for part in (costs, gains))
    return lambda left: np.where(left >= money, points + np.interp(left - money, spent, won), -np.inf)


def _upper(cost: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The corners, from the cheapest to the most valuable, of the line above all bundles of a State."""
    corners: list[tuple[float, float]] = []
    for c, v in sorted(zip(cost.tolist(), value.tolist(), strict=True)):
        if corners and v <= corners[-1][1]:
            continue  # dearer and worth no more
        while len(corners) > 1 and _below(corners[-2], corners[-1], (c, v)):
            corners.pop()
        if corners and corners[-1][0] == c:
            corners.pop()
        corners.append((c, v))
    line = np.array(corners)
    return line[:, 0], line[:, 1]


def _below(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Whether the point in the middle lies on or below the line from the first to the last."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])


def _counted(layers: list, size: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Shares by bundle. Numbers of ways are kept in proportion only, State by State, so that none is too large for a number."""
    ways, onward = [np.ones(1)], [ends]
    for before, bundle, after in layers:
        number = np.bincount(after, ways[-1][before] * size[bundle])
        ways.append(number / number.max())
    for (before, bundle, after), here in zip(reversed(layers), reversed(ways[:-1]), strict=True):
        number = np.bincount(before, onward[-1][after] * size[bundle], minlength=len(here))
        onward.append(number / number.max())
    shares = np.zeros(len(size))
    for i, (before, bundle, after) in enumerate(layers):
        number = np.bincount(bundle, ways[i][before] * size[bundle] * onward[-2 - i][after], minlength=len(size))
        shares += number / number.sum()
    return shares
