"""The one door for files: bytes in, returns and problems out. Values only, by hidden id, never by row or column."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from analysis.instrument import Instrument
from analysis.model import Problem, ReadReturn, Return, UnreadableReturn
from analysis.states import States
from analysis.workbook import layout
from analysis.workbook.answers import Found, answers_of
from analysis.workbook.checks import Context, check_problems
from analysis.workbook.cover import cover_of
from analysis.workbook.flat import HEADER_ROWS, MAX_TABLE_ROWS, RawTable, header_of, read_csv, read_tables
from analysis.workbook.look import Look, look, with_plain_strings
from analysis.workbook.options import ReadingOptions
from analysis.workbook.problems import problem

#: What openpyxl raises on bad files (stack.md, trap 4).
_BROKEN = (zipfile.BadZipFile, KeyError, TypeError, IndexError, AttributeError, ParseError, OSError, ValueError, MemoryError)
AS_IT_IS = ReadingOptions()
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)<)')


@dataclass(frozen=True)
class Sheet:
    """One sheet of ours as plain values: `rows` from the first row on, the marker's place and properties, formulas by cell."""

    title: str
    marker: Mapping[str, str]
    row: int
    column: int
    rows: list[tuple]
    formulas: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False

    def records(self) -> list[tuple[str, str, int, dict[str, tuple[int, object]]]]:
        """(kind, name, row number, field -> (column, value)) of every row that carries an id."""
        fields: dict[str, int] = {}
        found = []
        for number, row in enumerate(self.rows[self.row :], start=self.row + 1):
            kind, name = layout.read_row_id(row[self.column]) if self.column < len(row) else ("", "")
            if number == self.row + 1 or kind == layout.FIELDS:
                fields = {v.strip().lower(): i for i, v in enumerate(row) if isinstance(v, str) and i != self.column}
            elif kind and name:
                found.append((kind, name, number, {f: (i, row[i] if i < len(row) else None) for f, i in fields.items()}))
        return found


def read_file(
    name: str,
    content: bytes,
    instruments: Mapping[str, Instrument],
    states: States,
    options: ReadingOptions = AS_IT_IS,
) -> list[ReadReturn]:
    """Every return in a file: one for our form, one per (State, organization, round, reading) for a flat table.

    Raises
    ------
    UnreadableReturn
        If nobody can read the file as a return. Nothing else is raised for a bad file.
    """
    instrument = options.instrument or None
    seen = look(name, content)
    if seen.kind == "table":
        found = read_csv(name, content, instruments, states, instrument)
    else:
        found = _workbook(name, content, seen, instruments, states, instrument)
    return [_checked(one, instruments) for one in found]


def _checked(one: ReadReturn, instruments: Mapping[str, Instrument]) -> ReadReturn:
    if one.value is None:
        return one
    noted = check_problems(one.value, Context(instruments[one.value.instrument], one.file))
    return ReadReturn(one.file, one.value, (*one.problems, *noted))


