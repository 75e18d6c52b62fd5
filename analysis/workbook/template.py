"""The form: a cover, one sheet per sub-module with its measures, ladders and questions, and hidden lists for the drop-downs."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from analysis.instrument import Instrument
from analysis.model import AUDIENCES, CONSENT_TIERS, EVIDENCE_GRADES, READINGS, SECTORS, Return
from analysis.states import States
from analysis.texts import text, word
from analysis.workbook import layout
from analysis.workbook.appearance import FONT
from analysis.workbook.cover_sheet import cover_sheet
from analysis.workbook.question_sheet import question_sheet
from analysis.workbook.values import STATUS_CODES, state_label, status_word

#: The date every form carries inside, so that the same form is the same bytes.
MADE = dt.datetime(2026, 1, 1)


class Lists:
    """The hidden sheet that drop-downs refer to: one named column per list."""

    def __init__(self, book: Workbook, instrument: Instrument, language: str):
        self.book = book
        self.sheet = book.create_sheet("Lists")
        self.sheet.sheet_state = "hidden"
        self.sheet.append([layout.marker(instrument.id, layout.LISTS, language=language)])
        self.columns = 0

    def add(self, name: str, choices: Iterable[str]) -> None:
        """A list under a name that a drop-down can use."""
        self.columns += 1
        letter = get_column_letter(self.columns)
        choices = list(choices)
        for row, choice in enumerate(choices, start=2):
            inert(self.sheet.cell(row, self.columns), choice)
        reference = f"'{self.sheet.title}'!${letter}$2:${letter}${1 + max(1, len(choices))}"
        self.book.defined_names[list_name(name)] = DefinedName(list_name(name), attr_text=reference)


def list_name(name: str) -> str:
    """A list's name as Excel allows it."""
    return "list_" + re.sub(r"[^A-Za-z0-9_]", "_", name)


def inert(cell, value: str) -> None:
    """Write text that stays text: never a formula, an error value or a link, whatever it starts with."""
    cell.value = layout.writable(value)[:32_767]
    cell.data_type = "s"
    if value[:1] in "=+-@":
        cell.quotePrefix = True


def drop_down(sheet, name: str, cells: Iterable[str], *, prompt: tuple[str, str] | None = None, free: str = "") -> None:
    """Offer a list in cells. `free`: "" asks before it takes anything else, "any" takes anything typed."""
    rule = DataValidation(type="list", formula1=f"={list_name(name)}", allow_blank=True, showErrorMessage=free != "any")
    rule.errorStyle = "warning"
    if prompt:
        rule.promptTitle, rule.prompt, rule.showInputMessage = prompt[0][:32], prompt[1][:255], True
    for cell in cells:
        rule.add(cell)
    if rule.sqref:
        sheet.add_data_validation(rule)


def template(
    instrument: Instrument,
    states: States,
    *,
    submodules: Iterable[str] | None = None,
    language: str = "en",
    answers: Return | None = None,
) -> bytes:
    """The form of an instrument as .xlsx bytes, empty or filled in with a return. The same input gives the same bytes.

    Parameters
    ----------
    submodules : which to ask for, all by default; a return may hold any of them.
    answers : a return to fill in. Reading the form again gives this return.

    Raises
    ------
    ValueError
        If a sub-module is not in the instrument, or the return is of another instrument or holds a sub-module that is left out.
    """
    wanted = tuple(instrument.submodules if submodules is None else submodules)
    unknown = [s for s in wanted if s not in instrument.submodules]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a sub-module of {instrument.id}: {', '.join(instrument.submodules)}")
    if answers is not None and (answers.instrument != instrument.id or not set(answers.submodules) <= set(wanted)):
        raise ValueError(f"the return ({answers.instrument}, {', '.join(answers.submodules)}) does not fit this form")
    book = Workbook()
    book._fonts[0].name, book._fonts[0].sz = FONT, 11
    names = layout.sheet_names(instrument, language, text("form.questions", language))
    sheet = book.active
    sheet.title = text("form.cover", language)[:31]
    answer_cells = {}
    for submodule in wanted:
        answer_cells[submodule] = question_sheet(book.create_sheet(names[submodule]), instrument, submodule, language, answers)
    cover_sheet(sheet, instrument, states, answer_cells, language, answers)
    _lists(book, instrument, states, language)
    book.properties.creator, book.properties.title = "", layout.writable(instrument.word("instrument.title", language))
    return _fixed(book)


def _lists(book: Workbook, instrument: Instrument, states: States, language: str) -> None:
    lists = Lists(book, instrument, language)
    lists.add("states", [state_label(code, states, language) for code in states.table["iso3"]])
    for answer_set, options in instrument.options.items():
        offered = [layout.option_text(instrument, answer_set, option, language) for option in options["option"]]
        lists.add(f"answers_{answer_set}", [*offered, *(status_word(status, language) for status in STATUS_CODES)])
    lists.add("evidence_grades", [f"{grade} - {word('evidence_grade', str(grade), language)}" for grade in EVIDENCE_GRADES])
    lists.add("readings", [word("reading", reading, language) for reading in READINGS])
    lists.add("sectors", [word("sector", sector, language) for sector in SECTORS])
    lists.add("tiers", [word("consent_tier", tier, language) for tier in CONSENT_TIERS])
    lists.add("parts", [layout.submodule_title(instrument, s, language) for s in instrument.submodules])


def _fixed(book: Workbook) -> bytes:
    """The workbook's bytes with fixed dates in the document and in the archive."""
    raw, fixed = BytesIO(), BytesIO()
    book.save(raw)
    stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, data)
    return fixed.getvalue()


__all__ = ["AUDIENCES", "drop_down", "inert", "list_name", "template"]
