"""Several organizations of one State that answered the same question: their answers beside each other, never blended."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.comparison.readings import answer_levels
from analysis.instrument import Instrument
from analysis.model import NATIONAL, NOT_RETURNED, Panel


def organization_rows(panel: Panel, iso3: str, round_: str, reading: str = "self") -> pd.DataFrame:
    """Rows of a State's organizations in a round, by name: row, organization. The national return is none of them."""
    index = panel.index
    kept = (
        (index["iso3"] == iso3) & (index["round"] == round_) & (index["reading"] == reading) & (index["organization"] != NATIONAL)
    )
    return index.loc[kept, ["row", "organization"]].sort_values("organization").reset_index(drop=True)


def organization_answers(panel: Panel, instrument: Instrument, iso3: str, round_: str, reading: str = "self") -> pd.DataFrame:
    """What the organizations of a State answered, question by question.

    Returns
    -------
    One row per (question, organization) that returned it, questions in the instrument's order, organizations by name: question, measure,
    submodule, measure_type, organization, code, level (NA without an answer), points (0-100 of the answer, NA without one), and of the
    question, the same in each of its rows: n (organizations that answered), lowest, highest (levels; NA where none answered), spread (highest - lowest; NA
    below two, for one answer has none), national (level of the national return, NA without; no part of the spread).

    Source: scoring.md section 2, "Whose score": organizations are a spread, never a mean that replaces the State's own answer.
    """
    rows = organization_rows(panel, iso3, round_, reading)
    codes = panel.codes[rows["row"].to_numpy(dtype=int)]
    values, levels = instrument.option_arrays[0], answer_levels(codes, instrument)
    points = np.where(codes >= 0, 100 * values[np.arange(codes.shape[1]), np.maximum(codes, 0)], np.nan)
    n = (codes >= 0).sum(axis=0)
    lowest, highest = (_end(levels, n, end) for end in (np.fmin, np.fmax))
    question, office = np.nonzero((codes != NOT_RETURNED).T)
    table = instrument.questions[["question", "measure", "submodule", "measure_type"]].iloc[question].reset_index(drop=True)
    table["organization"] = rows["organization"].iloc[office].to_numpy()
    table = table.assign(code=codes[office, question], level=_whole(levels[office, question]), points=points[office, question])
    table["n"] = n[question]
    table = table.assign(lowest=_whole(lowest[question]), highest=_whole(highest[question]))
    table["spread"] = (table["highest"] - table["lowest"]).mask(table["n"] < 2)
    return table.assign(national=_whole(_national(panel, instrument, iso3, round_, reading)[question]))


def spreads(table: pd.DataFrame) -> pd.DataFrame:
    """One row per question of `organization_answers`, widest spread first, then in the order given; questions that no two answered last."""
    names = ["question", "measure", "submodule", "measure_type", "n", "lowest", "highest", "spread", "national"]
    return (
        table.drop_duplicates("question")[names]
        .sort_values("spread", ascending=False, na_position="last", kind="stable")
        .reset_index(drop=True)
    )


def _end(levels: np.ndarray, n: np.ndarray, end: np.ufunc) -> np.ndarray:
    return end.reduce(levels, axis=0) if len(levels) else np.full(len(n), np.nan)


def _national(panel: Panel, instrument: Instrument, iso3: str, round_: str, reading: str) -> np.ndarray:
    """Levels of the national return's answers; NaN where it has none."""
    index = panel.index
    kept = (
        (index["iso3"] == iso3) & (index["round"] == round_) & (index["reading"] == reading) & (index["organization"] == NATIONAL)
    )
    row = index.loc[kept, "row"].to_numpy(dtype=int)
    return answer_levels(panel.codes[row], instrument)[0] if len(row) else np.full(panel.codes.shape[1], np.nan)


def _whole(values: np.ndarray) -> pd.arrays.IntegerArray:
    """Levels (NaN without one) as nullable whole numbers."""
    missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(missing, 0, values).astype(np.int64), missing)
