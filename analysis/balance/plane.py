"""Each State on the plane of upstream and downstream, a plane per sub-module, as a box where questions are open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.balance.axes import AXES, axes
from analysis.balance.flags import heavy_kinds
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
    index = panel.index
    unit = index.groupby(["iso3", "organization", "reading"], sort=False).ngroup().to_numpy()
    dated = index["round_date"].to_numpy()
    order = np.lexsort([index["round"].rank(method="dense").to_numpy(), dated, unit])  # unit by unit, the oldest first
    first = np.ones(len(order), dtype=bool)  # of its unit and date
    first[1:] = (unit[order][1:] != unit[order][:-1]) | (dated[order][1:] != dated[order][:-1])
    place = np.empty(len(order), dtype=int)
    place[order] = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))  # where the same date begins
    at = index["row"].to_numpy()
    found = []
    for row in rows:
        before = place[row] - 1
        same = before >= 0 and unit[order[before]] == unit[row] and not np.isnat(dated[row])
        found.append(int(at[order[before]]) if same else None)
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
    pairs = axes(scores.instrument)
    if pairs.empty:
        return pd.DataFrame(columns=["row", "iso3", "round", "submodule"])
    table = scores.panel.index.iloc[np.tile(rows, len(pairs))][["row", "iso3", "round"]].reset_index(drop=True)
    found: dict[str, object] = {"submodule": pairs["submodule"].repeat(len(rows)).array}
    for axis in AXES:
        found |= _axis(scores, rows, before, pairs[axis].tolist(), axis)
    for end in ("", "_lower", "_upper"):
        found[f"balanced{end}"] = harmonic(found[f"upstream{end}"], found[f"downstream{end}"])
    found["quadrant"] = _quadrants(found["upstream"], found["downstream"], target)
    ends = [_quadrants(found[f"upstream{end}"], found[f"downstream{end}"], target) for end in ("_lower", "_upper")]
    found["sure"] = (ends[0] == ends[1]) & (found["quadrant"] != "")
    ups, downs = ([scores.column(node) for node in pairs[axis]] for axis in AXES)
    return table.assign(**found, heavy=heavy_kinds(scores, rows, ups, downs).T.ravel())


def _axis(scores: Scores, rows: list[int], before: list[int | None], nodes: list[str], axis: str) -> dict[str, object]:
    """The columns of an axis, node after node."""
    at = [scores.column(node) for node in nodes]
    picked = np.ix_(rows, at)
    why = scores.why[picked]
    silent = np.isin(why, [REASONS.index(name) for name in ("not_returned", "not_applicable")])
    earlier = scores.score[np.ix_([0 if b is None else b for b in before], at)]
    earlier = np.where([[b is None] for b in before], np.nan, earlier)
    bounds = {f"_{end}": np.where(silent, np.nan, getattr(scores, end)[picked]) for end in ("lower", "upper")}
    numbers = {"": scores.score[picked], **bounds, "_before": earlier}
    levels = {end: np.where(silent, np.nan, getattr(scores, f"level_{end}")[picked]) for end in ("low", "high")}
    found: dict[str, object] = {f"{axis}{end}": values.T.ravel() for end, values in numbers.items()}
    found[f"{axis}_why"] = pd.Series(REASONS, dtype="str").array.take(why.T.ravel())
    return found | {f"{axis}_{end}": pd.array(values.T.ravel(), dtype="Int64") for end, values in levels.items()}


def _quadrants(upstream: np.ndarray, downstream: np.ndarray, target: float) -> np.ndarray:
    """The quadrant of each point; at the target counts as reached."""
    up, down = upstream >= target - 100 * TOLERANCE, downstream >= target - 100 * TOLERANCE
    known = ~(np.isnan(upstream) | np.isnan(downstream))
    return np.where(known, np.select([up & down, up, down], [BOTH, PREVENTS, RESPONDS], NEITHER), "")
