"""The flat table: one row per answer, for offices that hold their answers elsewhere. `docs/flat-table.md` describes it."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO

from openpyxl.utils import get_column_letter

from analysis.instrument import Instrument
from analysis.model import READINGS, Problem, ReadReturn, Return, UnreadableReturn
from analysis.states import States
from analysis.workbook.answers import Found, answers_of
from analysis.workbook.layout import ANSWER_FIELDS
from analysis.workbook.problems import problem
from analysis.workbook.values import (
    cell_text,
    date_of,
    organization_name,
    plain,
    round_label,
    similar_states,
    state_code,
    vocabulary,
    words_of,
)

NEEDED = ("iso3", "round", "reading", "question", "answer")
OPTIONAL = ("organization", "comment", "instrument", "evidence_grade", "evidence", "na_reason", "date_from", "date_to")
HEADER_ROWS = 20
MAX_TABLE_ROWS = 1_000_000
ROUNDS = "2026, 2026-H2, 2026-Q3, 2026-05"

#: Other names a column goes by, as `_column` writes them.
ALIASES = {
    "iso": "iso3", "iso 3": "iso3", "iso code": "iso3", "country code": "iso3", "state code": "iso3", "local code": "iso3",
    "code": "iso3", "country": "iso3", "state": "iso3", "organisation": "organization", "question id": "question",
    "comments": "comment", "n/a reason": "na reason", "assessed by": "reading", "from": "date from", "to": "date to",
}  # fmt: skip
_NAMES = {name.replace("_", " "): name for name in NEEDED + OPTIONAL}


@dataclass(frozen=True)
class RawTable:
    """A sheet with a header among its first rows: its rows as values, and formulas by cell."""

    title: str
    rows: list[tuple]
    formulas: Mapping[str, str]


@dataclass
class _Group:
    """The rows of one return, with what its first row says about it."""

    raw: tuple[str, ...]
    row: int
    rows: list[Found] = field(default_factory=list)
    dates: dict[str, tuple[dt.date, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def _column(value: object) -> str:
    name = " ".join(plain(cell_text(value)).replace("_", " ").replace("-", " ").split()) if isinstance(value, str) else ""
    return _NAMES.get(ALIASES.get(name, name), "")


def header_of(row: Iterable[object]) -> dict[str, int]:
    """Column name -> position, where a row is a table's header; empty for any other row. The first of two equal names counts."""
    found: dict[str, int] = {}
    for position, value in enumerate(row):
        name = _column(value)
        if name:
            found.setdefault(name, position)
    return found if {"question", "answer"} <= set(found) else {}


def read_csv(
    name: str, content: bytes, instruments: Mapping[str, Instrument], states: States, instrument: str | None = None
) -> list[ReadReturn]:
    """The returns of a text table: comma, semicolon or tab; UTF-8, UTF-16, or Western European with a note.

    Raises
    ------
    UnreadableReturn
        If it is no text, breaks off, or has no header with the columns `question` and `answer`.
    """
    text, sure = _decoded(name, content)
    rows: list[list[str]] = []
    try:
        for delimiter in ",;\t|":
            head = [
                row
                for _, row in zip(range(HEADER_ROWS), csv.reader(StringIO(text, newline=""), delimiter=delimiter), strict=False)
            ]
            if any(header_of(row) for row in head):
                rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
                break
    except csv.Error as error:
        raise UnreadableReturn((problem("damaged-table", name, found=error),)) from error
    noted = [] if sure else [problem("encoding-guessed", name)]
    return _returns(name, "", rows, {}, instruments, states, instrument, noted)


