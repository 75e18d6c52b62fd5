"""Gaps that several States share, gathered into candidates for a joint workshop.

The rule: one measure; States whose gap is known and which nobody funds yet; of one region (the subregion where there is one), or neighbours by
land of each other, directly or through others with the same gap. Three States or more make a candidate.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.priorities.gaps import FEWEST_FOR_QUANTILES
from analysis.states import States

FEWEST = 3  # States that make a candidate; a convention
REGION, NEIGHBOURS = "region", "neighbours"
COLUMNS = ["measure", "submodule", "measure_type", "where", "states", "members", "requested_by", "n", "median_gap", "value"]


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
    measure, submodule, measure_type, where (the region's name; "" for neighbours), states (number), members (codes, sorted, a list),
    requested_by (how many of them ask for it), n (scores shown), median_gap (points, over the scores shown; NA below five), value (sum of
    their values).
    """
    open_ = table[table["funded"] == ""].reset_index(drop=True)
    if open_.empty:
        return pd.DataFrame(columns=COLUMNS)
    if by == REGION:
        place = states.table.set_index("iso3")
        where = place["subregion"].where(place["subregion"] != "", place["region"])
        open_ = open_.assign(where=open_["iso3"].map(where).fillna(""))
        open_ = open_[open_["where"] != ""].assign(cluster=lambda t: t["where"])
    else:
        open_ = open_.assign(where="", cluster=_clusters(open_, neighbours(states)))
    open_["asks"] = open_["requested"] > 0
    large = open_.groupby(["measure", "cluster"])["iso3"].transform("size") >= fewest
    found = open_[large].sort_values("iso3").groupby(["measure", "cluster"], sort=False).agg(
        submodule=("submodule", "first"), measure_type=("measure_type", "first"), where=("where", "first"), states=("iso3", "size"),
        members=("iso3", list), requested_by=("asks", "sum"), n=("gap", "count"), median_gap=("gap", "median"), value=("value", "sum"),
    ).reset_index()  # fmt: skip
    found["median_gap"] = found["median_gap"].where(found["n"] >= FEWEST_FOR_QUANTILES)
    order = ["states", "requested_by", "value", "measure"]
    return found.sort_values(order, ascending=[False] * 3 + [True], kind="stable")[COLUMNS].reset_index(drop=True)


def _clusters(table: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    """A number per row: rows of one measure that are neighbours, directly or through others of the same measure, share it."""
    rows = table[["measure", "iso3"]].assign(at=np.arange(len(table)))
    joined = rows.merge(pairs, on="iso3").merge(rows, left_on=["measure", "other"], right_on=["measure", "iso3"])
    ends = joined["at_x"].to_numpy(dtype=int), joined["at_y"].to_numpy(dtype=int)
    graph = coo_array((np.ones(len(joined)), ends), shape=(len(table), len(table)))
    return connected_components(graph, directed=False)[1]
