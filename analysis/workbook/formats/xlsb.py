""".xlsb: the records of its sheets are walked for errors, formulas and cells far away before calamine reads them."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator
from xml.etree.ElementTree import fromstring

from analysis.model import Problem
from analysis.workbook.formats.cells import MAX_AREA, MAX_COLUMNS, MAX_GAP, MAX_ROWS, MAX_SHEETS
from analysis.workbook.formats.ooxml import BROKEN
from analysis.workbook.formats.package import Package, unreadable
from analysis.workbook.formats.raw import Book
from analysis.workbook.formats.reading import Calamine, ReaderFailed
from analysis.workbook.formats.xls import ERRORS, CellLook, place
from analysis.workbook.problems import problem

#: Records by their numbers in [MS-XLSB] 2.3.
ROW, BLANK, ERROR, FMLA_STRING, FMLA_ERROR, RICH = 0, 1, 3, 8, 11, 62
BEGIN_DATA, END_DATA, SHEET, MERGE = 145, 146, 156, 176
MAX_RECORDS = 20_000_000


def records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(kind, start of the body, its end) of each record; the next begins where the body ends."""
    at, size = 0, len(data)
    for _ in range(MAX_RECORDS):
        if at >= size:
            return
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:
                break
        if at + length > size:
            raise IndexError("a record breaks off")
        yield kind, at, at + length
        at += length


def xlsb_book(name: str, parts: Package) -> Book:
    """The sheets of an .xlsb.

    Raises
    ------
    UnreadableReturn
        If it can't be read, or its cells lie too far apart.
    """
    try:
        looks: list[tuple[CellLook, int, int]] = []
        changed: dict[str, bytes] = {}
        noted: list[Problem] = []
        for title, part in _sheets(parts):
            look, rows, columns, far, cut = _look(title, parts.parts[part])
            looks.append((look, rows, columns))
            if far:
                noted.append(problem("far-cells-not-read", name, title, found=far))
                changed[part] = cut
        if any(rows * columns > MAX_AREA for _, rows, columns in looks):
            rows, columns = max((r, c) for _, r, c in looks)
            raise unreadable("too-large", name, found=f"{rows:,} x {columns:,}", allowed=f"{MAX_AREA:,}")
        reader = Calamine(parts.copy(changed))
        sheets = [
            look.sheet(reader.rows(look.title, min(rows, MAX_ROWS), min(columns, MAX_COLUMNS))) for look, rows, columns in looks
        ]
        return Book(sheets, tuple(noted), "calamine")
    except (*BROKEN, ReaderFailed, struct.error) as error:
        raise unreadable("damaged-workbook", name) from error


def _sheets(parts: Package) -> list[tuple[str, str]]:
    """(title, part) of the worksheets, in the workbook's order."""
    targets = {
        r.get("Id"): posixpath.normpath(posixpath.join("/xl", r.get("Target", ""))).lstrip("/")
        for r in fromstring(parts.parts["xl/_rels/workbook.bin.rels"])
        if r.get("Type", "").endswith("/worksheet")
    }
    found = []
    data = parts.parts["xl/workbook.bin"]
    for kind, start, end in records(data):
        if kind == SHEET:
            relation, at = _wide(data, start + 8, end)
            title, _ = _wide(data, at, end)
            if relation in targets:
                found.append((title, targets[relation]))
    if len(found) > MAX_SHEETS:
        raise ValueError("too many sheets")
    return found


def _wide(data: bytes, at: int, end: int) -> tuple[str, int]:
    """A text with its length in front, and where it ends."""
    length = struct.unpack_from("<I", data, at)[0]
    if length == 0xFFFFFFFF:
        return "", at + 4
    if at + 4 + 2 * length > end:
        raise IndexError("a text breaks off")
    return data[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace"), at + 4 + 2 * length


def _look(title: str, data: bytes) -> tuple[CellLook, int, int, str, bytes]:
    """(look, rows, columns, first cell too far down or "", the sheet without what lies there)."""
    look = CellLook(title)
    row = last = columns = 0
    header, cut, far = 0, -1, ""
    inside, before = False, 0
    for kind, start, end in records(data):
        if kind == BEGIN_DATA:
            inside = True
        elif kind == END_DATA:
            inside = False
            if cut >= 0:
                data = data[:cut] + data[before:]
                break
        elif kind == ROW and inside:
            row, header = struct.unpack_from("<I", data, start)[0], before
        elif (inside and BLANK < kind <= FMLA_ERROR) or (inside and kind == RICH):
            column = struct.unpack_from("<I", data, start)[0]
            if cut < 0 and (row - last > MAX_GAP or row >= MAX_ROWS):
                far, cut = place(row, column), header
            if cut < 0:
                last, columns = row, max(columns, column + 1)
                if kind in (ERROR, FMLA_ERROR) or (kind >= FMLA_STRING and kind != RICH):
                    _note(look, place(row, column), kind, data[start + 8 : end])
        elif kind == MERGE:
            first, final, left, right = struct.unpack_from("<IIII", data, start)
            if len(look.merges) < 5_000 and final < MAX_ROWS:
                look.merges.append(f"{place(first, left)}:{place(final, right)}")
        before = end
    return look, last + 1, columns, far, data


def _note(look: CellLook, cell: str, kind: int, value: bytes) -> None:
    if kind >= FMLA_STRING:
        look.formulas[cell] = "="
        if kind == FMLA_STRING and value[:4] == b"\0\0\0\0":
            look.emptied.add(cell)
    if kind in (ERROR, FMLA_ERROR):
        look.errors[cell] = ERRORS.get(value[0], "#ERROR") if value else "#ERROR"
