"""What a cell of a register means, by its column's type; and how a value is written back. Never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from analysis import texts
from analysis.instrument import Instrument
from analysis.registers.spec import LONGEST, Column, choice_words
from analysis.states import States
from analysis.workbook.state_names import certain_state, state_label, suggested_states
from analysis.workbook.values import cell_text, date_of, grouped_readings, number_text, plain, round_label, vocabulary

SEPARATOR = ";"
SHOWN = 12  # allowed values that a message lists; where there are more it says where they stand
NEAR, ALIKE = 3, 0.75  # how many are suggested at most, and how alike they must be; where more are as near, none is
LOOKED_FOR, LONG = 100, 80  # different writings of a file, and their length, that the nearest are looked for at most
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
ROUNDS = "2026, 2026-H2, 2026-Q3, 2026-05"


@dataclass(frozen=True)
class Meant:
    """What a cell was read as. value: None where it can't be read; then `allowed` says what could stand there.

    part: the one of a list that can't be read; suggestion: what was probably meant; code: the problem, where it is not the usual one. A problem
    beside a value asks about it.
    """

    value: object = None
    allowed: str = ""
    suggestion: str = ""
    part: str = ""
    code: str = ""


@dataclass(frozen=True, eq=False)
class Cells:
    """Reads and writes cells against an instrument and a list of States."""

    instrument: Instrument
    states: States
    language: str = "en"

    def meant(self, column: Column, value: object) -> Meant:
        """What a filled cell means."""
        if column.several:
            return self._list(column, value)
        return self._readers[column.type](column, value)

    def written(self, column: Column, value: object) -> str:
        """A value as it stands in the form, in words where there are any; "" for none."""
        if value is None:
            return ""
        if column.several:
            return f"{SEPARATOR} ".join(self._words(column, one) for one in value)
        return self._words(column, value)

    def offered(self, column: Column) -> list[str]:
        """What the form offers for a cell; nothing where anything may be written."""
        names = self._names(column)
        return [self._words(column, code) for code in dict.fromkeys(names.values())] if column.type != "places" else []

    def _words(self, column: Column, value: object) -> str:
        if column.type in ("measure", "measures"):
            return f"{value} - {self.instrument.node_name(value, self.language)}"
        if column.type == "question":
            words = self.instrument.question_text(value, self.language)
            return value if words == value else f"{value} - {words}"
        if column.type == "submodules":
            return self.instrument.submodule_name(value, self.language)
        if column.type == "state" or (column.type == "places" and value in self.states):
            return state_label(value, self.states, self.language)
        if column.type == "places":
            return value.partition(":")[2]
        if column.type in ("choice", "choices"):
            return choice_words(column, value, self.language)
        if column.type == "level":
            return f"{value} - {self.instrument.level_name(value, self.language)}"
        return cell_text(value)

    @cached_property
    def _readers(self) -> Mapping[str, Callable[[Column, object], Meant]]:
        named = dict.fromkeys(
            ("measure", "question", "choice", "level", "submodules", "measures", "choices", "places"), self._named
        )
        return {
            **named,
            "id": self._id,
            "state": self._state,
            "round": self._round,
            "date": self._date,
            "number": self._number,
            "text": self._text,
        }

    def _names(self, column: Column) -> Mapping[str, object]:
        """Accepted writing, as it is compared -> code."""
        if column.type in ("measure", "measures"):
            nodes = self.instrument.measures
            if column.measure_type:
                nodes = nodes[nodes["measure_type"] == column.measure_type]
            ids = nodes["node"].tolist()
            names = {**{plain(self.instrument.node_name(i, self.language)): i for i in ids}, **{plain(i): i for i in ids}}
            return {**{plain(self._words(column, i)): i for i in ids}, **names}
        if column.type == "question":
            ids = self.instrument.questions["question"].tolist()
            texts_of = {plain(self.instrument.question_text(i, self.language)): i for i in ids}
            return {**{plain(self._words(column, i)): i for i in ids}, **texts_of, **{plain(i): i for i in ids}}
        if column.type == "submodules":
            return {
                plain(w): s for s in self.instrument.submodules for w in (s, self.instrument.submodule_name(s, self.language))
            }
        if column.type == "choice" or column.type == "choices":
            offered = {plain(choice_words(column, one, w)): one for one in column.choices for w in texts.languages()}
            return {**offered, **vocabulary(column.vocabulary, column.choices)}
        if column.type == "level":
            levels = range(self.instrument.max_level + 1)
            return {plain(w): n for n in levels for w in (self._words(column, n), str(n))}
        if column.type == "places":
            groups = self.states.groups.drop_duplicates(["kind", "group"])
            codes = [f"{kind}:{name}" for kind, name in zip(groups["kind"], groups["group"], strict=True)]
            return {plain(w): code for code in codes for w in (code, code.partition(":")[2])}
        if column.type == "state":
            return {code: code for code in self.states.table["iso3"]}
        return {}

    def _named(self, column: Column, value: object) -> Meant:
        names = self._names(column)
        found = plain(number_text(cell_text(value)))
        if found in names:
            return Meant(names[found])
        if column.type == "places" and (code := certain_state(cell_text(value), self.states, code_column=True)):
            return Meant(code)
        band = names.get(found.partition(":")[0].strip()) if column.amounts else None
        if band is not None:  # a form of the time when the band stood for another amount
            return Meant(band, self._words(column, band), code="register-amount-changed")
        codes = list(dict.fromkeys(names.values()))
        if len(codes) <= SHOWN:
            return Meant(None, ", ".join(self._words(column, code) for code in codes))
        return Meant(None, self._listed(column, codes), self._nearest(column, found, names))

    def _listed(self, column: Column, codes: list) -> str:
        """Where the allowed values stand that are too many for a message."""
        kind = column.type.removesuffix("s")
        if kind == "measure" and column.measure_type:
            name = self.instrument.type_name(column.measure_type, self.language).lower()
            return texts.text("register.allowed.measure.of", self.language, n=len(codes), first=codes[0], type=name)
        if texts.known(key := f"register.allowed.{kind}"):
            return texts.text(key, self.language, n=len(codes), first=codes[0])
        return texts.text("register.allowed.listed", self.language, n=len(codes), first=self._words(column, codes[0]))

    def _nearest(self, column: Column, found: str, names: Mapping[str, object]) -> str:
        """What is written most like it; nothing for a measure that is only of another type."""
        other = column.measure_type and found in self._names(replace(column, measure_type=""))
        sought = (column.name, found)
        if other or len(found) > LONG or (sought not in self._sought and len(self._sought) >= LOOKED_FOR):
            return ""
        if sought not in self._sought:
            near = _most_alike(found, names)
            self._sought[sought] = "; ".join(self._words(column, code) for code in near) if len(near) <= NEAR else ""
        return self._sought[sought]

    @cached_property
    def _sought(self) -> dict[tuple[str, str], str]:
        return {}

    def _list(self, column: Column, value: object) -> Meant:
        parts = [part.strip() for part in re.split(r"[;\n]", cell_text(value)) if part.strip()]
        found = [self._readers[column.type](column, part) for part in parts]
        wrong = next((i for i, one in enumerate(found) if one.value is None), None)
        if wrong is not None:
            one, part = found[wrong], parts[wrong]
            pieces = [piece.strip() for piece in re.split(r"[,/|]", part) if piece.strip()]
            if len(pieces) > 1 and all(self._readers[column.type](column, piece).value is not None for piece in pieces):
                return Meant(None, f"{SEPARATOR} ".join(pieces), part=part, code="register-list-separator")
            several = texts.text("register.allowed.several", self.language)
            return Meant(None, f"{one.allowed}; {several}", one.suggestion, part)
        return Meant(list(dict.fromkeys(one.value for one in found)))

    def _id(self, column: Column, value: object) -> Meant:
        found = cell_text(value)
        return Meant(found) if _ID.fullmatch(found) else Meant(None, texts.text("register.allowed.id"))

    def _state(self, column: Column, value: object) -> Meant:
        found = cell_text(value)
        code = certain_state(found, self.states, code_column=True)
        close = "" if code else "; ".join(state_label(c, self.states) for c in suggested_states(found, self.states))
        return Meant(code or None, texts.text("register.allowed.state"), close)

    def _round(self, column: Column, value: object) -> Meant:
        return Meant(round_label(value), ROUNDS)

    def _date(self, column: Column, value: object) -> Meant:
        found = date_of(value)
        return Meant(found.isoformat() if found else None, texts.text("register.allowed.date"))

    def _number(self, column: Column, value: object) -> Meant:
        if readings := grouped_readings(cell_text(value)):
            both = {"whole": readings[0], "decimal": readings[-1]}
            told = texts.text("register.allowed.either", self.language, **both) if len(readings) > 1 else readings[0]
            return Meant(None, told, code="register-number-unclear")
        found = cell_text(value).replace(",", ".")
        allowed = self._range(column)
        if isinstance(value, bool) or not _NUMBER.fullmatch(found):
            return Meant(None, allowed)
        number = float(found)
        low, high = column.least is not None and number < column.least, column.most is not None and number > column.most
        if low or high or (column.whole and not number.is_integer()):
            return Meant(None, allowed)
        return Meant(int(number) if column.whole else number)

    def _range(self, column: Column) -> str:
        kind = texts.text("register.allowed.whole" if column.whole else "register.allowed.number")
        low = "" if column.least is None else texts.text("register.allowed.least", least=f"{column.least:g}")
        high = "" if column.most is None else texts.text("register.allowed.most", most=f"{column.most:g}")
        return " ".join(part for part in (kind, low, high) if part)

    def _text(self, column: Column, value: object) -> Meant:
        found, most = cell_text(value), int(column.most or LONGEST)
        if len(found) > most:
            return Meant(None, texts.text("register.allowed.text", most=most))
        return Meant(found)


def _most_alike(found: str, names: Mapping[str, object]) -> list[object]:
    """The codes of the writings that are most like one, and enough so: several where they are equally near."""
    match, alike = SequenceMatcher(b=found), {}
    for writing, code in names.items():
        match.set_seq1(writing)
        if match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE:
            alike[code] = max(alike.get(code, 0.0), match.ratio())
    best = max(alike.values(), default=0.0)
    return [code for code, ratio in alike.items() if ratio == best >= ALIKE]
