"""The mapping step without its widgets: the tables a person is shown, and what becomes of the mapping when they change them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.instrument import Instrument
from analysis.model import Problem, UnreadableReturn
from analysis.states import States
from analysis.texts import problem_sentence
from analysis.workbook.answers import lookup
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.layout import ANSWER_FIELDS
from analysis.workbook.mapping.found import Found, found_words
from analysis.workbook.mapping.heads import Head, chosen_sheets, fits, heading, named, reference_of
from analysis.workbook.mapping.keys import Questions
from analysis.workbook.mapping.model import DATES, KEYS, ROLES, STATUSES, TableMapping
from analysis.workbook.mapping.plan import Plan, Reader
from analysis.workbook.mapping.reading import read_mapped
from analysis.workbook.options import ReadingOptions
from analysis.workbook.values import cell_text

SHOWN_ROWS, SHOWN_COLUMNS = 30, 60
ANSWERS, NOT_READ = "answers", "ignored"  # beside the roles: a column of answers known by its heading, and one that is not wanted
UNSEEN, UNKNOWN = "nothing", ""  # a column that nothing reads; a word that nobody knows
EXAMPLES = 3


def head_table(sheet: RawSheet) -> pd.DataFrame:
    """The first rows of a sheet as text: a column `row` with their numbers, then a column for each letter."""
    rows = sheet.rows[:SHOWN_ROWS]
    width = min(max(map(len, rows), default=0), SHOWN_COLUMNS)
    letters = [Head(position, ()).letter for position in range(width)]
    texts = [[cell_text(row[p]) if p < len(row) else "" for p in range(width)] for row in rows]
    table = pd.DataFrame(texts, columns=letters, dtype="str")
    table.insert(0, "row", [str(number) for number in range(1, len(rows) + 1)])
    return table


@dataclass(frozen=True)
class Columns:
    """The columns of a mapping's sheet. table: column, heading, examples, holds: a role, `answers`, `ignored` or empty."""

    sheet: RawSheet
    heads: tuple[Head, ...]
    plan: Plan
    table: pd.DataFrame


def columns_of(
    mapping: TableMapping, sheets: Sequence[RawSheet], instruments: Mapping[str, Instrument], states: States
) -> Columns | None:
    """What each column of the mapping's sheet holds; None where there is no sheet."""
    chosen = chosen_sheets(mapping, sheets)
    if not chosen:
        return None
    sheet = chosen[0][0]
    here = heading(mapping, sheet.rows)
    plan = Reader(mapping, Questions(instruments, mapping), states).plan(here.heads)
    holds = {position: role for role, position in plan.keys.items()}
    fields = {p: name for spread in plan.spreads for name, p in spread.fields.items()}
    by_role = {head.position: role for role in ANSWER_FIELDS for head in named(mapping.columns.get(role, ""), here.heads)}
    ignored = {head.position for reference in mapping.ignored for head in named(reference, here.heads)}
    rows = []
    for head in here.heads:
        values = [cell_text(row[head.position]) for row in sheet.rows[here.first + here.depth :] if head.position < len(row)]
        examples = list(dict.fromkeys(filter(None, values)))[:EXAMPLES]
        if head.parts or examples:
            own = by_role.get(head.position) or (ANSWERS if head.position in fields else UNSEEN)
            held = holds.get(head.position) or (NOT_READ if head.position in ignored else own)
            rows.append([head.letter, head.text, " | ".join(examples)[:120], held])
    table = pd.DataFrame(rows, columns=["column", "heading", "examples", "holds"], dtype="str")
    return Columns(sheet, here.heads, plan, table)


def holdings() -> list[str]:
    """What a column may hold, in the order in which it is offered."""
    return [UNSEEN, *KEYS, *ANSWER_FIELDS, *DATES, ANSWERS, NOT_READ]


