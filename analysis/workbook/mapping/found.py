"""Every word that a table's answers hold, and every name its questions go by: how often, where first, and what each means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.instrument import Instrument
from analysis.states import States
from analysis.workbook.answers import lookup
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping.blocks import BlockMissing
from analysis.workbook.mapping.heads import JOINED, chosen_sheets
from analysis.workbook.mapping.model import TableMapping
from analysis.workbook.mapping.records import Records, records_of
from analysis.workbook.values import STATUS_CODES, answer_code, answer_codes, cell_text, plain

MOST_WORDS = 2_000


@dataclass(frozen=True)
class FoundWord:
    """One writing of an answer. means: an option, a status, or empty; own: whether it is one of the instrument's own writings."""

    answer_set: str
    written: str
    count: int
    place: str
    means: str = ""
    own: bool = False


@dataclass(frozen=True)
class FoundKey:
    """One name of a question, with the sub-module in front where there is one, and the id it means (empty for none)."""

    key: str
    count: int
    place: str
    question: str = ""


@dataclass(frozen=True)
class Found:
    """What the answers and questions of a file are called. instrument: the one they were held against, empty where nobody can say."""

    instrument: str
    words: tuple[FoundWord, ...] = ()
    keys: tuple[FoundKey, ...] = ()


def found_words(
    sheets: Sequence[RawSheet], mapping: TableMapping, instruments: Mapping[str, Instrument], states: States, instrument: str = ""
) -> Found:
    """The words and keys of the rows that a mapping reads; nothing where the mapping does not fit."""
    records: list[Records] = []
    for sheet, _ in chosen_sheets(mapping, sheets):
        try:
            records.append(records_of("", sheet, mapping, instruments, states)[1])
        except BlockMissing:
            continue
    groups = [group for one in records for group in one.groups.values()]
    said = mapping.words.fixed.get("instrument", "") or instrument
    if said not in instruments and records:
        said = records[0].reader.questions.instrument_of(pair for group in groups for pair in group.asked) or ""
    words: dict[tuple[str, str], list] = {}
    keys: dict[str, list] = {}
    one = instruments.get(said)
    sets = lookup(one).sets if one else {}
    for group in groups:
        for row, (asked, submodule) in zip(group.rows, group.asked, strict=True):
            question = records[0].reader.questions.meant(said, asked, submodule) if one else ""
            written = cell_text(row.values.get("answer"))
            key = f"{submodule}{JOINED}{asked}" if submodule and not question else asked
            keys.setdefault(key, [0, f"{row.sheet}!{row.id_cell}", question])[0] += 1
            if written and question and len(words) < MOST_WORDS:
                mark = (sets[question], plain(written))
                words.setdefault(mark, [0, f"{row.sheet}!{row.places['answer']}", written, row.values["answer"]])[0] += 1
    found = [FoundWord(s, w[2], w[0], w[1], *meaning(mapping, one, s, w[3])) for (s, _), w in words.items() if one]
    return Found(said, tuple(found), tuple(FoundKey(key, n, place, q) for key, (n, place, q) in keys.items()))


def meaning(mapping: TableMapping, instrument: Instrument, answer_set: str, value: object) -> tuple[str, bool]:
    """What an answer means (an option, a status, empty for nothing of ours), and whether it is the instrument's own writing."""
    said = mapping.answer_word(answer_set, value)
    if said is not None:
        return said, False
    word = option_of(instrument, answer_set, answer_code(value, answer_codes(instrument, answer_set)))
    return word, bool(word)


def option_of(instrument: Instrument, answer_set: str, code: int) -> str:
    """The option or status of a code; empty for a code that is no answer."""
    if code >= 0:
        return str(instrument.options[answer_set]["option"].iloc[code])
    return next((name for name, status in STATUS_CODES.items() if int(status) == code), "")


def choices(instrument: Instrument, answer_set: str) -> list[str]:
    """What a word of an answer set may mean: its options, then the statuses."""
    return [*instrument.options[answer_set]["option"].astype(str), *STATUS_CODES, "blank"]
