"""Points of a set of weights from plain sheets of values. What can't be read stays open and is told with its cell; the rest is kept."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from analysis import texts
from analysis.budgets import LONGEST_NAME, MOST_EXPERTS, WHOLE, budget_faults, children_of, full_budgets
from analysis.instrument import Instrument
from analysis.model import Problem
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.layout import without_control
from analysis.workbook.problems import problem
from analysis.workbook.values import cell_text, plain

HEADER_ROWS = 20
MOST_ROWS = 10_000
DECIMALS = 9  # of points: a workbook holds no more than 15 digits for certain, and what goes out must come back the same
_HEADING_NUMBERS = 99  # columns of experts that are known by their headings, so that one too many is told and not passed over
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]-?\d{1,3})?")

#: node -> expert -> child -> points, None while open.
Draft = Mapping[str, Mapping[str, Mapping[str, float | None]]]


@dataclass(frozen=True)
class WeightsRead:
    """What was read in a file. budgets: as far as it can be read, complete or not. name: of the set, "" where the file says none."""

    name: str = ""
    budgets: Draft = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def weights_read(name: str, sheets: Iterable[RawSheet], instrument: Instrument) -> WeightsRead:
    """The points in the first sheet that has the headings of a set of weights in one of its first 20 rows.

    Headings are the form's own words in any language (`Code`, `Expert 1`), or the names of columns in the table of a whole set (`item`,
    `points_1`). Nothing is raised for what a file holds.
    """
    sheets = list(sheets)
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[:HEADER_ROWS]):
            code, experts = _header(row)
            if code is not None and experts:
                return _Table(name, sheet, instrument, code, experts, at + 1).read()
    title = sheets[0].title if sheets else ""
    allowed = f"{texts.text('weights.file.code')}, {texts.text('weights.expert', n=1)}"
    return WeightsRead(problems=(problem("weights-not-this", name, title, allowed=allowed),))


def _header(row: Iterable[object]) -> tuple[int | None, list[tuple[int, int]]]:
    """Where the codes stand, and (expert, position) of every column of points; None and nothing where a row has no such headings."""
    languages = texts.languages()
    codes = {plain(word) for word in ("item", *(texts.text("weights.file.code", language) for language in languages))}
    numbers = {
        plain(words): n
        for n in range(1, _HEADING_NUMBERS + 1)
        for words in (f"points_{n}", *(texts.text("weights.expert", language, n=n) for language in languages))
    }
    said = [plain(cell_text(value)) if isinstance(value, str) else "" for value in row]
    code = next((place for place, words in enumerate(said) if words in codes), None)
    return code, [(numbers[words], place) for place, words in enumerate(said) if words in numbers]


@dataclass
class _Table:
    file: str
    sheet: RawSheet
    instrument: Instrument
    code: int  # position of the column of codes
    headed: list[tuple[int, int]]  # expert, position
    head: int  # number of the row of headings

    def __post_init__(self) -> None:
        self.children = children_of(self.instrument)
        self.node_of = {child: node for node, of in self.children.items() for child in of}
        self.known = {plain(child): child for child in self.node_of}
        self.rows: dict[str, int] = {}  # child -> number of its row
        self.unread: set[tuple[str, str]] = set()  # expert and child of cells that are told already
        self.problems: list[Problem] = []

    def read(self) -> WeightsRead:
        name, instrument = self._said("name"), self._said("instrument")
        if instrument and plain(instrument) != plain(self.instrument.id):
            return self._refused("weights-other-instrument", found=instrument, allowed=self.instrument.id)
        if len(name) > LONGEST_NAME:
            self._tell("weights-name-too-long", self._beside("name"), found=name, allowed=LONGEST_NAME)
        self.experts = dict(self._experts())
        draft: dict[str, dict[str, dict[str, float | None]]] = {}
        for child, number in self._children():
            for expert, place in self.experts.items():
                points = self._points(child, expert, place, number)
                draft.setdefault(self.node_of[child], {}).setdefault(expert, {})[child] = points
        found = full_budgets({node: self._whole(draft[node], of) for node, of in self.children.items() if node in draft})
        for node, of in found.items():
            self._check(node, of)
        if not found and not self.problems:
            return self._refused("weights-no-points")
        return WeightsRead(name[:LONGEST_NAME], found, tuple(self.problems))

    def _refused(self, code: str, **words: object) -> WeightsRead:
        return WeightsRead(problems=(problem(code, self.file, self.sheet.title, **words),))

    def _tell(self, code: str, cell: str, **words: object) -> None:
        self.problems.append(problem(code, self.file, self.sheet.title, cell, **words))

    def _said(self, key: str) -> str:
        """What stands beside a word above the headings: the set's name, the questionnaire."""
        cell = self._beside(key)
        return without_control(cell_text(self._at(1, int(cell[1:])))).strip() if cell else ""

    def _beside(self, key: str) -> str:
        words = {plain(texts.text(f"weights.file.{key}", language)) for language in texts.languages()}
        for number, row in enumerate(self.sheet.rows[: self.head - 1], start=1):
            if row and isinstance(row[0], str) and plain(cell_text(row[0])) in words:
                return f"B{number}"
        return ""

    def _experts(self) -> Iterator[tuple[str, int]]:
        """Expert -> position, for the first column of each; a second one, and one beyond the most, is told."""
        seen: set[int] = set()
        for expert, place in self.headed:
            if expert > MOST_EXPERTS or expert in seen:
                heading = cell_text(self._at(place, self.head))
                self._tell("weights-expert-not-allowed", self._cell(place, self.head), found=heading, allowed=MOST_EXPERTS)
            else:
                yield str(expert), place
            seen.add(expert)

    def _children(self) -> Iterator[tuple[str, int]]:
        """Child and number of its row. A row without a code is passed over where it gives no points: it heads the rows below it."""
        last = min(self._last(), self.head + MOST_ROWS)
        if self._last() > last:
            self.problems.append(problem("rows-not-read", self.file, self.sheet.title, found=MOST_ROWS))
        for number in range(self.head + 1, last + 1):
            written = cell_text(self._at(self.code, number))
            given = any(cell_text(self._at(place, number)) or self._mark(place, number) for place in self.experts.values())
            child = self.known.get(plain(written))
            if not given and (child is None or child in self.rows):
                continue
            if child is None:
                self._tell("weights-code-unknown", self._cell(self.code, number), found=written)
            elif child in self.rows:
                self._tell("weights-row-twice", self._cell(self.code, number), found=child, allowed=self.rows[child])
            else:
                self.rows[child] = number
                yield child, number

    def _points(self, child: str, expert: str, place: int, number: int) -> float | None:
        """The points in a cell; None where it is open, or holds something else, which is told."""
        value, mark = self._at(place, number), self._mark(place, number)
        said = cell_text(value)
        if not said and not mark:
            return None
        points = _number(value)
        if not said:
            self._tell("weights-cell-error", self._cell(place, number), found=mark)
        elif points is None or not 0 <= points <= WHOLE:
            allowed = texts.text("weights.allowed.points", whole=f"{WHOLE:g}")
            self._tell("weights-points-not-allowed", self._cell(place, number), found=said, allowed=allowed)
        else:
            return points
        self.unread.add((expert, child))
        return None

    def _whole(self, of: Mapping[str, Mapping[str, float | None]], children: list[str]) -> dict[str, dict[str, float | None]]:
        """Budgets with every child, open where the file has no row for it."""
        return {expert: {child: given.get(child) for child in children} for expert, given in of.items()}

    def _check(self, node: str, of: Mapping[str, Mapping[str, float | None]]) -> None:
        """What keeps the points of a node from being kept as they are; a cell that is told already is not told again."""
        part = f"{node} {self.instrument.node_name(node)}"
        for fault, who, number in budget_faults(of, self.children[node]):
            if fault == "nobody":
                self._tell("weights-nobody", self._cell(self.code, self.rows[who]), found=who)
                continue
            place, given = self.experts[who], of[who]
            if fault == "sum":
                first = min(self.rows[child] for child in given)
                self._tell("weights-sum", self._cell(place, first), found=f"{round(number, 6):g}", allowed=part)
                continue
            missing = [child for child, points in given.items() if points is None and (who, child) not in self.unread]
            if missing:
                at = self.rows.get(missing[0], self.head)
                self._tell("weights-points-missing", self._cell(place, at), found=", ".join(missing), allowed=part)

    def _at(self, place: int, number: int) -> object:
        row = self.sheet.rows[number - 1] if number <= len(self.sheet.rows) else ()
        return row[place] if place < len(row) else None

    def _mark(self, place: int, number: int) -> str:
        """An error value, or a formula: nothing is calculated here, so that a formula without a stored value is no number."""
        cell = self._cell(place, number)
        return self.sheet.errors.get(cell, "") or self.sheet.formulas.get(cell, "")

    def _last(self) -> int:
        """The last row in which anything stands; a formula without a value counts, which the rows of values do not hold."""
        numbers = [int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for cell in self.sheet.formulas]
        return max([len(self.sheet.rows), *numbers])

    def _cell(self, place: int, number: int) -> str:
        return f"{get_column_letter(place + 1)}{number}"


def _number(value: object) -> float | None:
    """A cell's value as a number of so many decimals as every workbook gives back; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return round(float(value), DECIMALS) if math.isfinite(value) else None
    said = cell_text(value).replace(",", ".")
    return round(float(said), DECIMALS) if _NUMBER.fullmatch(said) else None
