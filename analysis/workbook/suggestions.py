"""What may have been meant by an answer that is none: a suggestion for a person, never taken over by itself.

Where two levels are named or a value lies between two, the lower one is suggested: what is not sure does not count.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from analysis.instrument import Instrument
from analysis.states import DATA
from analysis.workbook.layout import option_text
from analysis.workbook.values import STATUS_CODES, answer_codes, cell_text, number_text, plain, status_word

#: A longer text is a remark; how alike a misspelt label must be, and how much more alike than any other.
MOST, ALIKE, MARGIN = 80, 0.8, 0.06
_COARSE = re.compile(r"[()\[\]{},;:]")
_FINE = re.compile(
    r"[()\[\]{}/,;:?!*+~|<>=\"]|(?:^|(?<=\s))-|-(?=\s|$)|(?<=\d)-(?=\d)|"
    r"\b(?:or|to|and|but|ou|et|mais|o|y|a|pero|или|до|и|но)\b|[或到至和但]|\b(?:أو|إلى|لكن)\b"
)
_NEGATIVE = re.compile(r"-\d.*")
_NUMBERS = re.compile(r"(?<![\w.,])(\d{1,3}(?:[.,]\d{1,2})?)(?![\w]|[.,]\d)")


@dataclass(frozen=True)
class Offered:
    """The options of an answer set: writing -> code; code -> (option, value); code -> the number that its option is."""

    codes: Mapping[str, int]
    options: Mapping[int, tuple[str, float]]
    numbers: Mapping[float, int]


@lru_cache(maxsize=256)
def offered(instrument: Instrument, answer_set: str) -> Offered:
    """What an answer set offers, made once."""
    rows = instrument.options[answer_set]
    options = {int(r.number): (r.option, float(r.value)) for r in rows.itertuples()}
    numbers = {float(o): code for code, (o, _) in options.items() if re.fullmatch(r"\d+(\.\d+)?", o)}
    return Offered(answer_codes(instrument, answer_set), options, numbers)


@lru_cache(maxsize=4096)
def _of_text(text: str, instrument: Instrument, answer_set: str, language: str) -> str:
    here = offered(instrument, answer_set)
    for meant in (_below, _open, _numbers, _pieces, _alike):
        code = meant(text, here)
        if code is not None:
            return _written(code, instrument, answer_set, language)
    return ""


def suggested_answer(value: object, instrument: Instrument, answer_set: str, language: str = "en") -> str:
    """How the answer that was probably meant is written in the form (`3 - In place`), "" where nothing sensible comes to mind.

    A date is what a spreadsheet program makes of `3-4` or `1/2`, a time of `3:4`: the lower of its numbers is suggested.
    """
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, dt.date):
        return _of_text(f"{value.day}-{value.month}", instrument, answer_set, language)
    if isinstance(value, (dt.time, dt.timedelta)):
        return ""
    found = cell_text(value)
    text = plain(found)
    if not found or len(text) > MOST or _NEGATIVE.fullmatch(text):
        return ""
    return _of_text(text, instrument, answer_set, language)


def _written(code: int | str, instrument: Instrument, answer_set: str, language: str) -> str:
    if isinstance(code, str):
        return status_word(code, language)
    return option_text(instrument, answer_set, offered(instrument, answer_set).options[code][0], language)


def _lowest(codes: set[int], here: Offered) -> int | None:
    return min(codes, key=lambda code: here.options[code][1]) if codes else None


def _below(text: str, here: Offered) -> int | None:
    """The option next below a number that lies between two."""
    number = _number(text)
    if number is None or not here.numbers or not min(here.numbers) <= number <= max(here.numbers):
        return None
    return here.numbers[max(n for n in here.numbers if n <= number)]


def _number(text: str) -> float | None:
    try:
        return float(number_text(text))
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _open_words() -> frozenset[str]:
    with (DATA / "reference" / "open_words.csv").open(encoding="utf-8-sig", newline="") as file:
        return frozenset(plain(row["word"]) for row in csv.DictReader(file))


def _open(text: str, here: Offered) -> str | None:
    """`Don't know`, for what says that there is no answer (yet): no data, tbc, a dash."""
    words = _open_words()
    return "dont_know" if text in words or text.strip("-. ?()") in words or not text.strip("-?*. _/") else None


def _pieces(text: str, here: Offered) -> int | str | None:
    """The lowest of the options that stand in a text beside each other or beside a remark: `3 or 4`, `yes (partly)`, `4?`."""
    all_found: set[int] = set()
    for sign in (_COARSE, _FINE):
        pieces = [p for piece in sign.split(text) if (p := piece.strip(" .-'"))]
        found = {code for p in pieces if (code := here.codes.get(p, here.codes.get(number_text(p)))) is not None}
        if len(pieces) > 1 and any(_number(p) is not None for p in pieces):  # also 3.5-4, between options
            found |= {code for p in pieces if _number(p) is not None and (code := _below(p, here)) is not None}
        if len(found) == 1 and min(found) < 0 and not all_found:
            return _status(found.pop())
        all_found |= found
    return _lowest(all_found, here) if all(code >= 0 for code in all_found) else None


def _status(code: int) -> str | None:
    """The word of a status by which the form knows it."""
    return next((status for status, of in STATUS_CODES.items() if int(of) == code), None)


def _numbers(text: str, here: Offered) -> int | None:
    """The option whose number stands in a few words: `level 3`."""
    found = {number_text(n) for n in _NUMBERS.findall(text)}
    codes = {here.codes[n] for n in found if n in here.codes and here.codes[n] >= 0}
    return _lowest(codes, here) if len(codes) == len(found) and len(text.split()) <= 4 else None


def _alike(text: str, here: Offered) -> int | str | None:
    """The option or word whose writing differs by a misspelling only."""
    if sum(map(str.isalpha, text)) < 4:
        return None
    scores: dict[int, float] = {}
    for writing, code in here.codes.items():
        if abs(len(writing) - len(text)) <= 4 and len(writing) >= 3:
            score = SequenceMatcher(None, text, writing).ratio()
            scores[code] = max(score, scores.get(code, 0.0))
    best = sorted(((score, code) for code, score in scores.items()), reverse=True)[:2]
    if not best or best[0][0] < ALIKE or (len(best) > 1 and best[0][0] - best[1][0] < MARGIN):
        return None
    code = best[0][1]
    return code if code >= 0 else _status(code)
