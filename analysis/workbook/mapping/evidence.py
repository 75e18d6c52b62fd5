"""What stands in the cells of a sheet, looked at with a view to what its rows and columns might be. Only certain readings count."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analysis.instrument import Instrument
from analysis.model import READINGS
from analysis.states import States
from analysis.workbook.flat import ALIASES
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping.keys import Questions
from analysis.workbook.mapping.model import ROLES, TableMapping, table_words
from analysis.workbook.state_names import certain_state
from analysis.workbook.values import answer_codes, cell_text, number_text, plain, round_label, vocabulary

SAMPLE = 200  # rows below a heading that are looked at
SHORT = 60  # characters; longer texts are remarks, not States, rounds or answers
#: Role -> the kind of value that its column holds.
HOLDS = {"iso3": "state", "question": "question", "round": "round", "reading": "reading", "answer": "answer"}
KINDS = ("question", "state", "round", "reading", "answer")
_ROUND_WITHIN = re.compile(r"(?<![\w-])((?:19|20)\d\d(?:-(?:H[12]|Q[1-4]|0[1-9]|1[0-2]))?)(?![\w-])", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?%?")


@dataclass
class Evidence:
    """What the values of a file are, each looked at once."""

    instruments: Mapping[str, Instrument]
    states: States
    kept: dict[object, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def questions(self) -> Questions:
        """Our questions, without any mapping's words."""
        return Questions(self.instruments, TableMapping())

    @cached_property
    def _answers(self) -> frozenset[str]:
        sets = ((one, name) for one in self.instruments.values() for name in one.options)
        return frozenset(key for one, name in sets for key in answer_codes(one, name))

    @cached_property
    def _roles(self) -> dict[str, str]:
        found = {plain(word): role for role, words in table_words().items() if role in ROLES for word in words}
        own = {word: role.replace(" ", "_") for word, role in ALIASES.items() if word != "code"}
        return own | found | {role.replace("_", " "): role for role in ROLES}

    def role_of(self, text: str) -> str:
        """The role whose usual heading a text is; empty for none."""
        return self._roles.get(" ".join(plain(text).replace("_", " ").split()), "")

    def kinds(self, value: object) -> frozenset[str]:
        """What a value may be: a question, a State, a round, a reading, an answer; empty for nothing of ours."""
        if value is None or value == "" or isinstance(value, (bool, dt.date, dt.time)):
            return frozenset()
        key = (type(value), value)
        if key not in self.kept:
            self.kept[key] = frozenset(self._kinds(value))
        return self.kept[key]

    def _kinds(self, value: object) -> list[str]:
        text = " ".join(cell_text(value).split())
        found = ["question"] if self.questions.within(text) else []
        if len(text) > SHORT:
            return found
        if not _NUMBER.fullmatch(text) and certain_state(text, self.states, code_column=True):
            found.append("state")
        if round_label(value):
            found.append("round")
        if plain(text) in vocabulary("reading", READINGS):
            found.append("reading")
        if plain(text) in self._answers or number_text(plain(text)) in self._answers:
            found.append("answer")
        return found


@dataclass(frozen=True)
class Column:
    """What stands in a column below a row: how many cells are filled, how many distinct, and the share (0-1) of each kind."""

    filled: int
    distinct: int
    shares: Mapping[str, float]
    values: frozenset[str]
    numbers: float = 0.0
    longest: int = 0

    @property
    def mostly(self) -> str:
        """The kind of most of its cells; empty where there is none."""
        best = max(KINDS, key=lambda kind: self.shares.get(kind, 0.0))
        return best if self.filled and self.shares.get(best, 0.0) >= 0.6 else ""


def column_below(sheet: RawSheet, position: int, first: int, evidence: Evidence, sample: int = SAMPLE) -> Column:
    """What stands in a column from a row (counted from 0) on, in so many rows."""
    values = [row[position] for row in sheet.rows[first : first + sample] if position < len(row)]
    texts = [(value, text) for value in values if (text := " ".join(cell_text(value).split()))]
    counts = dict.fromkeys(KINDS, 0)
    for value, _ in texts:
        for kind in evidence.kinds(value):
            counts[kind] += 1
    filled = len(texts)
    return Column(
        filled,
        len({plain(text) for _, text in texts}),
        {kind: n / filled for kind, n in counts.items()} if filled else {},
        frozenset(plain(text) for _, text in texts),
        sum(bool(_NUMBER.fullmatch(text)) for _, text in texts) / filled if filled else 0.0,
        max((len(text) for _, text in texts), default=0),
    )


def round_within(text: str) -> str:
    """The one round that a text names somewhere (`Edition 2026`); empty where there is none or more than one."""
    found = {label for match in _ROUND_WITHIN.findall(plain(text)) if (label := round_label(match))}
    return found.pop() if len(found) == 1 else ""


def reading_within(text: str) -> str:
    """The one reading whose words stand in a text; empty where there is none or more than one."""
    key = f" {plain(text)} "
    found = {value for word, value in vocabulary("reading", READINGS).items() if len(word) > 3 and f" {word} " in key}
    return found.pop() if len(found) == 1 else ""


def first_texts(rows: Sequence[tuple], end: int) -> list[tuple[str, int, int]]:
    """(text, row, column) of every filled cell above a row, counted from 0."""
    return [
        (text, number, position)
        for number, row in enumerate(rows[:end])
        for position, value in enumerate(row)
        if (text := " ".join(cell_text(value).split()))
    ]
