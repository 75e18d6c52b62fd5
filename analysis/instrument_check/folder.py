"""An instrument's folder as it lies there: tables with row numbers, read leniently so that one fault never hides the next."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from analysis.instrument.rows import COLUMNS, OPTIONAL_FILES, number, text_files, whole
from analysis.model import Problem

SETTINGS = "instrument.toml"
TEXT_COLUMNS = ("key", "text")


@dataclass(frozen=True)
class Line:
    """One row of a file. row: its number in a spreadsheet, the header being row 1. extra: cells beyond the last column."""

    row: int
    cells: dict[str, str]
    extra: tuple[str, ...] = ()

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """One CSV file. `file` is how a problem names it (`yard-0-3/answers.csv`)."""

    file: str
    exists: bool = False
    header: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    unreadable: Problem | None = None

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def column(self, name: str) -> list[str]:
        """The filled cells of a column."""
        return [line[name] for line in self.lines if line[name]]

    def by(self, name: str) -> dict[str, Line]:
        """What a column names -> the row that names it first."""
        found: dict[str, Line] = {}
        for line in self.lines:
            if line[name]:
                found.setdefault(line[name], line)
        return found

    def problem(self, code: str, row: int = 0, column: str = "", severity: str = "repair", **said: str) -> Problem:
        """Something wrong in this file, at a row and column as far as they are known."""
        place = ", ".join(part for part in (f"row {row}" if row else "", f"column {column}" if column else "") if part)
        return Problem(self.file, "", place, f"instrument-{code}", severity=severity, **said)


def close_to(name: str, known: Collection[str]) -> str:
    """The known name that a reader most likely meant, or the whole choice while it is short, or a dash."""
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.7)
    if near:
        return near[0]
    return ", ".join(sorted(known)) if 0 < len(known) <= 10 else "-"


def _decoded(content: bytes, file: str) -> tuple[str, Problem | None]:
    """The text, and a problem with the first row that is not UTF-8 (what follows is read as Western European)."""
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = content.decode("utf-16" if wide else "cp1252", errors="replace")
        found = text.splitlines()[min(row, len(text.splitlines())) - 1][:60] if text else ""
        return text, Table(file).problem("not-utf8", row, severity="stop", found=found, allowed="UTF-8")


def read_table(path: Path, file: str) -> Table:
    """A CSV file with the number of each row; rows without any text are passed over."""
    if not path.is_file():
        return Table(file)
    text, unreadable = _decoded(path.read_bytes(), file)
    header: tuple[str, ...] = ()
    lines: list[Line] = []
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
            cells = [cell.strip() for cell in cells]
            if row == 1:
                header = tuple(cells)
            elif any(cells):
                named = {name: cell for name, cell in zip(header, cells, strict=False) if name}
                lines.append(Line(row, named, tuple(c for c in cells[len(header) :] if c)))
    except csv.Error as error:  # a quote that is never closed makes one endless cell
        unreadable = Table(file).problem("unloadable", len(lines) + 2, severity="stop", found=str(error))
    return Table(file, True, header, tuple(lines), unreadable)


@dataclass(frozen=True)
class Folder:
    """Everything in an instrument's folder, and the names that its parts may refer to."""

    path: Path
    tables: dict[str, Table]
    texts: dict[str, Table]
    settings: dict
    settings_problems: tuple[Problem, ...] = ()
    status_words: frozenset[str] = frozenset()
    references: frozenset[str] = field(default=frozenset())

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    @property
    def id(self) -> str:
        """The folder's name, which is the instrument's id."""
        return self.path.name

    def about(self, name: str) -> Table:
        """A file that is no table, to say something about it."""
        return Table(f"{self.id}/{name}" if name else self.id)

    @cached_property
    def nodes(self) -> dict[str, Line]:
        """Node -> the row that names it first (measures are not among them)."""
        return self["nodes.csv"].by("node")

    @cached_property
    def measures(self) -> dict[str, Line]:
        """Measure -> the row that names it first."""
        return self["measures.csv"].by("measure")

    @cached_property
    def questions(self) -> dict[str, Line]:
        """Question -> the row that names it first."""
        return self["questions.csv"].by("question")

    @cached_property
    def answer_sets(self) -> dict[str, list[Line]]:
        """Answer set -> the rows of its options."""
        found: dict[str, list[Line]] = {}
        for line in self["answers.csv"]:
            if line["answer_set"]:
                found.setdefault(line["answer_set"], []).append(line)
        return found

    @cached_property
    def levels(self) -> set[int]:
        """The levels that can be read as such."""
        return {
            int(level) for level in map(as_number, self["levels.csv"].column("level")) if level is not None and level % 1 == 0
        }

    def above(self, node: str) -> list[Line]:
        """The row of a node or measure and those above it, up to a root, an unknown parent or a loop."""
        chain: list[Line] = []
        seen: set[str] = set()
        while node and node not in seen:
            seen.add(node)
            line = self.nodes.get(node) or self.measures.get(node)
            if line is None:
                break
            chain.append(line)
            node = line["parent"]
        return chain

    def inherited(self, node: str, column: str) -> str:
        """A property of a node or measure: its own, else the nearest above that has one (measures have none of their own)."""
        return next((line[column] for line in self.above(node) if line["node"] and line[column]), "")

    @cached_property
    def submodules(self) -> set[str]:
        """Sub-modules that nodes name."""
        return set(self["nodes.csv"].column("submodule"))


def as_number(text: str) -> float | None:
    """A number or fraction, None for what is neither."""
    try:
        return number(text)
    except ValueError:
        return None


def as_whole(text: str) -> int | None:
    """A whole number, None for what is none."""
    try:
        return whole(text)
    except ValueError:
        return None


def _settings(path: Path, about: Table) -> tuple[dict, tuple[Problem, ...]]:
    if not path.is_file():
        return {}, (about.problem("file-missing", severity="stop", allowed=SETTINGS),)
    text, not_utf8 = _decoded(path.read_bytes(), about.file)
    problems = [not_utf8] if not_utf8 else []
    try:
        return tomllib.loads(text), tuple(problems)
    except tomllib.TOMLDecodeError as error:
        return {}, (*problems, about.problem("toml-unreadable", severity="stop", found=str(error)))


def read_folder(path: Path, reference: Path) -> Folder:
    """A folder as it lies there. `reference` holds status_words.csv and references.csv, each used if it is there."""
    tables = {name: read_table(path / name, f"{path.name}/{name}") for name in COLUMNS}
    texts = {file.stem: read_table(file, f"{path.name}/texts/{file.name}") for file in text_files(path)}
    settings, problems = _settings(path / SETTINGS, Table(f"{path.name}/{SETTINGS}"))
    status_words = read_table(reference / "status_words.csv", "status_words.csv").column("word")
    references = read_table(reference / "references.csv", "references.csv").column("key")
    return Folder(path, tables, texts, settings, problems, frozenset(status_words), frozenset(references))


def expected(name: str) -> bool:
    """Whether a file of this name must be in the folder."""
    return name in COLUMNS and name not in OPTIONAL_FILES
