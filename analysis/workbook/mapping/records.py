"""The rows of a table as answers with their keys, each with the cell it came from; and which rows were passed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from openpyxl.utils import get_column_letter

from analysis.instrument import Instrument
from analysis.model import Problem
from analysis.states import States
from analysis.workbook.answers import Found
from analysis.workbook.flat import Group, Table, keep_date
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping.blocks import BlockMissing, Part, parts_of
from analysis.workbook.mapping.heads import place_of, value_at
from analysis.workbook.mapping.keys import Questions
from analysis.workbook.mapping.model import DATES, KEYS, TableMapping
from analysis.workbook.mapping.plan import Reader, Spread
from analysis.workbook.problems import problem
from analysis.workbook.state_names import NOBODY, state_reading
from analysis.workbook.values import cell_text, plain

KEY_ORDER = ("iso3", "organization", "round", "reading", "instrument")
ASKED = {"question", "submodule"}
LONGEST_SUMMARY = 60  # characters; a longer text that begins with `total` may be a question
#: A value with the cell it stands in.
Value = tuple[object, str]


@dataclass
class MappedGroup(Group):
    """The rows of one return; `cells`: where its keys stand; `asked`: (key, sub-module) of each row as written."""

    cells: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    dated: set[int] = field(default_factory=set)

    @property
    def touched(self) -> bool:
        """Whether anybody wrote anything into one of its rows."""
        return any(row.touched for row in self.rows)


@dataclass
class Records:
    """The groups of a sheet, filled part by part."""

    name: str
    sheet: RawSheet
    reader: Reader
    table: Table
    groups: dict[tuple, MappedGroup] = field(default_factory=dict)
    by_raw: dict[tuple, MappedGroup] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)

    @property
    def mapping(self) -> TableMapping:
        """The mapping by which it is read."""
        return self.reader.mapping

    @property
    def skipped(self) -> list[int]:
        """The numbers of the rows that hold something and were not read."""
        return [n for n, row in enumerate(self.sheet.rows, start=1) if n not in self.read and any(map(cell_text, row))]

    @cached_property
    def _laid(self) -> dict[str, str]:
        """Cells that hold a formula, an error, or what two readers do not agree on."""
        return {**self.sheet.formulas, **self.sheet.errors, **self.sheet.disagreed}

    def _key(self, row: Sequence[object], position: int, number: int) -> Value:
        """A key of a row with its cell; one that is an error stands there as such."""
        place = _place(position, number)
        return self.sheet.disagreed.get(place) or self.sheet.errors.get(place) or _cell(row, position), place

    def add(self, part: Part) -> None:
        """Read the rows of a part."""
        self.read |= part.heading
        constant = {role: value for role in (*KEYS, *DATES) if (value := self._constant(role, part)) is not None}
        above: dict[str, Value] = {}
        unwanted = set(self.mapping.skip_rows)
        for at in range(part.begin, min(part.end, len(self.sheet.rows))):
            row, number = self.sheet.rows[at], at + 1
            if not any(value is not None and value != "" for value in row) and not self._marked(part, number):
                continue
            keys = constant | {role: self._key(row, p, number) for role, p in part.plan.keys.items()}
            for role in self.mapping.fill_down:
                if role in keys:
                    if not cell_text(keys[role][0]) and role in above:
                        keys[role] = above[role]
                    above[role] = keys[role]
            filled = [s for s in part.plan.spreads if any(self._filled(row, p, number) for p in s.fields.values())]
            if number not in unwanted and self._wanted(row, keys, part, bool(filled)):
                self.read.add(number)
                of_row: MappedGroup | None = None  # the return of every spread whose heading says nothing about whose it is
                for spread in filled if self.mapping.layout == "states_down" else part.plan.spreads:
                    group = (
                        of_row if of_row is not None and spread.keys.keys() <= ASKED else self._group(keys | spread.keys, number)
                    )
                    of_row = group if spread.keys.keys() <= ASKED else of_row
                    self._record(row, number, keys | spread.keys if spread.keys else keys, spread, group)

    def _constant(self, role: str, part: Part) -> Value | None:
        """What the table does not say in a column: a part's title, a cell above the table, the sheet's title, or the mapping."""
        if role in part.plan.keys:
            return None
        if role in ("round", "reading") and part.said.title:
            said = getattr(part.said, role) or self.mapping.meant(role, part.said.title)
            if said != part.said.title:
                return said, ""
        place = place_of(self.mapping.columns.get(role, ""))
        if place is not None and (place.column < 0 or place.row):
            return value_at(self.sheet, place), place.cell
        return (said, "") if (said := self.mapping.words.fixed.get(role, "")) else None

    def _marked(self, part: Part, number: int) -> bool:
        marks = [f for spread in part.plan.spreads for f in spread.fields.values()]
        return bool(self._laid) and any(self._cell_mark(_place(p, number)) for p in marks)

    def _cell_mark(self, place: str) -> bool:
        return place in self._laid

    def _filled(self, row: Sequence[object], position: int, number: int) -> bool:
        return bool(cell_text(_cell(row, position))) or self._cell_mark(_place(position, number))

    def _wanted(self, row: Sequence[object], keys: dict[str, Value], part: Part, filled: bool) -> bool:
        """Whether a row is an answer's: no row of totals, and no line that only divides the table."""
        asked, submodule = (cell_text(keys.get(role, ("", ""))[0]) for role in ("question", "submodule"))
        state = cell_text(keys.get("iso3", ("", ""))[0])
        down = self.mapping.layout == "states_down"
        known = self._is_state(state) if down else bool(self.reader.questions.within(asked, submodule))
        if not known:
            first = next((text for value in row if (text := cell_text(value))), "")
            if any(self._begins_totals(text) for text in (first, asked, state)):
                return False
        return filled if down else filled or known

    def _is_state(self, text: str) -> bool:
        return bool(text) and bool(
            state_reading(text, self.table.states, confirmed=self.table.confirmed, code_column=self.table.codes).iso3
        )

    def _begins_totals(self, text: str) -> bool:
        """Whether a text begins a row of totals."""
        key = plain(text) if 0 < len(text) <= LONGEST_SUMMARY and "?" not in text else ""
        return any(key == word or key.startswith((f"{word} ", f"{word}:", f"{word}-")) for word in self.mapping.summaries if key)

    def _group(self, keys: dict[str, Value], number: int) -> MappedGroup:
        """The return that some keys name."""
        raw = tuple(self.mapping.meant(role, keys.get(role, ("", ""))[0]) for role in KEY_ORDER)
        raw = tuple("" if value is None else value for value in raw)
        group = self.by_raw.get(raw)
        if group is None:
            made = MappedGroup(tuple(map(cell_text, raw)), number, cells={r: keys.get(r, ("", ""))[1] for r in KEY_ORDER})
            group = self.by_raw[raw] = self.groups.setdefault(self.table.meaning(raw), made)
        return group

    def _record(self, row: Sequence[object], number: int, keys: dict[str, Value], spread: Spread, group: MappedGroup) -> None:
        asked, submodule = (cell_text(keys.get(role, ("", ""))[0]) for role in ("question", "submodule"))
        places = {name: _place(p, number) for name, p in spread.fields.items()}
        values = {name: _cell(row, p) for name, p in spread.fields.items()}
        laid = (self.sheet.formulas, self.sheet.errors, self.sheet.disagreed)
        formulas, errors, disagreed = ({name: of[c] for name, c in places.items() if c in of} if of else {} for of in laid)
        id_cell = keys.get("question", ("", ""))[1] or places.get("answer", str(number))
        group.rows.append(Found(asked, values, self.sheet.title, places, formulas, id_cell, "", errors, disagreed))
        group.asked.append((asked, submodule))
        dates = [d for d in DATES if d in keys and keys[d][0] is not None] if number not in group.dated else []
        group.dated.add(number)
        for date in dates:
            if cell_text(keys[date][0]):
                column = keys[date][1].rstrip("0123456789")
                group.cells.setdefault(date, keys[date][1])
                keep_date(group, self.name, self.sheet.title, date, keys[date][0], number, column)


