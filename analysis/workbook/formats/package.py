"""The zip that a workbook is: unpacked once within bounds, and a plain copy of the checked parts for the reader libraries.

No reader library sees the bytes that came in: they get a copy that holds only the parts they need, as they were checked here.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from analysis.model import UnreadableReturn
from analysis.workbook.problems import problem

#: Bounds: bytes of everything unpacked, files inside, bytes unpacked for each byte packed (beyond the first 20 MB).
MAX_UNPACKED, MAX_ENTRIES, MAX_RATIO, SMALL = 250_000_000, 2_000, 250, 20_000_000

_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)
_BROKEN += (KeyError, IndexError, OverflowError)
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_OTHERS = (b"iso-8859-1", b"latin-1", b"windows-1252")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)


@dataclass(frozen=True)
class Package:
    """kind: `xlsx` (and .xlsm), `xlsb` or `ods`. parts: name -> bytes of what a reader needs, XML as UTF-8."""

    kind: str
    parts: Mapping[str, bytes]

    def copy(self, changed: Mapping[str, bytes] | None = None) -> bytes:
        """The checked parts as a workbook of their own, not packed; `changed` parts take the place of others."""
        out, parts = BytesIO(), {**self.parts, **(changed or {})}
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in parts.items():
                archive.writestr(zipfile.ZipInfo(name), data)
        return out.getvalue()


def package(name: str, content: bytes) -> Package:
    """A workbook's parts, every one of them unpacked within bounds, which checks sizes and checksums too.

    Raises
    ------
    UnreadableReturn
        If it is too large, damaged, no workbook, or its XML declares types or entities of its own.
    """
    if (count := content.count(b"PK\x01\x02")) > 2 * MAX_ENTRIES:  # reading so long a directory takes longer than it is worth
        raise unreadable("too-large", name, found=f"{count:,} files", allowed=f"{MAX_ENTRIES:,} files")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _within_bounds(name, entries, len(content))
            kind = _kind(name, archive, {entry.filename for entry in entries})
            return Package(kind, _parts(name, archive, entries, kind))
    except _BROKEN as error:
        raise unreadable("damaged-workbook", name) from error


def _within_bounds(name: str, entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise unreadable("too-large", name, found=f"{len(entries):,} files", allowed=f"{MAX_ENTRIES:,} files")
    if unpacked > MAX_UNPACKED or unpacked > SMALL + MAX_RATIO * packed:
        allowed = min(MAX_UNPACKED, SMALL + MAX_RATIO * packed)
        raise unreadable("too-large", name, found=megabytes(unpacked), allowed=megabytes(allowed))


def _kind(name: str, archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        if any(n.endswith("workbook.bin") for n in names):
            return "xlsb"
        if any(n.startswith("xl/") or n.endswith("workbook.xml") for n in names):
            return "xlsx"
    if "content.xml" in names and "mimetype" in names and b"spreadsheet" in _read(archive, archive.getinfo("mimetype"))[:200]:
        return "ods"
    raise unreadable("other-format", name, found=ending(name))


def _parts(name: str, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], kind: str) -> dict[str, bytes]:
    kept: dict[str, bytes] = {}
    for entry in entries:
        data = _read(archive, entry)
        xml = entry.filename.endswith((".xml", ".rels", ".vml"))
        if xml:
            data = checked_xml(name, data)
        if _needed(entry.filename, kind):
            if entry.filename in kept:  # two readers would read two different workbooks
                raise unreadable("damaged-workbook", name)
            kept[entry.filename] = data
    return kept


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One entry; what declares less than it holds fails its checksum, what declares more is found here."""
    with archive.open(entry) as file:
        data = file.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise zipfile.BadZipFile(entry.filename)
    return data


def _needed(part: str, kind: str) -> bool:
    """Whether a reader needs a part: no macros, pictures, drawings, links to other workbooks, properties or themes."""
    if kind == "ods":
        return part in ("content.xml", "styles.xml", "mimetype", "META-INF/manifest.xml")
    if part.endswith((".xml", ".rels")) or (kind == "xlsb" and part.endswith(".bin")):
        left_out = ("docProps/", "customXml/", "customUI/", "xl/theme/", "xl/drawings/", "xl/charts/", "xl/externalLinks/")
        left_out += (
            "xl/worksheets/_rels/",
            "xl/media/",
            "xl/pivot",
            "xl/comments",
            "xl/threadedComments/",
            "xl/vba",
            "xl/ctrlProps/",
        )
        return not part.startswith((*left_out, "xl/printerSettings/", "xl/embeddings/", "xl/calcChain", "xl/queryTables/"))
    return False


def checked_xml(name: str, xml: bytes) -> bytes:
    """A part's XML as UTF-8, in whatever of the usual encodings it came.

    Raises
    ------
    UnreadableReturn
        If it declares a document type or entities, or its encoding is none that workbooks use.
    """
    declared = _ENCODING.match(xml[:200].lstrip(b"\xef\xbb\xbf \r\n\t"))
    encoding = declared[1].lower() if declared else b"utf-8"
    if b"\0" in xml[:200] or xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        xml = _as_utf8(name, xml, "utf-16" if xml.startswith((b"\xff\xfe", b"\xfe\xff")) else _utf16(xml))
    elif encoding in _OTHERS:
        xml = _as_utf8(name, xml, encoding.decode())
    elif encoding not in _UTF8:
        raise unreadable("damaged-workbook", name)
    if b"<!" in xml and _DOCTYPE.search(xml):
        raise unreadable("damaged-workbook", name)
    return xml


def _utf16(xml: bytes) -> str:
    return "utf-16-be" if xml.startswith(b"\0") else "utf-16-le"


def _as_utf8(name: str, xml: bytes, encoding: str) -> bytes:
    try:
        return _DECLARATION.sub("", xml.decode(encoding)).encode()
    except ValueError as error:
        raise unreadable("damaged-workbook", name) from error


def unreadable(code: str, name: str, **words: str) -> UnreadableReturn:
    """The exception for a file that stops here."""
    return UnreadableReturn((problem(code, name, **words),))


def ending(name: str) -> str:
    """The ending of a file's name, the name where it has none."""
    return name[name.rfind(".") :] if "." in name else name


def megabytes(size: float) -> str:
    """`25.0 MB`."""
    return f"{size / 1e6:.1f} MB"