def with_columns(mapping: TableMapping, columns: Columns, holds: Sequence[str]) -> TableMapping:
    """The mapping with what a person says each column holds; the last of two columns with one role counts."""
    if list(holds) == columns.table["holds"].tolist():
        return mapping
    by_letter = {head.letter: head for head in columns.heads}
    before = dict(zip(columns.table["column"], columns.table["holds"], strict=True))
    said = dict(mapping.columns)
    ignored = list(mapping.ignored)
    for letter, held in zip(columns.table["column"], holds, strict=True):
        if held == before[letter]:
            continue
        head = by_letter[letter]
        reference = reference_of(head, columns.heads)
        said = {role: text for role, text in said.items() if head not in named(text, columns.heads) or role in ANSWER_FIELDS}
        ignored = [text for text in ignored if head not in named(text, columns.heads)]
        if before[letter] in ANSWER_FIELDS and [head] == named(said.get(before[letter], ""), columns.heads):
            del said[before[letter]]
        if held == NOT_READ:
            ignored.append(reference)
        elif held in ROLES:
            said[held] = reference
    return mapping.having(columns={role: said[role] for role in ROLES if role in said}, ignored=tuple(ignored))


def unsaid(mapping: TableMapping, columns: Columns) -> list[str]:
    """The keys that no column and no heading says: a person has to say them for the whole table."""
    from_heads = {role for spread in columns.plan.spreads for role in spread.keys}
    from_blocks = {"round"} if mapping.blocks else set()
    said = set(columns.plan.keys) | from_heads | from_blocks | set(mapping.columns)
    asked = {"instrument"} & (set(mapping.words.fixed) | set(mapping.unsure.fixed))  # where the questions do not say it
    return [role for role in ("iso3", "round", "reading", "instrument") if role not in said and (role != "instrument" or asked)]


def with_fixed(mapping: TableMapping, said: Mapping[str, str]) -> TableMapping:
    """The mapping with what is said for the whole table; what is empty is not said."""
    fixed = {role: value.strip() for role, value in said.items() if value and value.strip()}
    kept = {role: value for role, value in mapping.words.fixed.items() if role not in said}
    unsure = {role: value for role, value in mapping.unsure.fixed.items() if role not in fixed}
    return mapping.having(words=replace(mapping.words, fixed=kept | fixed), unsure=replace(mapping.unsure, fixed=unsure))


def word_table(mapping: TableMapping, found: Found) -> pd.DataFrame:
    """Every word of the answers: answer_set, written, count, place, means, sure (False: a suggestion that nobody confirmed)."""
    rows = []
    for word in found.words:
        suggestion = mapping.unsure.answers.get(word.answer_set, {}).get(word.written, "")
        rows.append([word.answer_set, word.written, word.count, word.place, word.means or suggestion, bool(word.means)])
    table = pd.DataFrame(rows, columns=["answer_set", "written", "count", "place", "means", "sure"])
    return table.sort_values(["sure", "count"], ascending=[True, False], kind="stable").reset_index(drop=True)


def meanings(instrument: Instrument | None) -> list[str]:
    """What a word may mean in any answer set of an instrument: its options, then the statuses."""
    options = (
        [] if instrument is None else list(dict.fromkeys(str(o) for rows in instrument.options.values() for o in rows["option"]))
    )
    return [*options, *STATUSES]


def with_words(mapping: TableMapping, before: pd.DataFrame, edited: pd.DataFrame) -> TableMapping:
    """The mapping with the meanings that a person confirmed, by ticking them or by choosing another one."""
    answers = {name: dict(said) for name, said in mapping.words.answers.items()}
    unsure = {name: dict(said) for name, said in mapping.unsure.answers.items()}
    for old, new in zip(before.itertuples(), edited.itertuples(), strict=True):
        means = new.means if isinstance(new.means, str) else UNKNOWN
        if means != old.means or bool(new.sure) != old.sure:
            if means and (new.sure or means != old.means):
                answers.setdefault(old.answer_set, {})[old.written] = means
                unsure.get(old.answer_set, {}).pop(old.written, None)
            else:
                answers.get(old.answer_set, {}).pop(old.written, None)
    words, left = replace(mapping.words, answers=_filled(answers)), replace(mapping.unsure, answers=_filled(unsure))
    return mapping.having(words=words, unsure=left)


