"""Targets: what each State's measure is held against, by the choice in force, and where each target comes from.

A target level T counts as 100 T / n points; a target in points that is no level (the regional upper quartile) has none beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import round_date
from analysis.scores.tree import Scores
from analysis.states import States

#: Choices beside a fixed level, which is chosen by its number.
DEFAULT, NEXT, QUARTILE, PLAN = "default", "next", "quartile", "plan"
FIXED, HIGHEST = "fixed", "highest"  # further places a target comes from; `highest`: no level is left to reach
FEWEST_FOR_QUARTILE = 5  # scoring.md section 8
UPPER = 0.75


@dataclass(frozen=True, eq=False)
class Targets:
    """The targets of some returns, arrays of returns x measures in the instrument's order.

    points: 0-100, NaN where no level is left to reach or where the part was not returned. level: NaN for a target that is no level.
    kind: where it comes from (`default`, `fixed`, `next`, `quartile`, `plan`, `highest`). round, set_by: of the State's own plan, else "".
    """

    points: np.ndarray
    level: np.ndarray
    kind: np.ndarray
    round: np.ndarray
    set_by: np.ndarray


def choices(instrument: Instrument) -> list[str]:
    """Every choice of a target, the default first; a fixed level by its number."""
    return [DEFAULT, NEXT, QUARTILE, PLAN, *map(str, instrument.levels[1:])]


def targets(
    scores: Scores,
    rows: Sequence[int],
    choice: str,
    *,
    peers: Sequence[int] = (),
    states: States | None = None,
    plan: pd.DataFrame | None = None,
) -> Targets:
    """The targets in force under a choice; where it gives none, the instrument's default, which is said in `kind`.

    Parameters
    ----------
    choice: one of `choices`. peers: rows that stand for all States of the round and reading, among them `rows`; the regional upper
    quartile is taken over them. states: the States with their regions. plan: as `planned` gives it.

    Raises
    ------
    ValueError
        If there is no such choice.

    Source: scoring.md section 9.
    """
    instrument, rows = scores.instrument, np.asarray(rows, dtype=int)
    if choice not in choices(instrument):
        raise ValueError(f"a target is one of {', '.join(choices(instrument))}; found {choice!r}")
    found = _default(instrument, len(rows))
    if choice == NEXT:
        _next_level(found, scores, rows)
    elif choice == QUARTILE:
        _quartile(found, scores, rows, np.asarray(peers, dtype=int), states)
    elif choice == PLAN:
        _own_plan(found, scores, rows, plan)
    elif choice != DEFAULT:
        found.level[:] = int(choice)
        found.kind[:] = FIXED
    whole = ~np.isnan(found.level)
    found.points[whole] = 100 * found.level[whole] / instrument.max_level
    return found


def planned(bodies: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Records of the register of targets as a table: iso3, round, round_date, measure, level, set_by, date."""
    columns = ["iso3", "round", "measure", "level", "set_by", "date"]
    table = pd.DataFrame([[body.get(name) for name in columns] for body in bodies], columns=columns)
    dates = {label: pd.Timestamp(round_date(str(label))) for label in table["round"].unique()}
    table["round_date"] = pd.to_datetime(table["round"].map(dates))
    return table.assign(set_by=table["set_by"].fillna(""), level=table["level"].astype(float))


def in_force(plan: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """The State's own target in force for each (row, iso3, round_date) of `asked`.

    Of a State's targets for a measure the one for the nearest round at or after the return's counts; where all of them lie before it,
    the newest, which holds until the State sets another.

    Returns
    -------
    One row per (row, measure) that has one: row, measure, level, round, set_by.
    """
    both = asked.merge(plan, on="iso3", suffixes=("_asked", ""))
    ahead = both["round_date"] >= both["round_date_asked"]
    distance = (both["round_date"] - both["round_date_asked"]).abs()
    both = both.assign(behind=~ahead, distance=distance).sort_values(["row", "measure", "behind", "distance"], kind="stable")
    return both.drop_duplicates(["row", "measure"])[["row", "measure", "level", "round", "set_by"]].reset_index(drop=True)


def _columns(instrument: Instrument) -> np.ndarray:
    return np.array([instrument.node_number[m] for m in instrument.measures["node"]])


def _default(instrument: Instrument, n: int) -> Targets:
    level = np.tile(instrument.measures["target_level"].to_numpy(dtype=float), (n, 1))
    words = [np.full(level.shape, fill, dtype=object) for fill in (DEFAULT, "", "")]
    return Targets(np.full(level.shape, np.nan), level, *words)


def _next_level(found: Targets, scores: Scores, rows: np.ndarray) -> None:
    """One above the level that is reached whatever the open questions hold."""
    reached = scores.level_low[np.ix_(rows, _columns(scores.instrument))]
    found.level[:] = np.where(reached < scores.instrument.max_level, reached + 1, np.nan)
    found.kind[:] = np.where(reached >= scores.instrument.max_level, HIGHEST, NEXT)


def _quartile(found: Targets, scores: Scores, rows: np.ndarray, peers: np.ndarray, states: States | None) -> None:
    """The upper quartile of the scores shown in the State's region, where there are five or more of them."""
    region = {} if states is None else dict(zip(states.table["iso3"], states.table["region"], strict=True))
    codes = scores.panel.index["iso3"]
    of_peer, of_row = (np.array([region.get(c, "") for c in codes.iloc[at]], dtype=object) for at in (peers, rows))
    columns = _columns(scores.instrument)
    for name in {*of_row} - {""}:
        here = scores.score[np.ix_(peers[of_peer == name], columns)]
        quartile = _quantile(here, UPPER)
        enough = (~np.isnan(here)).sum(axis=0) >= FEWEST_FOR_QUARTILE
        place = np.ix_(of_row == name, enough)
        found.points[place], found.level[place], found.kind[place] = quartile[enough], np.nan, QUARTILE


def _quantile(values: np.ndarray, share: float) -> np.ndarray:
    """A quantile of each column by linear interpolation, NaN left out; NaN for a column without numbers."""
    if not len(values):
        return np.full(values.shape[1], np.nan)
    ordered, n = np.sort(values, axis=0), (~np.isnan(values)).sum(axis=0)
    place = share * np.maximum(n - 1, 0)
    low = np.floor(place).astype(int)
    high, at = np.minimum(low + 1, np.maximum(n - 1, 0)), np.arange(values.shape[1])
    return ordered[low, at] + (ordered[high, at] - ordered[low, at]) * (place - low)


def _own_plan(found: Targets, scores: Scores, rows: np.ndarray, plan: pd.DataFrame | None) -> None:
    if plan is None or plan.empty:
        return
    number = {m: i for i, m in enumerate(scores.instrument.measures["node"])}
    asked = scores.panel.index.iloc[rows][["iso3", "round_date"]].assign(row=np.arange(len(rows)))
    mine = in_force(plan[plan["measure"].isin(number) & (plan["level"] <= scores.instrument.max_level)], asked)
    place = mine["row"].to_numpy(), mine["measure"].map(number).to_numpy(dtype=int)
    found.level[place], found.kind[place] = mine["level"], PLAN
    found.round[place], found.set_by[place] = mine["round"], mine["set_by"]
