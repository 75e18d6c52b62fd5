"""The flat table: one row per answer, for offices that hold their answers elsewhere. `docs/flat-table.md` describes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from openpyxl.utils import get_column_letter

from analysis.instrument import Instrument
from analysis.model import READINGS, Problem, ReadReturn, Return, UnreadableReturn
from analysis.states import States
from analysis.workbook.answers import Found, answers_of
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.layout import ANSWER_FIELDS
from analysis.workbook.problems import problem
from analysis.workbook.state_names import NOBODY, state_code, state_reading
from analysis.workbook.values import (
    cell_text,
    date_of,
    organization_name,
    plain,
    round_label,
    vocabulary,
    words_of,
)

NEEDED = ("iso3", "round", "reading", "question", "answer")
OPTIONAL = ("organization", "comment", "instrument", "evidence_grade", "evidence", "na_reason", "date_from", "date_to")
HEADER_ROWS = 20
ROUNDS = "2026, 2026-H2, 2026-Q3, 2026-05"

#: Other names a column goes by, as `_column` writes them.
ALIASES = {
    "iso": "iso3", "iso 3": "iso3", "iso code": "iso3", "country code": "iso3", "state code": "iso3", "local code": "iso3",
    "code": "iso3", "country": "iso3", "state": "iso3", "organisation": "organization", "question id": "question",
    "comments": "comment", "n/a reason": "na reason", "assessed by": "reading", "from": "date from", "to": "date to",
}  # fmt: skip
#: Columns of States that hold names: two letters in them are no code.
NAME_COLUMNS = ("country", "state")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMES = {name.replace("_", " "): name for name in NEEDED + OPTIONAL}


@dataclass
class Group:
    """The rows of one return, with what its first row says about it."""

    raw: tuple[str, ...]
    row: int
    rows: list[Found] = field(default_factory=list)
    dates: dict[str, tuple[dt.date, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Places(Mapping):
    """Field -> cell of one row, written out where it is asked for: a table may have a million rows."""

    __slots__ = ("_columns", "_number")

    def __init__(self, columns: Mapping[str, int], number: int):
        self._columns, self._number = columns, number

    def __getitem__(self, name: str) -> str:
        return f"{get_column_letter(self._columns[name] + 1)}{self._number}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def found_in(self, cells: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
        """Field -> what is said of its cell, for the fields of which something is."""
        return {name: cells[self[name]] for name in names if name in self._columns and self[name] in cells}


def _written(value: object) -> str:
    """A column's name as it is compared."""
    return " ".join(plain(cell_text(value)).replace("_", " ").replace("-", " ").split()) if isinstance(value, str) else ""


def _column(value: object) -> str:
    name = _written(value)
    return _NAMES.get(ALIASES.get(name, name), "")


def header_of(row: Iterable[object]) -> dict[str, int]:
    """Column name -> position, where a row is a table's header; empty for any other row. The first of two equal names counts."""
    found: dict[str, int] = {}
    for position, value in enumerate(row):
        name = _column(value)
        if name:
            found.setdefault(name, position)
    return found if {"question", "answer"} <= set(found) else {}


def holds_table(sheet: RawSheet) -> bool:
    """Whether a sheet has a header of ours among its first rows."""
    return any(header_of(row) for row in sheet.rows[:HEADER_ROWS])


def whole_table(sheet: RawSheet) -> bool:
    """Whether a sheet has a header of ours with every column that is needed: such a table is read without a mapping."""
    header = next((found for row in sheet.rows[:HEADER_ROWS] if (found := header_of(row))), {})
    return set(NEEDED) <= set(header)


def read_tables(
    name: str,
    sheets: Iterable[RawSheet],
    instruments: Mapping[str, Instrument],
    states: States,
    instrument: str | None = None,
    confirmed: Mapping[str, str] = NOBODY,
) -> list[ReadReturn]:
    """The returns of the first sheet that holds a flat table.

    Raises
    ------
    UnreadableReturn
        If no sheet has a header with the columns `question` and `answer` in its first 20 rows.
    """
    for sheet in sheets:
        if holds_table(sheet):
            return _returns(name, sheet, instruments, states, instrument, confirmed)
    raise UnreadableReturn((problem("not-a-return", name, allowed=", ".join(NEEDED)),))


