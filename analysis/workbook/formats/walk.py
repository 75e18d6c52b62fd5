"""The slow look at a sheet's XML: by an XML parser, cell by cell, whatever way it is written in."""

from __future__ import annotations

import re
from xml.parsers import expat

from openpyxl.utils import get_column_letter

from analysis.workbook.formats.cells import MAX_SLOW, SheetLook, TooManyCells, note_cell, set_extents


def walked(title: str, part: str, xml: bytes) -> SheetLook:
    """The same by an XML parser, cell by cell. Whatever needs this is read by openpyxl, and by calamine too where that is safe."""
    walk = _Walk(SheetLook(title, part, doubts=frozenset({"unusual-xml"})))
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = walk.start, walk.end, walk.text
    parser.Parse(xml, True)
    columns = {get_column_letter(c).encode() for c in walk.columns}
    set_extents(walk.look, sorted(walk.rows), columns, walk.cells)
    return walk.look


class _Walk:
    """Cells of one sheet as an XML parser meets them."""

    def __init__(self, look: SheetLook):
        self.look = look
        self.row = self.column = self.cells = 0
        self.rows: set[int] = set()
        self.columns: set[int] = set()
        self.cell, self.kind = "", ""
        self.formula: str | None = None
        self.value: str | None = None
        self.inside = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rsplit(" ", 1)[-1]
        if tag == "row":
            self.row, self.column = _number(attributes.get("r"), self.row + 1), 0
        elif tag == "c":
            self.place(attributes.get("r", "").strip().upper())
            self.kind, self.formula, self.value = attributes.get("t", "").strip(), None, None
        elif tag in ("f", "v") and self.cell:
            self.inside = tag
            setattr(self, "formula" if tag == "f" else "value", "")

    def place(self, reference: str) -> None:
        match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
        if match:
            self.column = sum((ord(c) - 64) * 26**i for i, c in enumerate(reversed(match[1])))
            row = int(match[2])
        else:
            self.column, row = self.column + 1, self.row or 1
        if self.column > 16_384 or row > 1_048_576 or self.cells >= MAX_SLOW:
            raise TooManyCells(self.cells)
        self.rows.add(row)
        self.columns.add(self.column)
        self.cells += 1
        self.cell = f"{get_column_letter(self.column)}{row}"

    def text(self, text: str) -> None:
        if self.inside == "f":
            self.formula += text
        elif self.inside == "v":
            self.value += text

    def end(self, tag: str) -> None:
        tag = tag.rsplit(" ", 1)[-1]
        if tag in ("f", "v"):
            self.inside = ""
        elif tag == "c":
            if self.formula is not None or self.kind == "e":
                note_cell(self.look, self.cell, self.kind, self.formula, (self.value or "").strip() or None)
            self.cell = ""


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.strip().isdigit() and len(text) < 9 else otherwise
