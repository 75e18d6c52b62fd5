"""The heading of a table: over one row or several, merged or not, wherever it stands this year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping.model import ANY_SHEET, EVERY_SHEET, HEADER_SCAN, TableMapping
from analysis.workbook.values import cell_text, plain

JOINED = " / "
MOST_COLUMNS = 2_000
NEAR = 100  # rows below a heading that tell how wide its table is
_PLACE = re.compile(r"\[\s*(?:(sheet)|([A-Za-z]{1,3})(\d{1,7})?)\s*\]", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """The heading of one column: its texts from top to bottom with the cells they stand in."""

    position: int
    parts: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """All of it: `2026 / IED.U1.1`."""
        return JOINED.join(text for text, _ in self.parts)

    @property
    def letter(self) -> str:
        """The column's letter."""
        return get_column_letter(self.position + 1)


@dataclass(frozen=True)
class Place:
    """A place in brackets: a column (`[D]`), a cell (`[B3]`) or the sheet's title (`[sheet]`)."""

    column: int = -1
    row: int = 0

    @property
    def cell(self) -> str:
        """`B3`; empty where it is no cell."""
        return f"{get_column_letter(self.column + 1)}{self.row}" if self.row else ""


def place_of(reference: str) -> Place | None:
    """What a reference in brackets points at; None where it is a heading's text."""
    match = _PLACE.fullmatch(reference.strip())
    if not match:
        return None
    if match[1]:
        return Place()
    try:
        return Place(column_index_from_string(match[2].upper()) - 1, int(match[3] or 0))
    except ValueError:
        return None


def heads_at(rows: Sequence[tuple], first: int, depth: int) -> list[Head]:
    """The headings that `depth` rows from the row `first` (counted from 0) make.

    A merged cell keeps its text in its first column only: the text of an upper row holds for the columns to its right as long as
    they have a text of their own below it and none beside it.
    """
    band = [rows[i] for i in range(first, min(first + depth, len(rows)))]
    width = min(max(map(len, rows[first : first + depth + NEAR]), default=0), MOST_COLUMNS)
    found: list[list[tuple[str, str]]] = [[] for _ in range(width)]
    for level, row in enumerate(band):
        below = band[level + 1 :]
        held: tuple[str, str] | None = None
        for position in range(width):
            text = _text_at(row, position)
            own_below = any(_text_at(lower, position) for lower in below)
            if text:
                here = (text, f"{get_column_letter(position + 1)}{first + level + 1}")
                held = here if own_below else None
                found[position].append(here)
            elif held and own_below:
                found[position].append(held)
            elif not own_below:
                held = None
    return [Head(position, tuple(dict.fromkeys(parts))) for position, parts in enumerate(found)]


def _text_at(row: Sequence[object], position: int) -> str:
    return " ".join(cell_text(row[position]).split()) if position < len(row) else ""


def named(reference: str, heads: Sequence[Head]) -> list[Head]:
    """The columns a reference names: the whole heading, else its lowest text, else any text of it; or the column in brackets."""
    wanted, place = plain(reference), place_of(reference)
    if not wanted:
        return []
    for texts_of in (lambda h: (h.text,), lambda h: (h.parts[-1][0],), lambda h: [t for t, _ in h.parts]):
        found = [head for head in heads if head.parts and wanted in map(plain, texts_of(head))]
        if found:
            return found
    if place and place.column >= 0 and not place.row:
        return [head for head in heads if head.position == place.column]
    return []


@dataclass(frozen=True)
class Heading:
    """Where a heading was found: its first row (from 0), how many rows it takes, its columns, and the share of the wanted texts in it."""

    first: int
    depth: int
    heads: tuple[Head, ...]
    share: float


def wanted_texts(mapping: TableMapping) -> list[str]:
    """The headings by which a mapping knows its table."""
    return [text for text in mapping.columns.values() if text and place_of(text) is None]


def heading(mapping: TableMapping, rows: Sequence[tuple], begin: int = 0, end: int | None = None) -> Heading:
    """The heading of a mapping's table: where the mapping says if its texts stand there, else where most of them stand."""
    wanted, said = wanted_texts(mapping), mapping.header_row - 1
    end = len(rows) if end is None else end
    best = _heading(mapping, rows, max(said, begin), wanted)
    if wanted:
        tries = range(begin, min(end, begin + HEADER_SCAN)) if best.share < 1 or said >= end else ()
        for first in tries:
            here = _heading(mapping, rows, first, wanted)
            if here.share > best.share:
                best = here
    return best


def _heading(mapping: TableMapping, rows: Sequence[tuple], first: int, wanted: Sequence[str]) -> Heading:
    """The heading that begins at a row. Where the texts stand higher than the mapping's rows reach, the row below is no heading."""
    for depth in range(mapping.header_rows, 0, -1):
        heads = tuple(heads_at(rows, first, depth))
        found = [named(text, heads) for text in wanted]
        key = mapping.columns.get("iso3" if mapping.layout == "states_down" else "question", "")
        lead = named(key, heads)
        if depth == 1 or not lead or plain(key) in (plain(lead[0].text), plain(lead[0].parts[-1][0] if lead[0].parts else key)):
            break
    share = sum(map(bool, found)) / len(wanted) if wanted else float(any(head.parts for head in heads))
    return Heading(first, depth, heads, share)


def chosen_sheets(mapping: TableMapping, sheets: Sequence[RawSheet]) -> list[tuple[RawSheet, float]]:
    """The sheets a mapping reads, with how well each fits (0-1). A sheet of its title comes first; else the one that fits best."""
    if mapping.sheet not in (ANY_SHEET, EVERY_SHEET):
        of_title = [sheet for sheet in sheets if plain(sheet.title) == plain(mapping.sheet)]
        if of_title:
            return [(of_title[0], fit(mapping, of_title[0]))]
    fitting = [(sheet, fit(mapping, sheet)) for sheet in sheets]
    if mapping.sheet == EVERY_SHEET:
        return [(sheet, share) for sheet, share in fitting if share == 1.0] or _best(fitting)
    return _best(fitting)


def _best(fitting: list[tuple[RawSheet, float]]) -> list[tuple[RawSheet, float]]:
    return [max(fitting, key=lambda pair: pair[1])] if fitting else []


def fit(mapping: TableMapping, sheet: RawSheet) -> float:
    """How well a sheet fits a mapping: the share (0-1) of the mapping's headings that stand in one heading of the sheet."""
    return heading(mapping, sheet.rows).share if any(map(any, sheet.rows)) else 0.0


def fits(mapping: TableMapping, sheets: Sequence[RawSheet]) -> float:
    """How well the best sheet of a file fits a mapping, 0-1; 1 means that every heading was found."""
    return max((share for _, share in chosen_sheets(mapping, sheets)), default=0.0)


def value_at(sheet: RawSheet, place: Place) -> object:
    """What stands in a cell, or the sheet's title."""
    if place.column < 0:
        return sheet.title
    row = sheet.rows[place.row - 1] if 0 < place.row <= len(sheet.rows) else ()
    return row[place.column] if place.column < len(row) else None


def reference_of(head: Head, heads: Sequence[Head]) -> str:
    """How a mapping names a column: by its heading's text, by its letter where that is empty or stands twice."""
    for text in (head.text, head.parts[-1][0] if head.parts else ""):
        if text and place_of(text) is None and [h.position for h in named(text, heads)] == [head.position]:
            return text
    return f"[{head.letter}]"