def _returns(
    name: str,
    raw: RawSheet,
    instruments: Mapping[str, Instrument],
    states: States,
    instrument: str | None,
    confirmed: Mapping[str, str] = NOBODY,
) -> list[ReadReturn]:
    sheet, rows = raw.title, raw.rows
    at = next(i for i, row in enumerate(rows) if header_of(row))
    columns = header_of(rows[at])
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise UnreadableReturn(
            tuple(
                problem("column-missing", name, sheet, f"{at + 1}:{at + 1}", found=c, allowed=", ".join(NEEDED)) for c in missing
            )
        )
    codes = _written(rows[at][columns["iso3"]]) not in NAME_COLUMNS
    table = Table(name, sheet, columns, instruments, states, confirmed, codes)
    groups = table.groups(raw, at + 1)
    if not groups:
        raise UnreadableReturn((problem("nothing-filled", name, sheet),))
    guessed = instrument or table.instrument_of({row.question for group in groups for row in group.rows})
    return [table.read(group, guessed) for group in groups]


def keep_date(group: Group, name: str, sheet: str, which: str, value: object, number: int, letter: str) -> None:
    """The first date of a return counts; what can't be read or differs is noted."""
    found, text = date_of(value), cell_text(value)
    if found is None:
        if text:
            group.problems.append(problem("date-not-allowed", name, sheet, f"{letter}{number}", found=text))
    elif which not in group.dates:
        group.dates[which] = (found, number)
    elif group.dates[which][0] != found:
        kept = group.dates[which][0]
        group.problems.append(problem("dates-differ", name, sheet, f"{letter}{number}", found=found, allowed=kept))