def _filled(answers: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {name: dict(said) for name, said in answers.items() if said}


def question_table(mapping: TableMapping, found: Found) -> pd.DataFrame:
    """Names of questions that are not ours, and those that the mapping knows: written, means, sure."""
    names = dict.fromkeys([*mapping.unsure.questions, *(key.key for key in found.keys if not key.question and key.key)])
    rows = [[name, mapping.unsure.questions.get(name, ""), False] for name in names if name not in mapping.words.questions]
    rows += [[name, question, True] for name, question in mapping.words.questions.items()]
    return pd.DataFrame(rows, columns=["written", "means", "sure"])


def round_table(mapping: TableMapping) -> pd.DataFrame:
    """Writings of rounds that are not ours: written, means, sure."""
    rows = [[name, label, False] for name, label in mapping.unsure.rounds.items() if name not in mapping.words.rounds]
    rows += [[name, label, True] for name, label in mapping.words.rounds.items()]
    return pd.DataFrame(rows, columns=["written", "means", "sure"])


def with_names(mapping: TableMapping, kind: str, before: pd.DataFrame, edited: pd.DataFrame) -> TableMapping:
    """The mapping with the names that a person confirmed; kind: `questions` or `rounds`."""
    said, unsure = dict(getattr(mapping.words, kind)), dict(getattr(mapping.unsure, kind))
    for old, new in zip(before.itertuples(), edited.itertuples(), strict=True):
        means = new.means.strip() if isinstance(new.means, str) else ""
        if means and (new.sure or means != old.means):
            said[old.written] = means
            unsure.pop(old.written, None)
        elif old.written in said:
            del said[old.written]
    return mapping.having(words=replace(mapping.words, **{kind: said}), unsure=replace(mapping.unsure, **{kind: unsure}))


def all_confirmed(table: pd.DataFrame) -> pd.DataFrame:
    """A table of words with every suggestion ticked."""
    return table.assign(sure=table["sure"] | (table["means"] != ""))


@dataclass(frozen=True)
class Result:
    """What a mapping would read. questions: how many of how many; words: writings that nobody knows; problems: what stops it all."""

    returns: int = 0
    stopped: int = 0
    questions: int = 0
    asked: int = 0
    words: int = 0
    problems: tuple[Problem, ...] = ()


def result(
    name: str,
    sheets: Sequence[RawSheet],
    mapping: TableMapping,
    instruments: Mapping[str, Instrument],
    states: States,
    options: ReadingOptions,
) -> Result:
    """What a mapping would read in these sheets, in numbers."""
    try:
        reads = read_mapped(name, sheets, mapping, instruments, states, options)
    except UnreadableReturn as error:
        return Result(problems=error.problems)
    found = found_words(sheets, mapping, instruments, states)
    known = {key.question for key in found.keys if key.question}
    asked = len(lookup(instruments[found.instrument]).sets) if found.instrument in instruments else 0
    unknown = sum(not word.means for word in found.words)
    stopping = list(dict.fromkeys(p for read in reads for p in read.problems if p.severity == "stop"))
    storable = sum(read.storable for read in reads)
    return Result(storable, len(reads) - storable, len(known), asked, unknown, tuple(stopping))


def offered(saved: Iterable[tuple[str, TableMapping]], sheets: Sequence[RawSheet]) -> list[tuple[str, TableMapping, float]]:
    """Saved mappings, those that fit a file best first: name, mapping, fit (0-1)."""
    scored = [(name, mapping, fits(mapping, sheets)) for name, mapping in saved]
    return sorted(scored, key=lambda row: (-row[2], row[0]))


def mark(*parts: object) -> str:
    """A short mark of some values: a widget with another mark is another widget, and begins anew."""
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:12]


def parted(text: str) -> tuple[str, ...]:
    """Words in a line, between commas or on lines of their own."""
    return tuple(dict.fromkeys(word.strip() for line in text.splitlines() for word in line.split(",") if word.strip()))


def numbers(text: str) -> tuple[int, ...]:
    """Row numbers in a line (`3, 7-9`); what is no number is left out."""
    found: list[int] = []
    for word in parted(text):
        first, _, last = word.partition("-")
        if first.strip().isdecimal() and (not last or last.strip().isdecimal()):
            a, b = int(first), int(last or first)
            found += range(a, min(b, a + 10_000) + 1)
    return tuple(sorted(n for n in set(found) if n > 0))


def sheet_of(mapping: TableMapping, sheets: Sequence[RawSheet]) -> str:
    """The title of the sheet that a mapping reads first."""
    chosen = chosen_sheets(mapping, sheets)
    return chosen[0][0].title if chosen else ""


def said(problems: Iterable[Problem], most: int = 5) -> list[str]:
    """Problems in words, without the file's name; the first few of them."""
    lines = [
        f"{place}: {problem_sentence(p)}" if (place := replace(p, file="").place.lstrip(", ")) else problem_sentence(p)
        for p in problems
    ]
    return lines[:most]


def file_name(name: str) -> str:
    """A mapping's name as a file's."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:80] or "mapping"
