""".xls: the records of its stream are walked for what calamine leaves out without a word, which are errors and formulas."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

import olefile
from openpyxl.utils import get_column_letter

from analysis.workbook.formats.package import ending, unreadable
from analysis.workbook.formats.raw import Book, RawSheet, overlaid
from analysis.workbook.formats.reading import Calamine, ReaderFailed

#: Records of the binary format, by their numbers in [MS-XLS] 2.3; BIFF5 and BIFF8 agree on these.
FORMULA, BOUNDSHEET, FILEPASS, BOOLERR, BOF, EOF, MERGED = 0x06, 0x85, 0x2F, 0x205, 0x809, 0x0A, 0xE5
MAX_RECORDS, MAX_SHEETS, COLUMNS, ROWS = 5_000_000, 500, 256, 65_536
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


@dataclass
class CellLook:
    """What a look at the records of one sheet finds; as in `ooxml.SheetLook`. The text of a formula is not decoded: `=` alone."""

    title: str = ""
    formulas: dict[str, str] = field(default_factory=dict)
    unvalued: set[str] = field(default_factory=set)
    emptied: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)

    def sheet(self, rows: list[tuple]) -> RawSheet:
        """The sheet with what was found laid over it."""
        values = dict.fromkeys((*self.errors, *self.unvalued)) | dict.fromkeys(self.emptied, "")
        return RawSheet(self.title, overlaid(rows, values), self.formulas, self.errors, merges=tuple(self.merges))


def place(row: int, column: int) -> str:
    """`D14` from the numbers 13 and 3."""
    return f"{get_column_letter(min(column, 16_383) + 1)}{row + 1}"


def old_kind(name: str, content: bytes) -> str:
    """What a file of the old container holds: `xls`, or `protected` where a password opens it.

    Raises
    ------
    UnreadableReturn
        If it is damaged, or holds something else (a document, a mail).
    """
    stream = _stream(name, content)
    if stream is None:
        return "protected"
    for number, (kind, _) in enumerate(_records(stream)):
        if kind == FILEPASS:
            return "protected"
        if kind in (BOUNDSHEET, EOF) or number > 200:
            break
    return "xls"


def _stream(name: str, content: bytes) -> bytes | None:
    """The stream of the workbook; None for the container of an encrypted one."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as container:
            if container.exists("EncryptedPackage"):
                return None
            for stream in ("Workbook", "Book"):
                if container.exists(stream):
                    return container.openstream(stream).read()
    except Exception as error:  # olefile raises whatever a broken table of sectors leads it to
        raise unreadable("damaged-workbook", name) from error
    raise unreadable("other-format", name, found=ending(name))


def _records(stream: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """(kind, body) of each record to the end of the part that begins at `start`."""
    depth = 0
    for _ in range(MAX_RECORDS):
        if start + 4 > len(stream):
            return
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, stream[start + 4 : start + 4 + length]
        depth += (kind == BOF) - (kind == EOF)
        if kind == EOF and depth <= 0:
            return
        start += 4 + length


def xls_book(name: str, content: bytes) -> Book:
    """The sheets of an .xls.

    Raises
    ------
    UnreadableReturn
        If it can't be read.
    """
    stream = _stream(name, content) or b""
    try:
        reader = Calamine(content)
        starts = [struct.unpack_from("<I", body)[0] for kind, body in _records(stream) if kind == BOUNDSHEET and len(body) > 7]
        if len(starts) != len(reader.titles) or len(starts) > MAX_SHEETS:
            raise ReaderFailed("sheets")
        looks = [_look(title, stream, start) for title, start in zip(reader.titles, starts, strict=True)]
        return Book([one.sheet(reader.rows(one.title, ROWS, COLUMNS)) for one in looks], (), "calamine")
    except (ReaderFailed, struct.error, IndexError) as error:
        raise unreadable("damaged-workbook", name) from error


def _look(title: str, stream: bytes, start: int) -> CellLook:
    look = CellLook(title)
    for kind, body in _records(stream, start):
        if kind == FORMULA and len(body) >= 16:
            row, column = struct.unpack_from("<HH", body)
            _formula(look, place(row, column), body[6:14], struct.unpack_from("<H", body, 14)[0])
        elif kind == BOOLERR and len(body) >= 8 and body[7]:
            row, column = struct.unpack_from("<HH", body)
            look.errors[place(row, column)] = ERRORS.get(body[6], "#ERROR")
        elif kind == MERGED and len(body) >= 2:
            for i in range(2, min(len(body) - 7, 2 + 8 * struct.unpack_from("<H", body)[0]), 8):
                first, last, left, right = struct.unpack_from("<HHHH", body, i)
                look.merges.append(f"{place(first, left)}:{place(last, right)}")
    return look


def _formula(look: CellLook, cell: str, value: bytes, flags: int) -> None:
    """[MS-XLS] 2.4.127: the value stored with a formula; none where a program asks to have it calculated on opening (bit 1)."""
    look.formulas[cell] = "="
    text = value[6:] == b"\xff\xff"
    if text and value[0] == 2:
        look.errors[cell] = ERRORS.get(value[2], "#ERROR")
    elif flags & 0x2 and (not any(value) or (text and value[0] == 3)):
        look.unvalued.add(cell)
    elif text and value[0] == 3:
        look.emptied.add(cell)
