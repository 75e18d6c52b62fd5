"""The quick look at a sheet's XML, which holds where it is as Excel, LibreOffice, openpyxl, xlsxwriter and their like write it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from analysis.workbook.formats.cells import MAX_TEXT, SheetLook, note_cell, set_extents

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: Anything in a sheet's data that is written in another way than all usual programs write it.
_UNUSUAL = re.compile(
    rb'<(?!/|c r="|v>|is>|t>(?!\s)|row r="|t xml:space="preserve">|v />|v/>|t/>|f[ >/]|r>|rPr[ >/]|(?:rPh|phoneticPr) |(?:b|i|u|strike|sz|color|'
    rb"rFont|family|charset|scheme|vertAlign|outline|shadow|condense|extend)[ /])"
)
_CELLS = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"([^>]{0,200})>')
_ROWS = re.compile(rb'<row r="([1-9]\d{0,6})"')
_ATTRIBUTES = re.compile(rb'(?: s="\d+")?(?: t="(?:n|s|str|inlineStr|b|e)")?(?: (?:cm|vm|ph)="\d+")* ?/?')
_FORMULA = re.compile(rb"<f[ >/]")
_SPECIAL = re.compile(
    rb'<c r="([A-Z]+\d+)"([^>]{0,200}[^/>]|)>(?:<f(?:\s[^>]{0,500}?)?(/>|>([^<]*)</f>))?(?:<v(?: /|/|[^>]{0,50})>(?:([^<]*)</v>)?)?'
)
#: Bytes of a sheet that are looked at at once.
PIECE = 1_000_000


def regular(title: str, part: str, xml: bytes) -> SheetLook | None:
    """The look at XML as Excel, LibreOffice, openpyxl, xlsxwriter and their like write it; None for any other."""
    start, end = xml.find(b"<sheetData>"), xml.rfind(b"</sheetData>")
    head = xml[: start if start >= 0 else len(xml)]
    if head.count(MAIN) != 1 or b'xmlns="' + MAIN not in head:
        return None
    if start < 0:
        return SheetLook(title, part) if head.find(b"<sheetData/>") >= 0 or b"<sheetData />" in head else None
    if end < 0 or b"sheetData" in xml[end + 12 :]:
        return None
    look, seen = SheetLook(title, part), _Seen()
    for data in _pieces(xml, start + 11, end):
        if not seen.usual(data, look):
            return None
    set_extents(look, seen.rows, seen.columns, seen.cells)
    return look


def _pieces(xml: bytes, start: int, end: int) -> Iterator[bytes]:
    """Whole rows, about a megabyte at a time: the cells of a large sheet would fill the memory if they were listed at once."""
    while start < end:
        cut = xml.find(b'<row r="', start + PIECE, end) if end - start > PIECE else -1
        cut = end if cut < 0 else cut
        yield xml[start:cut]
        start = cut


@dataclass
class _Seen:
    """What the rows seen so far hold."""

    rows: list[int] = field(default_factory=list)
    columns: set[bytes] = field(default_factory=set)
    cells: int = 0
    checked: set[bytes] = field(default_factory=set)

    def usual(self, data: bytes, look: SheetLook) -> bool:
        """Whether some rows are written as all usual programs write them: by increasing number, no cell twice, none out of its row."""
        cells = _CELLS.findall(data)
        if _UNUSUAL.search(data) or data.count(b'<c r="') != len(cells):
            return False
        attributes = {a for _, _, a in cells}
        if not all(map(_ATTRIBUTES.fullmatch, attributes - self.checked)):
            return False
        rows = dict.fromkeys([n for _, n, _ in cells])
        numbers = list(map(int, rows))
        ordered = numbers == sorted(numbers) and (not self.rows or not numbers or numbers[0] > self.rows[-1])
        if not ordered or len({c + n for c, n, _ in cells}) != len(cells) or not rows.keys() <= set(_ROWS.findall(data)):
            return False
        errors = any(b't="e"' in a for a in attributes)
        if errors or b"<f" in data:
            special, formulas = _special(data, errors)
            if sum(found[2] is not None for found in special) != formulas:
                return False
            for found in special:
                note_cell(look, *found)
        if b"<r>" in data and loose(data):
            look.doubts |= {"loose-spaces"}
        self.rows += numbers
        self.columns |= {c for c, _, _ in cells}
        self.cells += len(cells)
        self.checked |= attributes
        return True


def _special(data: bytes, errors: bool) -> tuple[list[tuple[str, str, str | None, str | None]], int]:
    """((cell, type, formula, value) of every cell with a formula or an error, how many formulas there are)."""
    formulas = [m.start() for m in _FORMULA.finditer(data)]
    wrong = [m.start() for m in re.finditer(b't="e"', data)] if errors else []
    found = []
    for start in dict.fromkeys(data.rfind(b'<c r="', max(0, at - 2_000), at) for at in (*formulas, *wrong)):
        m = _SPECIAL.match(data, start) if start >= 0 else None
        if m and (m[3] is not None or b't="e"' in m[2]):
            kind = "e" if b't="e"' in m[2] else "str" if b't="str"' in m[2] else ""
            formula = None if m[3] is None else html.unescape((m[4] or b"").decode("utf-8", "replace"))
            found.append((m[1].decode(), kind, formula, None if m[5] is None else m[5].decode("utf-8", "replace").strip()))
    return found, len(formulas)


def loose(data: bytes) -> bool:
    """Whether a run of text ends with a space that is not marked as kept: calamine drops it, which joins two words."""
    for ending in (b" </t></r>", b"\n</t></r>"):
        at = data.find(ending)
        while at >= 0:
            if data.startswith(b"<t>", data.rfind(b"<t", max(0, at - MAX_TEXT), at)):
                return True
            at = data.find(ending, at + 1)
    return False
