"""Scores beside an outcome series: association within States, years later, with two placebos. Description, whatever comes out.

Both are taken as differences from the State's own mean and from the round's mean (fixed effects of State and round), so that neither a
State that is high in everything nor a trend that all share makes an association. The placebos: the same with the outcome as many years
*before* the answers, and the same after the scores were shuffled within each State.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.model import NATIONAL
from analysis.scores.tree import Scores

FEWEST_STATES, FEWEST_PAIRS = 10, 30
SHUFFLES, SEED = 999, 2370


def series(bodies: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Records of the register `outcome-series` as a table: iso3, year (whole), value, source; sorted, one row a State and year."""
    table = pd.DataFrame(list(bodies), columns=["iso3", "year", "value", "source"])
    table = table.astype({"year": "int64", "value": "float64"}) if len(table) else table
    return (
        table.sort_values(["iso3", "year"], kind="stable").drop_duplicates(["iso3", "year"], keep="last").reset_index(drop=True)
    )


def pairs(scores: Scores, node: str, outcome: pd.DataFrame, lag: int, reading: str = "self") -> pd.DataFrame:
    """A score of a node and the outcome `lag` years after the round's year (before it where negative).

    Returns
    -------
    One row per national return with both: iso3, round, year (of the round), score, value; States with a single one are left out, for
    nothing varies within them. Sorted by iso3, year.
    """
    index = scores.panel.index
    kept = index[(index["reading"] == reading) & (index["organization"] == NATIONAL)]
    table = kept[["iso3", "round"]].assign(
        year=pd.DatetimeIndex(kept["round_date"]).year, score=scores.score[kept["row"], scores.column(node)]
    )
    later = outcome[["iso3", "year", "value"]].assign(year=outcome["year"].astype("int64") - lag)
    table = table.astype({"year": "int64"}).merge(later, on=["iso3", "year"], validate="m:1").dropna(subset=["score", "value"])
    table = table[table.groupby("iso3")["score"].transform("size") > 1]
    return table.sort_values(["iso3", "year", "round"], kind="stable").reset_index(drop=True)


def within(table: pd.DataFrame, shuffles: int = SHUFFLES, seed: int = SEED) -> dict[str, float]:
    """Correlation of score and value within States, rounds' means taken out as well.

    table: as `pairs` gives it. Gives r (-1 to 1; NaN below `FEWEST_STATES` or `FEWEST_PAIRS`, or where nothing varies), n, states,
    shuffled_low, shuffled_high (the middle 95 % of r after shuffling the scores within each State), as_large (share of shuffles, the data
    themselves counted among them, with an |r| at least as large).

    Source: partial correlation given dummies of State and round (Frisch-Waugh-Lovell); permutation test with the +1 of Phipson and Smyth.
    """
    n, states = len(table), table["iso3"].nunique()
    found = {"n": n, "states": states, "r": np.nan, "shuffled_low": np.nan, "shuffled_high": np.nan, "as_large": np.nan}
    if states < FEWEST_STATES or n < FEWEST_PAIRS:
        return found
    dummies = pd.get_dummies(table[["iso3", "round"]], columns=["iso3", "round"], dtype=float).to_numpy()
    basis, sizes, _ = np.linalg.svd(dummies, full_matrices=False)
    basis = basis[:, sizes > 1e-9 * sizes[0]]
    value = table["value"].to_numpy() - basis @ (basis.T @ table["value"].to_numpy())
    score = table["score"].to_numpy()
    drawn = np.vstack([score, _shuffled(score, table["iso3"].to_numpy(), shuffles, seed)])
    left = drawn - (drawn @ basis) @ basis.T
    size = np.sqrt((left**2).sum(axis=1) * (value**2).sum())
    varies = (np.sqrt((value**2).sum()) > 1e-9 * max(1, np.abs(table["value"]).max())) & (size > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.where(varies, (left @ value) / size, np.nan)
    if np.isnan(r[0]):
        return found
    ends = np.nanpercentile(r[1:], [2.5, 97.5])
    as_large = (1 + (np.abs(r[1:]) >= abs(r[0]) - 1e-12).sum()) / (1 + shuffles)
    return found | {
        "r": float(r[0]),
        "shuffled_low": float(ends[0]),
        "shuffled_high": float(ends[1]),
        "as_large": float(as_large),
    }


def _shuffled(values: np.ndarray, groups: np.ndarray, times: int, seed: int) -> np.ndarray:
    """The values shuffled within each group (which stand together): times x values."""
    random = np.random.default_rng(seed)
    keys = pd.factorize(groups)[0] + random.random((times, len(values)))
    return values[np.argsort(keys, axis=1)]


def lagged(scores: Scores, nodes: Sequence[str], outcome: pd.DataFrame, lag: int, reading: str = "self") -> pd.DataFrame:
    """The association of each node with the outcome `lag` years later, and as many years before.

    Returns
    -------
    One row per (node, side), side `after` or `before`: node, side, lag (years), and what `within` gives.
    """
    found = []
    for node in nodes:
        for side, years in (("after", lag), ("before", -lag)):
            found.append({"node": node, "side": side, "lag": lag} | within(pairs(scores, node, outcome, years, reading)))
    return pd.DataFrame(found)
