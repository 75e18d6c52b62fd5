"""The parts a register is described by."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis import texts

#: What may stand in a column. Lists are written with semicolons between.
TYPES = (
    "id",  # an id of the row; made where the cell is empty
    "state",  # a State: code, or official name
    "places",  # States and groups of States: list of codes and `kind:group`
    "measure",  # a measure of the instrument: id, or name
    "measures",  # list of them
    "question",  # a question of the instrument: id, or its text
    "submodules",  # list of sub-modules
    "round",  # a round's label
    "level",  # a level of the instrument
    "choice",  # one of `choices`
    "choices",  # list of them
    "date",
    "number",  # between `least` and `most`
    "text",  # up to `most` characters
)
LONGEST = 2000  # characters of a text, where a column says nothing else


@dataclass(frozen=True)
class Column:
    """A column of a register. Its heading is the text `column.<name>`, what is meant by it `register.<kind>.<name>`.

    vocabulary: where the words of `choices` stand (`<vocabulary>.<choice>`); measure_type: a measure must be of this type, where given.
    reason_for: the status that this column says the reason for, and that no row has without it.
    amounts: what each choice stands for, in thousands of US dollars, where it stands for money. whole: a number without decimals.

    What contradicts itself is flagged and can be kept all the same. past: a date (or a year) of something that has happened; not_before: the column whose date
    comes first; wanted_for: the statuses that go with a value here, or with one in
    the column `instead`; only_for: the statuses that alone go with a value here; ends: the status that can't last beyond this date.
    """

    name: str
    type: str = "text"
    needed: bool = False
    choices: tuple[str, ...] = ()
    vocabulary: str = ""
    amounts: Callable[[], Mapping[str, float]] | None = None
    least: float | None = None
    most: float | None = None
    whole: bool = False
    measure_type: str = ""
    past: bool = False
    not_before: str = ""
    reason_for: str = ""
    wanted_for: tuple[str, ...] = ()
    instead: str = ""
    only_for: tuple[str, ...] = ()
    ends: str = ""

    @property
    def several(self) -> bool:
        """Whether its value is a list."""
        return self.type in ("places", "measures", "submodules", "choices")


@dataclass(frozen=True)
class Register:
    """A kind of record with its columns. key: the columns that make a row's key; by default its `id`."""

    kind: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)

    def __getitem__(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def key_of(self, body: Mapping[str, object]) -> str:
        """The key that a row is kept by."""
        return ".".join(str(body[name]) for name in self.key)


def heading(column: Column, language: str = "en") -> str:
    """A column's heading: its own in registers where it has one, else that of tables."""
    own = f"register.column.{column.name}"
    return texts.text(own, language) if texts.known(own) else texts.text(f"column.{column.name}", language)


def choice_words(column: Column, choice: str, language: str = "en") -> str:
    """A choice as it is offered: its word, with the amount that it stands for (`C: about 250 thousand US dollars`)."""
    found, amounts = texts.word(column.vocabulary, choice, language), column.amounts() if column.amounts else {}
    if choice not in amounts:
        return found
    return texts.text("register.about", language, choice=found, amount=texts.money(amounts[choice], language))


def new_key() -> str:
    """An id for what has none and is one of its own, however alike another may be."""
    return uuid.uuid4().hex[:10]


def key_from(register: Register, body: Mapping[str, object]) -> str:
    """An id for a row that came without one: the same for the same content, so that a file read twice is one set of rows."""
    said = json.dumps([register.kind, {name: value for name, value in body.items() if name != "id"}], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
