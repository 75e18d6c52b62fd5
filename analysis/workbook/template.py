"""The form: a cover, one sheet per sub-module with its measures, ladders and questions, and hidden lists for the drop-downs."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook

from analysis.instrument import Instrument
from analysis.model import Return
from analysis.states import States
from analysis.texts import text
from analysis.workbook import layout
from analysis.workbook.appearance import FONT
from analysis.workbook.carried import CarriedOver
from analysis.workbook.cover_sheet import cover_sheet
from analysis.workbook.earlier_sheet import earlier_sheet
from analysis.workbook.lists import lists_sheet
from analysis.workbook.question_sheet import question_sheet

#: The date every form carries inside, so that the same form is the same bytes.
MADE = dt.datetime(2026, 1, 1)


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
    submodules : which to ask for, all by default; a State may fill in any of them.
    answers : a return to fill in. Reading the form again gives this return.

    Raises
    ------
    ValueError
        If a sub-module is not in the instrument, or the return is of another instrument or holds a sub-module left out.
    """
    return form(instrument, states, tuple(instrument.submodules if submodules is None else submodules), language, answers)


def form(
    instrument: Instrument,
    states: States,
    wanted: tuple[str, ...],
    language: str,
    answers: Return | None,
    carried: CarriedOver | None = None,
) -> bytes:
    """See `template`; carried: how the answers came from an earlier return, where they did."""
    unknown = [s for s in wanted if s not in instrument.submodules]
    if unknown or not wanted:
        raise ValueError(f"no sub-module {unknown[:1]} in {instrument.id}: choose among {', '.join(instrument.submodules)}")
    if answers is not None and (answers.instrument != instrument.id or not set(answers.submodules) <= set(wanted)):
        raise ValueError(f"the return ({answers.instrument}, {', '.join(answers.submodules)}) does not fit this form")
    book = Workbook()
    book._fonts[0].name = FONT
    cover = book.active
    cover.title = text("form.cover", language)[:31]
    names = layout.sheet_names(instrument, language, text("form.questions", language))
    sheets = {s: question_sheet(book.create_sheet(names[s]), instrument, s, language, answers, carried) for s in wanted}
    cover_sheet(cover, instrument, states, sheets, language, answers, carried)
    if carried and carried.dropped:
        earlier_sheet(book, carried, language)
    lists_sheet(book, instrument, states, language, carried is not None)
    book.properties.creator = ""
    book.properties.title = layout.writable(instrument.word("instrument.title", language) or instrument.id)
    return _fixed(book)


def _fixed(book: Workbook) -> bytes:
    """The workbook's bytes with fixed dates in the document and in the archive."""
    raw, fixed = BytesIO(), BytesIO()
    book.save(raw)
    stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, data)
    return fixed.getvalue()
