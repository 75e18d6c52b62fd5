"""Questions small enough for every choice to be tried one by one, in whole numbers, and the trying."""

from __future__ import annotations

import itertools
import random

import numpy as np

from analysis.priorities.packages import Packages
from analysis.priorities.question import Floor, Limits, Question


def packages(lift, cost, needs=(), months=None) -> Packages:
    """Packages P0, P1, ... from lifts (packages x measures) and costs; needs: (package, needs) pairs, closed by hand."""
    lift, cost = np.array(lift, dtype=float), np.array(cost, dtype=float)
    n, m = lift.shape
    order = np.zeros((n, n), dtype=bool)
    for later, first in needs:
        order[later, first] = True
    ids = tuple(f"P{i}" for i in range(n))
    months = np.full(n, 12) if months is None else np.array(months)
    return Packages(ids, ids, tuple(f"M{j}" for j in range(m)), lift, cost, months, order, ((),) * n, np.zeros(n, dtype=bool))


def question(room, made: Packages, budget, *, worth=None, eligible=None, must=(), **limits) -> Question:
    """A question over States S0, S1, ...; must: (State, package) pairs."""
    room = np.array(room, dtype=float)
    every = np.ones((len(room), len(made)), dtype=bool)
    asked = ~every
    for pair in must:
        asked[pair] = True
    worth = np.ones_like(room) if worth is None else np.array(worth, dtype=float)
    codes = tuple(f"S{i}" for i in range(len(room)))
    return Question(codes, made, room, worth, every if eligible is None else np.array(eligible), asked, Limits(budget, **limits))


def tried(q: Question) -> list[tuple[float, np.ndarray]]:
    """(value, choice) of every choice that keeps the limits, worked out pair by pair without the engine's arrays."""
    states, kinds = range(len(q.codes)), range(len(q.packages))

    def of_use(s: int, k: int) -> bool:
        """A package is given where it lifts a measure with room, was asked for, or is needed by such a one that can be had."""
        return q.must[s, k] or any(q.room[s, m] > 0 and q.packages.lift[k, m] > 0 for m in range(q.room.shape[1]))

    def to_be_had(s: int, k: int) -> bool:
        return q.eligible[s, k] and all(q.eligible[s, f] for f in np.flatnonzero(q.packages.needs[k]))

    offered = {(s, k) for s in states for k in kinds if to_be_had(s, k) and of_use(s, k)}
    offered |= {(s, int(f)) for s, k in offered for f in np.flatnonzero(q.packages.needs[k])}
    pairs = list(itertools.product(states, kinds))
    found, limits = [], q.limits
    for bits in itertools.product((False, True), repeat=len(pairs)):
        taken = {pair for pair, bit in zip(pairs, bits, strict=True) if bit}
        money = {s: sum(q.packages.cost[k] for s2, k in taken if s2 == s) for s in states}
        number = {s: sum(s2 == s for s2, _ in taken) for s in states}
        fine = sum(money.values()) <= limits.budget + 1e-9
        fine = fine and taken <= offered
        fine = fine and all((s, int(f)) in taken for s, k in taken for f in np.flatnonzero(q.packages.needs[k]))
        fine = fine and all(pair in taken for pair in pairs if q.must[pair])
        fine = fine and (limits.each is None or max(number.values()) <= limits.each)
        fine = fine and (limits.ceiling is None or max(money.values()) <= limits.ceiling)
        fine = fine and (limits.flagged is None or all(number[s] for s in states if limits.flagged[s]))
        for floor in limits.floors:
            fine = fine and sum(money[s] for s in states if floor.members[s]) >= floor.share * limits.budget - 1e-9
        if fine:
            value = 0.0
            for s in states:
                for m in range(q.room.shape[1]):
                    lifted = sum(q.packages.lift[k, m] for s2, k in taken if s2 == s)
                    value += q.worth[s, m] * min(q.room[s, m], lifted)
            choice = np.array([pair in taken for pair in pairs]).reshape(len(q.codes), len(q.packages))
            found.append((value, choice))
    return found


def drawn(seed: int, *, plain: bool = False) -> Question:
    """A random question over two or three States in whole numbers; plain: under a budget only."""
    rng = random.Random(seed)
    states, kinds, measures = rng.choice([(2, 4, 3), (3, 3, 2), (2, 5, 3), (1, 5, 3)])
    lift = [[rng.choice([0, 0, 5, 10, 15]) for _ in range(measures)] for _ in range(kinds)]
    needs = [(1, 0)] if rng.random() < 0.5 else [(2, 1), (2, 0), (1, 0)] if rng.random() < 0.3 else []
    made = packages(lift, [rng.choice([1, 2, 3, 5, 8]) for _ in range(kinds)], needs)
    room = [[rng.choice([0, 5, 10, 20, 40]) for _ in range(measures)] for _ in range(states)]
    worth = [[rng.choice([1, 1, 2, 3]) for _ in range(measures)] for _ in range(states)]
    budget = rng.randint(0, 20)
    if plain:
        return question(room, made, budget, worth=worth)
    limits: dict[str, object] = {"each": rng.choice([None, 1, 2, 3]), "ceiling": rng.choice([None, 5, 9])}
    if rng.random() < 0.5:
        limits["floors"] = (Floor("one", np.array([s == 0 for s in range(states)]), rng.choice([0.1, 0.25, 0.5])),)
    if rng.random() < 0.4:
        limits["flagged"] = np.array([rng.random() < 0.5 for _ in range(states)])
    eligible = [[rng.random() < 0.85 for _ in range(kinds)] for _ in range(states)]
    must = [(0, rng.randrange(kinds))] if rng.random() < 0.3 else []
    return question(room, made, budget, worth=worth, eligible=eligible, must=must, **limits)
