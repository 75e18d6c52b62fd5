"""A look at the bytes before anything parses them: what kind of file is this, and is it small enough to open?"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.workbook.formats.package import ending, megabytes, unreadable
from analysis.workbook.formats.xls import old_kind

#: Bytes of a file.
MAX_BYTES = 25_000_000

OLE2, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_OTHER = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
    b"<!DOCTYPE",
    b"<html",
    b"<?xml",
    b"\x1f\x8b",
    b"GIF8",
)
_OTHER = tuple(magic.upper() for magic in _OTHER)


@dataclass(frozen=True)
class Look:
    """kind: `zip` (.xlsx, .xlsm, .xlsb, .ods), `xls`, `protected` (by a password) or `text`."""

    kind: str


def look(name: str, content: bytes) -> Look:
    """What a file is, by its bytes and not by its name.

    Raises
    ------
    UnreadableReturn
        If it is empty, a lock file, too large, or of a kind that holds no return.
    """
    if name.rsplit("/", 1)[-1].startswith("~$"):
        raise unreadable("lock-file", name)
    if not content:
        raise unreadable("empty-file", name)
    if len(content) > MAX_BYTES:
        raise unreadable("too-large", name, found=megabytes(len(content)), allowed=megabytes(MAX_BYTES))
    if content.startswith(ZIP):
        return Look("zip")
    if content.startswith(OLE2):
        return Look(old_kind(name, content))
    if content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(_OTHER):
        raise unreadable("other-format", name, found=ending(name))
    return Look("text")
