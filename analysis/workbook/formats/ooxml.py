"""A look at the sheets of an .xlsx or .xlsm: where its cells are, which hold formulas and errors, and whether calamine may be asked.

calamine 0.9.1 loses error values and formulas without a word, stops at an error word or an extension it does not know, takes a number
up to a comment inside it, decodes `_x000D_` by itself and ends its whole process on a few cells far apart. The look supplies the first
two; all else raises a doubt: then openpyxl reads, and calamine is asked too where that can do no harm.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError, fromstring
from xml.parsers import expat

from analysis.workbook.formats.cells import MAX_SHEETS, SheetLook, TooManyCells
from analysis.workbook.formats.package import Package
from analysis.workbook.formats.regular import MAIN, loose, regular
from analysis.workbook.formats.walk import walked

STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_NAMES = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", MAIN),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
#: Bytes that texts stored once may come to when each is laid out in every cell that uses it.
MAX_TEXTS = 300_000_000
_SHARED = re.compile(rb't="s"[^>]{0,200}><v>(\d{1,9})</v>')
_LEADING = re.compile(rb"<t>\s")
_MERGES = re.compile(rb'<mergeCell\s[^>]{0,200}?ref="([A-Z]+\d+:[A-Z]+\d+)"')
MAX_MERGES = 5_000
BROKEN = (ParseError, expat.ExpatError, KeyError, ValueError, IndexError, TypeError, AttributeError)


@dataclass(frozen=True)
class OoxmlLook:
    """The look at a workbook: its sheets, and the parts that changed for the copy that is parsed."""

    sheets: list[SheetLook]
    changed: Mapping[str, bytes]
    doubts: frozenset[str]


def ooxml_look(found: Package) -> OoxmlLook:
    """The look at an .xlsx or .xlsm.

    Raises
    ------
    ParseError, ExpatError, KeyError, ValueError
        If its XML is broken, or parts that it names are missing.
    TooManyCells
        If it holds more than is read of such a workbook.
    """
    changed = _transitional(found)
    parts = {**found.parts, **changed}
    book, rels = _workbook(parts)
    recalculated = b'fullCalcOnLoad="1"' in parts[book]
    if _texts_grow(parts):
        raise TooManyCells(MAX_TEXTS)
    sheets = []
    for title, target, kind in rels:
        if kind not in ("worksheet", ""):  # a sheet of a chart, a dialog or macros
            continue
        if target not in parts:
            raise KeyError(target)
        sheets.append(sheet_look(title, target, parts[target], recalculated))
    doubts = set()
    if book != "xl/workbook.xml" or any(not s.part.startswith("xl/worksheets/") for s in sheets):
        doubts.add("other-places")
    shared = parts.get("xl/sharedStrings.xml", b"")
    if b"<r>" in shared and (loose(shared) or _LEADING.search(shared)):
        doubts.add("loose-spaces")
    return OoxmlLook(sheets, changed, frozenset(doubts))


def _transitional(found: Package) -> dict[str, bytes]:
    """Parts of a Strict workbook with the names that readers know; openpyxl finds no sheet by the other names."""
    changed = {}
    for part, data in found.parts.items():
        if part.endswith((".xml", ".rels")) and STRICT in data[:8000] + data[-2000:] and part != "[Content_Types].xml":
            for strict, usual in _STRICT_NAMES:
                data = data.replace(strict, usual)
            changed[part] = data
    return changed


def _workbook(parts: Mapping[str, bytes]) -> tuple[str, list[tuple[str, str, str]]]:
    """(path of the workbook's part, its sheets as (title, path, kind)) in their order."""
    roots = fromstring(parts["_rels/.rels"]) if "_rels/.rels" in parts else ()
    book = next(
        (r.get("Target", "").lstrip("/") for r in roots if r.get("Type", "").endswith("/officeDocument")), "xl/workbook.xml"
    )
    folder, name = posixpath.split(book)
    targets = {
        r.get("Id"): (_resolved(folder, r.get("Target", "")), r.get("Type", "").rsplit("/", 1)[-1])
        for r in fromstring(parts[posixpath.join(folder, "_rels", name + ".rels")])
        if r.get("TargetMode") != "External"
    }
    found = []
    for element in fromstring(parts[book]).iter():
        if element.tag.rsplit("}", 1)[-1] == "sheet":
            relation = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            found.append((element.get("name", ""), *targets.get(relation, ("", ""))))
    if len(found) > MAX_SHEETS:
        raise ValueError("too many sheets")
    return book, found


def _resolved(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _texts_grow(parts: Mapping[str, bytes]) -> bool:
    """Whether texts that are stored once and used often would outgrow the memory when each cell gets its own."""
    texts = [len(piece) for piece in parts.get("xl/sharedStrings.xml", b"").split(b"</si>")]
    sheets = [xml for part, xml in parts.items() if part != "xl/sharedStrings.xml" and b"sheetData" in xml]
    if (
        max(texts) * sum(xml.count(b"<c ") + xml.count(b"<c>") + xml.count(b":c ") + xml.count(b":c>") for xml in sheets)
        < MAX_TEXTS
    ):
        return False
    counts = Counter(m[1] for xml in sheets for m in _SHARED.finditer(xml))
    if sum(counts.values()) < sum(xml.count(b't="s"') + xml.count(b"t='s'") for xml in sheets):
        return True
    return sum(texts[int(n)] * times for n, times in counts.items() if int(n) < len(texts)) > MAX_TEXTS


def sheet_look(title: str, part: str, xml: bytes, recalculated: bool = False) -> SheetLook:
    """The look at one sheet: quick where its XML is as all usual programs write it, by an XML parser where it is not.

    recalculated: the program that wrote the workbook calculated nothing, so that a stored 0 is no value (xlsxwriter).
    """
    look = regular(title, part, xml) or walked(title, part, xml)
    if recalculated:
        zeros = {cell for cell, value in look.formulas.items() if value.startswith("0")}
        look.unvalued |= zeros
    look.formulas = {cell: "=" + value[1:] for cell, value in look.formulas.items()}
    if b"mergeCell" in xml[xml.rfind(b"sheetData>") :]:
        merges = (m[1].decode() for m in _MERGES.finditer(xml, max(xml.rfind(b"sheetData>"), 0)))
        look.merges = tuple(m for _, m in zip(range(MAX_MERGES), merges, strict=False))
    return look
