"""The one door for files: bytes in, returns and problems out. Values only, by hidden id, never by row or column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from analysis.instrument import Instrument
from analysis.model import Problem, ReadReturn, Return, UnreadableReturn
from analysis.states import States
from analysis.workbook import layout
from analysis.workbook.answers import Found, answers_of
from analysis.workbook.book import Book, RawSheet, open_book
from analysis.workbook.carried import unconfirmed
from analysis.workbook.checks import Context, check_problems
from analysis.workbook.cover import cover_of
from analysis.workbook.flat import read_tables, whole_table
from analysis.workbook.options import ReadingOptions
from analysis.workbook.problems import problem
from analysis.workbook.values import cell_text

AS_IT_IS = ReadingOptions()
MOST_OF_A_NAME = 200  # characters: an organization is part of the key by which a store knows a return
_DOWN = re.compile(r"[A-Z]+(\d+):[A-Z]+(\d+)")
FIELDS = (*layout.ANSWER_FIELDS, layout.CARRIED)


@dataclass(frozen=True)
class Sheet:
    """One sheet of ours: `rows` from the first row on, the marker's place and properties; the rest as in `RawSheet`."""

    title: str
    marker: Mapping[str, str]
    row: int
    column: int
    rows: list[tuple]
    formulas: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    disagreed: Mapping[str, str] = field(default_factory=dict)
    merges: tuple[str, ...] = ()
    cut: bool = False

    def records(self) -> list[tuple[str, str, int, dict[str, tuple[int, object]]]]:
        """(kind, name, row number, field -> (column, value)) of every row that carries an id."""
        fields: dict[str, int] = {}
        found = []
        column = self.column
        for number, row in enumerate(self.rows[self.row :], start=self.row + 1):
            mark = row[column] if column < len(row) else None
            if mark is None and number > self.row + 1:
                continue
            kind, name = layout.read_row_id(mark)
            if number == self.row + 1 or kind == layout.FIELDS:
                fields = {v.strip().lower(): i for i, v in enumerate(row) if isinstance(v, str) and i != column}
            elif kind and name:
                width = len(row)
                found.append((kind, name, number, {f: (i, row[i] if i < width else None) for f, i in fields.items()}))
        return found


def read_file(
    name: str,
    content: bytes,
    instruments: Mapping[str, Instrument],
    states: States,
    options: ReadingOptions = AS_IT_IS,
) -> list[ReadReturn]:
    """Every return in a file: one for our form, one per (State, organization, round, reading) for a table.

    Raises
    ------
    UnreadableReturn
        If nobody can read the file as a return. Nothing else is raised for a bad file.
    """
    try:
        book = open_book(name, content, options.password)
        found = _returns(name, book, instruments, states, options)
        return [_checked(ReadReturn(o.file, o.value, (*book.problems, *o.problems)), instruments) for o in found]
    except UnreadableReturn:
        raise
    except MemoryError as error:
        raise UnreadableReturn((problem("reader-too-large", name),)) from error
    except Exception as error:  # the last resort, in this one place: what a file brings out in us is told as a fault of the file
        raise UnreadableReturn((problem("damaged-workbook", name),)) from error


def _returns(
    name: str, book: Book, instruments: Mapping[str, Instrument], states: States, options: ReadingOptions
) -> list[ReadReturn]:
    sheets = [found for raw in book.sheets if (found := form_sheet(raw))]
    if sheets:
        return [_form(name, [s for s in sheets if s.marker.get("part") != layout.LISTS], instruments, states, options)]
    if any(map(_in_report, book.sheets)):
        raise UnreadableReturn((problem("report-sent-back", name),))
    if options.mapping and not any(map(whole_table, book.sheets)):
        from analysis.workbook.mapping.reading import mapping_of, read_mapped

        return read_mapped(name, book.sheets, mapping_of(name, options.mapping), instruments, states, options)
    return read_tables(name, book.sheets, instruments, states, options.instrument or None, options.confirmed)


def _in_report(raw: RawSheet) -> bool:
    """Whether a sheet is the list in a report of ours (`annotated`), which shows a few rows of a file and is not that file."""
    first = raw.rows[0][0] if raw.rows and raw.rows[0] else None
    return isinstance(first, str) and first.startswith(f"{layout.LIST_MARKER};") and f";kind={layout.REPORT};" in first


def _checked(one: ReadReturn, instruments: Mapping[str, Instrument]) -> ReadReturn:
    if one.value is None:
        return one
    if len(one.value.organization) > MOST_OF_A_NAME:
        long = problem("organization-too-long", one.file, found=len(one.value.organization), allowed=MOST_OF_A_NAME)
        return ReadReturn(one.file, None, (*one.problems, long))
    noted = check_problems(one.value, Context(instruments[one.value.instrument], one.file))
    return ReadReturn(one.file, one.value, (*one.problems, *noted))


