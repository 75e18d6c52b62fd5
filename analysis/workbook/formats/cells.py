"""What a look at the cells of one sheet of an .xlsx finds, however it was looked at."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

#: Bounds of one sheet: rows and columns that are read, a gap of rows after which nothing belongs to the table any more, cells
#: from corner to corner that calamine may lay out, sheets of a workbook, characters of a text (Excel's own limit).
MAX_ROWS, MAX_COLUMNS, MAX_GAP, MAX_AREA, MAX_SHEETS, MAX_TEXT = 1_000_000, 2_000, 1_000, 8_000_000, 500, 32_767
#: Cells of a workbook that are read the slow way: by an XML parser and openpyxl, which take some 20 seconds for a million.
MAX_SLOW = 200_000


class TooManyCells(Exception):
    """More cells in unusual XML than are read, or beyond the last column or row that there is."""


@dataclass
class SheetLook:
    """What a look at one sheet's XML finds.

    formulas: cell -> `=...`; unvalued: cells among them with no stored value; emptied: those whose value is an empty text; errors:
    cell -> `#REF!`. rows, columns: how far is read; far: the first cell beyond. doubts: why openpyxl is asked; safe: whether
    calamine may be.
    """

    title: str
    part: str
    formulas: dict[str, str] = field(default_factory=dict)
    unvalued: set[str] = field(default_factory=set)
    emptied: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    merges: tuple[str, ...] = ()
    rows: int = 0
    columns: int = 0
    cells: int = 0
    far: str = ""
    doubts: frozenset[str] = frozenset()
    safe: bool = True


def note_cell(look: SheetLook, cell: str, kind: str, formula: str | None, value: str | None) -> None:
    """A formula is kept with a mark in front: `0` where the stored value is a zero, `=` else."""
    if formula is not None:
        look.formulas[cell] = ("0" if value == "0" and kind != "str" else "=") + formula
        if not value:
            (look.emptied if kind == "str" else look.unvalued).add(cell)
    if kind == "e":
        look.errors[cell] = html.unescape(value or "") or "#ERROR"


def set_extents(look: SheetLook, rows: list[int], letters: set[bytes], cells: int) -> None:
    """How far the sheet is read: to the last row before a gap that no table has, and a bounded number of columns."""
    columns = sorted(sum((c - 64) * 26**i for i, c in enumerate(reversed(letter))) for letter in letters)
    if not rows:
        return
    last = 0
    for row in rows:
        if row - last > MAX_GAP or row > MAX_ROWS:
            look.far = f"{get_column_letter(columns[-1])}{row}"
            break
        last = row
    near = [c for i, c in enumerate(columns) if c <= MAX_COLUMNS and (i == 0 or c - columns[i - 1] <= MAX_GAP)]
    if len(near) < len(columns):
        look.far = look.far or f"{get_column_letter(columns[len(near)])}{rows[0]}"
    look.cells = cells
    look.rows, look.columns = last, near[-1] if near else 0
    area = rows[-1] * columns[-1]
    if area > (MAX_AREA if cells * 4 > area else MAX_AREA // 2):
        look.safe = False
    if not look.safe:
        look.doubts |= {"far-cells"}