def _workbook(
    name: str, content: bytes, seen: Look, instruments: Mapping[str, Instrument], states: States, instrument: str | None
) -> list[ReadReturn]:
    try:
        book = load_workbook(BytesIO(with_plain_strings(content, seen.entries)), read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [s for ws in book.worksheets if (s := _sheet(ws, seen))]
            if not sheets:
                return read_tables(name, _tables(book, seen), instruments, states, instrument)
        finally:
            book.close()
    except UnreadableReturn:
        raise
    except _BROKEN as error:
        raise UnreadableReturn((problem("damaged-workbook", name),)) from error
    return [_form(name, [s for s in sheets if s.marker.get("part") != layout.LISTS], instruments, states)]


def _sheet(ws, seen: Look) -> Sheet | None:
    """A sheet that carries our marker; None for any other."""
    ws.reset_dimensions()
    rows, place, found = [], (0, 0), None
    for number, row in enumerate(ws.iter_rows(max_row=layout.MAX_ROWS + 1, max_col=layout.MAX_COLUMNS, values_only=True)):
        if found is None:
            for column, value in enumerate(row):
                if found := layout.read_marker(value):
                    place = (number, column)
                    break
            if found is None and number >= layout.MARKER_ROWS:
                return None
            if found and found.get("part") == layout.LISTS:
                break
        rows.append(row)
    if found is None:
        return None
    formulas = _formulas(ws, seen) if found.get("part") != layout.LISTS else {}
    cut = len(rows) > layout.MAX_ROWS and any(v is not None for v in rows[-1])
    return Sheet(ws.title, found, *place, rows[: layout.MAX_ROWS], formulas, cut)


def _formulas(ws, seen: Look) -> dict[str, str]:
    """Cells that hold a formula -> `=...`, found in the sheet's XML: only their stored values reach us otherwise."""
    xml = seen.entries.get(ws._worksheet_path.lstrip("/"), b"")
    if b"f>" not in xml and b"<f" not in xml and b":f" not in xml:
        return {}
    return {m[1].decode(): "=" + (m[2] or b"").decode("utf-8", "replace") for m in _FORMULA.finditer(xml)}


def _tables(book, seen: Look) -> Iterator[RawTable]:
    """Every sheet, for the reader of flat tables: only as many columns are read as its header names."""
    for ws in book.worksheets:
        ws.reset_dimensions()
        head = list(ws.iter_rows(max_row=HEADER_ROWS, max_col=layout.MAX_COLUMNS, values_only=True))
        columns = [position for row in head for position in header_of(row).values()]
        if columns:
            rows = ws.iter_rows(max_row=MAX_TABLE_ROWS, max_col=max(columns) + 1, values_only=True)
            yield RawTable(ws.title, list(rows), _formulas(ws, seen))


def _form(name: str, sheets: list[Sheet], instruments: Mapping[str, Instrument], states: States) -> ReadReturn:
    """Our form, read whole: what stops it is said together with everything else that is wrong."""
    ids = list(dict.fromkeys(s.marker.get("instrument", "") for s in sheets))
    if len(ids) != 1:
        return ReadReturn(name, None, (problem("several-instruments", name, found=", ".join(ids)),))
    if ids[0] not in instruments:
        return ReadReturn(name, None, (problem("unknown-instrument", name, found=ids[0], allowed=", ".join(instruments)),))
    instrument = instruments[ids[0]]
    problems: list[Problem] = []
    for sheet in sheets:
        if sheet.cut:
            problems.append(problem("rows-not-read", name, sheet.title, found=layout.MAX_ROWS))
        if sheet.marker.get("layout") != layout.LAYOUT:
            found = sheet.marker.get("layout", "")
            problems.append(problem("other-layout", name, sheet.title, found=found, allowed=layout.LAYOUT))
    cover = cover_of(name, [s for s in sheets if s.marker.get("part") == layout.COVER], instrument, states)
    language = cover.language
    rows = [row for sheet in sheets if sheet.marker.get("part") == layout.QUESTIONS for row in _question_rows(sheet)]
    answers, submodules, found = answers_of(name, rows, instrument, language)
    problems += [*cover.problems, *found]
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


def _question_rows(sheet: Sheet) -> list[Found]:
    """The rows of one sheet that carry a question's id, as they stand."""
    rows = []
    for kind, question, number, cells in sheet.records():
        if kind != layout.QUESTION:
            continue
        values, places, formulas = {}, {}, {}
        for name in layout.ANSWER_FIELDS:
            column, values[name] = cells.get(name, (None, None))
            if column is not None:
                places[name] = f"{get_column_letter(column + 1)}{number}"
                if places[name] in sheet.formulas:
                    formulas[name] = sheet.formulas[places[name]]
        rows.append(Found(question, values, sheet.title, places, formulas, f"{get_column_letter(sheet.column + 1)}{number}"))
    return rows
