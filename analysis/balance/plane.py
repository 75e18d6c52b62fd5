"""Each State on the plane of upstream and downstream, a plane per sub-module, as a box where questions are open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.balance.axes import AXES, axes
from analysis.balance.flags import response_heavy
from analysis.instrument import Instrument
from analysis.model import TOLERANCE, Panel
from analysis.scores.rollup import REASONS
from analysis.scores.tree import Scores

#: Quadrants around the target: upstream and downstream at it, one of them, none. "": not known, for a score is not shown.
BOTH, PREVENTS, RESPONDS, NEITHER = QUADRANTS = ("both", "prevents", "responds", "neither")


def target_points(instrument: Instrument, level: int | None = None) -> float:
    """The target line of both axes in points of 0-100: a level T counts as 100 T / n. None: the instrument's own target level."""
    return 100 * (instrument.target_level if level is None else level) / instrument.max_level


def harmonic(upstream: np.ndarray | float, downstream: np.ndarray | float) -> np.ndarray:
    """Harmonic mean of two scores (0-100), nearer to the lower one; 0 where either is 0, NaN where either is."""
    upstream, downstream = np.asarray(upstream, dtype=float), np.asarray(downstream, dtype=float)
    total = upstream + downstream
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total == 0, 0.0, 2 * upstream * downstream / total)


def previous_rows(panel: Panel, rows: Sequence[int]) -> list[int | None]:
    """Row of the round before of each row: the same State, organization and reading, an earlier date; None for a first return."""
    units: dict[tuple, list[tuple]] = {}
    index = panel.index
    keys = list(zip(index["iso3"], index["organization"], index["reading"], strict=True))
    dated = list(zip(index["round_date"], index["round"], index["row"], strict=True))
    for key, entry in zip(keys, dated, strict=True):
        units.setdefault(key, []).append(entry)
    found = []
    for row in rows:
        before = [entry for entry in units[keys[row]] if entry[0] < dated[row][0]]
        found.append(int(max(before)[2]) if before else None)
    return found


def planes(scores: Scores, rows: Sequence[int], target: float) -> pd.DataFrame:
    """Every State on every sub-module's plane.

    Parameters
    ----------
    rows: rows of the panel, one a State. target: points of 0-100, the line of both axes.

    Returns
    -------
    One row per (row, sub-module), in the order of the instrument's sub-modules, then of `rows`: row, iso3, round, submodule; for each axis
    (`upstream`, `downstream`) the score (0-100, NA where not shown), `<axis>_lower`, `<axis>_upper` (what the open questions allow; NA
    where the part was not returned or does not apply), `<axis>_before` (the score as it was shown in the round before), `<axis>_why`,
    `<axis>_low`, `<axis>_high` (the level interval); balanced, balanced_lower, balanced_upper (harmonic mean and its bounds: it is
    monotone in both); quadrant (of `QUADRANTS`, "" where a score is not shown), sure (whether the whole box lies in that quadrant); heavy
    (`certain`, `possible`, `none` or "", see `flags.response_heavy`).

    Source: scoring.md section 10 a.
    """
    rows = list(map(int, rows))
    before = previous_rows(scores.panel, rows)
    found = []
    for pair in axes(scores.instrument).itertuples():
        table = scores.panel.index.iloc[rows][["row", "iso3", "round"]].reset_index(drop=True).assign(submodule=pair.submodule)
        for axis in AXES:
            table = pd.concat([table, _axis(scores, rows, before, getattr(pair, axis), axis)], axis=1)
        found.append(table)
    if not found:
        return pd.DataFrame(columns=["row", "iso3", "round", "submodule"])
    table = pd.concat(found, ignore_index=True)
    for end in ("", "_lower", "_upper"):
        table[f"balanced{end}"] = harmonic(table[f"upstream{end}"], table[f"downstream{end}"])
    table["quadrant"] = _quadrants(table["upstream"], table["downstream"], target)
    ends = [_quadrants(table[f"upstream{end}"], table[f"downstream{end}"], target) for end in ("_lower", "_upper")]
    table["sure"] = (ends[0] == ends[1]) & (table["quadrant"] != "")
    heavy = response_heavy(scores, rows)
    return table.merge(heavy[["row", "submodule", "kind"]], on=["row", "submodule"], validate="1:1").rename(
        columns={"kind": "heavy"}
    )


def _axis(scores: Scores, rows: list[int], before: list[int | None], node: str, axis: str) -> pd.DataFrame:
    at = scores.column(node)
    why = [REASONS[code] for code in scores.why[rows, at]]
    silent = np.isin(why, ["not_returned", "not_applicable"])
    return pd.DataFrame(
        {
            axis: scores.score[rows, at],
            f"{axis}_lower": np.where(silent, np.nan, scores.lower[rows, at]),
            f"{axis}_upper": np.where(silent, np.nan, scores.upper[rows, at]),
            f"{axis}_before": [np.nan if b is None else scores.score[b, at] for b in before],
            f"{axis}_why": why,
            f"{axis}_low": pd.array(np.where(silent, np.nan, scores.level_low[rows, at]), dtype="Int64"),
            f"{axis}_high": pd.array(np.where(silent, np.nan, scores.level_high[rows, at]), dtype="Int64"),
        }
    )


def _quadrants(upstream: pd.Series, downstream: pd.Series, target: float) -> np.ndarray:
    """The quadrant of each point; at the target counts as reached."""
    up, down = upstream >= target - 100 * TOLERANCE, downstream >= target - 100 * TOLERANCE
    known = (upstream.notna() & downstream.notna()).to_numpy()
    return np.where(known, np.select([up & down, up, down], [BOTH, PREVENTS, RESPONDS], NEITHER), "")
