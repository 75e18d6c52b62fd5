"""What one State's change is made of: how much each part brought in, without a rest, by the rule of aggregation in force."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.comparison.rounds import changes, matched
from analysis.instrument import Instrument
from analysis.model import TOLERANCE, Panel
from analysis.scores.cells import question_cells
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import Scores, node_scores
from analysis.scores.weights import effective_weights

#: Parts that may change at once where all their orders are walked through: 2 to the power of them combinations.
MOST = 12
COLUMNS = ["item", "before", "after", "weight_before", "weight_after", "score_effect", "weight_effect", "contribution"]


def two_factor(w0: np.ndarray, w1: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Change of a weighted sum, split exactly: mean weight times change of value, and mean value times change of weight.

    Source: scoring.md section 7, the mean-weights rule (oracle `two_factor`).
    """
    w0, w1, x0, x1 = (np.asarray(a, dtype=float) for a in (w0, w1, x0, x1))
    return (w0 + w1) / 2 * (x1 - x0), (x0 + x1) / 2 * (w1 - w0)


def log_mean(a: float, b: float) -> float:
    """Logarithmic mean of two numbers above 0: (a - b) / ln(a / b), and a where they are the same."""
    return a if abs(a - b) <= 1e-12 * max(a, b) else (a - b) / math.log(a / b)


def shapley(value: Callable[[np.ndarray], np.ndarray], n: int) -> np.ndarray:
    """What each of n parts brings in, averaged over all orders in which they may change: exact, by walking through every combination.

    Parameters
    ----------
    value: combinations (m x n, whether each part has changed) -> the whole of each (m,).

    Raises
    ------
    ValueError
        For more than `MOST` parts.

    Source: scoring.md section 7 (oracles `shapley_min`, `shapley_geo`).
    """
    if n > MOST:
        raise ValueError(f"at most {MOST} parts are walked through; found {n}")
    every = np.arange(2**n)
    changed = (every[:, None] >> np.arange(n)) & 1 == 1
    worth, size = np.asarray(value(changed), dtype=float), changed.sum(axis=1)
    weight = np.array([math.factorial(k) * math.factorial(n - 1 - k) / math.factorial(n) for k in range(n)] or [0.0])
    found = np.zeros(n)
    for i in range(n):
        without = every[~changed[:, i]]
        found[i] = (weight[size[without]] * (worth[without | (1 << i)] - worth[without])).sum()
    return found


def lowest_effects(x0: np.ndarray, x1: np.ndarray) -> np.ndarray:
    """Shapley shares of the change of a minimum, for any number of parts, without walking through combinations.

    The minimum is the length of the thresholds that no part is below. Between two neighbouring values, the parts that rise above (g of
    them) and those that fall below (l) share alike: each riser (g - 1)! l! / (g + l)!, each faller - g! (l - 1)! / (g + l)!.
    """
    x0, x1 = np.asarray(x0, dtype=float), np.asarray(x1, dtype=float)
    found, cuts = np.zeros(len(x0)), np.unique([*x0, *x1])
    for low, high in pairwise(cuts):
        was, now = x0 >= high, x1 >= high
        if (~was & ~now).any():
            continue
        rises, falls = ~was & now, was & ~now
        g, f = int(rises.sum()), int(falls.sum())
        if g:
            found[rises] += (high - low) / (g * math.comb(g + f, f))
        if f:
            found[falls] -= (high - low) / (f * math.comb(g + f, g))
    return found


