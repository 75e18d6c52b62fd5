"""The last sheet of a form that was filled in beforehand: earlier answers that no question takes up any more. It is never read."""

from __future__ import annotations

from openpyxl import Workbook

from analysis.texts import text
from analysis.workbook import appearance as look
from analysis.workbook.carried import CarriedOver
from analysis.workbook.lists import inert

WIDTHS = {"question": 14, "asked": 60, "answer": 26, "evidence": 34, "comment": 34}


def earlier_sheet(book: Workbook, carried: CarriedOver, language: str) -> None:
    """List the answers that were dropped, with their evidence and comments, so that none vanishes silently."""
    sheet = book.create_sheet(text("form.carried_sheet", language)[:31])
    for letter, width in zip("ABCDE", WIDTHS.values(), strict=True):
        sheet.column_dimensions[letter].width = width
    put(sheet, 1, 1, text("form.carried_sheet", language), text_look=look.font(16, True, look.ACCENT))
    sheet.row_dimensions[1].height = 28
    hint = text("form.carried_sheet_hint", language, round=carried.round)
    put(sheet, 2, 1, hint, text_look=look.font(10, color=look.QUIET))
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=5)
    sheet.row_dimensions[2].height = look.height((hint, sum(WIDTHS.values())), padding=8)
    sheet["A1"].alignment = look.aligned(vertical="center")
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=5)
    for column, name in enumerate(WIDTHS, start=1):
        words = text(f"form.dropped_{name}", language)
        put(sheet, 3, column, words, text_look=look.font(10, True, "FFFFFF"), ground=look.ACCENT)
    for number, one in enumerate(carried.dropped, start=4):
        values = (one.question, one.asked, one.answer, one.evidence, one.comment)
        for column, value in enumerate(values, start=1):
            put(sheet, number, column, value, text_look=look.font(10), border=look.edges(look.RULE))
        shown = zip(values, WIDTHS.values(), strict=True)
        sheet.row_dimensions[number].height = look.height(*shown, padding=7)
    sheet.freeze_panes = "A4"
    title = text("form.carried_sheet", language)
    look.page(sheet, title, sheet.title, text("form.page", language, page="&P", pages="&N"), header_rows="3:3")


def put(sheet, row: int, column: int, value: str, *, text_look, ground: str = "", border=None) -> None:
    """Inert text in a cell."""
    cell = sheet.cell(row, column)
    inert(cell, value)
    look.style(cell, text=text_look, ground=ground, border=border)
