"""The best choice of packages under a budget: an integer program for HiGHS, its status and how far from the best it may be.

Two ways of writing the same question. `bundles`: one of its bundles for each State, where they can be enumerated. `pairs`: a yes or no
for each State and package with the points closed beside it, for any number of packages a State.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_array, csr_array

from analysis.priorities.bundles import Bundles, bundles, enumerable
from analysis.priorities.question import Question

OPTIMAL, UNFINISHED, NOTHING, INFEASIBLE = "optimal", "unfinished", "nothing", "infeasible"
TIME, GAP = 60.0, 1e-4
EACH_CONFLICT = 10.0  # seconds for each limit that is left out to see whether it is in the way
ROUNDING = 1e-6  # of money: a sum of costs that meets a limit exactly is within it


@dataclass(frozen=True, eq=False)
class Portfolio:
    """A choice and what is known of it.

    chosen: States x packages. value: points closed, by their worth. spent: money. bound: no choice is worth more. status: `optimal`
    (within the gap asked for), `unfinished` (the time ran out with this choice in hand), `nothing` (it ran out without one),
    `infeasible` (no choice satisfies the limits). way: `bundles`, `pairs` or `greedy`.
    """

    chosen: np.ndarray
    value: float
    spent: float
    bound: float
    status: str
    seconds: float
    way: str

    @property
    def found(self) -> bool:
        """Whether there is a choice at all."""
        return self.status in (OPTIMAL, UNFINISHED)

    @property
    def gap(self) -> float:
        """How much better, at most, another choice could be, as a share of this one's value."""
        return max(0.0, self.bound - self.value) / self.value if self.value > 0 else 0.0 if self.bound <= 0 else np.inf


def solve(question: Question, *, seconds: float = TIME, gap: float = GAP, way: str | None = None) -> Portfolio:
    """The best portfolio within a time limit and a relative gap.

    Parameters
    ----------
    seconds: for the solver; gap: it may stop once no choice can be better by more than this share. way: `bundles` or `pairs`; by
    default bundles where a State's sets of packages can be enumerated.

    Source: scoring.md section 9; scipy.optimize.milp (HiGHS).
    """
    start = time.perf_counter()
    way = way or ("bundles" if enumerable(question) else "pairs")
    if not (question.wanted <= question.allowed).all():
        return _without(question, INFEASIBLE, start, way)
    if way == "pairs":
        return _by_pairs(question, seconds, gap, start)
    return best_of(question, bundles(question), seconds=seconds, gap=gap, start=start)


def best_of(
    question: Question,
    made: Bundles,
    *,
    seconds: float = TIME,
    gap: float = GAP,
    start: float | None = None,
) -> Portfolio:
    """The best portfolio out of bundles that are made already."""
    start = time.perf_counter() if start is None else start
    states, n = len(question.codes), len(made.value)
    if n == 0 or len(np.unique(made.state)) < states:
        return _without(question, INFEASIBLE, start, "bundles")
    one = csr_array((np.ones(n), (made.state, np.arange(n))), shape=(states, n))
    limits = [LinearConstraint(one, 1, 1), LinearConstraint(csr_array(made.cost[None, :]), ub=question.limits.budget + ROUNDING)]
    for floor in question.limits.floors:
        row = csr_array((made.cost * floor.members[made.state])[None, :])
        limits.append(LinearConstraint(row, lb=floor.share * question.limits.budget - ROUNDING))
    result = _milp(-made.value, np.ones(n), limits, Bounds(0, 1), seconds, gap)
    if result.x is None:
        return _without(question, _status(result), start, "bundles")
    chosen = made.portfolio(np.flatnonzero(result.x > 0.5), states)
    return _told(question, chosen, result, start, "bundles")


def _by_pairs(question: Question, seconds: float, gap: float, start: float) -> Portfolio:
    """Variables: a yes or no for each pair that is allowed, then the points closed of each gap."""
    pairs, cells, limits = _rows(question)
    n, m = len(pairs[0]), len(cells[0])
    if n == 0:
        empty = np.zeros_like(question.allowed)
        wants = question.limits.flagged is not None and question.limits.flagged.any()
        short = wants or any(f.share * question.limits.budget > ROUNDING for f in question.limits.floors)
        return _without(question, INFEASIBLE, start, "pairs") if short else _told(question, empty, None, start, "pairs")
    upper = np.concatenate([np.ones(n), question.room[cells]])
    lower = np.concatenate([question.wanted[pairs].astype(float), np.zeros(m)])
    objective = np.concatenate([np.zeros(n), -question.worth[cells]])
    whole = np.concatenate([np.ones(n), np.zeros(m)])
    result = _milp(objective, whole, limits, Bounds(lower, upper), seconds, gap)
    if result.x is None:
        return _without(question, _status(result), start, "pairs")
    chosen = np.zeros_like(question.allowed)
    chosen[pairs] = result.x[:n] > 0.5
    return _told(question, chosen, result, start, "pairs")


