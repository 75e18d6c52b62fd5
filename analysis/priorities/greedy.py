"""The quick choice for sliders: always the package that closes most for its money, until the money is gone, then exchanges
that close more. Never better than the exact one."""

from __future__ import annotations

import time

import numpy as np

from analysis.priorities.portfolio import INFEASIBLE, UNFINISHED, Portfolio
from analysis.priorities.question import Floor, Question

FREE = 1e-3  # of money: a package that costs nothing still has a rank


class Rows:
    """What each State's further packages would add and cost after its choice so far, by State and choice: the same for every budget and
    floor, so that several quick choices among the same packages share it."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.closure = question.packages.needs | np.eye(len(question.packages), dtype=bool)
        self.known: dict[tuple[int, bytes], tuple] = {}
        self.exchanges: dict[tuple[int, bytes], tuple[float, float, int, int]] = {}
        shape = question.allowed.shape
        gain = np.zeros(shape)
        lift = self.closure.astype(float) @ question.packages.lift
        for first in range(0, len(gain), 64):  # blocks that fit a processor's cache
            part = slice(first, first + 64)
            closed = np.minimum(question.room[part, None, :], lift[None])
            gain[part] = (closed * question.worth[part, None, :]).sum(axis=2)
        price = np.broadcast_to(self.closure @ question.packages.cost, shape)
        count = np.broadcast_to(self.closure.sum(axis=1), shape)
        self.empty = self._ranked(question.allowed, gain, price, count, np.zeros((len(gain), 1)), np.zeros((len(gain), 1))), price

    def of(self, state: int, here: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, int]:
        """(rank, price, money spent, packages) of a State with a choice: rank is points for the money, -1 for what its caps rule out."""
        key = state, here.tobytes()
        if key not in self.known:
            q = self.question
            spent, number = here @ q.packages.cost, here.sum()
            more = self.closure & ~here
            has = here.astype(float) @ q.packages.lift
            closed = np.minimum(q.room[state], has + more.astype(float) @ q.packages.lift) - np.minimum(q.room[state], has)
            price = more @ q.packages.cost
            rank = self._ranked(q.allowed[state] & ~here, closed @ q.worth[state], price, more.sum(axis=1), spent, number)
            self.known[key] = rank, price, spent, number
        return self.known[key]

    def _ranked(self, free: np.ndarray, gain: np.ndarray, price: np.ndarray, count: np.ndarray, spent: object, number: object):
        limits = self.question.limits
        if limits.each is not None:
            free = free & (number + count <= limits.each)
        if limits.ceiling is not None:
            free = free & (spent + price <= limits.ceiling + 1e-6)
        return np.where(free, gain / np.maximum(price, FREE), -1.0)


class _Work:
    """A choice as it grows. chosen, rank, price: States x packages; a step is a package with what it needs and does not have yet."""

    def __init__(self, rows: Rows, question: Question) -> None:
        self.rows, self.question = rows, question
        self.chosen = np.zeros_like(question.allowed)
        self.money = 0.0
        self.rank, self.price = (array.copy() for array in rows.empty)
        self.spent = np.zeros(len(question.codes))
        self.number = np.zeros(len(question.codes), dtype=int)

    def take(self, state: int, package: int) -> None:
        """Add a package with what it needs, and value the State's other packages anew."""
        self.chosen[state] |= self.rows.closure[package]
        self.rank[state], self.price[state], self.spent[state], self.number[state] = self.rows.of(state, self.chosen[state])
        self.money = float(self.spent.sum())

    def best(self, among: np.ndarray | None, budget: float) -> tuple[int, int] | None:
        """The pair (out of some States) that closes most for its money and fits; None where none does. Of equals the first."""
        left = budget - self.money + 1e-6
        rank = self.rank if among is None else np.where(among[:, None], self.rank, -1.0)
        at = int(rank.argmax())
        if self.price.flat[at] > left:  # what is best may be too dear
            rank = np.where(self.price <= left, rank, -1.0)
            at = int(rank.argmax())
        if rank.flat[at] < 0 or (rank.flat[at] <= 1e-12 and among is None):
            return None
        return divmod(at, rank.shape[1])


