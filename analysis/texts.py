"""Languages: the one place that turns a key into words. `data/texts/<lang>.csv` holds a row per key."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from numbers import Integral
from pathlib import Path

from analysis.model import Problem

FOLDER = Path(__file__).resolve().parents[1] / "data" / "texts"
DEFAULT = "en"


@cache
def words(language: str) -> Mapping[str, str]:
    """Key -> text of one language; English stands in for keys a language lacks."""
    found: dict[str, str] = {} if language == DEFAULT else dict(words(DEFAULT))
    path = FOLDER / f"{language}.csv"
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            found.update({row["key"]: row["text"] for row in csv.DictReader(file) if row["text"]})
    return found


def languages() -> list[str]:
    """Languages with a file of texts."""
    return sorted(path.stem for path in FOLDER.glob("*.csv"))


def text(key: str, language: str = DEFAULT, **values: object) -> str:
    """The text of a key with its placeholders filled.

    Raises
    ------
    KeyError
        If no file has the key: a missing text is a bug, found by test, never an empty label.
    """
    found = words(language)[key]
    return found.format(**{name: _said(value) for name, value in values.items()}) if values else found


def _said(value: object) -> object:
    """A value as it stands in a sentence: whole numbers like those of `rounded`. What counts nothing (an id, a year) comes as text."""
    kind = type(value)
    if kind is str or kind is bool:  # by far the most, told apart without the look through the kinds of numbers
        return value
    return f"{value:,}" if kind is int or isinstance(value, Integral) else value


def counted(key: str, n: int, language: str = DEFAULT, **values: object) -> str:
    """The text of `key.one` or `key.other`, with `n` filled in; of `key.zero` for none, where there is one ("None of 16 levels")."""
    form = "one" if n == 1 else "zero" if n == 0 and known(f"{key}.zero", language) else "other"
    return text(f"{key}.{form}", language, n=n, **values)


def once(said: Callable[..., str], *columns: Iterable[object]) -> list[str]:
    """What is said of each row of some columns together, made once for each that occurs however long the table is."""
    made: dict[tuple[object, ...], str] = {}
    for row in (rows := list(zip(*columns, strict=True))):
        if row not in made:
            made[row] = said(*row)
    return [made[row] for row in rows]


def known(key: str, language: str = DEFAULT) -> bool:
    """Whether a key has a text."""
    return key in words(language)


def word(kind: str, value: str, language: str = DEFAULT) -> str:
    """The word for a value of a vocabulary (`word("tag", "border")`), the value itself for one we do not know."""
    return words(language).get(f"{kind}.{value}", value.replace("_", " ") if value else "")


def problem_sentence(problem: Problem, language: str = DEFAULT) -> str:
    """A problem in words, for a table that names its place beside it: what was found, what is allowed, what to do, what was meant."""
    said = text(f"problem.{problem.code}", language, found=problem.found, allowed=problem.allowed, question=problem.question)
    return f"{said} {text('suggestion.perhaps', language, suggestion=problem.suggestion)}" if problem.suggestion else said


def rounded(value: object, places: int = 1) -> str:
    """A number as it is printed, everywhere: `1,234.5`, half up (a fall rounds like a rise of the same size), never "-0.0"; a dash for NA."""
    try:
        number = float(value)
    except TypeError:  # None and pandas' NA
        return "–"
    if math.isnan(number):
        return "–"
    scaled = math.floor(abs(number) * 10**places + 0.5 + 1e-9)
    return f"{'-' if number < 0 and scaled else ''}{scaled / 10**places:,.{places}f}"


def percent(share: object, places: int = 0) -> str:
    """A share of 0-1 as it is printed, everywhere: `33 %`; a dash for NA."""
    told = rounded(share if share is None else share * 100, places)
    return told if told == "–" else f"{told} %"


def trimmed(value: object) -> str:
    """A number that was set, not measured (a target, a slider), as a person writes it: `60`, `62.5`; a dash for NA."""
    return rounded(value).removesuffix(".0")


def money(thousands: float, language: str = DEFAULT) -> str:
    """An amount of thousands as it is printed: `250 thousand US dollars`, `1.25 million US dollars`; a step of the budget is told exactly."""
    if not math.isfinite(thousands):
        return text("portfolio.money.none", language)
    if abs(thousands) < 999.5:
        return text("portfolio.money.thousand", language, amount=rounded(thousands, 0))
    return text("portfolio.money.million", language, amount=rounded(thousands / 1000, 2).rstrip("0").rstrip("."))


def problem_message(problem: Problem, language: str = DEFAULT) -> str:
    """A problem in one sentence with its place in front."""
    return f"{problem.place}: {problem_sentence(problem, language)}"
