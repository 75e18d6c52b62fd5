"""What goes wrong with real workbooks, done on purpose to a few of the sample: each trouble is one function.

A trouble of the answers changes the return before the form is filled in; a trouble of the workbook changes the filled form,
as somebody with a spreadsheet program would.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange

from analysis.model import Answer, Return, Status

INVALID = int(Status.INVALID)
UNREADABLE = ("3-4", "yes (partly)", "no data", "between 2 and 3", "see annex", "6")


def _changed(value: Return, chosen: Iterable[Answer], change: Callable[[int, Answer], Answer]) -> Return:
    """A return in which some answers are changed; `change` gets the position among the chosen."""
    new = {answer.question: change(i, answer) for i, answer in enumerate(chosen)}
    return replace(value, answers=tuple(new.get(answer.question, answer) for answer in value.answers))


def _some(value: Return, number: int, draw: random.Random) -> list[Answer]:
    return draw.sample([answer for answer in value.answers if answer.code >= 0], number)


def words_instead_of_answers(value: Return, draw: random.Random) -> Return:
    """Six cells with what people write when no option fits."""
    return _changed(value, _some(value, len(UNREADABLE), draw), lambda i, a: replace(a, code=INVALID, found=UNREADABLE[i]))


def na_without_reason(value: Return, draw: random.Random) -> Return:
    """Three times N/A, and nobody says why."""
    return _changed(value, _some(value, 3, draw), lambda i, a: Answer(a.question, int(Status.NA_UNJUSTIFIED)))


def numbers_with_spaces(value: Return, draw: random.Random) -> Return:
    """Numbers as text between spaces of two kinds, and other words for the statuses: all of it can be read."""
    written = ("\u00a0{0}", "{0}\u00a0 ", " {0}.0", "{0} ")
    chosen = _some(value, 24, draw)
    value = _changed(value, chosen, lambda i, a: replace(a, code=INVALID, found=written[i % 4].format(a.code)))
    unknown = [a for a in value.answers if a.code == Status.DONT_KNOW]
    return _changed(value, unknown, lambda i, a: replace(a, code=INVALID, found=("unknown", "DK", "do not know ")[i % 3]))


def all_answers_equal(value: Return, draw: random.Random) -> Return:
    """The same option in every row, without a word of evidence."""
    return _changed(value, value.answers, lambda i, a: Answer(a.question, 3))


def consent_without_giver(value: Return, draw: random.Random) -> Return:
    """Consent is ticked, but nobody signs for it; one consent ended before the assessment."""
    first, *others = value.consents
    ended = replace(others[0], expires_on=value.date_from - dt.timedelta(days=30)) if others else None
    return replace(value, consents=(replace(first, given_by="", given_on=None), *([ended] if ended else []), *others[1:]))


def numbers_typed(book: Workbook, draw: random.Random) -> None:
    """Somebody typed bare numbers over the drop-downs."""
    for cell in _answer_cells(book):
        if isinstance(cell.value, str) and cell.value[:1].isdigit():
            cell.value = int(cell.value[0])


def row_inserted(book: Workbook, draw: random.Random) -> None:
    """A row with a remark between two questions; everything below moves down."""
    cell = draw.choice(_answer_cells(book)[5:20])
    sheet = cell.parent
    _move_rows(sheet, cell.row, 1)
    sheet.cell(cell.row - 1, 3, "Discussed on Tuesday, answers below agreed with the regulator.")


def question_row_deleted(book: Workbook, draw: random.Random) -> None:
    """One question is gone, row and all."""
    cell = draw.choice(_answer_cells(book)[5:60])
    _move_rows(cell.parent, cell.row, -1)


def answer_became_a_date(book: Workbook, draw: random.Random) -> None:
    """`3-4` was typed, and the spreadsheet program made the third of April of it."""
    for cell in draw.sample(_answer_cells(book), 2):
        cell.value, cell.number_format = dt.datetime(2024, 4, 3), "d-mmm"


def grade_in_words(book: Workbook, draw: random.Random) -> None:
    """Evidence graded in words of somebody's own."""
    for i, cell in enumerate(draw.sample(_answer_cells(book), 3)):
        cell.offset(column=1).value = ("high", "good", "n/k")[i]


