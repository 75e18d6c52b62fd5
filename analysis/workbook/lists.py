"""Drop-downs and inert text: a hidden sheet with one named column per list, and cells whose text stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from analysis.inert import live
from analysis.instrument import Instrument
from analysis.model import CONSENT_TIERS, EVIDENCE_GRADES, READINGS, SECTORS
from analysis.states import States
from analysis.workbook import layout
from analysis.workbook.carried import ASK, DONE
from analysis.workbook.state_names import state_label
from analysis.workbook.values import STATUS_CODES, label, status_word


def inert(cell, value: str) -> None:
    """Write text that stays text: never a formula, an error value or a link, whatever it starts with."""
    cell.value = layout.writable(value)[:32_767] or None
    if cell.value is None:
        return
    cell.data_type = "s"
    if live(value):
        cell.quotePrefix = True


def list_name(name: str) -> str:
    """A list's name as Excel allows it."""
    return "list_" + re.sub(r"[^A-Za-z0-9_]", "_", name)


def drop_down(sheet, name: str, cells: Iterable[str], *, prompt: tuple[str, str] | None = None, free: bool = False) -> None:
    """Offer a list in cells. What is typed instead is taken after a warning, or at once where `free`."""
    rule = DataValidation(type="list", formula1=list_name(name), allow_blank=True, showErrorMessage=not free)
    rule.errorStyle = "warning"
    if prompt:
        rule.promptTitle, rule.prompt, rule.showInputMessage = prompt[0][:32], prompt[1][:255], True
    for cell in cells:
        rule.add(cell)
    if rule.sqref:
        sheet.add_data_validation(rule)


def lists_sheet(book: Workbook, instrument: Instrument, states: States, language: str, carried: bool = False) -> None:
    """The hidden sheet that every drop-down of the form refers to. carried: also the marks of answers that were carried over."""
    sheet = book.create_sheet("Lists")
    sheet.sheet_state = "hidden"
    sheet["A1"] = layout.marker(instrument.id, layout.LISTS, language=language)
    for column, (name, choices) in enumerate(_choices(instrument, states, language, carried).items(), start=1):
        for row, choice in enumerate(choices, start=2):
            inert(sheet.cell(row, column), choice)
        letter = get_column_letter(column)
        reference = f"'{sheet.title}'!${letter}$2:${letter}${1 + max(1, len(choices))}"
        book.defined_names[list_name(name)] = DefinedName(list_name(name), attr_text=reference)


def _choices(instrument: Instrument, states: States, language: str, carried: bool) -> dict[str, list[str]]:
    statuses = [status_word(status, language) for status in STATUS_CODES]
    answers = {
        f"answers_{name}": [layout.option_text(instrument, name, option, language) for option in options["option"]] + statuses
        for name, options in instrument.options.items()
    }
    marks = {"carried": [label("form", mark, language) for mark in (ASK, DONE)]} if carried else {}
    return {
        "states": [state_label(code, states, language) for code in states.table["iso3"]],
        **answers,
        "evidence_grades": [label("evidence_grade", str(grade), language) for grade in EVIDENCE_GRADES],
        "readings": [label("reading", reading, language) for reading in READINGS],
        "sectors": [label("sector", sector, language) for sector in SECTORS],
        "tiers": [label("consent_tier", tier, language) for tier in CONSENT_TIERS],
        "parts": [layout.submodule_title(instrument, s, language) for s in instrument.submodules],
        **marks,
    }
