"""How sure it is on which side a State stands higher, and in which field of the plane it lies: from the draws that all States share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.balance.axes import axes
from analysis.balance.plane import BOTH, NEITHER, PREVENTS, QUADRANTS, RESPONDS
from analysis.model import TOLERANCE
from analysis.scores.draws import Draws, drawable
from analysis.scores.pairs import differences


def side_ranges(draws: Draws, target: float) -> pd.DataFrame:
    """Downstream beside upstream in every sub-module of every drawn return, in the same draws.

    Parameters
    ----------
    draws: of the nodes of `axes`. target: points of 0-100, the line of both axes.

    Returns
    -------
    One row per (sub-module, return), in the order of the sub-modules, then of the draws' rows: row, submodule, the columns of
    `pairs.differences` (downstream minus upstream), and both, prevents, responds, neither (shares of the draws in each quadrant, 0-1, that
    sum to 1; at the target counts as reached). NaN where a side was not returned, does not apply or can't be drawn.

    Source: scoring.md sections 5 and 10 a.
    """
    found = [
        _of(draws, pair.submodule, pair.upstream, pair.downstream, target) for pair in axes(draws.scores.instrument).itertuples()
    ]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["row", "submodule", "chance", *QUADRANTS])


def _of(draws: Draws, submodule: str, upstream: str, downstream: str, target: float) -> pd.DataFrame:
    scores, rows, nodes = draws.scores, draws.rows, (upstream, downstream)
    there = np.all([drawable(scores, rows, node, draws.settings) for node in nodes], axis=0)
    up, down = (draws.of(node) for node in nodes)
    at = [scores.column(node) for node in nodes]
    lower, upper = (ends[np.ix_(rows, at)].T for ends in (scores.lower, scores.upper))
    least, most = (np.where(there, ends, np.nan) for ends in (lower[1] - upper[0], upper[1] - lower[0]))
    found = differences(np.where(there[:, None], down - up, np.nan), least, most)
    first, second = (drawn >= target - 100 * TOLERANCE for drawn in (up, down))
    fields = {BOTH: first & second, PREVENTS: first & ~second, RESPONDS: ~first & second, NEITHER: ~first & ~second}
    for name, here in fields.items():
        found[name] = np.where(there, here.mean(axis=1), np.nan)
    found.insert(0, "row", rows)
    found.insert(1, "submodule", submodule)
    return found
