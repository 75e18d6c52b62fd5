"""Groups of States: every State a dot, and a spread only where there are enough of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.model import TOLERANCE
from analysis.scores.tree import Scores

QUARTILES = (0.25, 0.5, 0.75)
FEWEST_FOR_QUANTILES = 5  # below this: dots only (scoring.md section 8)


def dots(scores: Scores, rows: Sequence[int], nodes: Sequence[str]) -> pd.DataFrame:
    """Every State a dot: iso3, round, node, submodule, measure_type, score (NA where not shown), lower, upper, answered,
    applicable, level, level_low, level_high, why."""
    columns = sorted(scores.column(node) for node in set(nodes))
    return scores.part(rows, columns).assign(row=np.repeat(np.arange(len(rows)), len(columns)))


def scored_first(scores: Scores, rows: Sequence[int], node: str, codes: Sequence[str]) -> list[str]:
    """Codes of States, in the order given but for those without a shown score at a node, which stand last."""
    at = scores.column(node)
    rows = np.asarray(rows, dtype=int)
    shown = set(scores.panel.index["iso3"].iloc[rows[~np.isnan(scores.score[rows, at])]])
    return sorted(codes, key=lambda code: code not in shown)


def mean_within(mean: float, lower: float, upper: float) -> float:
    """A mean of the States with a score, as long as it can be that of all: NaN where no answers of the others leave it possible (scoring.md section 3)."""
    return mean if lower - 100 * TOLERANCE <= mean <= upper + 100 * TOLERANCE else np.nan


def quantile_bounds(lower: np.ndarray, upper: np.ndarray, states: int) -> np.ndarray:
    """What the lower quartile, the median and the upper quartile of all States could be (2 x 3, points): those with a return at their own bounds, the
    others anywhere from 0 to 100.

    lower, upper: of the States with a return. states: all States. Sharp: a quantile rises with every score. As `region_bounds` for the mean.
    """
    others = np.zeros(states - len(lower))
    return np.array([np.quantile([*ends, *others], QUARTILES) for ends, others in ((lower, others), (upper, others + 100))])


def quantiles_within(shown: np.ndarray, bounds: np.ndarray) -> list[float]:
    """Lower quartile, median and upper quartile of the scores shown, each as long as it can be that of all States; else NaN, as for the mean.

    bounds: as `quantile_bounds` gives them.
    """
    return [
        mean_within(value, *ends) for value, ends in zip(np.quantile(shown, QUARTILES).tolist(), bounds.T.tolist(), strict=True)
    ]


def spread(table: pd.DataFrame) -> pd.DataFrame:
    """Median and quartiles of a table of dots, per node.

    Returns
    -------
    One row per node: node, states (with a return), n (shown), median, q1, q3 (NA below five shown, and where the open questions of the others rule it out), lowest, highest, lower_mean,
    upper_mean (the mean's bounds over all States with a return: what their open questions allow).
    """
    found = []
    of_row, nodes = pd.factorize(table["node"])
    values, ends = table["score"].to_numpy(dtype=float), table[["lower", "upper"]].to_numpy(dtype=float)
    for i, node in enumerate(nodes):
        here = of_row == i
        shown = values[here & ~np.isnan(values)]
        enough = len(shown) >= FEWEST_FOR_QUANTILES
        asked = ends[here & ~np.isnan(ends[:, 0])]
        quantiles = quantiles_within(shown, quantile_bounds(*asked.T, len(asked))) if enough else [np.nan] * 3
        outer = [shown.min(), shown.max()] if len(shown) else [np.nan, np.nan]
        bounds = np.nanmean(ends[here], axis=0).tolist() if enough else [np.nan, np.nan]
        found.append((node, int(here.sum()), len(shown), quantiles[1], quantiles[0], quantiles[2], *outer, *bounds))
    columns = ["node", "states", "n", "median", "q1", "q3", "lowest", "highest", "lower_mean", "upper_mean"]
    return pd.DataFrame(found, columns=columns)