def _decoded(name: str, content: bytes) -> tuple[str, bool]:
    """(text, whether the encoding is certain)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = [("utf-16", True)]
    elif content[1:200:2].count(0) > 50 or (len(content) < 200 and content[1::2].count(0) > len(content) // 3):
        tries = [("utf-16-le", True)]
    else:
        tries = [("utf-8-sig", True), ("cp1252", False)]
    for encoding, sure in tries:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, sure
    raise UnreadableReturn((problem("not-text", name),))


def read_tables(
    name: str,
    sheets: Iterable[RawTable],
    instruments: Mapping[str, Instrument],
    states: States,
    instrument: str | None = None,
) -> list[ReadReturn]:
    """The returns of the first sheet that holds a flat table.

    Raises
    ------
    UnreadableReturn
        If no sheet has a header with the columns `question` and `answer` in its first 20 rows.
    """
    for sheet in sheets:
        return _returns(name, sheet.title, sheet.rows, sheet.formulas, instruments, states, instrument, [])
    raise UnreadableReturn((problem("not-a-return", name, allowed=", ".join(NEEDED)),))


def _returns(
    name: str,
    sheet: str,
    rows: list,
    formulas: Mapping[str, str],
    instruments: Mapping[str, Instrument],
    states: States,
    instrument: str | None,
    noted: list[Problem],
) -> list[ReadReturn]:
    at = next((i for i, row in enumerate(rows[:HEADER_ROWS]) if header_of(row)), None)
    if at is None:
        raise UnreadableReturn((problem("not-a-return", name, allowed=", ".join(NEEDED)),))
    columns = header_of(rows[at])
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise UnreadableReturn(
            tuple(
                problem("column-missing", name, sheet, f"{at + 1}:{at + 1}", found=c, allowed=", ".join(NEEDED)) for c in missing
            )
        )
    table = _Table(name, sheet, columns, instruments, states)
    groups = table.groups(rows, at + 1, formulas)
    if not groups:
        raise UnreadableReturn((problem("nothing-filled", name, sheet),))
    guessed = instrument or table.instrument_of({row.question for group in groups for row in group.rows})
    read = [table.read(group, guessed) for group in groups]
    return [ReadReturn(one.file, one.value, (*noted, *one.problems)) for one in read]


def _keep_date(group: _Group, name: str, sheet: str, which: str, value: object, number: int, letter: str) -> None:
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
class _Table:
    """One table being read: where its columns are, and what it is held against."""

    name: str
    sheet: str
    columns: Mapping[str, int]
    instruments: Mapping[str, Instrument]
    states: States

    def problem(self, code: str, column: str, row: int, **words: object) -> Problem:
        """A problem in a column of a row."""
        letter = get_column_letter(self.columns[column] + 1) if column in self.columns else ""
        return problem(code, self.name, self.sheet, f"{letter}{row}", **words)

    def meaning(self, raw: tuple) -> tuple[str, ...]:
        """What the keys of a row mean, so that `QMA` and `qma ` are one return; as written where they mean nothing."""
        iso3, organization, round_, reading, instrument = map(cell_text, raw)
        organization = organization_name(organization)
        return (
            state_code(iso3, self.states) or f"? {iso3}",
            plain(organization),
            round_label(raw[2]) or f"? {round_}",
            vocabulary("reading", READINGS).get(plain(reading)) or f"? {reading}",
            self.known.get(plain(instrument), instrument),
        )

    @cached_property
    def known(self) -> dict[str, str]:
        """Instruments by id as it is compared."""
        return {plain(name): name for name in self.instruments}

    def groups(self, rows: list, first: int, formulas: Mapping[str, str]) -> list[_Group]:
        """The rows of each return; empty rows are passed over."""
        columns, width = self.columns, max(self.columns.values()) + 1
        keys = [columns.get(key) for key in ("iso3", "organization", "round", "reading", "instrument")]
        fields = [(f, columns[f], get_column_letter(columns[f] + 1)) for f in ANSWER_FIELDS if f in columns]
        dates = [(d, columns[d], get_column_letter(columns[d] + 1)) for d in ("date_from", "date_to") if d in columns]
        question, letter = columns["question"], get_column_letter(columns["question"] + 1)
        by_raw: dict[tuple, _Group] = {}
        groups: dict[tuple, _Group] = {}
        for number, row in enumerate(rows[first:], start=first + 1):
            if not any(row):
                continue
            row = row if len(row) >= width else [*row, *[None] * (width - len(row))]
            raw = tuple("" if p is None else row[p] for p in keys)
            values = {f: row[p] for f, p, _ in fields}
            asked = cell_text(row[question])
            if not asked and not any(map(cell_text, raw)) and not any(map(cell_text, values.values())):
                continue
            group = by_raw.get(raw)
            if group is None:
                written = tuple(map(cell_text, raw))
                group = by_raw[raw] = groups.setdefault(self.meaning(raw), _Group(written, number))
            places = {f: f"{c}{number}" for f, _, c in fields}
            own = {f: formulas[p] for f, p in places.items() if p in formulas} if formulas else {}
            group.rows.append(Found(asked, values, self.sheet, places, own, f"{letter}{number}"))
            for date, p, c in dates:
                if row[p]:
                    _keep_date(group, self.name, self.sheet, date, row[p], number, c)
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

    def read(self, group: _Group, guessed: str | None) -> ReadReturn:
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
        code = state_code(found, self.states) if found else None
        if not found:
            problems.append(self.problem("state-missing", "iso3", row))
        elif code is None:
            problems.append(self.problem("unknown-state", "iso3", row, found=found, allowed=similar_states(found, self.states)))
        return code or ""

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