def effects(aggregator: str, w0: np.ndarray, w1: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(what each part's own change brought in, what its change of weight brought in): they add up to the change of the whole.

    Parameters
    ----------
    w0, w1: weights of each round, adding up to 1. x0, x1: scores of each round, 0-100, without holes.

    A mean that is linear after a turn of its parts (arithmetic: as they are; power: square roots; geometric: logarithms of max(x, 1); harmonic:
    one over them) is split by mean weights there, and turned back by the slope from the one whole to the other: for the geometric mean that is
    the log-mean (LMDI). The minimum is shared out by Shapley; so is a harmonic mean that holds a 0, with weight and score of a part taken together.
    """
    w0, w1, x0, x1 = (np.asarray(a, dtype=float) for a in (w0, w1, x0, x1))
    if aggregator == "minimum":
        return lowest_effects(x0, x1), np.zeros(len(x0))
    if aggregator == "harmonic" and min(x0.min(), x1.min()) <= 0:
        return _harmonic_with_zeros(w0, w1, x0, x1), np.zeros(len(x0))
    turn = {
        "arithmetic": lambda x: x,
        "power": np.sqrt,
        "geometric": lambda x: np.log(np.maximum(x, 1.0)),
        "harmonic": lambda x: 1 / x,
    }[aggregator]
    by_score, by_weight = two_factor(w0, w1, turn(x0), turn(x1))
    whole = (w0 * turn(x0)).sum(), (w1 * turn(x1)).sum()
    slope = {
        "arithmetic": lambda a, b: 1.0,
        "power": lambda a, b: a + b,
        "geometric": lambda a, b: log_mean(math.exp(a), math.exp(b)),
        "harmonic": lambda a, b: -1 / (a * b),
    }[aggregator](*whole)
    return slope * by_score, slope * by_weight


def _harmonic_with_zeros(w0: np.ndarray, w1: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> np.ndarray:
    moved = np.flatnonzero((x0 != x1) | (w0 != w1))

    def value(changed: np.ndarray) -> np.ndarray:
        late = np.zeros((len(changed), len(x0)), dtype=bool)
        late[:, moved] = changed
        w, x = np.where(late, w1, w0), np.where(late, x1, x0)
        with np.errstate(divide="ignore"):
            return w.sum(axis=1) / (w / x).sum(axis=1)

    found = np.zeros(len(x0))
    found[moved] = shapley(value, len(moved)) if len(moved) <= MOST else np.nan
    return found


def contributions(
    scores: Scores, now: int, before: int, node: str, earlier_weights: tuple[tuple[str, float], ...] | None = None
) -> pd.DataFrame:
    """What each child of a node brought into its change between two rows of a State, on the questions answered in both.

    Parameters
    ----------
    earlier_weights: where the earlier round goes by other weights, those (as in `ScoreOptions`).

    Returns
    -------
    One row per child with a score there, in the instrument's order: item (a node, or a question of a measure), before, after (0-100, matched),
    weight_before, weight_after (shares of 1), score_effect, weight_effect, contribution (points; they add up to the change that
    `rounds.changes` gives). Empty where it gives none.

    Source: scoring.md section 7.
    """
    first, pair = _both(scores, now, before, earlier_weights)
    if changes(scores, now, before, [node])["change"].isna().any() or np.isnan(first.score[0, first.column(node)]):
        return pd.DataFrame(columns=COLUMNS)
    names, x1 = _children(pair, 1, node)
    _, x0 = _children(first, 0, node)
    known = ~np.isnan(x0) & ~np.isnan(x1)
    names = [name for name, there in zip(names, known, strict=True) if there]
    w0, w1 = (_weights(scores.instrument, names, one.options) for one in (first, pair))
    aggregator = "arithmetic" if names and names[0] in scores.instrument.question_number else scores.options.aggregator
    by_score, by_weight = effects(aggregator, w0, w1, x0[known], x1[known])
    columns = [names, x0[known], x1[known], w0, w1, by_score, by_weight, by_score + by_weight]
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def ends(
    scores: Scores, now: int, before: int, node: str, earlier_weights: tuple[tuple[str, float], ...] | None = None
) -> tuple[float, float]:
    """(score before, score after) of a node on the questions answered in both rows, each round by its own weights; NaN where not shown.

    The `contributions` of the same arguments add up to their difference where they are given; the two scores stand also where too few questions are
    in common for a change to be shown.
    """
    first, pair = _both(scores, now, before, earlier_weights)
    at = pair.column(node)
    return float(first.score[0, at]), float(pair.score[1, at])


def _both(scores: Scores, now: int, before: int, earlier_weights: tuple[tuple[str, float], ...] | None) -> tuple[Scores, Scores]:
    """(the two rows by the weights of the earlier, by those of the later), on the questions answered in both."""
    pair = matched(scores, [before, now])
    if earlier_weights is None:
        return pair, pair
    return node_scores(pair.panel, pair.instrument, replace(scores.options, weights=earlier_weights)), pair


def _children(pair: Scores, row: int, node: str) -> tuple[list[str], np.ndarray]:
    """Names and scores (NaN without one) of a node's children in one row."""
    names = list(pair.instrument.children(node))
    if names[0] in pair.instrument.question_number:
        cells = question_cells(pair.panel.codes, pair.instrument, pair.options)
        return names, cells.score[[pair.instrument.question_number[n] for n in names], row]
    return names, pair.score[row, [pair.column(n) for n in names]]


def _weights(instrument: Instrument, names: Sequence[str], options: ScoreOptions) -> np.ndarray:
    weight = effective_weights(instrument, dict(options.weights)).set_index("item")["weight"][list(names)].to_numpy(dtype=float)
    return weight / weight.sum()


def level_contributions(scores: Scores, now: int, before: int, node: str) -> pd.DataFrame:
    """What each child of a node brought into the change of its level between two rows of a State, on the questions answered in both.

    Every combination of children as they were and as they are is awarded a level by the engine itself, and the steps are averaged over all
    orders (Shapley).

    Returns
    -------
    One row per child of which an answer changed: item, contribution (levels; they add up to after - before); `attrs` hold level_before and level_after. Empty
    where there is no change to be given, where no level is awarded, or where more than `MOST` children changed.
    """
    empty = pd.DataFrame(columns=["item", "contribution"])
    if changes(scores, now, before, [node])["change"].isna().any():
        return empty
    pair = matched(scores, [before, now])
    instrument, codes, at = scores.instrument, pair.panel.codes, scores.column(node)
    ends = pair.level[:, at]
    below = {name: _asked(instrument, name) for name in instrument.children(node)}
    moved = [name for name, asked in below.items() if (codes[0] != codes[1])[asked].any()]
    if np.isnan(ends).any() or len(moved) > MOST:
        return empty

    def value(changed: np.ndarray) -> np.ndarray:
        mixed = np.repeat(codes[[0]], len(changed), axis=0)
        for i, name in enumerate(moved):
            mixed[np.ix_(changed[:, i], below[name])] = codes[1, below[name]]
        index = pair.panel.index.iloc[[0] * len(changed)].reset_index(drop=True).assign(row=np.arange(len(changed)))
        return node_scores(Panel(instrument.id, mixed, index), instrument, scores.options).level_low[:, at]

    found = pd.DataFrame({"item": moved, "contribution": shapley(value, len(moved))})
    found.attrs = {"level_before": int(ends[0]), "level_after": int(ends[1])}
    return found


def _asked(instrument: Instrument, name: str) -> np.ndarray:
    if name in instrument.question_number:
        return np.arange(len(instrument.questions)) == instrument.question_number[name]
    return instrument.questions_below(name)


def question_moves(scores: Scores, now: int, before: int, node: str) -> pd.DataFrame:
    """The questions below a node answered in both rows whose answer moved, the largest effect on their measure first.

    Returns
    -------
    question, measure, code_before, code_after, contribution (points of the measure's score on the questions answered in both: its share among them times its
    change; those of a measure add up to the measure's change).
    """
    pair = matched(scores, [before, now])
    instrument, codes = scores.instrument, pair.panel.codes
    cells = question_cells(codes, instrument, scores.options)
    kept = instrument.questions_below(node) & cells.applicable.all(axis=1)
    weight = effective_weights(instrument, dict(scores.options.weights)).set_index("item")["weight"]
    table = instrument.questions.loc[kept, ["question", "measure"]].reset_index(drop=True)
    table["code_before"], table["code_after"] = codes[0, kept], codes[1, kept]
    of = weight[table["question"]].to_numpy(dtype=float)
    total = pd.Series(of).groupby(table["measure"].to_numpy()).transform("sum").to_numpy()
    table["contribution"] = of / total * (cells.score[kept, 1] - cells.score[kept, 0])
    table = table[table["code_before"] != table["code_after"]]
    order = table["contribution"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def unchanged(table: pd.DataFrame) -> int:
    """How many of the parts of `contributions` brought nothing in."""
    return int((table["contribution"].abs() <= 100 * TOLERANCE).sum())
