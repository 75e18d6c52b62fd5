""".xlsx and .xlsm (macros are never looked at, let alone run): calamine where the look at the bytes raised no doubt, else openpyxl."""

from __future__ import annotations

from openpyxl.utils import get_column_letter

from analysis.model import UnreadableReturn
from analysis.workbook.formats.cells import MAX_SLOW, SheetLook, TooManyCells
from analysis.workbook.formats.ooxml import BROKEN, OoxmlLook, ooxml_look
from analysis.workbook.formats.package import Package, unreadable
from analysis.workbook.formats.raw import Book, RawSheet, overlaid
from analysis.workbook.formats.reading import Calamine, ReaderFailed, openpyxl_rows, same
from analysis.workbook.problems import problem

#: Cells on which two readers disagree that are named one by one.
MAX_DISAGREED = 500


def xlsx_book(name: str, parts: Package) -> Book:
    """The sheets of an .xlsx or .xlsm.

    Raises
    ------
    UnreadableReturn
        If no reader can read it.
    """
    try:
        found = ooxml_look(parts)
    except TooManyCells as error:
        raise _too_many(name, error.args[0]) from error
    except BROKEN as error:
        raise unreadable("damaged-workbook", name) from error
    copy = parts.copy(found.changed)
    fast = _fast_rows(copy, found)
    doubtful = [s for s in found.sheets if s.title not in fast or s.doubts or found.doubts]
    if sum(s.cells for s in doubtful) > MAX_SLOW:
        raise _too_many(name, sum(s.cells for s in doubtful))
    slow: dict[str, list[tuple]] = {}
    noted = []
    if doubtful:
        try:
            slow = openpyxl_rows(copy, [(s.title, s.rows, s.columns) for s in doubtful])
        except ReaderFailed as error:
            if any(s.title not in fast for s in doubtful):
                raise unreadable("damaged-workbook", name) from error
            noted.append(problem("one-reader-only", name))
    noted += [problem("far-cells-not-read", name, s.title, found=s.far) for s in found.sheets if s.far]
    sheets = [_sheet(s, fast.get(s.title), slow.get(s.title)) for s in found.sheets]
    reader = "calamine" if not slow else "both" if fast else "openpyxl"
    return Book(sheets, tuple(noted), reader)


def _too_many(name: str, cells: int) -> UnreadableReturn:
    return unreadable("too-large", name, found=f"{cells:,} cells", allowed=f"{MAX_SLOW:,} cells")


def _fast_rows(copy: bytes, found: OoxmlLook) -> dict[str, list[tuple]]:
    """Title -> rows of the sheets that calamine may be asked for and can read."""
    rows: dict[str, list[tuple]] = {}
    try:
        reader = Calamine(copy)
    except ReaderFailed:
        return rows
    for sheet in found.sheets:
        if sheet.safe:
            try:
                rows[sheet.title] = reader.rows(sheet.title, sheet.rows, sheet.columns)
            except ReaderFailed:
                continue
    return rows


def _sheet(look: SheetLook, fast: list[tuple] | None, slow: list[tuple] | None) -> RawSheet:
    """One sheet with what the look knows laid over it; None where two readers disagree."""
    rows = slow if slow is not None else fast or []
    blank = [*look.errors, *look.unvalued]
    disagreed = {}
    if fast is not None and slow is not None:
        disagreed = _differences(fast, slow, {*blank, *look.emptied})
        blank += disagreed
    overlay = dict.fromkeys(blank) | dict.fromkeys(look.emptied, "")
    return RawSheet(look.title, overlaid(rows, overlay), look.formulas, look.errors, disagreed, look.merges)


def _differences(fast: list[tuple], slow: list[tuple], known: set[str]) -> dict[str, str]:
    """Cell -> what each reader found, where that is not the same."""
    found: dict[str, str] = {}
    for number in range(max(len(fast), len(slow))):
        one, other = (rows[number] if number < len(rows) else () for rows in (fast, slow))
        if one == other:
            continue
        for column in range(max(len(one), len(other))):
            a, b = (row[column] if column < len(row) else None for row in (one, other))
            if (a is None and b is None) or same(a, b):
                continue
            cell = f"{get_column_letter(column + 1)}{number + 1}"
            if cell not in known and len(found) < MAX_DISAGREED:
                found[cell] = f"{_shown(a)} / {_shown(b)}"
    return found


def _shown(value: object) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) < 60 else text[:59] + "…"
