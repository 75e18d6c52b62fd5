"""The quick choice for sliders: always the package that closes most for its money, until the money is gone, then exchanges
that close more. Never better than the exact one."""

from __future__ import annotations

import time

import numpy as np

from analysis.priorities.portfolio import INFEASIBLE, UNFINISHED, Portfolio
from analysis.priorities.question import Question

FREE = 1e-3  # of money: a package that costs nothing still has a rank


class _Work:
    """A choice as it grows. chosen, step, price, gain: States x packages; a step is a package with what it needs and does not have yet."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.closure = question.packages.needs | np.eye(len(question.packages), dtype=bool)
        self.chosen = np.zeros_like(question.allowed)
        self.money = 0.0
        states = np.arange(len(question.codes))
        self.price, self.gain = np.zeros(self.chosen.shape), np.zeros(self.chosen.shape)
        lift = self.closure.astype(float) @ question.packages.lift
        for first in range(0, len(states), 64):  # blocks that fit a processor's cache
            part = slice(first, first + 64)
            closed = np.minimum(question.room[part, None, :], lift[None])
            self.gain[part] = (closed * question.worth[part, None, :]).sum(axis=2)
        self.price[:] = self.closure @ question.packages.cost
        self.count = np.broadcast_to(self.closure.sum(axis=1), self.chosen.shape).copy()
        self.spent = np.zeros(len(states))
        self.number = np.zeros(len(states), dtype=int)

    def take(self, state: int, package: int) -> None:
        """Add a package with what it needs, and value the State's other packages anew."""
        self.chosen[state] |= self.closure[package]
        self.valued(state)

    def valued(self, state: int) -> None:
        """What each further package of a State would add and cost, after its choice has changed."""
        q = self.question
        here = self.chosen[state]
        self.spent[state], self.number[state] = here @ q.packages.cost, here.sum()
        self.money = float(self.spent.sum())
        more = self.closure & ~here
        has = here.astype(float) @ q.packages.lift
        closed = np.minimum(q.room[state], has + more.astype(float) @ q.packages.lift) - np.minimum(q.room[state], has)
        self.gain[state], self.price[state], self.count[state] = closed @ q.worth[state], more @ q.packages.cost, more.sum(axis=1)

    def best(self, among: np.ndarray | None, budget: float) -> tuple[int, int] | None:
        """The pair (out of some States) that closes most for its money and fits; None where none does. Of equals the first."""
        limits = self.question.limits
        fits = self.question.allowed & ~self.chosen & (self.price <= budget - self.money + 1e-6)
        if limits.each is not None:
            fits &= self.number[:, None] + self.count <= limits.each
        if limits.ceiling is not None:
            fits &= self.spent[:, None] + self.price <= limits.ceiling + 1e-6
        if among is not None:
            fits &= among[:, None]
        ratio = np.where(fits, self.gain / np.maximum(self.price, FREE), -1.0)
        at = int(ratio.argmax())
        if ratio.flat[at] < 0 or (ratio.flat[at] <= 1e-12 and among is None):
            return None
        return divmod(at, ratio.shape[1])


def greedy(question: Question) -> Portfolio:
    """The quick choice. What must be in comes first, then flagged States, then the floors, then whatever closes most for its money.

    `status` is `unfinished`: it is a choice, not known to be the best; `infeasible` where it does not satisfy every limit, which does not
    prove that none does. A package comes with what it needs.
    """
    start = time.perf_counter()
    return _portfolio(_grown(question, question.limits.budget), start)