def sheets_moved_and_renamed(book: Workbook, draw: random.Random) -> None:
    """The last sheet of questions comes first and has another name."""
    sheet = _question_sheets(book)[-1]
    old, sheet.title = sheet.title, f"{sheet.title} final v2"
    for cell in (cell for ws in book.worksheets for row in ws.iter_rows() for cell in row):
        if cell.data_type == "f":
            cell.value = cell.value.replace(f"'{old}'!", f"'{sheet.title}'!")
        if cell.hyperlink and cell.hyperlink.target:
            cell.hyperlink.target = cell.hyperlink.target.replace(f"'{old}'!", f"'{sheet.title}'!")
    book.move_sheet(sheet, -book.index(sheet))
    book.active = 0


def sheet_of_notes(book: Workbook, draw: random.Random) -> None:
    """A sheet of somebody's own."""
    sheet = book.create_sheet("Notes", 1)
    sheet.column_dimensions["A"].width = 60
    for row in (
        ["To do before sending"],
        ["Ask the regulator about the register"],
        ["Second reading by the secretariat", "done"],
    ):
        sheet.append(row)


ON_ANSWERS: dict[str, Callable[[Return, random.Random], Return]] = {
    f.__name__: f
    for f in (words_instead_of_answers, na_without_reason, numbers_with_spaces, all_answers_equal, consent_without_giver)
}
ON_WORKBOOK: dict[str, Callable[[Workbook, random.Random], None]] = {
    f.__name__: f
    for f in (
        numbers_typed,
        row_inserted,
        question_row_deleted,
        answer_became_a_date,
        grade_in_words,
        sheets_moved_and_renamed,
        sheet_of_notes,
    )
}


def troubled(content: bytes, names: Iterable[str], draw: random.Random) -> bytes:
    """A workbook after some troubles of the workbook, as bytes (their dates and order are not settled yet)."""
    book = load_workbook(BytesIO(content), rich_text=True)
    for name in names:
        ON_WORKBOOK[name](book, draw)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _question_sheets(book: Workbook) -> list:
    return [ws for ws in book.worksheets if "part=questions" in str(ws["A1"].value)]


def _answer_cells(book: Workbook) -> list:
    """Every answer cell that is filled in."""
    found = []
    for sheet in _question_sheets(book):
        column = next(cell.column for cell in sheet[1] if cell.value == "answer")
        rows = (row for row in range(2, sheet.max_row + 1) if str(sheet.cell(row, 1).value or "").startswith("question:"))
        found += [cell for row in rows if (cell := sheet.cell(row, column)).value]
    return found


def _move_rows(sheet, at: int, by: int) -> None:
    """Insert a row above `at` (+1) or delete it (-1), with what belongs to rows: merges, heights, drop-downs."""
    merges = sorted(str(merge) for merge in sheet.merged_cells.ranges)
    for merge in merges:
        sheet.unmerge_cells(merge)
    heights = {row: (d.height, d.hidden) for row, d in sheet.row_dimensions.items()}
    (sheet.insert_rows if by > 0 else sheet.delete_rows)(at)
    for row in [row for row in heights if row >= at]:
        sheet.row_dimensions[row].height = None
    for row, (height, hidden) in heights.items():
        if row < at or row + by >= at:
            place = row + by if row >= at else row
            sheet.row_dimensions[place].height, sheet.row_dimensions[place].hidden = height, hidden
    for merge in merges:
        if moved := _moved(merge, at, by):
            sheet.merge_cells(moved)
    for rule in sheet.data_validations.dataValidation:
        rule.sqref = MultiCellRange([moved for area in rule.sqref.ranges if (moved := _moved(str(area), at, by))])
    for page_break in sheet.row_breaks.brk:
        page_break.id += by if page_break.id >= at else 0


def _moved(area: str, at: int, by: int) -> str:
    """Where an area stands after a row came or went; "" where it went with the row."""
    found = CellRange(area)
    top = found.min_row + by if found.min_row > at or (by > 0 and found.min_row == at) else found.min_row
    bottom = found.max_row + by if found.max_row >= at else found.max_row
    if bottom < top:
        return ""
    return CellRange(min_col=found.min_col, max_col=found.max_col, min_row=top, max_row=bottom).coord
