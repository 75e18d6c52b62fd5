"""A workbook of ours with the values of a file that can't be marked itself: the rows with problems, at their own places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from analysis.model import Problem, UnreadableReturn
from analysis.workbook import appearance as look
from analysis.workbook import layout
from analysis.workbook.annotated.grid import place_of
from analysis.workbook.book import RawSheet, open_book
from analysis.workbook.flat import HEADER_ROWS, header_of
from analysis.workbook.lists import inert
from analysis.workbook.problems import shortened

#: Rows of a sheet that are shown above the first problem where no row is known to be the head, rows with problems, columns, and rows
#: that are hidden between.
HEAD_ROWS, MOST_ROWS, MOST_COLUMNS, MOST_HIDDEN = 5, 500, 60, 10_000


def values_workbook(name: str, content: bytes, problems: Sequence[Problem]) -> tuple[bytes, list[Problem]]:
    """A plain workbook with the rows that have problems, and the problems with the names of its sheets.

    Without content, no rows. Nothing in the report can be taken for a return: ids are left
    out, and heads stand in brackets.
    """
    sheets = _sheets(name, content) if content else []
    titles = {sheet.title: sheet for sheet in sheets}
    if len(sheets) == 1:  # a text table's one sheet has no name
        titles.setdefault("", sheets[0])
    made, named = Workbook(), {}
    made.remove(made.active)
    for title in dict.fromkeys(p.sheet for p in problems if place_of(p.cell)):
        if title in titles:
            named[title] = _free(title, made.sheetnames)
            cells = [place for p in problems if p.sheet == title and (place := place_of(p.cell))]
            _rows(made.create_sheet(named[title]), titles[title], sorted({row for row, _ in cells}))
    if not made.sheetnames:
        made.create_sheet(_free("", []))
    out = BytesIO()
    made.save(out)
    return out.getvalue(), [replace(p, sheet=named.get(p.sheet, p.sheet)) for p in problems]


def _sheets(name: str, content: bytes) -> list[RawSheet]:
    try:
        return list(open_book(name, content).sheets)
    except UnreadableReturn:
        return []


def _rows(sheet, found: RawSheet, wanted: list[int]) -> None:
    """The head of a sheet and its rows with problems, as texts and numbers."""
    head = next((n for n, row in enumerate(found.rows[:HEADER_ROWS], start=1) if header_of(row)), 0)
    above = range(1, (head or min([HEAD_ROWS + 1, *wanted]) - 1) + 1)
    widths: dict[int, int] = {}
    for number in sorted({*above, *wanted[:MOST_ROWS]}):
        if number > len(found.rows):
            break
        sheet.row_dimensions[number].height = 15
        row = found.rows[number - 1]
        for column, value in enumerate(row[:MOST_COLUMNS], start=1):
            if value is None or layout.read_marker(value) or (column == 1 and all(layout.read_row_id(value))):
                continue
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                inert(cell, shortened(f"[{value}]" if number == head else value))
            else:
                cell.value = value
            look.style(cell, text=look.font(10, number == head), border=look.edges())
            widths[column] = max(widths.get(column, 8), min(40, len(str(value)) + 2))
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row in sheet.iter_rows():
        texts = [(str(cell.value), widths[cell.column]) for cell in row if cell.value is not None]
        if texts:
            sheet.row_dimensions[row[0].row].height = look.height(*texts)
    for number in range(1, min(sheet.max_row, MOST_HIDDEN)):
        if number not in sheet.row_dimensions:
            sheet.row_dimensions[number].hidden = True
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0


def _free(title: str, taken: list[str]) -> str:
    """A sheet's name as a workbook allows it."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:31] or "Table"
    names = {name.casefold() for name in taken}
    return next(n for n in (plain, *(f"{plain[:26]} {i}" for i in range(2, 5_000))) if n.casefold() not in names)
