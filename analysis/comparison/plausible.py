"""Is what counts plausible? The checks of a return (`workbook.checks`) over a whole panel at once, from its codes alone.

A test holds the two to each other: here to see which of many returns to open, there with every cell and its reason.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import NATIONAL, NOT_RETURNED, TOLERANCE, Panel, Status

#: Flags that the answers themselves raise, in the order of scoring.md section 11. Each is a question to the State, never a verdict.
FLAGS = (
    "all-answers-equal",
    "one-answer-dominates",
    "same-as-last-round",
    "same-as-another-state",
    "large-jump",
    "answers-contradict",
    "much-not-applicable",
)
#: As in `workbook.checks`: fewest answers, share of the most frequent one, levels of a jump.
FEWEST, DOMINANT, LARGE_JUMP = 10, 0.9, 3
NA = (int(Status.NA_JUSTIFIED), int(Status.NA_UNJUSTIFIED))


def flag_counts(panel: Panel, instrument: Instrument) -> pd.DataFrame:
    """How often each flag of `FLAGS` is raised by each unit of a panel.

    Returns
    -------
    One row per row of the panel: row, iso3, organization, round, reading, then a column per flag: 0 or 1 for those about a return as a whole,
    the number of questions (`large-jump`), of pairs (`answers-contradict`) or of measures (`much-not-applicable`).
    """
    codes = panel.codes
    before = previous_rows(panel)
    found = {
        **_one_answer(codes, instrument),
        "same-as-last-round": _same_as_before(codes, before),
        "same-as-another-state": _twins(panel, instrument),
        "large-jump": _jumps(codes, before, instrument),
        "answers-contradict": _contradictions(codes, instrument),
        "much-not-applicable": _much_na(codes, instrument),
    }
    table = panel.index[["row", "iso3", "organization", "round", "reading"]].reset_index(drop=True)
    return table.assign(**{name: np.asarray(found[name], dtype=int) for name in FLAGS})


def previous_rows(panel: Panel) -> np.ndarray:
    """Row of the round before of the same State, organization and reading; -1 for a first return."""
    index = panel.index.assign(row=np.arange(len(panel)))
    ordered = index.sort_values(["iso3", "organization", "reading", "round_date", "round"], kind="stable")
    same = (ordered[["iso3", "organization", "reading"]] == ordered[["iso3", "organization", "reading"]].shift()).all(axis=1)
    # two labels may begin on one day (2026, 2026-H1): before is what began earlier
    day, rows = ordered["round_date"].to_numpy(), ordered["row"].to_numpy()
    found, last = np.full(len(panel), -1), -1
    for i, (row, goes_on) in enumerate(zip(rows, same.to_numpy(), strict=True)):
        if not goes_on:
            last = -1
        elif day[i] > day[i - 1]:
            last = rows[i - 1]
        found[row] = last
    return found


def _one_answer(codes: np.ndarray, instrument: Instrument) -> dict[str, np.ndarray]:
    """Whether all answers are equal, or nearly all; the same code on scales of different length is another answer."""
    lengths = instrument.questions["answer_set"].map({name: len(rows) for name, rows in instrument.options.items()}).to_numpy()
    given = (codes >= 0).sum(axis=1)
    most = np.zeros(len(codes), dtype=int)
    for length in np.unique(lengths):
        of = codes[:, lengths == length]
        for code in range(int(length)):
            most = np.maximum(most, (of == code).sum(axis=1))
    enough = given >= FEWEST
    equal = enough & (most == given)
    return {"all-answers-equal": equal, "one-answer-dominates": enough & ~equal & (most >= DOMINANT * given)}


def _same_as_before(codes: np.ndarray, before: np.ndarray) -> np.ndarray:
    given = codes >= 0
    return (before >= 0) & (given.sum(axis=1) >= FEWEST) & ((codes == codes[before]) | ~given).all(axis=1)


def _jumps(codes: np.ndarray, before: np.ndarray, instrument: Instrument) -> np.ndarray:
    levels, columns = instrument.option_arrays[1], np.arange(codes.shape[1])
    found = np.zeros(len(codes), dtype=int)
    rows = np.flatnonzero(before >= 0)
    now, then = codes[rows], codes[before[rows]]
    both = (now >= 0) & (then >= 0)
    moved = abs(levels[columns, np.maximum(now, 0)] - levels[columns, np.maximum(then, 0)])
    found[rows] = (both & (moved >= LARGE_JUMP)).sum(axis=1)
    return found


def _twins(panel: Panel, instrument: Instrument) -> np.ndarray:
    """Whether another State's national return of the same round and reading says the same on every question of the parts that were returned."""
    codes, index = panel.codes, panel.index
    part = instrument.questions["submodule"].to_numpy()
    columns = {s: np.flatnonzero(part == s) for s in instrument.submodules}
    returned = np.column_stack([(codes[:, at] != NOT_RETURNED).any(axis=1) for at in columns.values()])
    found = np.zeros(len(codes), dtype=bool)
    enough = (codes >= 0).sum(axis=1) >= FEWEST
    iso3, national = index["iso3"].to_numpy(), (index["organization"] == NATIONAL).to_numpy()
    for rows in index.groupby(["round", "reading"], sort=False).indices.values():
        for shape in np.unique(returned[rows], axis=0):
            if not shape.any():
                continue
            at = np.concatenate([c for c, there in zip(columns.values(), shape, strict=True) if there])
            said: dict[bytes, set[str]] = {}
            for row in rows[national[rows]]:
                said.setdefault(codes[row, at].tobytes(), set()).add(iso3[row])
            for row in rows[enough[rows] & (returned[rows] == shape).all(axis=1)]:
                found[row] = bool(said.get(codes[row, at].tobytes(), set()) - {iso3[row]})
    return found


def _contradictions(codes: np.ndarray, instrument: Instrument) -> np.ndarray:
    levels, number = instrument.option_arrays[1], instrument.question_number
    found = np.zeros(len(codes), dtype=int)
    for question, at_least, other, at_most in instrument.contradictions.itertuples(index=False, name=None):
        if question in number and other in number:
            high, low = number[question], number[other]
            both = (codes[:, high] >= 0) & (codes[:, low] >= 0)
            found += (
                both
                & (levels[high][np.maximum(codes[:, high], 0)] >= at_least)
                & (levels[low][np.maximum(codes[:, low], 0)] <= at_most)
            )
    return found


def _much_na(codes: np.ndarray, instrument: Instrument) -> np.ndarray:
    measure = instrument.questions["measure"].to_numpy()
    starts = np.flatnonzero(np.r_[True, measure[1:] != measure[:-1]])  # questions stand measure by measure
    asked = np.add.reduceat(codes != NOT_RETURNED, starts, axis=1, dtype=int)
    left_out = np.add.reduceat(np.isin(codes, NA), starts, axis=1, dtype=int)
    return (left_out > instrument.gates.thin * asked + TOLERANCE).sum(axis=1)


def flagged(counts: pd.DataFrame, rows: Iterable[int] | None = None) -> pd.DataFrame:
    """The units that raise a flag, those with most kinds of flags first; `kinds` says how many. rows: of the panel, all without."""
    table = counts if rows is None else counts[counts["row"].isin(list(rows))]
    kinds = (table[list(FLAGS)] > 0).sum(axis=1)
    return (
        table.assign(kinds=kinds)[kinds > 0]
        .sort_values(["kinds", "iso3"], ascending=[False, True], kind="stable")
        .reset_index(drop=True)
    )