def _cell(row: Sequence[object], position: int) -> object:
    return row[position] if position < len(row) else None


def _place(position: int, number: int) -> str:
    return f"{get_column_letter(position + 1)}{number}"


@dataclass
class MappedTable(Table):
    """A table of one return: its problems stand where its keys were found, wherever that is."""

    cells: dict[str, str] = field(default_factory=dict)

    def problem(self, code: str, column: str, row: int, **words: object) -> Problem:
        """A problem with one of the keys."""
        return problem(code, self.name, self.sheet, self.cells.get(column, ""), **words)


def records_of(
    name: str,
    sheet: RawSheet,
    mapping: TableMapping,
    instruments: Mapping[str, Instrument],
    states: States,
    confirmed: Mapping[str, str] = NOBODY,
) -> tuple[list[Part], Records]:
    """The parts of a sheet and the records in them.

    Raises
    ------
    BlockMissing
        If a part, or a column that the mapping names, can't be found.
    """
    reader = Reader(mapping, Questions(instruments, mapping), states, confirmed)
    table = Table(name, sheet.title, {}, instruments, states, confirmed, mapping.state_codes)
    records = Records(name, sheet, reader, table)
    parts = parts_of(reader, sheet)
    for part in parts:
        if part.plan.missing:
            raise BlockMissing(", ".join(mapping.columns[role] for role in part.plan.missing))
        records.add(part)
    return parts, records
