""".ods: its XML is walked for errors, formulas and repeated cells that would fill the memory, before calamine reads it."""

from __future__ import annotations

import re
from xml.parsers import expat

from openpyxl.utils import get_column_letter

from analysis.workbook.formats.cells import MAX_AREA, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS
from analysis.workbook.formats.ooxml import BROKEN
from analysis.workbook.formats.package import Package, unreadable
from analysis.workbook.formats.raw import Book
from analysis.workbook.formats.reading import Calamine, ReaderFailed
from analysis.workbook.formats.xls import CellLook

_ERROR = re.compile(r"#(?:REF|N/A|VALUE|DIV/0|NAME|NUM|NULL)[!?]?|Err:\d{3}")
#: Cells of one repeated group that are noted one by one.
MAX_NOTED = 1_000
#: Spaces that may be written as a number of spaces.
MAX_SPACES = 1_000_000


def ods_book(name: str, parts: Package) -> Book:
    """The sheets of an .ods.

    Raises
    ------
    UnreadableReturn
        If it can't be read, is protected by a password, or its cells lie too far apart.
    """
    if b"encryption-data" in parts.parts.get("META-INF/manifest.xml", b""):
        raise unreadable("protection-unknown", name)
    try:
        walk = _walked(parts.parts["content.xml"])
        for rows, columns in walk.sizes:
            if rows * columns > MAX_AREA:
                raise unreadable("too-large", name, found=f"{rows:,} x {columns:,}", allowed=f"{MAX_AREA:,}")
        reader = Calamine(parts.copy())
        if reader.titles != [look.title for look in walk.looks] or len(walk.looks) > MAX_SHEETS:
            raise ReaderFailed("sheets")
        sheets = [
            look.sheet(reader.rows(look.title, min(rows, MAX_ROWS), min(columns, MAX_COLUMNS)))
            for look, (rows, columns) in zip(walk.looks, walk.sizes, strict=True)
        ]
        return Book(sheets, (), "calamine")
    except (*BROKEN, ReaderFailed) as error:
        raise unreadable("damaged-workbook", name) from error


def _walked(xml: bytes) -> _Walk:
    walk = _Walk()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = walk.start, walk.end, walk.text
    parser.Parse(xml, True)
    return walk


class _Walk:
    """Tables, rows and cells as an XML parser meets them, repeated ones counted and not laid out."""

    def __init__(self) -> None:
        self.looks: list[CellLook] = []
        self.sizes: list[tuple[int, int]] = []
        self.depth = self.row = self.column = self.repeated_rows = 0
        self.cell: dict[str, str] | None = None
        self.shown: list[str] = []
        self.paragraph = False
        self.note = self.spaces = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.depth += 1
            if self.depth == 1:
                self.looks.append(CellLook(attributes.get("table:name", "")))
                self.sizes.append((0, 0))
                self.row = 0
        elif self.depth != 1:
            return
        elif tag == "table:table-row":
            self.repeated_rows, self.column = _count(attributes, "table:number-rows-repeated"), 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.cell, self.shown, self.paragraph = attributes, [], False
        elif tag == "office:annotation":
            self.note += 1
        elif tag == "text:s":
            self.spaces += _count(attributes, "text:c")
            if self.spaces > MAX_SPACES:
                raise ValueError("spaces without end")
        elif tag == "text:p" and not self.note:
            if self.paragraph and self.cell is not None:
                self.shown.append("\n")
            self.paragraph = True

    def text(self, text: str) -> None:
        if self.cell is not None and not self.note and len(self.shown) < 1_000:
            self.shown.append(text)

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self.depth -= 1
        elif self.depth != 1:
            return
        elif tag == "table:table-row":
            self.row += self.repeated_rows
        elif tag == "office:annotation":
            self.note -= 1
        elif tag in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            self.close(self.cell, "".join(self.shown).strip())
            self.cell = None

    def close(self, cell: dict[str, str], shown: str) -> None:
        """One cell, or so many equal ones, at its end."""
        look, repeated = self.looks[-1], _count(cell, "table:number-columns-repeated")
        kind, formula = cell.get("office:value-type", ""), cell.get("table:formula")
        if kind or formula is not None or shown:
            rows, columns = self.sizes[-1]
            self.sizes[-1] = max(rows, self.row + self.repeated_rows), max(columns, self.column + repeated)
            error = cell.get("calcext:value-type") == "error" or (
                _ERROR.fullmatch(shown) is not None and (formula is not None or kind != "string")
            )
            if formula is not None or error:
                for place in self.places(repeated):
                    if error:
                        look.errors[place] = shown or "#ERROR"
                    if formula is not None:
                        look.formulas[place] = "=" + formula.removeprefix("of:").removeprefix("=")
                        if not shown and not error:  # an empty paragraph is an empty text; a value has a type
                            (look.emptied if kind == "string" or (self.paragraph and not kind) else look.unvalued).add(place)
        spanned = _count(cell, "table:number-columns-spanned"), _count(cell, "table:number-rows-spanned")
        if spanned != (1, 1) and len(look.merges) < 5_000 and max(spanned) <= MAX_ROWS:
            first = f"{_letter(self.column)}{self.row + 1}"
            look.merges.append(f"{first}:{_letter(self.column + spanned[0] - 1)}{self.row + spanned[1]}")
        self.column += repeated

    def places(self, repeated: int) -> list[str]:
        """The cells that a repeated cell stands for."""
        rows, columns = min(self.repeated_rows, MAX_NOTED), min(repeated, MAX_NOTED)
        cells = [(r, c) for r in range(rows) for c in range(columns)][:MAX_NOTED]
        return [f"{_letter(self.column + c)}{self.row + r + 1}" for r, c in cells]


def _letter(column: int) -> str:
    return get_column_letter(min(column, 16_383) + 1)


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isdigit() and len(text) < 9 else 1 if len(text) < 9 else 10**9
