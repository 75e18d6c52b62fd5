"""A register's rows from plain sheets of values. A row with a wrong cell is not taken; every wrong cell is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from analysis import texts
from analysis.instrument import Instrument
from analysis.model import Problem
from analysis.registers.spec import Column, Register, heading, key_from
from analysis.states import States
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.layout import without_control
from analysis.workbook.problems import problem
from analysis.workbook.registers.cells import Cells
from analysis.workbook.registers.contradictions import contradictions
from analysis.workbook.values import cell_text, plain

HEADER_ROWS = 20
MOST_ROWS = 10_000  # half of what comes from the reader's process, so that a longer sheet is noticed


@dataclass(frozen=True)
class Row:
    """One row that can be kept. place: `Sheet!7`."""

    key: str
    body: Mapping[str, object]
    place: str = ""


@dataclass(frozen=True)
class RegisterRead:
    """What was read in a file. left: rows that are not taken because a cell of theirs is wrong. Of those taken, notes may ask something."""

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    left: int = 0


def register_rows(
    register: Register,
    name: str,
    sheets: Iterable[RawSheet],
    instrument: Instrument,
    states: States,
    language: str = "en",
    today: dt.date | None = None,
) -> RegisterRead:
    """Every row of the first sheet that has the register's headings among its first 20 rows.

    today: the day after which nothing can have happened yet; None: dates that lie ahead are not asked about.

    Returns
    -------
    Rows in their order, a body each: column -> value (text, number, list of codes, ISO date), empty cells left out. Nothing is raised for
    what a file holds: a file without the headings has a problem that says so.
    """
    sheets = list(sheets)
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[:HEADER_ROWS]):
            columns = _header(register, row)
            if all(column.name in columns for column in register.columns if column.needed):
                return _Table(register, name, sheet, columns, Cells(instrument, states, language), today).read(at + 1)
    needed = ", ".join(heading(column) for column in register.columns if column.needed)
    title = sheets[0].title if sheets else ""
    return RegisterRead(problems=(problem("register-not-this", name, title, allowed=needed),))


def register_in(registers: Iterable[Register], sheets: Iterable[RawSheet]) -> Register | None:
    """The register whose form a file is: all its needed headings stand in a row of a sheet. Of several the one with most headings there; None
    where there is none, or where two have as many."""
    heads = [row for sheet in sheets for row in sheet.rows[:HEADER_ROWS]]
    found: dict[int, list[Register]] = {}
    for register in registers:
        columns = [_header(register, row) for row in heads]
        most = max((len(c) for c in columns if all(n.name in c for n in register.columns if n.needed)), default=0)
        found.setdefault(most, []).append(register)
    best = max(found, default=0)
    return found[best][0] if best and len(found[best]) == 1 else None


def row_of(
    register: Register, values: Mapping[str, object], instrument: Instrument, states: States, today: dt.date | None = None
) -> RegisterRead:
    """One row that was entered by hand (column -> as it would stand in a cell), checked like one of a workbook."""
    names = [column.name for column in register.columns]
    cells = tuple(values.get(name) for name in names)
    sheet = RawSheet("", [tuple(names), cells])
    return register_rows(register, texts.text("register.entered"), [sheet], instrument, states, today=today)


def _header(register: Register, row: Iterable[object]) -> dict[str, int]:
    """Column -> position, where a row has headings of the register: its own ids or their words in any language."""
    names = {}
    for column in register.columns:
        for writing in (column.name, *(heading(column, language) for language in texts.languages())):
            names.setdefault(plain(writing), column.name)
    found: dict[str, int] = {}
    for position, value in enumerate(row):
        name = names.get(plain(cell_text(value)).rstrip(" *")) if isinstance(value, str) else None
        if name:
            found.setdefault(name, position)
    return found


def _held(value: object) -> object:
    """A cell's value as a workbook can hold it: what is kept goes out again in one."""
    return without_control(value) if isinstance(value, str) else value


