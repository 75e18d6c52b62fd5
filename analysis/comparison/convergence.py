"""Whether States draw together: the spread of the same States' scores from round to round. Never a regression on where they began."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.comparison.rounds import matched_states
from analysis.comparison.same import on_same_questions
from analysis.model import NATIONAL
from analysis.scores.tree import Scores


def matched_spread(scores: Scores, iso3s: Iterable[str], nodes: Sequence[str], reading: str = "self") -> pd.DataFrame:
    """Standard deviation of the same States' scores in every round (sigma).

    The matched panel of a node is that of `rounds.group_history`: the States with a shown score in every round in which at least five
    of them have one. The deviation is over these States as they are (divided by n): they are no sample of others.

    Returns
    -------
    One row per (node, round), rounds by date: node, round, round_date, n (States in the matched panel), reported (with a return in this
    round), sd, mean, lowest, highest (points; NA where the panel has fewer than five States or the round is not among those matched).

    Source: scoring.md section 8.
    """
    values, same, labels, dates, reported = _wide(scores, set(iso3s), nodes, reading)
    found = []
    for i, node in enumerate(nodes):
        matched, used = _matched(values[:, :, i], same[:, :, i])
        numbers = np.full((4, len(labels)), np.nan)
        if len(matched) >= FEWEST_FOR_QUANTILES:
            numbers[:, used] = matched.std(axis=0), matched.mean(axis=0), matched.min(axis=0), matched.max(axis=0)
        columns = zip(labels, dates, reported, *numbers, strict=True)
        found += [(node, label, date, len(matched), n, *rest) for label, date, n, *rest in columns]
    return pd.DataFrame(found, columns=["node", "round", "round_date", "n", "reported", "sd", "mean", "lowest", "highest"])


def first_to_last(scores: Scores, iso3s: Iterable[str], nodes: Sequence[str], reading: str = "self") -> pd.DataFrame:
    """The spread of the matched panel in its first and its last round.

    Returns
    -------
    One row per node: node, n (States matched over two rounds or more), first, last (rounds), sd_first, sd_last, sd_change, mean_first, mean_last (points), firm (whether the
    change keeps its direction whichever single State is left out). "" or NA without a matched panel of five States in two rounds.
    """
    values, same, labels, _, _ = _wide(scores, set(iso3s), nodes, reading)
    found = []
    for i, node in enumerate(nodes):
        matched, used = _matched(values[:, :, i], same[:, :, i])
        if len(matched) < FEWEST_FOR_QUANTILES or len(used) < 2:
            found.append((node, len(matched) if len(used) > 1 else 0, "", "", *[np.nan] * 5, pd.NA))
            continue
        ends = matched[:, [0, -1]]
        sd, mean = ends.std(axis=0), ends.mean(axis=0)
        without = _left_out(ends)
        change = sd[1] - sd[0]
        moves = without[:, 1] - without[:, 0]
        firm = bool((moves > 1e-9).all() or (moves < -1e-9).all())
        found.append((node, len(matched), labels[used[0]], labels[used[-1]], *sd, change, *mean, firm))
    columns = ["node", "n", "first", "last", "sd_first", "sd_last", "sd_change", "mean_first", "mean_last", "firm"]
    return pd.DataFrame(found, columns=columns).astype({"firm": "boolean"})


def _left_out(values: np.ndarray) -> np.ndarray:
    """The standard deviation of each column without each of its rows in turn."""
    n = len(values) - 1
    sums, squares = values.sum(axis=0) - values, (values**2).sum(axis=0) - values**2
    return np.sqrt(np.maximum(squares / n - (sums / n) ** 2, 0))


def _wide(
    scores: Scores, iso3s: set[str], nodes: Sequence[str], reading: str
) -> tuple[np.ndarray, np.ndarray, list[str], list[pd.Timestamp], list[int]]:
    """Scores as States x rounds x nodes (NaN without a return), as shown and on the same questions; the rounds by date, and how many States returned in each."""
    index = scores.panel.index
    kept = index[(index["reading"] == reading) & (index["organization"] == NATIONAL) & index["iso3"].isin(list(iso3s))]
    kept = kept.sort_values(["iso3", "round_date", "round"])
    dated = kept[["round", "round_date"]].drop_duplicates().sort_values(["round_date", "round"])
    labels = dated["round"].tolist()
    line, states = pd.factorize(kept["iso3"], sort=True)
    column = kept["round"].map({label: i for i, label in enumerate(labels)}).to_numpy(dtype=int)
    at = np.array([scores.column(n) for n in nodes], dtype=int)
    values = np.full((len(states), len(labels), len(at)), np.nan)
    rows, same = kept["row"].to_numpy(dtype=int), values.copy()
    values[line, column] = scores.score[np.ix_(rows, at)]
    same[line, column] = on_same_questions(scores, rows, line, nodes)[0]
    return values, same, labels, dated["round_date"].tolist(), np.bincount(column, minlength=len(labels)).tolist()


def _matched(values: np.ndarray, same: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The matched panel of `rounds.group_history`: its States in its rounds, on the same questions; and which rounds (columns) these are."""
    wanted, matched = matched_states(values, same, FEWEST_FOR_QUANTILES)
    return same[matched][:, wanted], np.flatnonzero(wanted)
