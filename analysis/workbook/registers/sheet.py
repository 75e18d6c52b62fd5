"""A register's workbook: what it is for, headings with what is meant by them, drop-downs, and the rows that are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from analysis.instrument import Instrument
from analysis.registers.spec import Column, Register, heading
from analysis.states import States
from analysis.texts import text
from analysis.workbook import appearance as look
from analysis.workbook.lists import drop_down, inert, list_name
from analysis.workbook.registers.cells import Cells

TITLE_ROW, HINT_ROW, HEAD_ROW = 1, 2, 3
FREE = 200  # rows that are ready to be filled in
WIDTHS = {"id": 14, "text": 36, "date": 13, "number": 12, "round": 11, "choice": 18, "level": 20, "question": 44}
LONG, USUAL, LIST = 200, 26, 34  # a text up to LONG characters stands in a column of the usual width


def register_book(
    register: Register,
    instrument: Instrument,
    states: States,
    rows: Iterable[Mapping[str, object]] = (),
    language: str = "en",
) -> bytes:
    """The register as .xlsx bytes, empty or with rows (bodies) in it. Reading it again gives these rows.

    Each heading has a note that says what is meant; a star marks what is needed.
    """
    cells, book = Cells(instrument, states, language), Workbook()
    book._fonts[0].name = look.FONT
    sheet = book.active
    sheet.title = text(f"register.{register.kind}.title", language)[:31]
    widths = [_width(column) for column in register.columns]
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    _head(sheet, register, widths, language)
    kept = list(rows)
    last = HEAD_ROW + len(kept) + FREE
    for number, body in enumerate(kept, start=HEAD_ROW + 1):
        shown = [cells.written(column, body.get(column.name)) for column in register.columns]
        for place, (column, words) in enumerate(zip(register.columns, shown, strict=True), start=1):
            _put(sheet.cell(number, place), column, words, body.get(column.name))
        sheet.row_dimensions[number].height = look.height(*zip(shown, widths, strict=True), padding=7)
    for number in range(HEAD_ROW + len(kept) + 1, last + 1):
        for place, column in enumerate(register.columns, start=1):
            _put(sheet.cell(number, place), column, "", None)
    _lists(book, sheet, register, cells, last)
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, 3)
    look.page(sheet, sheet.title, "", text("form.page", language, page="&P", pages="&N"), header_rows=f"{HEAD_ROW}:{HEAD_ROW}")
    sheet.protection.sheet = False
    book.properties.creator = ""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _width(column: Column) -> int:
    if column.type == "text" and column.most and column.most <= LONG:
        return USUAL
    return LIST if column.several or column.amounts else WIDTHS.get(column.type, USUAL)


def _head(sheet, register: Register, widths: list[int], language: str) -> None:
    title, hint = text(f"register.{register.kind}.title", language), text(f"register.{register.kind}.hint", language)
    inert(sheet.cell(TITLE_ROW, 1), title)
    look.style(sheet.cell(TITLE_ROW, 1), text=look.font(16, True, look.ACCENT), align=look.aligned(vertical="center"))
    sheet.row_dimensions[TITLE_ROW].height = 28
    inert(sheet.cell(HINT_ROW, 1), hint)
    look.style(sheet.cell(HINT_ROW, 1), text=look.font(10, color=look.QUIET))
    across = min(len(widths), 6)
    for row in (TITLE_ROW, HINT_ROW):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=across)
    sheet.row_dimensions[HINT_ROW].height = look.height((hint, sum(widths[:across])), padding=8)
    for place, column in enumerate(register.columns, start=1):
        cell = sheet.cell(HEAD_ROW, place)
        inert(cell, heading(column, language) + (" *" if column.needed else ""))
        look.style(cell, text=look.font(10, True, "FFFFFF"), ground=look.ACCENT, align=look.aligned(vertical="center"))
        cell.comment = _note(register, column, language)
    sheet.row_dimensions[HEAD_ROW].height = 30


def _note(register: Register, column: Column, language: str) -> Comment:
    found = Comment(text(f"register.{register.kind}.{column.name}", language), "")
    found.width, found.height = 300, 110
    return found


def _put(cell, column: Column, words: str, value: object) -> None:
    number_format = "yyyy-mm-dd" if column.type == "date" else ""
    look.input_cell(cell, number_format)
    if column.type == "number" and value is not None:
        cell.value = value
    elif column.type == "date" and value:
        cell.value = dt.date.fromisoformat(str(value))
    elif words:
        inert(cell, words)


def _lists(book: Workbook, sheet, register: Register, cells: Cells, last: int) -> None:
    """Drop-downs; in a column of several they only help, since any list of the words may be written."""
    lists = book.create_sheet("Lists")
    lists.sheet_state = "hidden"
    place = 0
    for number, column in enumerate(register.columns, start=1):
        offered = cells.offered(column)
        if not offered:
            continue
        place += 1
        for row, words in enumerate(offered, start=1):
            inert(lists.cell(row, place), words)
        letter, name = get_column_letter(place), list_name(column.name)
        book.defined_names[name] = DefinedName(name, attr_text=f"'{lists.title}'!${letter}$1:${letter}${len(offered)}")
        here = get_column_letter(number)
        drop_down(sheet, column.name, [f"{here}{HEAD_ROW + 1}:{here}{last}"], free=column.several)