@dataclass
class _Table:
    register: Register
    file: str
    sheet: RawSheet
    columns: Mapping[str, int]
    cells: Cells
    today: dt.date | None = None

    def read(self, first: int) -> RegisterRead:
        rows: dict[str, Row] = {}
        stood: dict[str, int] = {}  # key -> the row that it was first read in
        problems: list[Problem] = []
        left = 0
        if self._last() - first > MOST_ROWS:
            problems.append(problem("rows-not-read", self.file, self.sheet.title, found=MOST_ROWS))
        for number in range(first + 1, min(self._last(), first + MOST_ROWS) + 1):
            row = self.sheet.rows[number - 1] if number <= len(self.sheet.rows) else ()
            stands = {name: _held(row[p]) if p < len(row) else None for name, p in self.columns.items()}
            if not any(map(cell_text, stands.values())) and not self._marked(number):
                continue
            body, told = self._body(stands, number)
            wrong = any(one.severity != "note" for one in told)
            while not wrong and not cell_text(stands.get("id")) and self._taken(body, rows):
                body = {**body, "id": f"{body['id']}-2"}
            if not wrong and (key := self.register.key_of(body)) in rows:
                wrong, told = True, [self._twice(body, rows[key].body, stands, number, stood[key])]
            problems += told
            if wrong:
                left += 1
            else:
                rows[key], stood[key] = Row(key, body, f"{self.sheet.title}!{number}" if self.sheet.title else ""), number
                asked = contradictions(self.register, body, self.today, self.cells.language)
                problems += [self._problem(code, column, number, **words) for code, column, words in asked]
        if not rows and not problems:
            problems.append(problem("register-no-rows", self.file, self.sheet.title))
        return RegisterRead(tuple(rows.values()), tuple(problems), left)

    def _taken(self, body: Mapping[str, object], rows: Mapping[str, Row]) -> bool:
        """Whether a reference that was made here is one that stands in a row of other content, as it does where a kept row was changed."""
        first = rows.get(self.register.key_of(body)) if "id" in body else None
        return first is not None and dict(first.body) != body

    def _twice(
        self, body: Mapping[str, object], first: Mapping[str, object], stands: Mapping[str, object], number: int, before: int
    ) -> Problem:
        """A row of the same key as one before it. `Found` is what stands in the cells: a key made here is seen by nobody."""
        keys = self.register.key
        same = body == first
        code = "register-row-twice" if same else "register-reference-twice" if keys == ("id",) else "register-row-differs"
        found = "" if same and keys == ("id",) else ", ".join(cell_text(stands.get(name)) for name in keys)
        row = texts.text("register.row", self.cells.language, row=str(before))
        return self._problem(code, keys[0], number, found=found, allowed=row)

    def _marked(self, number: int) -> bool:
        """Whether a row holds an error or a formula without a value."""
        return any(self._unread(name, number, None) for name in self.columns)

    def _last(self) -> int:
        """The last row in which anything stands: a formula without a value counts, which the rows of values do not hold."""
        numbers = [int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for cell in self.sheet.formulas]
        return max([len(self.sheet.rows), *numbers])

    def _unread(self, name: str, number: int, value: object) -> str:
        """What stands in a cell and is no value: an error, or a formula with nothing stored beside it, for nothing is calculated here."""
        cell = self._cell(name, number)
        return self.sheet.errors.get(cell, "") or ("" if cell_text(value) else self.sheet.formulas.get(cell, ""))

    def _body(self, stands: Mapping[str, object], number: int) -> tuple[dict[str, object], list[Problem]]:
        body: dict[str, object] = {}
        wrong: list[Problem] = []
        for column in self.register.columns:
            value = stands.get(column.name)
            error = self._unread(column.name, number, value) if column.name in self.columns else ""
            if error:
                wrong.append(self._problem("register-cell-error", column.name, number, found=error))
            elif cell_text(value):
                meant = self.cells.meant(column, value)
                if meant.value is None or meant.value == []:
                    wrong.append(self._not_allowed(column, value, meant, number))
                else:
                    body[column.name] = meant.value
                    if meant.code:
                        wrong.append(
                            self._problem(meant.code, column.name, number, found=cell_text(value), allowed=meant.allowed)
                        )
            elif column.needed:
                wrong.append(self._problem("register-cell-needed", column.name, number, allowed=heading(column)))
        wrong += self._unreasoned(body, stands, number)
        made = {c.name: key_from(self.register, body) for c in self.register.columns if c.type == "id" and c.name not in body}
        return made | body, wrong

    def _unreasoned(self, body: Mapping[str, object], stands: Mapping[str, object], number: int) -> list[Problem]:
        """The cells for a reason that are empty though the row's status goes with one: such a row is incomplete."""
        wanted = [c.name for c in self.register.columns if c.reason_for and c.reason_for == body.get("status")]
        empty = [n for n in wanted if not cell_text(stands.get(n)) and not (n in self.columns and self._unread(n, number, None))]
        return [
            self._problem("register-reason-missing", n, number, allowed=heading(self.register[n], self.cells.language))
            for n in empty
        ]

    def _not_allowed(self, column: Column, value: object, meant, number: int) -> Problem:
        usual = "register-state-unknown" if column.type == "state" else "register-cell-not-allowed"
        found = meant.part or cell_text(value)
        words = {"found": found, "allowed": meant.allowed, "suggestion": meant.suggestion}
        return self._problem(meant.code or usual, column.name, number, **words)

    def _cell(self, name: str, number: int) -> str:
        return f"{get_column_letter(self.columns[name] + 1)}{number}"

    def _problem(self, code: str, column: str, number: int, **words: object) -> Problem:
        cell = self._cell(column, number) if column in self.columns else str(number)
        if not self.sheet.title:  # entered by hand: the field's name in place of a cell
            cell = heading(self.register[column])
        return problem(code, self.file, self.sheet.title, cell, **words)
