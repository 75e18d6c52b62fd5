"""The files of an instrument's folder: which columns they have and how a cell is read. Loader and check share it."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

#: File -> its columns (required first, optional after the bar). The check and the documentation use this table.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "levels.csv": (("level",), ()),
    "answers.csv": (("answer_set", "option", "value", "level"), ("aliases",)),
    "nodes.csv": (("node", "parent"), ("kind", "submodule", "measure_type", "needs_all")),
    "measures.csv": (("measure", "parent"), ("aspects", "functions", "tags", "references", "target_level")),
    "questions.csv": (("question", "measure", "answer_set"), ("aspect", "function", "tags", "critical", "references")),
    "weights.csv": (("item", "weight"), ()),
    "feedback_links.csv": (("downstream", "upstream"), ()),
    "contradictions.csv": (("question", "at_least", "other", "at_most"), ()),
    "crosswalk.csv": (("from_question", "to_question", "kind"), ("from_instrument", "note")),
}
OPTIONAL_FILES = {"weights.csv", "feedback_links.csv", "contradictions.csv", "crosswalk.csv"}
#: Required columns whose cells may be empty: roots have no parent, a new question no forerunner, a dropped one no heir.
MAY_BE_EMPTY = {("nodes.csv", "parent"), ("crosswalk.csv", "from_question"), ("crosswalk.csv", "to_question")}

#: What a yes-or-no cell (`critical`, `needs_all`) may say.
YES = ("1", "true", "yes")
NO = ("0", "false", "no", "")

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,17})?([eE][+-]?\d{1,2})?|[+-]?\d{1,15}\s*/\s*\d{1,15}")


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file as rows of trimmed text, empty rows left out. Nothing is ever read as missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{(k or "").strip(): (v or "").strip() for k, v in row.items() if k is not None} for row in csv.DictReader(file)]
    return [row for row in rows if any(row.values())]


def number(text: str) -> float:
    """A number written as a decimal or a fraction (`0.5`, `2/3`).

    Raises
    ------
    ValueError
        If the text is neither.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number or a fraction")
    top, bar, bottom = text.partition("/")
    if bar and not int(bottom):
        raise ValueError(f"{text!r} divides by zero")
    return float(Fraction(int(top), int(bottom))) if bar else float(text)


def whole(text: str) -> int:
    """A whole number, also where a spreadsheet wrote `3.0`.

    Raises
    ------
    ValueError
        If the text is not a whole number.
    """
    found = number(text)
    if found != int(found):
        raise ValueError(f"{text!r} is not a whole number")
    return int(found)


def several(text: str) -> tuple[str, ...]:
    """Values separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def text_files(folder: Path) -> list[Path]:
    """The files of words, one a language; what an office program leaves beside them (`~$en.csv`, `._en.csv`) is passed over."""
    return [path for path in sorted((folder / "texts").glob("*.csv")) if not path.name.startswith((".", "~"))]