@dataclass
class Table:
    """One table being read: where its columns are, and what it is held against."""

    name: str
    sheet: str
    columns: Mapping[str, int]
    instruments: Mapping[str, Instrument]
    states: States
    confirmed: Mapping[str, str] = field(default_factory=dict)
    codes: bool = True

    def problem(self, code: str, column: str, row: int, **words: object) -> Problem:
        """A problem in a column of a row."""
        letter = get_column_letter(self.columns[column] + 1) if column in self.columns else ""
        return problem(code, self.name, self.sheet, f"{letter}{row}", **words)

    def meaning(self, raw: tuple) -> tuple[str, ...]:
        """What the keys of a row mean, so that `QMA` and `qma ` are one return; as written where they mean nothing."""
        iso3, organization, round_, reading, instrument = map(cell_text, raw)
        organization = organization_name(organization)
        return (
            state_code(iso3, self.states, confirmed=self.confirmed, code_column=self.codes) or f"? {iso3}",
            plain(organization),
            round_label(raw[2]) or f"? {round_}",
            vocabulary("reading", READINGS).get(plain(reading)) or f"? {reading}",
            self.known.get(plain(instrument), instrument),
        )

    @cached_property
    def known(self) -> dict[str, str]:
        """Instruments by id as it is compared."""
        return {plain(name): name for name in self.instruments}

    def groups(self, raw: RawSheet, first: int) -> list[Group]:
        """The rows of each return; empty rows are passed over."""
        columns, width = self.columns, max(self.columns.values()) + 1
        keys = [columns.get(key) for key in ("iso3", "organization", "round", "reading", "instrument")]
        fields = [(f, columns[f]) for f in ANSWER_FIELDS if f in columns]
        dates = [(d, columns[d], get_column_letter(columns[d] + 1)) for d in ("date_from", "date_to") if d in columns]
        question, letter = columns["question"], get_column_letter(columns["question"] + 1)
        letters = [(p, get_column_letter(p + 1)) for p in {question, *(p for p in keys if p is not None)}]
        laid = {**raw.disagreed, **raw.errors}
        marked = {int(cell.lstrip(_LETTERS)) for cell in (*raw.formulas, *laid)}
        by_raw: dict[tuple, Group] = {}
        groups: dict[tuple, Group] = {}
        for number, row in enumerate(raw.rows[first:], start=first + 1):
            if not any(row) and number not in marked:
                continue
            row = row if len(row) >= width else [*row, *[None] * (width - len(row))]
            if number in marked:  # a key that is an error stands there as such
                row = list(row)
                for p, c in letters:
                    row[p] = laid.get(f"{c}{number}", row[p])
            key = tuple(["" if p is None else row[p] for p in keys])
            values = {f: row[p] for f, p in fields}
            places = Places(columns, number)
            marks = (
                [places.found_in(of, ANSWER_FIELDS) for of in (raw.formulas, raw.errors, raw.disagreed)]
                if number in marked
                else []
            )
            asked = cell_text(row[question])
            if not asked and not any(marks) and not any(map(cell_text, key)) and not any(map(cell_text, values.values())):
                continue
            group = by_raw.get(key)
            if group is None:
                written = tuple(map(cell_text, key))
                group = by_raw[key] = groups.setdefault(self.meaning(key), Group(written, number))
            formulas, errors, disagreed = marks or ({}, {}, {})
            group.rows.append(Found(asked, values, self.sheet, places, formulas, f"{letter}{number}", "", errors, disagreed))
            for date, p, c in dates:
                if row[p]:
                    keep_date(group, self.name, self.sheet, date, row[p], number, c)
        return list(groups.values())

    def instrument_of(self, questions: set[str]) -> str | None:
        """The only instrument that knows all questions, else the only one that knows any; None where that is not one."""
        wanted = {plain(q) for q in questions if q}
        known = {name: {plain(q) for q in one.questions["question"]} for name, one in self.instruments.items()}
        for fits in ([n for n, ids in known.items() if wanted <= ids], [n for n, ids in known.items() if wanted & ids]):
            if len(fits) == 1:
                return fits[0]
            if fits:
                return None
        return None

    def read(self, group: Group, guessed: str | None) -> ReadReturn:
        """One return: its header, then its answers."""
        problems = list(group.problems)
        iso3, organization, round_, reading, written = group.raw
        organization = organization_name(organization)
        state = self._state(iso3, group.row, problems)
        label = self._one_of("round", round_, round_label(round_), ROUNDS, group.row, problems)
        allowed = words_of("reading", READINGS)
        reader = self._one_of(
            "reading", reading, vocabulary("reading", READINGS).get(plain(reading)), allowed, group.row, problems
        )
        instrument = self._instrument(written, guessed, group.row, problems)
        if instrument is None:
            return ReadReturn(self.name, None, tuple(problems))
        answers, submodules, found = answers_of(self.name, group.rows, instrument, in_table=True)
        problems += found
        if not submodules:
            problems.append(problem("nothing-filled", self.name, self.sheet, str(group.row)))
        since, until = (group.dates.get(d, (None, 0))[0] for d in ("date_from", "date_to"))
        if since and until and since > until:
            problems.append(self.problem("dates-reversed", "date_to", group.dates["date_to"][1], found=f"{since} - {until}"))
            since = until = None
        if any(p.severity == "stop" for p in problems):
            return ReadReturn(self.name, None, tuple(problems))
        value = Return(instrument.id, state, organization, label, reader, submodules, answers, since, until)
        return ReadReturn(self.name, value, tuple(problems))

    def _state(self, found: str, row: int, problems: list[Problem]) -> str:
        if not found:
            problems.append(self.problem("state-missing", "iso3", row))
            return ""
        read = state_reading(found, self.states, confirmed=self.confirmed, code_column=self.codes)
        if read.problem:
            words = {"found": found, "allowed": read.allowed, "suggestion": read.suggestion}
            problems.append(self.problem(read.problem, "iso3", row, **words))
        return read.iso3

    def _one_of(self, column: str, found: str, meant: str | None, allowed: str, row: int, problems: list[Problem]) -> str:
        if not meant:
            code = f"{column}-not-allowed" if found else f"{column}-missing"
            problems.append(self.problem(code, column, row, found=found, allowed=allowed))
        return meant or ""

    def _instrument(self, written: str, guessed: str | None, row: int, problems: list[Problem]) -> Instrument | None:
        name = self.known.get(plain(written), written) if written else guessed
        if name in self.instruments:
            return self.instruments[name]
        known = ", ".join(self.instruments)
        if name:
            problems.append(self.problem("unknown-instrument", "instrument", row, found=name, allowed=known))
        else:
            problems.append(self.problem("instrument-ambiguous", "question", row, allowed=known))
        return None
