"""From what stands in a cell to what it means: answers, status words, rounds, dates. Never a guess."""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from analysis import texts
from analysis.instrument import Instrument
from analysis.model import Status, round_date
from analysis.states import DATA

STATUS_CODES = {"na": Status.NA_JUSTIFIED, "dont_know": Status.DONT_KNOW, "withheld": Status.WITHHELD}

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d\u30fc\u00ad"), "-")
_QUOTES = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u0060\u00b4\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u00ab\u00bb"), '"'),
}
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF])
_SIGNS = {**_QUOTES, **_UNSEEN, **_DASHES}
_NUMBER = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?")
_GROUPED = re.compile(r"(-?)(\d+)((?:,\d{3})+)(\.\d+)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")


def cell_text(value: object) -> str:
    """A cell's value as text, as a person would read it: `3` for 3.0, `2026-03-01` for a date, "" for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        found = value if value.isascii() else value.translate(_UNSEEN)
        return (found.replace("\r\n", "\n").replace("\r", "\n") if "\r" in found else found).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value).strip()


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Text as it is compared: one width, one kind of space, dash and apostrophe, no accents, no case."""
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    return re.sub(r" ?([-:]) ?", r"\1", " ".join(text.split())).rstrip(" .;,:")


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(c, c)) for c in text) if not text.isascii() else text


def number_text(text: str) -> str:
    """A written number as option ids are written: `3` for `3.0` or `3,0`, `2.5` for `2,50`; other text as it is."""
    match = _NUMBER.fullmatch(_digits(text))
    if not match:
        return text
    decimals = (match[2] or "").rstrip("0")
    return f"{int(match[1])}.{decimals}" if decimals else str(int(match[1]))


def grouped_readings(text: str) -> tuple[str, ...]:
    """What a number in text may stand for whose comma may be a sign for thousands: (`12500`, `12.5`) for `12,500`; () where it is none.

    `0,125` and `12,5` are none: there the comma can only be one for decimals.
    """
    match = _GROUPED.fullmatch(_digits(text))
    if not match or (not match[2].strip("0") and len(match[3]) == 4):
        return ()
    sign, first, groups, rest = match[1], match[2], match[3], match[4] or ""
    whole = f"{sign}{first}{groups.replace(',', '')}{rest}"
    if len(groups) > 4 or rest:
        return (whole,)
    decimals = groups[1:].rstrip("0")
    return whole, f"{sign}{first}.{decimals}" if decimals else f"{sign}{first}"


