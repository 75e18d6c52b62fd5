"""Gaps that several States share, gathered into candidates for a joint workshop.

The rule: one measure; States whose gap is known and which nobody funds yet; all of one region (the subregion where there is one), or a State and
its neighbours by land, as far as they have that gap. Three States or more make a candidate; one whose States all belong to a larger one is left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.priorities.gaps import FEWEST_FOR_QUANTILES
from analysis.states import States

FEWEST = 3  # States that make a candidate; a convention
REGION, NEIGHBOURS = "region", "neighbours"
COLUMNS = ["measure", "submodule", "measure_type", "where", "states", "members", "requested_by", "n", "median_gap", "worth"]


def neighbours(states: States) -> pd.DataFrame:
    """Pairs of States that are neighbours by land, each in both directions: iso3, other. Empty where the list of States does not say."""
    if "neighbours" not in states.table:
        return pd.DataFrame({"iso3": [], "other": []}, dtype="str")
    table = states.table[["iso3", "neighbours"]].assign(other=states.table["neighbours"].fillna("").str.split(";"))
    pairs = table.explode("other")[["iso3", "other"]]
    pairs = pairs[pairs["other"].isin(states.names)]
    both = pd.concat([pairs, pairs.rename(columns={"iso3": "other", "other": "iso3"})])
    return both.drop_duplicates(ignore_index=True)


def ways(states: States) -> list[str]:
    """How States can be gathered: by region always, as neighbours where they are known."""
    return [REGION, NEIGHBOURS] if len(neighbours(states)) else [REGION]


def workshops(table: pd.DataFrame, states: States, by: str = REGION, fewest: int = FEWEST) -> pd.DataFrame:
    """Candidates for joint workshops, those of the most States first.

    Parameters
    ----------
    table: as `ranking.listed` gives it: one row per State and measure. by: one of `ways`.

    Returns
    -------
    measure, submodule, measure_type, where (the region's name, or the code of the State whose neighbours they are), states (number), members
    (codes, sorted, a list), requested_by (how many of them ask for it), n (scores shown), median_gap (points, over the scores shown; NA below
    five), worth (sum of theirs).
    """
    open_ = table[table["funded"] == ""].reset_index(drop=True)
    open_ = open_.assign(asks=open_["requested"] > 0)
    gathered = _by_region(open_, states) if by == REGION else _by_neighbours(open_, neighbours(states), fewest)
    large = gathered.groupby(["measure", "where"])["iso3"].transform("size") >= fewest
    if not large.any():
        return pd.DataFrame(columns=COLUMNS)
    found = gathered[large].sort_values("iso3").groupby(["measure", "where"], sort=False).agg(
        submodule=("submodule", "first"), measure_type=("measure_type", "first"), states=("iso3", "size"), members=("iso3", list),
        requested_by=("asks", "sum"), n=("gap", "count"), median_gap=("gap", "median"), worth=("worth", "sum"),
    ).reset_index()  # fmt: skip
    found["median_gap"] = found["median_gap"].where(found["n"] >= FEWEST_FOR_QUANTILES)
    order = ["states", "requested_by", "worth", "measure", "where"]
    return found.sort_values(order, ascending=[False] * 3 + [True] * 2, kind="stable")[COLUMNS].reset_index(drop=True)


def _by_region(table: pd.DataFrame, states: States) -> pd.DataFrame:
    """The rows with the region of their State; those of no region are left out."""
    place = states.table.set_index("iso3")
    where = place["subregion"].where(place["subregion"] != "", place["region"])
    found = table.assign(where=table["iso3"].map(where).fillna(""))
    return found[found["where"] != ""]


def _by_neighbours(table: pd.DataFrame, pairs: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """The rows of each State's neighbourhood, measure by measure, with the State in the middle as `where`; a row may stand in several."""
    codes = sorted({*pairs["iso3"], *pairs["other"]})
    number = {code: i for i, code in enumerate(codes)}
    near = np.eye(len(codes), dtype=int)
    near[pairs["iso3"].map(number), pairs["other"].map(number)] = 1
    parts = [table.head(0).assign(where="")]
    for _, rows in table[table["iso3"].isin(number)].groupby("measure", sort=False):
        at = rows["iso3"].map(number).to_numpy()
        circles = near[np.ix_(at, at)]  # a line per State in the middle: who of its neighbours has the gap too
        middle, member = np.nonzero(circles * _largest(circles, fewest)[:, None])
        parts.append(rows.iloc[member].assign(where=rows["iso3"].to_numpy()[middle]))
    return pd.concat(parts, ignore_index=True)


def _largest(circles: np.ndarray, fewest: int) -> np.ndarray:
    """Which sets (lines of 0 and 1) are large enough and part of no other; the first of equal ones counts."""
    size = circles.sum(axis=1)
    inside = circles @ circles.T == size[:, None]  # line i lies within line j
    order = np.arange(len(size))
    rival = (size[None, :] > size[:, None]) | ((size[None, :] == size[:, None]) & (order[None, :] < order[:, None]))
    return (size >= fewest) & ~(inside & rival).any(axis=1)
