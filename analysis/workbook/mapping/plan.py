"""What each column of a table holds, once its heading is found: keys of the row, or fields of an answer with keys of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.model import READINGS
from analysis.states import States
from analysis.workbook.layout import ANSWER_FIELDS
from analysis.workbook.mapping.heads import Head, named, place_of, reference_of
from analysis.workbook.mapping.keys import Questions
from analysis.workbook.mapping.model import DATES, KEYS, TableMapping
from analysis.workbook.state_names import NOBODY, state_reading
from analysis.workbook.values import plain, round_label, vocabulary

#: A text that a column's heading says, with the cell it says it in.
Said = tuple[str, str]
_YEAR = re.compile(r"^(?:(?P<round>\d{4}(?:-(?:[HQ]\d|\d\d))?)\b[\s:()\-_/]*(?P<rest>.+)|(?P<rest2>.+?)[\s:()\-_/]+(?P<round2>\d{4}(?:-(?:[HQ]\d|\d\d))?)\)?)$", re.IGNORECASE)  # fmt: skip
_BETWEEN = " \t-:()_/."


@dataclass
class Spread:
    """The columns of one answer in each row: what their headings say about whose and which it is, and the column of each field."""

    keys: dict[str, Said]
    fields: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What the columns hold. keys: role -> column; spreads: the answers of a row; unused: headings of columns that nothing reads."""

    keys: Mapping[str, int]
    spreads: tuple[Spread, ...]
    unused: tuple[Head, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """What a heading's texts are held against."""

    mapping: TableMapping
    questions: Questions
    states: States
    confirmed: Mapping[str, str] = field(default_factory=lambda: NOBODY)

    def plan(self, heads: Sequence[Head]) -> Plan:
        """What each column holds."""
        columns, keys, missing = self.mapping.columns, {}, []
        for role in (*KEYS, *DATES):
            found = named(columns.get(role, ""), heads)
            if found:
                keys[role] = found[0].position
            elif columns.get(role) and _is_column(columns[role]):
                missing.append(role)
        ignored = {head.position for reference in self.mapping.ignored for head in named(reference, heads)}
        of_field: dict[int, str] = {}
        for name in ANSWER_FIELDS:
            found = named(columns.get(name, ""), heads)
            of_field |= {head.position: name for head in found}
            if not found and columns.get(name) and self.mapping.layout == "answers_down":
                missing.append(name)
        taken = set(keys.values()) | ignored
        spreads, used = self._spreads([h for h in heads if h.position not in taken], of_field)
        unused = tuple(h for h in heads if h.parts and h.position not in used | set(keys.values()) and self._told(h))
        return Plan(keys, spreads, unused, tuple(missing))

    def _told(self, head: Head) -> bool:
        """Whether a column that is not read has to be named: a person has not said that it is not wanted."""
        wanted = {plain(reference) for reference in self.mapping.ignored}
        return not wanted & {plain(head.text), plain(head.parts[-1][0]), plain(f"[{head.letter}]")}

    def _spreads(self, heads: Sequence[Head], of_field: Mapping[int, str]) -> tuple[tuple[Spread, ...], set[int]]:
        found: dict[tuple, Spread] = {}
        used: set[int] = set()
        needed = self._needed()
        several = self.mapping.layout != "answers_down"
        for head in heads:
            name = of_field.get(head.position, "")
            own = plain(self.mapping.columns.get(name, "")) if name else ""
            keys, by_word = self._keys(head, own)
            name = name or by_word or ("answer" if needed & set(keys) else "")
            if not name or (needed and not needed & set(keys)):
                continue
            mark = tuple(sorted((role, plain(text)) for role, (text, _) in keys.items()))
            spread = found.setdefault(mark, Spread(keys))
            if name not in spread.fields:
                spread.fields[name] = head.position
                used.add(head.position)
            elif several and name == "answer":  # the same question twice in a row: both are read, and told apart by their cells
                found[(*mark, head.position)] = Spread(keys, {name: head.position})
                used.add(head.position)
        kept = [spread for spread in found.values() if "answer" in spread.fields]
        return tuple(kept), used & {position for spread in kept for position in spread.fields.values()}

    def _needed(self) -> set[str]:
        """What a column's heading has to say to be a column of answers: one of these; nothing where a column is named for that."""
        if self.mapping.layout == "states_down":
            return {"question"}
        if self.mapping.layout == "questions_down":
            return {"iso3"}
        return set() if self.mapping.columns.get("answer") else {"round", "reading"}

    def _keys(self, head: Head, own: str) -> tuple[dict[str, Said], str]:
        """What a column's heading says about its answers, and the field it names beside that (`IED.U1.1 comment`)."""
        keys: dict[str, Said] = {}
        name = ""
        for text, cell in head.parts:
            if own and plain(text) == own:
                continue
            kind = self.kind(text)
            if kind:
                keys.setdefault(kind, (text, cell))
                continue
            label, rest = _apart(text)
            if label and self.kind(rest):
                keys.setdefault("round", (label, cell))
                keys.setdefault(self.kind(rest), (rest, cell))
                continue
            named_field, rest = self._without_field(text)
            if named_field and self.kind(rest):
                keys.setdefault(self.kind(rest), (rest, cell))
                name = named_field
        if self.mapping.layout == "states_down" and "question" not in keys and len(head.parts) > 1:
            (part, above), last = head.parts[-2], head.parts[-1]
            if self.questions.within(last[0], part):  # numbers that begin anew in each part
                keys |= {"question": last, "submodule": (part, above)}
        return keys, name

    def kind(self, text: str) -> str:
        """What a text in a heading names: a question, a State, a round or a reading; empty for none, or for what this layout has not."""
        layout = self.mapping.layout
        if layout == "states_down" and self.questions.within(text):
            return "question"
        if layout == "questions_down" and self.names_state(text):
            return "iso3"
        if self.mapping.meant("round", text) != text or round_label(text):
            return "round"
        if self.mapping.meant("reading", text) != text or plain(text) in vocabulary("reading", READINGS):
            return "reading"
        return ""

    def names_state(self, text: str) -> bool:
        """Whether a heading names a State, or something so close to one that a person should be asked."""
        read = state_reading(text, self.states, confirmed=self.confirmed, code_column=self.mapping.state_codes)
        return bool(read.iso3) or read.problem in ("state-to-confirm", "historical-state")

    def _without_field(self, text: str) -> tuple[str, str]:
        for name in ANSWER_FIELDS:
            word = self.mapping.columns.get(name, "")
            if word and plain(text) != plain(word):
                if plain(text).endswith(plain(word)):
                    return name, text[: len(text) - len(word)].strip(_BETWEEN)
                if plain(text).startswith(plain(word)):
                    return name, text[len(word) :].strip(_BETWEEN)
        return "", ""


def _is_column(reference: str) -> bool:
    """Whether a reference must be found among the headings; a cell and the sheet's title need not."""
    place = place_of(reference)
    return place is None or (place.column >= 0 and not place.row)


def _apart(text: str) -> tuple[str, str]:
    """A round and the rest of a heading such as `2026 - IED.U1.1` or `IED.U1.1 (2026)`."""
    match = _YEAR.match(text.strip())
    if not match:
        return "", ""
    label = match["round"] or match["round2"]
    return (label, (match["rest"] or match["rest2"]).strip(_BETWEEN)) if round_label(label) else ("", "")


def references(heads: Sequence[Head]) -> dict[int, str]:
    """How a mapping names each column that has a heading."""
    return {head.position: reference_of(head, heads) for head in heads if head.parts}
