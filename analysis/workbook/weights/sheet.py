"""The workbook of a set of weights: its name, and under each part what may be weighed with a column of points per expert."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from analysis.budgets import MOST_EXPERTS, WHOLE, Budgets, children_of
from analysis.instrument import Instrument
from analysis.texts import text
from analysis.workbook import appearance as look
from analysis.workbook.lists import inert

TITLE_ROW, HINT_ROW, NAME_ROW, INSTRUMENT_ROW, HEAD_ROW = 1, 2, 3, 4, 6
LEADING = ("code", "label", "own")  # headings before those of the experts
WIDTHS = (16, 70, 15)
EXPERT_WIDTH = 10
USUAL = 6  # columns of experts where fewer gave points


def weights_book(
    instrument: Instrument, own: Mapping[str, float], name: str = "", budgets: Budgets | None = None, language: str = "en"
) -> bytes:
    """A set of weights as .xlsx bytes, empty or with the points that are given. Reading it again gives these points.

    own: share of each child among its siblings by the questionnaire's weights, 0-1; it is shown beside and never read back.
    """
    book, given = Workbook(), budgets or {}
    book._fonts[0].name = look.FONT
    sheet = book.active
    sheet.title = text("weights.file.sheet", language)[:31]
    experts = max([USUAL, *(int(expert) for of in given.values() for expert in of)])
    for number, width in enumerate((*WIDTHS, *[EXPERT_WIDTH] * experts), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    _head(sheet, instrument, name, experts, language)
    row = HEAD_ROW
    for node, children in children_of(instrument).items():
        row += 1
        _band(sheet, row, instrument.node_name(node, language), len(LEADING) + experts)
        for child in children:
            row += 1
            _child(sheet, row, child, _label(instrument, child, language), own[child])
            for expert in range(1, experts + 1):
                cell = sheet.cell(row, len(LEADING) + expert)
                look.input_cell(cell)
                cell.value = given.get(node, {}).get(str(expert), {}).get(child)
    _points_only(sheet, row, experts, language)
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, len(LEADING))
    look.page(sheet, sheet.title, "", text("form.page", language, page="&P", pages="&N"), header_rows=f"{HEAD_ROW}:{HEAD_ROW}")
    book.properties.creator = ""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _label(instrument: Instrument, child: str, language: str) -> str:
    of_question = child in instrument.question_number
    return instrument.question_text(child, language) if of_question else instrument.node_name(child, language)


def _head(sheet, instrument: Instrument, name: str, experts: int, language: str) -> None:
    inert(sheet.cell(TITLE_ROW, 1), text("weights.file.title", language))
    look.style(sheet.cell(TITLE_ROW, 1), text=look.font(16, True, look.ACCENT), align=look.aligned(vertical="center"))
    sheet.row_dimensions[TITLE_ROW].height = 28
    hint = text("weights.file.hint", language, whole=f"{WHOLE:g}", most=MOST_EXPERTS)
    inert(sheet.cell(HINT_ROW, 1), hint)
    look.style(sheet.cell(HINT_ROW, 1), text=look.font(10, color=look.QUIET))
    sheet.row_dimensions[HINT_ROW].height = look.height((hint, sum(WIDTHS)), padding=8)
    for row in (TITLE_ROW, HINT_ROW):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(WIDTHS))
    for row, key, value in ((NAME_ROW, "name", name), (INSTRUMENT_ROW, "instrument", instrument.id)):
        inert(sheet.cell(row, 1), text(f"weights.file.{key}", language))
        look.style(sheet.cell(row, 1), text=look.font(10, True))
        look.input_cell(sheet.cell(row, 2)) if key == "name" else look.style(sheet.cell(row, 2))
        inert(sheet.cell(row, 2), value)
        sheet.row_dimensions[row].height = look.height((text(f"weights.file.{key}", language), WIDTHS[0]), (value, WIDTHS[1]))
    words = [text(f"weights.file.{key}", language) for key in LEADING]
    words += [text("weights.expert", language, n=n) for n in range(1, experts + 1)]
    for place, heading in enumerate(words, start=1):
        inert(sheet.cell(HEAD_ROW, place), heading)
        look.style(
            sheet.cell(HEAD_ROW, place),
            text=look.font(10, True, "FFFFFF"),
            ground=look.ACCENT,
            align=look.aligned(vertical="center"),
        )
    sheet.row_dimensions[HEAD_ROW].height = 30


def _band(sheet, row: int, words: str, columns: int) -> None:
    """The part that the rows below belong to; it has no code, so that nobody takes it for something to be weighed."""
    inert(sheet.cell(row, 2), words)
    for place in range(1, columns + 1):
        look.style(sheet.cell(row, place), text=look.font(10, True, look.ACCENT), ground=look.BAND)
    sheet.row_dimensions[row].height = look.height((words, WIDTHS[1]), bold=True)


def _child(sheet, row: int, child: str, words: str, own: float) -> None:
    for place, value in ((1, child), (2, words)):
        inert(sheet.cell(row, place), value)
        look.style(sheet.cell(row, place), border=look.edges())
    sheet.cell(row, 3).value = own
    look.style(sheet.cell(row, 3), text=look.font(color=look.QUIET), border=look.edges(), number_format="0.0 %")
    sheet.row_dimensions[row].height = look.height((words, WIDTHS[1]))


def _points_only(sheet, last: int, experts: int, language: str) -> None:
    """A program that fills in the form tells at once of what is no number of points."""
    rule = DataValidation(type="decimal", operator="between", formula1="0", formula2=f"{WHOLE:g}", allow_blank=True)
    rule.errorStyle, rule.showErrorMessage, rule.error = (
        "warning",
        True,
        text("weights.allowed.points", language, whole=f"{WHOLE:g}")[:255],
    )
    first = len(LEADING) + 1
    rule.add(f"{get_column_letter(first)}{HEAD_ROW + 1}:{get_column_letter(first + experts - 1)}{last}")
    sheet.add_data_validation(rule)
