"""How sure a portfolio is: which of its packages could be exchanged almost for nothing, and which stay whatever the weights and gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from analysis.priorities.afterwards import chosen_pairs
from analysis.priorities.bundles import Bundles, bundles, enumerable
from analysis.priorities.portfolio import GAP, OPTIMAL, Portfolio, best_of, solve
from analysis.priorities.question import Question
from analysis.priorities.ties import shares_of_best

#: A package is nearly tied where leaving it out costs less than this share of the portfolio's value, and less than this share of what the
#: package itself brings: in a portfolio of hundreds every single one is below the first.
NEAR, NEAR_OWN = 0.01, 0.1
MOST = 10
#: Questions of so many bundles are solved to the end, so that the portfolios of the best value can be counted.
SMALL = 3_000
SEED = 1


def near_ties(
    question: Question,
    best: Portfolio,
    *,
    most: int = MOST,
    seconds: float = 10.0,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """What it costs to do without a package of a portfolio, the money spent again as well as possible.

    The packages to look at are those whose loss is smallest at the price of money (the relaxation's dual); each of them is then left out
    and the whole question solved anew.

    Returns
    -------
    One row a pair, the smallest loss first: iso3, package (id), loss (points by their worth), loss_share (of the portfolio's value),
    brings (points by
    their worth that would stay open without it), near (below `NEAR` and `NEAR_OWN`), instead (list of (iso3, id) pairs that come in). Empty where nothing is chosen.
    """
    rows = []
    order = _cheapest_to_lose(question, best)[:most]
    brings = chosen_pairs(question, best.chosen).set_index(["iso3", "package"])["brings"]
    made = bundles(question) if enumerable(question) else None
    for i, (s, k) in enumerate(order):
        eligible = question.eligible.copy()
        eligible[s, k] = False
        other = replace(question, eligible=eligible)
        found = solve(other, seconds=seconds) if made is None else best_of(other, _spliced(made, other, s), seconds=seconds)
        value = min(found.value, best.value) if found.found else 0.0
        into = [(question.codes[a], question.packages.ids[b]) for a, b in np.argwhere(found.chosen & ~best.chosen)]
        loss = best.value - value
        share = loss / best.value if best.value > 0 else 0.0
        own = float(brings[question.codes[s], question.packages.ids[k]])
        near = share < NEAR and loss <= NEAR_OWN * own
        rows.append((question.codes[s], question.packages.ids[k], own, loss, share, near, into if found.found else []))
        if progress:
            progress((i + 1) / len(order))
    table = pd.DataFrame(rows, columns=["iso3", "package", "brings", "loss", "loss_share", "near", "instead"])
    return table.sort_values(["loss", "iso3", "package"], kind="stable").reset_index(drop=True)


def _cheapest_to_lose(question: Question, best: Portfolio) -> list[tuple[int, int]]:
    """Pairs of a portfolio that nobody insists on, those first whose loss at the price of money is smallest."""
    price = _price(question, bundles(question)) if enumerable(question) else best.value / max(best.spent, 1e-9) / 2
    losses = []
    for s, k in np.argwhere(best.chosen & ~question.wanted):
        here = best.chosen[s].copy()
        here[question.packages.needs[:, k]] = False  # what needs it goes with it
        here[k] = False
        closed = [np.minimum(question.room[s], row.astype(float) @ question.packages.lift) for row in (best.chosen[s], here)]
        value = float((closed[0] - closed[1]) @ question.worth[s])
        money = float((best.chosen[s] & ~here) @ question.packages.cost)
        losses.append((value - price * money, int(s), int(k)))
    return [(s, k) for _, s, k in sorted(losses)]


def _price(question: Question, made: Bundles) -> float:
    """Points that a little more money would close: the budget's dual in the relaxation."""
    states, n = len(question.codes), len(made.value)
    one = csr_array((np.ones(n), (made.state, np.arange(n))), shape=(states, n))
    money = csr_array(made.cost[None, :])
    result = linprog(
        -made.value, A_ub=money, b_ub=[question.limits.budget], A_eq=one, b_eq=np.ones(states), bounds=(0, 1), method="highs"
    )
    return float(-result.ineqlin.marginals[0]) if result.status == 0 else 0.0


def _spliced(made: Bundles, question: Question, state: int) -> Bundles:
    """Bundles in which those of one State are made anew."""
    fresh, rest = bundles(question, states=[state]), made.state != state
    parts = {
        name: np.concatenate([getattr(made, name)[rest], getattr(fresh, name)]) for name in ("state", "chosen", "value", "cost")
    }
    return Bundles(**parts)


class Shares(NamedTuple):
    """share: of the optimal portfolios that hold each pair (States x packages), None where none was found. counted: whether all were counted."""

    share: np.ndarray | None
    counted: bool


def optimal_shares(question: Question, *, seconds: float = 10.0, gap: float = GAP) -> Shares:
    """Share of the optimal portfolios that hold each pair.

    All portfolios of the best value are counted, each alike, so that a tie is split; but of what closes as much within one State only the
    cheapest (where a fair share may want money spent: of each cost). Where the question is too large to be solved to the end, or the
    portfolios are too many to be followed (`ties.MOST_STEPS`), the one found speaks for all, spread evenly over States that are alike.
    """
    if not enumerable(question):
        found = solve(question, seconds=seconds, gap=gap)
        return Shares(_spread(question, found.chosen.astype(float)) if found.found else None, False)
    every = bundles(question, every=True)
    first, of_class, size = _classes(every)
    classes = Bundles(every.state[first], every.chosen[first], every.value[first], every.cost[first])
    mean = np.zeros((len(first), every.chosen.shape[1]))
    np.add.at(mean, of_class, every.chosen)
    mean /= size[:, None]
    small = len(first) <= SMALL
    found = best_of(question, classes, seconds=seconds, gap=0.0 if small else gap)
    if not found.found:
        return Shares(None, False)
    share = np.zeros(question.eligible.shape)
    if small and found.status == OPTIMAL:
        of_best = shares_of_best(question, classes, size, found.value)
        if of_best is not None:
            np.add.at(share, classes.state, of_best[:, None] * mean)
            return Shares(share, True)
    picked = _picked(classes, found.chosen)
    share[classes.state[picked]] = mean[picked]
    return Shares(_spread(question, share), False)


def _spread(question: Question, share: np.ndarray) -> np.ndarray:
    """Shares, the same for States that are alike in everything asked: what is best for one is as good with two of them exchanged."""
    limits = question.limits
    parts = [np.round(question.room, 7), np.round(question.worth, 7), question.allowed, question.wanted]
    parts += [floor.members[:, None] for floor in limits.floors]
    parts += [] if limits.flagged is None else [limits.flagged[:, None]]
    _, alike = np.unique(np.hstack([part.astype(float) for part in parts]), axis=0, return_inverse=True)
    alike = alike.ravel()
    total = np.zeros((alike.max() + 1, share.shape[1]))
    np.add.at(total, alike, share)
    return (total / np.bincount(alike)[:, None])[alike]


def _classes(made: Bundles) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(first bundle of each class, class of each bundle, size of each class): bundles of one State, equal in value and cost."""
    keys = np.column_stack([made.state, np.round(made.value, 7), np.round(made.cost, 7)])
    _, first, of_class, size = np.unique(keys, axis=0, return_index=True, return_inverse=True, return_counts=True)
    return first, of_class.ravel(), size


def _picked(classes: Bundles, chosen: np.ndarray) -> np.ndarray:
    """Which bundles a choice is made of."""
    return np.flatnonzero((classes.chosen == chosen[classes.state]).all(axis=1))


class Core(NamedTuple):
    """index: mean share of the optimal portfolios that hold each pair (None without any). n: questions with an answer. counted: of these, those
    of which all optimal portfolios were counted."""

    index: np.ndarray | None
    n: int
    counted: int


def core_index(questions: Iterable[Question], *, seconds: float = 10.0, progress: Callable[[int], None] | None = None) -> Core:
    """Mean share of the optimal portfolios that hold each pair, over questions. Near 1: core; near 0: never.

    Source: core index of robust portfolio modelling (Liesiö, Mild and Salo, 2007), over draws instead of all weights.
    """
    total, n, counted = None, 0, 0
    for i, question in enumerate(questions):
        found = optimal_shares(question, seconds=seconds)
        if found.share is not None:
            total, n = found.share if total is None else total + found.share, n + 1
            counted += found.counted
        if progress:
            progress(i + 1)
    return Core(None if total is None else total / n, n, counted)


def drawn_questions(
    question: Question, low: np.ndarray, high: np.ndarray, number: int, *, seed: int = SEED, spread: float = 0.25
) -> Iterator[Question]:
    """The question under other weights and other gaps.

    Parameters
    ----------
    low, high: the least and the most each gap can be (States x measures). Every State's gaps lie, in one draw, at one place between the
    two, since its open questions have a common cause. A gap that is not known in the question stays out of every draw. spread:
    coefficient of variation of the measures' weights, drawn from a gamma distribution around the present ones.
    """
    rng = np.random.default_rng(seed)
    states, measures = question.room.shape
    known = question.room > 0
    shape = 1 / spread**2
    for _ in range(number):
        weights = rng.gamma(shape, 1 / shape, measures)
        at = rng.uniform(size=(states, 1))
        room = np.where(known, low + at * (high - low), 0.0)
        yield replace(question, room=room, worth=question.worth * weights)
