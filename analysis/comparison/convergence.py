"""Whether States draw together: the spread of the same States' scores from round to round. Never a regression on where they began."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.comparison.rounds import matched_states
from analysis.comparison.same import on_same_questions
from analysis.comparison.sure import deviation_bounds
from analysis.model import NATIONAL
from analysis.scores.tree import Scores


def matched_spread(scores: Scores, iso3s: Iterable[str], nodes: Sequence[str], reading: str = "self") -> pd.DataFrame:
    """Standard deviation of the same States' scores in every round (sigma).

    The matched panel of a node is that of `rounds.group_history`: the States with a shown score in every round in which at least five
    of them have one. The deviation is over these States as they are (divided by n): they are no sample of others.

    Returns
    -------
    One row per (node, round), rounds by date: node, round, round_date, n (States in the matched panel), reported (with a return in this
    round), sd, mean, lowest, highest (points, on the same questions), lower_mean, upper_mean (what the answers to all questions allow the mean of these States to
    be); all NA where the panel has fewer than five States or the round is not among those matched.

    Source: scoring.md section 8.
    """
    wide, labels, dates, reported = _wide(scores, set(iso3s), nodes, reading)
    found = []
    for i, node in enumerate(nodes):
        matched, lower, upper, used = _matched({name: cells[:, :, i] for name, cells in wide.items()})
        numbers = np.full((6, len(labels)), np.nan)
        if len(matched) >= FEWEST_FOR_QUANTILES:
            numbers[:4, used] = matched.std(axis=0), matched.mean(axis=0), matched.min(axis=0), matched.max(axis=0)
            numbers[4:, used] = lower.mean(axis=0), upper.mean(axis=0)
        columns = zip(labels, dates, reported, *numbers, strict=True)
        found += [(node, label, date, len(matched), n, *rest) for label, date, n, *rest in columns]
    columns = ["node", "round", "round_date", "n", "reported", "sd", "mean", "lowest", "highest", "lower_mean", "upper_mean"]
    return pd.DataFrame(found, columns=columns)


def first_to_last(scores: Scores, iso3s: Iterable[str], nodes: Sequence[str], reading: str = "self") -> pd.DataFrame:
    """The spread of the matched panel in its first and its last round.

    Returns
    -------
    One row per node: node, n (States matched over two rounds or more), first, last (rounds), sd_first, sd_last, sd_change, mean_first, mean_last (points), firm (whether the
    change keeps its direction whichever single State is left out), sd_change_low, sd_change_high (between which the change lies whatever the open questions of all
    that was asked hold; need not be reached: the bounds of `sure.spread_changes`). "" or NA without a matched panel of five States in two rounds.
    """
    wide, labels, _, _ = _wide(scores, set(iso3s), nodes, reading)
    found = []
    for i, node in enumerate(nodes):
        matched, lower, upper, used = _matched({name: cells[:, :, i] for name, cells in wide.items()})
        if len(matched) < FEWEST_FOR_QUANTILES or len(used) < 2:
            found.append((node, len(matched) if len(used) > 1 else 0, "", "", *[np.nan] * 5, pd.NA, np.nan, np.nan))
            continue
        ends = matched[:, [0, -1]]
        sd, mean = ends.std(axis=0), ends.mean(axis=0)
        without = _left_out(ends)
        change = sd[1] - sd[0]
        moves = without[:, 1] - without[:, 0]
        firm = bool((moves > 1e-9).all() or (moves < -1e-9).all())
        before, now = (deviation_bounds(lower[:, end], upper[:, end]) for end in (0, -1))
        bounds = (now[0] - before[1], now[1] - before[0])
        found.append((node, len(matched), labels[used[0]], labels[used[-1]], *sd, change, *mean, firm, *bounds))
    columns = ["node", "n", "first", "last", "sd_first", "sd_last", "sd_change", "mean_first", "mean_last", "firm"]
    columns += ["sd_change_low", "sd_change_high"]
    return pd.DataFrame(found, columns=columns).astype({"firm": "boolean"})


def _left_out(values: np.ndarray) -> np.ndarray:
    """The standard deviation of each column without each of its rows in turn."""
    n = len(values) - 1
    sums, squares = values.sum(axis=0) - values, (values**2).sum(axis=0) - values**2
    return np.sqrt(np.maximum(squares / n - (sums / n) ** 2, 0))


def _wide(
    scores: Scores, iso3s: set[str], nodes: Sequence[str], reading: str
) -> tuple[dict[str, np.ndarray], list[str], list[pd.Timestamp], list[int]]:
    """score, value (on the same questions), lower and upper as States x rounds x nodes (NaN without a return); the rounds by date, and how many States returned in
    each."""
    index = scores.panel.index
    kept = index[(index["reading"] == reading) & (index["organization"] == NATIONAL) & index["iso3"].isin(list(iso3s))]
    kept = kept.sort_values(["iso3", "round_date", "round"])
    dated = kept[["round", "round_date"]].drop_duplicates().sort_values(["round_date", "round"])
    labels = dated["round"].tolist()
    line, states = pd.factorize(kept["iso3"], sort=True)
    column = kept["round"].map({label: i for i, label in enumerate(labels)}).to_numpy(dtype=int)
    at = np.array([scores.column(n) for n in nodes], dtype=int)
    rows, wide = kept["row"].to_numpy(dtype=int), {}
    for name in ("score", "value", "lower", "upper"):
        found = on_same_questions(scores, rows, line, nodes)[0] if name == "value" else getattr(scores, name)[np.ix_(rows, at)]
        wide[name] = np.full((len(states), len(labels), len(at)), np.nan)
        wide[name][line, column] = found
    return wide, labels, dated["round_date"].tolist(), np.bincount(column, minlength=len(labels)).tolist()


def _matched(wide: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The matched panel of `rounds.group_history`: its States in its rounds, on the same questions, with the bounds on all questions; and which
    rounds (columns) these are."""
    wanted, matched = matched_states(wide["score"], wide["value"], FEWEST_FOR_QUANTILES)
    return *(wide[name][matched][:, wanted] for name in ("value", "lower", "upper")), np.flatnonzero(wanted)