def form_sheet(raw: RawSheet) -> Sheet | None:
    """A sheet that carries our marker; None for any other."""
    for number, row in enumerate(raw.rows[: layout.MARKER_ROWS]):
        for column, value in enumerate(row[: layout.MAX_COLUMNS]):
            if isinstance(value, str) and layout.MARKER in value and (marker := layout.read_marker(value)):
                rest = raw.rows[layout.MAX_ROWS :]
                cut = any(v is not None for row in rest for v in row)
                rows = raw.rows[: layout.MAX_ROWS] if rest else raw.rows
                laid = (raw.formulas, raw.errors, raw.disagreed, raw.merges)
                return Sheet(raw.title, marker, number, column, rows, *laid, cut)
    return None


def _form(
    name: str, sheets: list[Sheet], instruments: Mapping[str, Instrument], states: States, options: ReadingOptions = AS_IT_IS
) -> ReadReturn:
    """Our form, read whole: what stops it is said together with everything else that is wrong."""
    ids = list(dict.fromkeys(s.marker.get("instrument", "") for s in sheets))
    if len(ids) != 1:
        return ReadReturn(name, None, (problem("several-instruments", name, found=", ".join(ids)),))
    if ids[0] not in instruments:
        return ReadReturn(name, None, (problem("unknown-instrument", name, found=ids[0], allowed=", ".join(instruments)),))
    instrument = instruments[ids[0]]
    problems = [found for sheet in sheets for found in _sheet_problems(name, sheet)]
    cover = cover_of(name, [s for s in sheets if s.marker.get("part") == layout.COVER], instrument, states, options.confirmed)
    language = cover.language
    parts = [sheet for sheet in sheets if sheet.marker.get("part") == layout.QUESTIONS]
    rows = [row for sheet in parts for row in _question_rows(sheet)]
    answers, submodules, found = answers_of(name, rows, instrument, language)
    merged = [one for sheet in parts if sheet.merges for one in _merged(name, sheet, rows)]
    problems += [*cover.problems, *found, *merged, *unconfirmed(name, rows, instrument, language)]
    if not submodules:
        problems.append(problem("nothing-filled", name))
    if any(p.severity == "stop" for p in problems):
        return ReadReturn(name, None, tuple(problems))
    value = Return(
        instrument.id,
        cover.iso3,
        cover.organization,
        cover.round,
        cover.reading,
        submodules,
        answers,
        cover.date_from,
        cover.date_to,
        language,
        cover.contributors,
        cover.consents,
    )
    return ReadReturn(name, value, tuple(problems))


def _sheet_problems(name: str, sheet: Sheet) -> list[Problem]:
    """What is to be said of a sheet as a whole."""
    found = []
    if sheet.cut:
        found.append(problem("rows-not-read", name, sheet.title, found=layout.MAX_ROWS))
    if sheet.marker.get("layout") != layout.LAYOUT:
        found.append(problem("other-layout", name, sheet.title, found=sheet.marker.get("layout", ""), allowed=layout.LAYOUT))
    for cell, both in sheet.disagreed.items():
        letters, number = coordinate_from_string(cell)
        if column_index_from_string(letters) - 1 == sheet.column or number - 1 == sheet.row:  # our hidden ids
            found.append(problem("readers-disagree", name, sheet.title, cell, found=both))
    return found


def _question_rows(sheet: Sheet) -> list[Found]:
    """The rows of one sheet that carry a question's id, as they stand."""
    rows, own = [], get_column_letter(sheet.column + 1)
    laid = (sheet.formulas, sheet.errors, sheet.disagreed)
    for kind, question, number, cells in sheet.records():
        if kind != layout.QUESTION:
            continue
        values = dict.fromkeys(layout.ANSWER_FIELDS)
        places = {}
        for name in FIELDS:
            if name in cells:
                column, values[name] = cells[name]
                places[name] = f"{get_column_letter(column + 1)}{number}"
        marks = [{f: of[p] for f, p in places.items() if p in of} if of else {} for of in laid]
        rows.append(Found(question, values, sheet.title, places, marks[0], f"{own}{number}", "", marks[1], marks[2]))
    return rows


def _merged(name: str, sheet: Sheet, rows: list[Found]) -> list[Problem]:
    """Answer cells of several questions in one: what stands there is the first one's, and the others are open."""
    found = []
    answers = {row.places["answer"]: row for row in rows if row.sheet == sheet.title and "answer" in row.places}
    columns = {cell.rstrip("0123456789") for cell in answers}
    for merge in sheet.merges:
        match = _DOWN.fullmatch(merge)
        if not match or match[1] == match[2]:
            continue
        left, top, right, bottom = range_boundaries(merge)
        bottom = min(bottom, layout.MAX_ROWS)
        for column in columns & {get_column_letter(c) for c in range(left, min(right, layout.MAX_COLUMNS) + 1)}:
            inside = [answers[cell] for number in range(top, bottom + 1) if (cell := f"{column}{number}") in answers]
            written = cell_text(inside[0].values.get("answer")) if len(inside) > 1 else ""
            if written:
                words = {"found": written, "allowed": merge, "question": inside[0].question}
                found.append(problem("merged-answers", name, sheet.title, inside[0].places["answer"], **words))
    return found
