"""Rank association of upstream and downstream across States, with its interval, and what is left of it beside general capacity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.balance.axes import axes
from analysis.scores.tree import Scores

FEWEST = 10  # States; with fewer no association is given


def interval(r: float, n: int, controls: int = 0, level: float = 0.95) -> tuple[float, float]:
    """Bonett-Wright interval of a rank correlation: tanh(atanh r +- z sqrt((1 + r^2 / 2) / (n - 3))); n less one for each control.

    NaN where n is too small, or r is -1 or 1, for which it is not defined.

    Source: Bonett and Wright, Psychometrika 65 (2000) (oracle `spearman_ci`).
    """
    free = n - controls - 3
    if free <= 0 or not abs(r) < 1:
        return np.nan, np.nan
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt((1 + r**2 / 2) / free)
    return float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's rank correlation of two complete vectors; NaN where one of them does not vary."""
    return _pearson(stats.rankdata(x), stats.rankdata(y))


def partial_spearman(x: np.ndarray, y: np.ndarray, control: np.ndarray) -> float:
    """Spearman's rank correlation of x and y with the ranks of a third vector held fixed; NaN where one of them does not vary."""
    ranks = [stats.rankdata(v) for v in (x, y, control)]
    xy, xz, yz = (_pearson(ranks[i], ranks[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    left = (1 - xz**2) * (1 - yz**2)
    return float((xy - xz * yz) / np.sqrt(left)) if left > 1e-12 else np.nan


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    x, y = x - x.mean(), y - y.mean()
    size = np.sqrt((x**2).sum() * (y**2).sum())
    return float((x * y).sum() / size) if size > 0 else np.nan


def associations(scores: Scores, rows: Sequence[int]) -> pd.DataFrame:
    """Upstream with downstream across States, sub-module by sub-module.

    General capacity of a State, for a sub-module, is the mean of its scores in the *other* sub-modules, upstream and downstream: no answer
    stands on both sides. It is taken only where all of these are shown.

    Returns
    -------
    One row per (sub-module, kind), kind `plain` or `partial`: submodule, kind, n (States), r (-1 to 1), low, high (95 %, Bonett-Wright);
    NA below `FEWEST` States, and for `partial` where there is no other sub-module.

    Source: scoring.md section 10 d.
    """
    rows = list(map(int, rows))
    pairs = axes(scores.instrument)
    at = {r.submodule: (scores.column(r.upstream), scores.column(r.downstream)) for r in pairs.itertuples()}
    found = []
    for submodule, (up, down) in at.items():
        x, y = scores.score[rows, up], scores.score[rows, down]
        others = [column for name, columns in at.items() if name != submodule for column in columns]
        capacity = scores.score[np.ix_(rows, others)].mean(axis=1) if others else np.full(len(rows), np.nan)
        shown = ~np.isnan(x) & ~np.isnan(y)
        both = shown & ~np.isnan(capacity)
        plain = spearman(x[shown], y[shown]) if shown.sum() >= FEWEST else np.nan
        partial = partial_spearman(x[both], y[both], capacity[both]) if both.sum() >= FEWEST else np.nan
        found.append((submodule, "plain", int(shown.sum()), plain, *interval(plain, int(shown.sum()))))
        found.append((submodule, "partial", int(both.sum()), partial, *interval(partial, int(both.sum()), 1)))
    return pd.DataFrame(found, columns=["submodule", "kind", "n", "r", "low", "high"])
