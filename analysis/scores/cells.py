"""Codes of a panel -> numbers per question: value, bounds, levels. What-ifs and lenses act here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED, Panel, Status
from analysis.scores.options import ScoreOptions


@dataclass(frozen=True)
class Cells:
    """The questions of a panel as numbers: returns x questions."""

    value: np.ndarray  # 0-100, NaN where open
    low: np.ndarray
    high: np.ndarray
    level_low: np.ndarray
    level_high: np.ndarray
    answered: np.ndarray
    applicable: np.ndarray
    na: np.ndarray
    asked: np.ndarray
    not_returned: np.ndarray


def question_cells(panel: Panel, instrument: Instrument, options: ScoreOptions) -> Cells:
    """Codes -> values, bounds and levels by each question's own scale; what-ifs and the lens act here and nowhere else."""
    codes = panel.codes
    if codes.shape[1] != len(instrument.questions):
        raise KeyError(f"the panel has {codes.shape[1]} questions, the instrument {instrument.id} {len(instrument.questions)}")
    values, levels = instrument.option_arrays
    if (codes >= np.isfinite(values).sum(axis=1)).any():
        raise KeyError("the panel holds a code beyond the end of its answer set")
    column = np.arange(codes.shape[1])
    given = codes >= 0
    chosen = np.where(given, codes, 0)
    zero = np.isin(codes, [int(s) for s in options.zero_statuses])
    answered = given | zero
    outside = ~instrument.lens_mask(options.lens)[None, :]
    na = (codes == Status.NA_JUSTIFIED) & ~zero & ~outside
    asked = (codes != Status.NOT_ASKED) & ~outside
    applicable = asked & ~na
    answered = answered & applicable
    value = np.where(zero, 0.0, values[column, chosen] * 100)
    level = np.where(zero, 0.0, levels[column, chosen])
    span = [f(a, axis=1) for a in (values * 100, levels) for f in (np.nanmin, np.nanmax)]
    return Cells(
        value=np.where(answered, value, np.nan),
        low=np.where(answered, value, span[0]),
        high=np.where(answered, value, span[1]),
        level_low=np.where(answered, level, span[2]),
        level_high=np.where(answered, level, span[3]),
        answered=answered,
        applicable=applicable,
        na=na,
        asked=asked,
        not_returned=codes == NOT_RETURNED,
    )
