"""Codes of a panel -> numbers per question: value, bounds, levels. What-ifs and lenses act here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED, Status
from analysis.scores.options import ScoreOptions


@dataclass(frozen=True)
class Cells:
    """The questions of some returns as numbers, questions x returns. The names are those of a node: a question is a leaf.

    score: 0-100, NaN while open. lower, upper, level_low, level_high: what the answer is, or may yet be on its own scale.
    answered, applicable, returned: bool. na: N/A that is accepted. asked: asked in this version and kept by the lens.
    """

    score: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    level_low: np.ndarray
    level_high: np.ndarray
    answered: np.ndarray
    applicable: np.ndarray
    returned: np.ndarray
    na: np.ndarray
    asked: np.ndarray


def question_cells(codes: np.ndarray, instrument: Instrument, options: ScoreOptions) -> Cells:
    """Codes (returns x questions) -> values, bounds and levels by each question's own scale.

    A status counted as 0 is answered with the value 0 and the lowest level of the instrument (0 on a scale from 0).

    Raises
    ------
    KeyError
        If the codes are not those of this instrument.
    """
    checked(codes, instrument)
    meaning = meanings(instrument, options)
    width = meaning.score.shape[1]
    place = codes.T.astype(np.intp) + (np.arange(codes.shape[1]) * width - NOT_RETURNED)[:, None]
    return Cells(**{name: table.ravel()[place] for name, table in vars(meaning).items()})


def checked(codes: np.ndarray, instrument: Instrument) -> None:
    """Refuse codes (returns x questions) that are not those of an instrument.

    Raises
    ------
    KeyError
        If the number of questions is another one, or a code is neither a status nor in its question's answer set.
    """
    if codes.shape[1] != len(instrument.questions):
        raise KeyError(f"the panel has {codes.shape[1]} questions, the instrument {instrument.id} {len(instrument.questions)}")
    options = np.isfinite(instrument.option_arrays[0]).sum(axis=1)
    if len(codes) and ((codes.max(axis=0) >= options).any() or codes.min() < NOT_RETURNED):
        raise KeyError("the panel holds a code that is neither a status nor in its answer set")


def meanings(instrument: Instrument, options: ScoreOptions) -> Cells:
    """What each code means to each question: questions x codes, the first column for the lowest code there is."""
    values, levels = instrument.option_arrays
    codes = np.arange(NOT_RETURNED, values.shape[1])
    shape = (len(values), len(codes))
    kept = instrument.lens_mask(options.lens)[:, None]
    zero = np.isin(codes, [int(s) for s in options.zero_statuses])
    asked = np.broadcast_to(codes != Status.NOT_ASKED, shape) & kept
    na = (codes == Status.NA_JUSTIFIED) & ~zero & kept
    applicable = asked & ~na
    answered = applicable & ((codes >= 0) | zero)
    value, level = np.zeros(shape), np.full(shape, float(instrument.levels[0]))
    value[:, -NOT_RETURNED:], level[:, -NOT_RETURNED:] = values * 100, levels

    def known_or(table: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
        return np.where(answered, table, otherwise[:, None])

    return Cells(
        score=np.where(answered, value, np.nan),
        lower=known_or(value, np.nanmin(values, axis=1) * 100),
        upper=known_or(value, np.nanmax(values, axis=1) * 100),
        level_low=known_or(level, np.nanmin(levels, axis=1)),
        level_high=known_or(level, np.nanmax(levels, axis=1)),
        answered=answered,
        applicable=applicable,
        returned=applicable & (codes != NOT_RETURNED),
        na=na,
        asked=asked,
    )
