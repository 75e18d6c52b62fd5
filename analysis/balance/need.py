"""Residual need downstream: what is still missing there, as it stands and under a relaxed target.

The relaxed target is an assumption that a reader makes on purpose: without it (rho = 0) nothing upstream reduces what is asked downstream.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.balance.flags import flagged
from analysis.balance.plane import planes
from analysis.model import TOLERANCE
from analysis.scores.tree import Scores

Numbers = float | np.ndarray | pd.Series


@dataclass(frozen=True)
class Relaxation:
    """How far the downstream target may give way. target, least: points of 0-100, T and T_min; rho: share 0-1 of the way from one to the
    other; gamma: above 1 only a mature upstream counts, below 1 an early one does already.

    Raises
    ------
    ValueError
        If rho lies outside 0-1, gamma or least is not above 0, or least is above target.
    """

    target: float
    least: float
    rho: float = 0.0
    gamma: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.rho <= 1 or not self.gamma > 0 or not 0 < self.least <= self.target <= 100:
            raise ValueError("rho lies in 0-1, gamma above 0, and the least target above 0 and not above the target")


def relaxed_target(upstream: Numbers, target: float, least: float, rho: float, gamma: float = 1.0) -> np.ndarray:
    """T - rho (T - T_min) U^gamma. All shares of 0-1; upstream is the *lower* bound, so that no open question relaxes anything.

    Source: scoring.md section 10 b (oracle `relaxed_target`).
    """
    return target - rho * (target - least) * np.asarray(upstream, dtype=float) ** gamma


def residual_need(downstream: Numbers, relaxed: Numbers, threat: Numbers = 1.0) -> np.ndarray:
    """h max(0, T* - D): what is missing up to the relaxed target. Shares of 0-1; NaN where downstream is not known."""
    gap = np.asarray(relaxed, dtype=float) - np.asarray(downstream, dtype=float)
    return np.asarray(threat, dtype=float) * np.where(np.isnan(gap), np.nan, np.maximum(0, gap))


def switch_point(upstream: Numbers, downstream: Numbers, target: float, least: float, gamma: float = 1.0) -> np.ndarray:
    """The smallest rho at which downstream leaves the list: 0 where it is at the target anyway, NaN where no rho up to 1 is enough.

    Shares of 0-1. Source: the relaxed target set equal to downstream, solved for rho.
    """
    gap = target - np.asarray(downstream, dtype=float)
    gives = (target - least) * np.asarray(upstream, dtype=float) ** gamma
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = np.where(gap <= TOLERANCE, 0.0, gap / gives)
    return np.where(rho <= 1 + TOLERANCE, np.minimum(rho, 1), np.nan)


def needs(scores: Scores, rows: Sequence[int], relaxation: Relaxation, threat: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every State and sub-module with what is missing downstream.

    threat: a weight of 0-1 for each State and sub-module (iso3, submodule, threat); 1 where there is none.

    Returns
    -------
    One row per (row, sub-module), the largest need first: row, iso3, round, submodule, upstream_lower (what relaxes, points), downstream,
    downstream_lower, downstream_upper, target, relaxed, missing (points below what is asked, NA where downstream is not shown), need_low, need_high (what the open
    questions downstream allow it to be), need (missing x threat), unrelaxed (missing at rho = 0), switch (rho 0-1; NA where none is enough or downstream is not shown),
    switch_low, switch_high (by the bounds of downstream), kind (`certain`, `possible`, `none`, "" where downstream was not returned).
    threat (0-1; it orders the list, and says nothing on who is below the target). An upstream part that was not returned relaxes nothing.

    Source: scoring.md section 10 b.
    """
    table = planes(scores, rows, relaxation.target)
    if table.empty:
        return table
    r, target, least = relaxation, relaxation.target / 100, relaxation.least / 100
    upstream = table["upstream_lower"].fillna(0) / 100
    relaxed = relaxed_target(upstream, target, least, r.rho, r.gamma)
    table["upstream_lower"] = 100 * upstream
    table["target"], table["relaxed"], table["threat"] = r.target, 100 * relaxed, weights(table, threat)
    for name, column in (("missing", "downstream"), ("need_low", "downstream_upper"), ("need_high", "downstream_lower")):
        table[name] = 100 * residual_need(table[column] / 100, relaxed)
    table["need"] = table["missing"] * table["threat"]
    table["unrelaxed"] = 100 * residual_need(table["downstream"] / 100, target)
    for name, column in (("switch", "downstream"), ("switch_low", "downstream_upper"), ("switch_high", "downstream_lower")):
        table[name] = switch_point(upstream, table[column] / 100, target, least, r.gamma)
    small = 100 * TOLERANCE
    table["kind"] = flagged(table["need_low"] > small, table["need_high"] > small, table["need_high"].notna())
    columns = [
        "row",
        "iso3",
        "round",
        "submodule",
        "upstream_lower",
        "downstream",
        "downstream_lower",
        "downstream_upper",
        "target",
    ]
    columns += [
        "relaxed",
        "need",
        "need_low",
        "need_high",
        "unrelaxed",
        "switch",
        "switch_low",
        "switch_high",
        "kind",
        "threat",
        "missing",
    ]
    order = ["need", "need_low", "need_high", "iso3", "submodule"]
    return table.sort_values(order, ascending=[False] * 3 + [True] * 2, kind="stable")[columns].reset_index(drop=True)


def weights(table: pd.DataFrame, threat: pd.DataFrame | None) -> np.ndarray:
    """The threat of each row of a table with iso3 and submodule (0-1); 1 where nobody has entered one. threat: iso3, submodule, threat."""
    if threat is None or threat.empty:
        return np.ones(len(table))
    known = threat.set_index(["iso3", "submodule"])["threat"]
    found = known.reindex(pd.MultiIndex.from_frame(table[["iso3", "submodule"]]))
    return found.fillna(1.0).to_numpy(dtype=float)


def remaining(table: pd.DataFrame) -> pd.DataFrame:
    """How long the list stays as the target gives way: rho, n (cases still below what is asked beyond that rho); a step per switch point.

    table: as `needs` gives it. What is not shown is not counted.
    """
    listed = table[table["unrelaxed"] > 100 * TOLERANCE]
    leaves = np.sort(listed["switch"].dropna().to_numpy())
    places = np.unique(np.concatenate([[0.0], leaves, [1.0]]))
    return pd.DataFrame({"rho": places, "n": [len(listed) - int((leaves <= p + TOLERANCE).sum()) for p in places]})
