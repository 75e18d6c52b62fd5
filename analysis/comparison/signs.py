"""Do the answers that changed point one way? An exact sign test on the questions answered in both rounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.model import TOLERANCE
from analysis.scores.cells import question_cells
from analysis.scores.tree import Scores


@dataclass(frozen=True)
class Signs:
    """How many answers rose, fell and stayed, the mean change of all of them in points, and how often chance alone splits as unevenly (0-1; NaN
    where none changed)."""

    up: int
    down: int
    same: int
    mean_change: float
    p: float


def sign_test(before: np.ndarray, after: np.ndarray) -> Signs:
    """The exact sign test of paired values without holes; unchanged ones say nothing and are left out of it.

    p is two-sided: 2 P(X <= min(up, down)) for X ~ binomial(up + down, 1/2), at most 1.

    Source: scoring.md section 7 (oracle `item_change_test`).
    """
    difference = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    up, down = int((difference > TOLERANCE).sum()), int((difference < -TOLERANCE).sum())
    changed = up + down
    tail = sum(math.comb(changed, k) for k in range(min(up, down) + 1))
    p = min(1.0, 2 * tail / 2**changed) if changed else math.nan
    mean = float(difference.mean()) if len(difference) else math.nan
    return Signs(up, down, len(difference) - changed, mean, p)


def signs(scores: Scores, now: int, before: int, nodes: Sequence[str]) -> pd.DataFrame:
    """The sign test of each node between two rows of a State.

    Returns
    -------
    One row per node: node, common (questions answered in both), up, down, same, mean_change (points of 0-100, every question alike), p (0-1, NA where
    nothing changed).
    """
    cells = question_cells(scores.panel.codes[[before, now]], scores.instrument, scores.options)
    both = (scores.panel.codes[[before, now]] >= 0).all(axis=0) & scores.instrument.lens_mask(scores.options.lens)
    found = []
    for node in nodes:
        kept = both & scores.instrument.questions_below(node)
        of = sign_test(cells.score[kept, 0], cells.score[kept, 1])
        found.append((node, int(kept.sum()), of.up, of.down, of.same, of.mean_change, of.p))
    return pd.DataFrame(found, columns=["node", "common", "up", "down", "same", "mean_change", "p"])