def _rows(question: Question) -> tuple[tuple, tuple, list[LinearConstraint]]:
    """(pairs, cells, constraints) of the program over pairs, sparse."""
    packages, limits = question.packages, question.limits
    pairs = np.nonzero(question.allowed)
    cells = np.nonzero(question.room * question.worth > 0)
    n, m, states = len(pairs[0]), len(cells[0]), len(question.codes)
    cost = packages.cost[pairs[1]]
    of_state = csr_array((np.ones(n), (pairs[0], np.arange(n))), shape=(states, n + m))
    of_money = csr_array((cost, (pairs[0], np.arange(n))), shape=(states, n + m))
    found = [LinearConstraint(csr_array(of_money.sum(axis=0)[None, :]), ub=limits.budget + ROUNDING)]
    found.append(LinearConstraint(_closing(question, pairs, cells), ub=0))
    if limits.each is not None:
        found.append(LinearConstraint(of_state, ub=limits.each))
    if limits.ceiling is not None:
        found.append(LinearConstraint(of_money, ub=limits.ceiling + ROUNDING))
    for floor in limits.floors:
        row = csr_array(of_money[np.flatnonzero(floor.members)].sum(axis=0)[None, :])
        found.append(LinearConstraint(row, lb=floor.share * limits.budget - ROUNDING))
    if limits.flagged is not None and limits.flagged.any():
        found.append(LinearConstraint(of_state[np.flatnonzero(limits.flagged)], lb=1))
    order = _order(question, pairs, n + m)
    return pairs, cells, found + ([LinearConstraint(order, ub=0)] if order is not None else [])


def _closing(question: Question, pairs: tuple, cells: tuple) -> csr_array:
    """Points closed of a gap <= the lifts chosen for it: a row for each gap. A lift counts as no more than the gap, which is as true and tighter."""
    n, m = len(pairs[0]), len(cells[0])
    number = np.full(question.room.shape, -1)
    number[cells] = np.arange(m)
    lift = question.packages.lift[pairs[1]]
    at, measure = np.nonzero((lift > 0) & (number[pairs[0]] >= 0))
    gap = number[pairs[0][at], measure]
    size = np.minimum(lift[at, measure], question.room[pairs[0][at], measure])
    rows, columns = np.concatenate([gap, np.arange(m)]), np.concatenate([at, n + np.arange(m)])
    return csr_array(coo_array((np.concatenate([-size, np.ones(m)]), (rows, columns)), shape=(m, n + m)))


def _order(question: Question, pairs: tuple, width: int) -> csr_array | None:
    """A package is chosen only with each that it needs."""
    place = np.full(question.allowed.shape, -1)
    place[pairs] = np.arange(len(pairs[0]))
    later, first = np.nonzero(question.packages.needs)
    state = np.repeat(np.arange(len(place)), len(later))
    a, b = place[state, np.tile(later, len(place))], place[state, np.tile(first, len(place))]
    there = a >= 0
    a, b, n = a[there], b[there], int(there.sum())
    if n == 0:
        return None
    values = np.concatenate([np.ones(n), -np.ones(n)])
    return csr_array((values, (np.tile(np.arange(n), 2), np.concatenate([a, b]))), shape=(n, width))


def _milp(objective, whole, limits, box, seconds: float, gap: float) -> OptimizeResult:
    options = {"time_limit": max(0.01, seconds), "mip_rel_gap": gap, "presolve": True}
    return milp(objective, integrality=whole, bounds=box, constraints=limits, options=options)


def _status(result: OptimizeResult) -> str:
    """scipy's code in our words, for a result without a choice."""
    return {1: NOTHING, 2: INFEASIBLE}.get(result.status, NOTHING)


def _told(question: Question, chosen: np.ndarray, result: OptimizeResult | None, start: float, way: str) -> Portfolio:
    """A choice with its value as it is, and the solver's bound."""
    value, dual = question.value(chosen), None if result is None else result.mip_dual_bound
    bound = value if dual is None else max(value, -float(dual))
    status = OPTIMAL if result is None or result.status == 0 else UNFINISHED
    return Portfolio(chosen, value, question.cost(chosen), bound, status, time.perf_counter() - start, way)


def _without(question: Question, status: str, start: float, way: str) -> Portfolio:
    empty = np.zeros((len(question.codes), len(question.packages)), dtype=bool)
    bound = np.nan if status == INFEASIBLE else np.inf
    return Portfolio(empty, 0.0, 0.0, bound, status, time.perf_counter() - start, way)


def without_floors(question: Question) -> Question:
    """The same question with nobody favoured: no shares, no State that must get something."""
    return question.with_limits(floors=(), flagged=None)


def conflicts(
    question: Question, *, seconds: float = EACH_CONFLICT, progress: Callable[[int, int], None] | None = None
) -> list[str]:
    """Which limits keep a question from having any answer: those without which it has one.

    Parameters
    ----------
    seconds: for each of the questions that are tried. progress: told how many of them are answered, and of how many.

    Returns
    -------
    Codes: `must` (a package that must be in is not to be had there), `budget`, `each`, `ceiling`, `flagged`, `floor:<code>`, `wanted`
    (the packages that must be in). Empty where it takes away more than one of them, or where there is an answer.
    """
    if not (question.wanted <= question.allowed).all():
        return ["must"]
    limits = question.limits
    money = float(question.packages.cost.sum()) * len(question.codes)
    tried: dict[str, Question] = {}
    if question.wanted.any():
        tried["wanted"] = replace(question, must=np.zeros_like(question.must))
    shares = tuple(replace(f, share=f.share * limits.budget / max(money, 1e-9)) for f in limits.floors)
    tried["budget"] = question.with_limits(budget=money, floors=shares)  # the floors stay the amounts they are
    tried |= {name: question.with_limits(**{name: None}) for name in ("each", "ceiling") if getattr(limits, name) is not None}
    if limits.flagged is not None and limits.flagged.any():
        tried["flagged"] = question.with_limits(flagged=None)
    for i, floor in enumerate(limits.floors):
        tried[f"floor:{floor.code}"] = question.with_limits(floors=limits.floors[:i] + limits.floors[i + 1 :])
    found = []
    if progress:
        progress(0, len(tried) + 1)
    for i, (name, other) in enumerate({"": question, **tried}.items()):
        if solve(other, seconds=seconds, gap=1.0).status != INFEASIBLE:
            if not name:
                return []
            found.append(name)
        if progress:
            progress(i + 1, len(tried) + 1)
    return found