def greedy(question: Question, rows: Rows | None = None) -> Portfolio:
    """The quick choice. rows: of a question that differs in its budget only. What must be in comes first, then flagged States, then the floors, then whatever closes most for its money.

    `status` is `unfinished`: it is a choice, not known to be the best; `infeasible` where it does not satisfy every limit, which does not
    prove that none does. A package comes with what it needs.
    """
    start = time.perf_counter()
    return _portfolio(_grown(question, rows or Rows(question), question.limits.budget), start)


def _grown(question: Question, rows: Rows, budget: float) -> _Work:
    work, limits = _Work(rows, question), question.limits
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
        _raised(work, floor, budget)
    while (pair := work.best(None, budget)) is not None:
        work.take(*pair)
    if limits.each is not None or limits.ceiling is not None:
        _swapped(work, budget)
        while (pair := work.best(None, budget)) is not None:
            work.take(*pair)
    return work


def _raised(work: _Work, floor: Floor, budget: float) -> None:
    """Exchange packages of a floor's States for dearer ones until the floor is reached: their caps may be full of cheap ones before it is.

    The exchange that closes most, or loses least, for the money it adds comes first.
    """
    least, members = floor.share * work.question.limits.budget - 1e-6, np.flatnonzero(floor.members)
    best: dict[int, tuple[float, float, int, int]] = {}
    while work.spent[floor.members].sum() < least:
        left = budget - work.money + 1e-6
        best |= {s: _best_exchange(work, s, left, dearer=True) for s in members if s not in best or best[s][1] > left}
        open_ = [s for s in best if best[s][3] >= 0]
        if not open_:
            return
        state = max(open_, key=lambda s: best[s][0] / best[s][1])
        _, _, out, into = best.pop(state)
        work.chosen[state, out] = False
        work.take(state, into)


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
    key, left = (state, work.chosen[state].tobytes()), budget - work.money + 1e-6
    if key not in work.rows.exchanges:
        work.rows.exchanges[key] = _best_exchange(work, state, np.inf)
    found = work.rows.exchanges[key]
    return found if found[1] <= left else _best_exchange(work, state, left)  # the best of all may be too dear


def _best_exchange(work: _Work, state: int, left: float, *, dearer: bool = False) -> tuple[float, float, int, int]:
    """The same where some money is left. dearer: of the exchanges that take more money, also those that close less."""
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
    sets = (rest[:, None, :] | work.rows.closure).reshape(-1, len(here))  # every package out x every package in
    numbers = sets.astype(float)
    spent, value = numbers @ cost, np.minimum(q.room[state], numbers @ q.packages.lift) @ q.worth[state]
    gain, more = value - now, spent - work.spent[state]
    out, into = np.repeat(outs, len(here)), np.tile(np.arange(len(here)), len(outs))
    fits = (q.allowed[state] & ~here)[into] & ((more > 1e-6) if dearer else (gain > 1e-9)) & ~sets[np.arange(len(out)), out]
    fits &= (sets.sum(axis=1) <= (len(here) if limits.each is None else limits.each)) & (more <= left)
    if limits.ceiling is not None:
        fits &= spent <= limits.ceiling + 1e-6
    if floored:
        fits &= more >= 0
    rates = np.where(fits, gain / np.maximum(more, FREE), -np.inf)
    best = int(rates.argmax())
    return (float(gain[best]), float(more[best]), int(out[best]), int(into[best])) if fits[best] else found


def _portfolio(work: _Work, start: float) -> Portfolio:
    question, limits = work.question, work.question.limits
    fine = (question.wanted <= work.chosen).all() and work.money <= limits.budget + 1e-6
    fine &= limits.each is None or (work.number <= limits.each).all()
    fine &= limits.ceiling is None or (work.spent <= limits.ceiling + 1e-6).all()
    fine &= limits.flagged is None or (work.number[limits.flagged] > 0).all()
    fine &= all(work.spent[f.members].sum() >= f.share * limits.budget - 1e-6 for f in limits.floors)
    value, status = question.value(work.chosen), UNFINISHED if fine else INFEASIBLE
    return Portfolio(work.chosen, value, question.cost(work.chosen), np.inf, status, time.perf_counter() - start, "greedy")
