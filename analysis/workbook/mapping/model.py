"""What a table that is not on our form means, said once by a person: plain data that is saved by name and used again."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from analysis.states import DATA
from analysis.workbook.layout import ANSWER_FIELDS
from analysis.workbook.values import cell_text, plain

#: `answers_down`: a row is an answer. `states_down`: a row is a State, its columns are questions. `questions_down`: the reverse.
LAYOUTS = ("answers_down", "states_down", "questions_down")
KEYS = ("iso3", "organization", "round", "reading", "instrument", "submodule", "question")
DATES = ("date_from", "date_to")
#: What a column may hold, besides the answers of the question or the State in its heading.
ROLES = (*KEYS, *ANSWER_FIELDS, *DATES)
#: What may be said once for the whole table.
FIXED = ("iso3", "organization", "round", "reading", "instrument")
#: What a word may mean besides an option: a status of ours, or nothing at all.
STATUSES = ("na", "dont_know", "withheld", "blank")
ANY_SET, ANY_SHEET, EVERY_SHEET = "any", "", "*"
HEADER_ROWS = 3  # rows that a heading may be merged over
HEADER_SCAN = 60  # rows among which a heading is looked for


class MappingProblems(ValueError):
    """A mapping that can't be used. The message names the key, what was found and what is allowed."""


@dataclass(frozen=True)
class Words:
    """What is written in a table -> what it means.

    fixed: what the table does not say itself (`round` -> `2026`). rounds, readings, questions: as written -> ours. answers: answer
    set (or `any`) -> as written -> option, or one of `STATUSES`.
    """

    fixed: Mapping[str, str] = field(default_factory=dict)
    rounds: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many there are."""
        flat = (self.fixed, self.rounds, self.readings, self.questions, *self.answers.values())
        return sum(map(len, flat))


@dataclass(frozen=True)
class Block:
    """A part of a sheet with a title and a heading of its own, such as an edition. `read`: whether its rows are wanted."""

    title: str
    round: str = ""
    reading: str = ""
    read: bool = True


@dataclass(frozen=True)
class TableMapping:
    """How to read a table.

    sheet: a title, empty for the first sheet that fits, `*` for every sheet that fits. header_row: where the heading begins (1 is the
    first row; the heading is looked for by its texts, so this only says where to look first); header_rows: how many rows it takes.
    first_row, last_row: bounds of the rows that are read, 0 for none. columns: role -> the heading's text, or a place in brackets:
    `[D]` a column, `[B3]` a cell above the table, `[sheet]` the sheet's title. ignored: headings of columns that are not wanted.
    fill_down: roles whose empty cells take what stands above them. state_codes: whether States stand as codes, so that `NA` is
    Namibia. only_rounds: rounds that are wanted, empty for all. unsure: what was proposed and nobody confirmed; it is never applied.
    """

    name: str = ""
    about: str = ""
    layout: str = "answers_down"
    sheet: str = ANY_SHEET
    header_row: int = 1
    header_rows: int = 1
    first_row: int = 0
    last_row: int = 0
    state_codes: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    skip_words: tuple[str, ...] = ()
    skip_rows: tuple[int, ...] = ()
    only_rounds: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    words: Words = field(default_factory=Words)
    unsure: Words = field(default_factory=Words)

    def having(self, **changes: object) -> TableMapping:
        """The same with some things changed."""
        return replace(self, **changes)

    @cached_property
    def _answers(self) -> Mapping[str, Mapping[str, str]]:
        return {name: _by_key({w: m for w, m in said.items() if m}) for name, said in self.words.answers.items()}

    def answer_word(self, answer_set: str, value: object) -> str | None:
        """What an answer's word means by this mapping: an option, a status, or None where it says nothing about it."""
        key = plain(cell_text(value))
        own = self._answers.get(answer_set, {}).get(key)
        return self._answers.get(ANY_SET, {}).get(key) if own is None else own

    @cached_property
    def questions(self) -> Mapping[str, str]:
        """A question as it is written, in the form in which writings are compared -> its id."""
        return _by_key(self.words.questions)

    def meant(self, role: str, value: object) -> object:
        """A round or reading as it is written -> ours, where the mapping says so; else the value itself."""
        said = self._said.get(role, {})
        return said.get(plain(cell_text(value)), value) if said else value

    @cached_property
    def _said(self) -> Mapping[str, Mapping[str, str]]:
        return {"round": _by_key(self.words.rounds), "reading": _by_key(self.words.readings)}

    @cached_property
    def summaries(self) -> tuple[str, ...]:
        """The words that begin a row of totals, as they are compared."""
        return tuple(filter(None, map(plain, self.skip_words)))


def _by_key(said: Mapping[str, str]) -> dict[str, str]:
    """Writings in the form in which they are compared; the first of two that are the same counts."""
    found: dict[str, str] = {}
    for written, meant in said.items():
        found.setdefault(plain(written), meant)
    return found


@lru_cache(maxsize=1)
def table_words() -> Mapping[str, tuple[str, ...]]:
    """Role -> usual headings of its column, and `summary` -> words that begin a row of totals: `data/reference/table_words.csv`."""
    found: dict[str, list[str]] = {}
    with (DATA / "reference" / "table_words.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["role"], []).append(row["word"])
    return {role: tuple(words) for role, words in found.items()}
