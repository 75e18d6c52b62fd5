"""Plain sheets of values: what every format becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from analysis.model import Problem


@dataclass(frozen=True)
class RawSheet:
    """One sheet as plain values. `rows` from the first row on, as tuples of str, float, int, bool, date or None.

    formulas: cell (`D14`) -> the formula as text, `=` alone where only its being one is known; the value in `rows` is the one stored
    with it: None where there is none, "" where it is an empty text. errors: cell -> `#REF!` and its like (the value is None).
    disagreed: cell -> what each of two readers found there (the value is None). merges: `G5:G7`.
    """

    title: str
    rows: list[tuple]
    formulas: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    disagreed: Mapping[str, str] = field(default_factory=dict)
    merges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """The sheets of a file in their order, and what is to be said of the file as a whole. reader: who read it, for the curious."""

    sheets: list[RawSheet]
    problems: tuple[Problem, ...] = ()
    reader: str = ""


def overlaid(rows: list[tuple], values: dict[str, object]) -> list[tuple]:
    """Rows with other values in some cells, cells beyond their ends left out."""
    by_row: dict[int, dict[int, object]] = {}
    for cell, value in values.items():
        letters, number = coordinate_from_string(cell)
        by_row.setdefault(number - 1, {})[column_index_from_string(letters) - 1] = value
    for number, changes in by_row.items():
        if number < len(rows):
            row = list(rows[number])
            for column, value in changes.items():
                if column < len(row):
                    row[column] = value
            rows[number] = tuple(row)
    return rows