def _grown(question: Question, budget: float) -> _Work:
    work, limits = _Work(question), question.limits
    for state, package in zip(*np.nonzero(question.wanted & question.allowed), strict=True):
        if not work.chosen[state, package]:
            work.take(state, package)
    if limits.flagged is not None:
        for state in np.flatnonzero(limits.flagged & (work.number == 0)):
            pair = work.best(np.arange(len(limits.flagged)) == state, budget)
            if pair:
                work.take(*pair)
    for floor in limits.floors:
        while work.spent[floor.members].sum() < floor.share * limits.budget - 1e-6:
            pair = work.best(floor.members, budget)
            if pair is None:
                break
            work.take(*pair)
    while (pair := work.best(None, budget)) is not None:
        work.take(*pair)
    if limits.each is not None or limits.ceiling is not None:
        _swapped(work, budget)
        while (pair := work.best(None, budget)) is not None:
            work.take(*pair)
    return work


def _swapped(work: _Work, budget: float) -> None:
    """Exchange one package of a State for another while that closes more: caps fill up with what is cheap, and money is left over.

    The exchange that closes most for what it costs more comes first. It takes out nothing that must be in or that another one needs.
    """
    best = [_exchange(work, state, budget) for state in range(len(work.question.codes))]
    gain, more = (np.array([one[i] for one in best]) for i in (0, 1))
    for _ in range(len(best) * 4):
        rates = np.where(more <= budget - work.money + 1e-6, gain / np.maximum(more, FREE), 0.0)
        state = int(rates.argmax())
        if rates[state] <= 0:
            return
        work.chosen[state, best[state][2]] = False
        work.take(state, best[state][3])
        best[state] = _exchange(work, state, budget)
        gain[state], more[state] = best[state][:2]


def _exchange(work: _Work, state: int, budget: float) -> tuple[float, float, int, int]:
    """(gain, money more, package out, package in) of the best exchange of a State: most gained for the money; no gain where there is none."""
    q, limits = work.question, work.question.limits
    here, cost = work.chosen[state], q.packages.cost
    loose = here & ~q.wanted[state] & ~q.packages.needs[here].any(axis=0)
    floored = any(floor.members[state] for floor in limits.floors)
    now, found = float(np.minimum(q.room[state], here.astype(float) @ q.packages.lift) @ q.worth[state]), (0.0, 0.0, -1, -1)
    outs = np.flatnonzero(loose)
    if not len(outs):
        return found
    rest = np.repeat(here[None], len(outs), axis=0)
    rest[np.arange(len(outs)), outs] = False
    sets = (rest[:, None, :] | work.closure).reshape(-1, len(here))  # every package out x every package in
    numbers = sets.astype(float)
    spent, value = numbers @ cost, np.minimum(q.room[state], numbers @ q.packages.lift) @ q.worth[state]
    gain, more = value - now, spent - work.spent[state]
    out, into = np.repeat(outs, len(here)), np.tile(np.arange(len(here)), len(outs))
    fits = (q.allowed[state] & ~here)[into] & (gain > 1e-9) & ~sets[np.arange(len(out)), out]
    fits &= (sets.sum(axis=1) <= (len(here) if limits.each is None else limits.each)) & (more <= budget - work.money + 1e-6)
    if limits.ceiling is not None:
        fits &= spent <= limits.ceiling + 1e-6
    if floored:
        fits &= more >= 0
    rates = np.where(fits, gain / np.maximum(more, FREE), 0.0)
    best = int(rates.argmax())
    return (float(gain[best]), float(more[best]), int(out[best]), int(into[best])) if rates[best] > 0 else found


def _portfolio(work: _Work, start: float) -> Portfolio:
    question, limits = work.question, work.question.limits
    fine = (question.wanted <= work.chosen).all() and work.money <= limits.budget + 1e-6
    fine &= limits.each is None or (work.number <= limits.each).all()
    fine &= limits.ceiling is None or (work.spent <= limits.ceiling + 1e-6).all()
    fine &= limits.flagged is None or (work.number[limits.flagged] > 0).all()
    fine &= all(work.spent[f.members].sum() >= f.share * limits.budget - 1e-6 for f in limits.floors)
    value, status = question.value(work.chosen), UNFINISHED if fine else INFEASIBLE
    return Portfolio(work.chosen, value, question.cost(work.chosen), np.inf, status, time.perf_counter() - start, "greedy")
