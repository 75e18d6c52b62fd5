"""A look at the bytes before anything parses them: what kind of file is this, and is it safe to open?"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO

from analysis.model import UnreadableReturn
from analysis.workbook.problems import problem

#: Bounds: bytes of a file, bytes of everything in it unpacked, files inside it.
MAX_BYTES, MAX_UNPACKED, MAX_ENTRIES = 25_000_000, 250_000_000, 2_000

OLE2, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_OTHER = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"<!DOCTYPE", b"<html", b"\x1f\x8b")


_INLINE = re.compile(rb't="inlineStr"([^<>]*)><is><t(?: xml:space="preserve")?>([^<]+)</t></is></c>')


@dataclass(frozen=True)
class Look:
    """kind: `workbook` or `table` (a text file). entries: name -> unpacked bytes of a workbook's sheets."""

    kind: str
    entries: dict[str, bytes] = field(default_factory=dict, repr=False)


def look(name: str, content: bytes) -> Look:
    """What a file is, by its bytes and not by its name.

    Raises
    ------
    UnreadableReturn
        If it is empty, a lock file, too large, password-protected, damaged, or of another kind.
    """
    if name.rsplit("/", 1)[-1].startswith("~$"):
        raise _unreadable("lock-file", name)
    if not content:
        raise _unreadable("empty-file", name)
    if len(content) > MAX_BYTES:
        raise _unreadable("too-large", name, found=_megabytes(len(content)), allowed=_megabytes(MAX_BYTES))
    if content.startswith(OLE2):
        raise _unreadable("protected-or-old-workbook", name)
    if content.startswith(ZIP):
        return Look("workbook", _sheets(name, content))
    if content.lstrip()[:15].upper().startswith(tuple(magic.upper() for magic in _OTHER)):
        raise _unreadable("other-format", name, found=_ending(name))
    return Look("table")


def _sheets(name: str, content: bytes) -> dict[str, bytes]:
    """The sheets' XML; every entry is unpacked once within bounds, which also checks its CRC."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
                raise _unreadable("too-large", name, found=_megabytes(unpacked), allowed=_megabytes(MAX_UNPACKED))
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
                raise _unreadable("other-format", name, found=_ending(name))
            sheets = {}
            for entry in entries:
                xml = archive.read(entry)
                if entry.filename.endswith((".xml", ".rels")) and re.search(rb"<!(DOCTYPE|ENTITY)", xml[:4000], re.I):
                    raise _unreadable("damaged-workbook", name)
                if entry.filename.startswith("xl/worksheets/"):
                    sheets[entry.filename] = xml
            return sheets
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise _unreadable("damaged-workbook", name) from error


def with_plain_strings(content: bytes, sheets: dict[str, bytes]) -> bytes:
    """The same workbook with texts inside cells written as values, which openpyxl reads several times faster.

    Programs write texts either way; only unformatted ones are rewritten, and only in the copy that is parsed.
    """
    if not any(b"inlineStr" in xml for xml in sheets.values()):
        return content
    copy = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for entry in source.infolist():
            xml = sheets.get(entry.filename)
            data = source.read(entry) if xml is None else _INLINE.sub(rb't="str"\1><v>\2</v></c>', xml)
            target.writestr(entry.filename, data)
    return copy.getvalue()


def _unreadable(code: str, name: str, **words: str) -> UnreadableReturn:
    return UnreadableReturn((problem(code, name, **words),))


def _ending(name: str) -> str:
    return name[name.rfind(".") :] if "." in name else name


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