@lru_cache(maxsize=1)
def status_rows() -> tuple[tuple[str, str, str], ...]:
    """(status, language, word) of `data/reference/status_words.csv`; the first word of a language is the one we offer."""
    with (DATA / "reference" / "status_words.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple((row["status"], row["language"], row["word"]) for row in csv.DictReader(file))


def status_word(status: str, language: str = "en") -> str:
    """The word the form offers for `na`, `dont_know` or `withheld`."""
    for wanted in (language, "en"):
        for row in status_rows():
            if row[:2] == (status, wanted):
                return row[2]
    raise KeyError(status)


@lru_cache(maxsize=256)
def answer_codes(instrument: Instrument, answer_set: str) -> Mapping[str, int]:
    """Every accepted writing (in `plain` form) of an answer set -> the code that is stored.

    Options by id, label in any of the instrument's languages, alias, and id with label (`3 - In place`, `3: In place`,
    `In place (3)`); then the status words. A writing that two options share is not accepted.
    """
    codes: dict[str, int | None] = {}

    def accept(writing: str, code: int) -> None:
        key = plain(writing)
        if key:
            codes[key] = code if codes.get(key, code) == code else None

    for row in instrument.options[answer_set].itertuples():
        labels = {instrument.option_label(answer_set, row.option, language) for language in instrument.languages or ("en",)}
        labels |= {label.removeprefix(f"{row.option} ") for label in labels}
        for writing in (row.option, *labels, *row.aliases):
            accept(writing, row.number)
        for label in labels | set(row.aliases):
            for form in (
                "{0} - {1}",
                "{0} {1}",
                "{0}: {1}",
                "{0}. {1}",
                "{0}) {1}",
                "{0}, {1}",
                "{0} = {1}",
                "{1} ({0})",
                "{0} ({1})",
            ):
                accept(form.format(row.option, label), row.number)
    options = set(codes)
    for status, _, word in status_rows():
        if plain(word) not in options:
            codes[plain(word)] = int(STATUS_CODES[status])
    return {key: code for key, code in codes.items() if code is not None}


def answer_code(value: object, codes: Mapping[str, int]) -> int:
    """The code of what stands in an answer cell: BLANK for nothing, INVALID for what is no answer."""
    if isinstance(value, (bool, dt.date, dt.time, dt.timedelta)):
        return int(Status.INVALID)
    found = cell_text(value)
    if not found:
        return int(Status.BLANK)
    key = plain(found)
    code = codes.get(key)
    if code is None:
        code = codes.get(number_text(key), int(Status.INVALID))
    return code


def allowed_answers(instrument: Instrument, answer_set: str, language: str = "en") -> str:
    """What may stand in an answer cell, in words: `0-5, N/A, Don't know, Withheld`."""
    options = instrument.options[answer_set]["option"].tolist()
    numbers = all(re.fullmatch(r"\d+", option) for option in options)
    if numbers and [int(o) for o in options] == list(range(int(options[0]), int(options[0]) + len(options))):
        offered = [f"{options[0]}-{options[-1]}"]
    else:
        offered = options if numbers else [instrument.option_label(answer_set, o, language) for o in options]
    return ", ".join([*offered, *(status_word(status, language) for status in STATUS_CODES)])


@lru_cache(maxsize=64)
def vocabulary(kind: str, values: tuple[str, ...]) -> Mapping[str, str]:
    """Accepted writings of a vocabulary of ours (`reading`, `sector`): the value itself and its words in every language."""
    found: dict[str, str] = {}
    for value in values:
        for writing in (value, value.replace("_", " "), *(texts.word(kind, value, language) for language in texts.languages())):
            found.setdefault(plain(writing), value)
    return found


def label(kind: str, value: str, language: str = "en") -> str:
    """A value's word as a form shows it, beginning with a capital letter."""
    found = texts.word(kind, value, language)
    return found[:1].upper() + found[1:]


def words_of(kind: str, values: Iterable[str], language: str = "en") -> str:
    """A vocabulary's words, for a message."""
    return ", ".join(texts.word(kind, value, language) for value in values)


@lru_cache(maxsize=1)
def _national_words() -> frozenset[str]:
    with (DATA / "reference" / "national_words.csv").open(encoding="utf-8-sig", newline="") as file:
        return frozenset(plain(row["word"]) for row in csv.DictReader(file))


def organization_name(text: str) -> str:
    """An organization's name as written; "" (the national return) for nothing and for words that only say `national`."""
    return "" if plain(text) in _national_words() else text


def round_label(value: object) -> str | None:
    """A round's label as it is stored (`2026-H2`), None where it names no period."""
    if isinstance(value, (bool, dt.date)):
        return None
    label = _digits(plain(cell_text(value))).upper().replace(" ", "")
    return label if round_date(label) else None


def date_of(value: object) -> dt.date | None:
    """A date from a date cell, `2026-03-01`, or day first where day and month can't be confused; else None."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = _digits(plain(cell_text(value))) if isinstance(value, str) else ""
    try:
        if match := _ISO.fullmatch(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DAY_FIRST.fullmatch(text):
            day, sign, month, year = int(match[1]), match[2], int(match[3]), int(match[4])
            if sign == "." or day > 12 or day == month:
                return dt.date(year, month, day)
    except ValueError:
        return None
    return None
