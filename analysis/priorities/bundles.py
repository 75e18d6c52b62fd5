"""The sets of packages one State could get, enumerated: of those that cost the same only the best can be in a best portfolio.

Everything but the budget and the floors holds within one State. So a State's choice is one of its bundles, and the whole question
becomes: one bundle a State under the budget. It has the same optimum as the question over pairs, with a relaxation that is nearly exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np

from analysis.priorities.packages import Packages
from analysis.priorities.question import Question

#: More sets than these are not enumerated.
LARGEST = 40_000


@dataclass(frozen=True, eq=False)
class Bundles:
    """What each State could get. state: its place (bundles,). chosen: bundles x packages. value, cost: of each (bundles,)."""

    state: np.ndarray
    chosen: np.ndarray
    value: np.ndarray
    cost: np.ndarray

    def portfolio(self, picked: np.ndarray, states: int) -> np.ndarray:
        """Bundles picked (places) -> the choice, States x packages."""
        found = np.zeros((states, self.chosen.shape[1]), dtype=bool)
        found[self.state[picked]] = self.chosen[picked]
        return found


def enumerable(question: Question) -> bool:
    """Whether the sets of packages for one State are few enough to be written down."""
    n = len(question.packages)
    most = n if question.limits.each is None else min(question.limits.each, n)
    return n <= 15 or sum(comb(n, k) for k in range(most + 1)) <= LARGEST


def bundles(question: Question, *, every: bool = False, states: Sequence[int] | None = None) -> Bundles:
    """Every State's bundles that can be part of a best portfolio, the empty one among them where it is allowed.

    A State without any has none: then no portfolio satisfies the limits. states: places of the States asked for, by default all. every: keep all bundles of equal cost and value, for counting
    optimal portfolios. Kept is the best of each cost, not only what no cheaper bundle equals, since a floor may want the money spent.
    """
    limits, packages = question.limits, question.packages
    sets = _sets(packages, limits.each)
    cost = sets @ packages.cost
    lift = sets @ packages.lift
    count = sets.sum(axis=1)
    floored = np.zeros(len(question.codes), dtype=bool)
    for floor in limits.floors:
        floored |= floor.members
    found = []
    for s in range(len(question.codes)) if states is None else states:
        fits = ~(sets @ ~question.allowed[s]) & (cost <= limits.budget + 1e-9)
        if limits.ceiling is not None:
            fits &= cost <= limits.ceiling + 1e-9
        if question.wanted[s].any():
            fits &= sets[:, question.wanted[s]].all(axis=1)
        if limits.flagged is not None and limits.flagged[s]:
            fits &= count > 0
        at = np.flatnonzero(fits)
        used = np.flatnonzero(question.room[s] * question.worth[s] > 0)
        value = np.minimum(lift[np.ix_(at, used)], question.room[s, used]) @ question.worth[s, used]
        kept = _best(value, cost[at], strict=not floored[s], every=every)
        found.append((np.full(len(kept), s), sets[at[kept]], value[kept], cost[at[kept]]))
    if not found:
        return Bundles(np.zeros(0, dtype=int), np.zeros((0, len(packages)), dtype=bool), np.zeros(0), np.zeros(0))
    return Bundles(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _best(value: np.ndarray, cost: np.ndarray, *, strict: bool, every: bool) -> np.ndarray:
    """Places of the bundles to keep: the best of each cost; strict: only where no cheaper one is worth as much."""
    order = np.lexsort((-value, cost))
    v, c = value[order], cost[order]
    first = np.r_[True, np.diff(c) > 1e-9] if len(order) else np.zeros(0, dtype=bool)
    top = v[first][np.cumsum(first) - 1] if len(order) else v
    keep = (v >= top - 1e-9) if every else first
    if strict and len(order):
        before = np.r_[-np.inf, np.maximum.accumulate(v[first])[:-1]][np.cumsum(first) - 1]
        keep = keep & (v > before + 1e-9)
    return order[keep]


@lru_cache(maxsize=8)
def _sets(packages: Packages, most: int | None) -> np.ndarray:
    """Every set of at most so many packages that holds what its packages need: sets x packages."""
    n = len(packages)
    most = n if most is None else min(most, n)
    found = np.concatenate([_of_size(n, k) for k in range(most + 1)])
    lacking = found @ packages.needs & ~found
    return found[~lacking.any(axis=1)]


def _of_size(n: int, k: int) -> np.ndarray:
    def members() -> Iterator[int]:
        for one in combinations(range(n), k):
            yield from one

    rows = comb(n, k)
    found = np.zeros((rows, n), dtype=bool)
    found[np.repeat(np.arange(rows), k), np.fromiter(members(), dtype=int, count=rows * k)] = True
    return found
