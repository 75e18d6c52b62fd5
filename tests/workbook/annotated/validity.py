"""What Excel refuses to open, or offers to repair: a check of a package's structure, as far as it can be done without Excel.

Sources: ECMA-376 part 1 (order of CT_Worksheet's children, 18.3.1.99; CT_Workbook's, 18.2.27), part 2 (content types, relations).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from io import BytesIO
from xml.etree import ElementTree as ET

WORKSHEET = (  # noqa: SIM905
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios autoFilter "
    "sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks "
    "printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags "
    "drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst"
).split()
WORKBOOK = (  # noqa: SIM905
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences definedNames calcPr "
    "oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing fileRecoveryPr webPublishObjects extLst"
).split()
_RELATIONS = re.compile(
    r"\{http://(schemas\.openxmlformats\.org/officeDocument/2006|purl\.oclc\.org/ooxml/officeDocument)/relationships\}"
)


def parts_of(content: bytes) -> dict[str, bytes]:
    """Every part by its name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def faults(content: bytes) -> list[str]:
    """Everything that is wrong with a workbook's package; empty for one that is whole."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        twice = [name for name, n in Counter(n.casefold() for n in archive.namelist()).items() if n > 1]
        bad = archive.testzip()
    parts = parts_of(content)
    found = [f"{name} stands twice" for name in twice] + ([f"{bad} is damaged"] if bad else [])
    found += _content_types(parts) + _relations(parts)
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            root = ET.fromstring(data)
            if local(root) == "worksheet":
                found += _worksheet(name, root, parts)
            elif local(root) == "workbook":
                found += _workbook(name, root, parts)
            elif local(root) == "comments":
                found += _comments(name, root)
            elif local(root) == "styleSheet":
                found += _styles(name, root)
        elif name.endswith(".vml"):
            found += _drawing(name, data.decode())
    return found


def relations_of(name: str, parts: dict[str, bytes]) -> dict[str, tuple[str, str]]:
    """Id -> (kind, part) of a part's relations that lead to other parts."""
    folder, file = posixpath.split(name)
    data = parts.get(posixpath.join(folder, "_rels", f"{file}.rels"))
    found = {}
    for one in ET.fromstring(data) if data else ():
        if one.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, one.get("Target"))).lstrip("/")
            found[one.get("Id")] = (one.get("Type").rpartition("/")[2], target)
        else:
            found[one.get("Id")] = (one.get("Type").rpartition("/")[2], "")
    return found


def _content_types(parts: dict[str, bytes]) -> list[str]:
    root = ET.fromstring(parts["[Content_Types].xml"])
    defaults = [e.get("Extension").casefold() for e in root if local(e) == "Default"]
    overrides = [e.get("PartName") for e in root if local(e) == "Override"]
    found = [f"content type of {name} stands twice" for name, n in Counter([*defaults, *overrides]).items() if n > 1]
    found += [f"content type of {name}, which is not there" for name in overrides if name.lstrip("/") not in parts]
    for name in parts:
        known = f"/{name}" in overrides or name.rpartition(".")[2].casefold() in defaults
        if not known and name != "[Content_Types].xml":
            found.append(f"{name} has no content type")
    return found


def _relations(parts: dict[str, bytes]) -> list[str]:
    found = []
    for name, data in parts.items():
        if name.endswith(".rels"):
            ids = Counter(e.get("Id") for e in ET.fromstring(data))
            found += [f"{name}: {one} stands twice" for one, n in ids.items() if n > 1]
            folder, file = posixpath.split(name)
            owner = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
            if owner and owner not in parts:
                found.append(f"{name} belongs to no part")
                continue
            known = relations_of(owner, parts)
            found += [f"{name}: {one} leads to {to}" for one, (_, to) in known.items() if to and to not in parts]
            if owner.endswith(".xml"):
                for element in ET.fromstring(parts[owner]).iter():
                    used = [v for k, v in element.attrib.items() if _RELATIONS.match(k)]
                    found += [f"{owner}: {local(element)} uses {one}" for one in used if one and one not in known]
    for name, data in parts.items():
        if name.endswith(".xml") and posixpath.join(*_rels(name)) not in parts:
            for element in ET.fromstring(data).iter():
                found += [f"{name}: {local(element)} uses {v}" for k, v in element.attrib.items() if _RELATIONS.match(k) and v]
    return found


def _rels(name: str) -> tuple[str, str, str]:
    folder, file = posixpath.split(name)
    return folder, "_rels", f"{file}.rels"


def _ordered(name: str, root: ET.Element, order: list[str]) -> list[str]:
    there = [order.index(local(e)) for e in root if local(e) in order]
    return [] if there == sorted(there) else [f"{name}: its parts do not stand in order"]


def _worksheet(name: str, root: ET.Element, parts: dict[str, bytes]) -> list[str]:
    found = _ordered(name, root, WORKSHEET)
    once = Counter(local(e) for e in root)
    found += [f"{name}: {one} stands twice" for one in ("legacyDrawing", "sheetData", "dimension", "cols") if once[one] > 1]
    styles = ET.fromstring(parts["xl/styles.xml"])
    formats = next(len(e) for e in styles if local(e) == "cellXfs")
    before = 0
    for row in next(e for e in root if local(e) == "sheetData"):
        number = int(row.get("r") or before + 1)
        if number <= before:
            found.append(f"{name}: row {number} after {before}")
        before, column = number, 0
        for cell in row:
            letters = re.match(r"[A-Z]+", cell.get("r") or "")
            here = _column(letters[0]) if letters else column + 1
            if here <= column or (letters and cell.get("r") != f"{letters[0]}{number}"):
                found.append(f"{name}: cell {cell.get('r')} in row {number} after column {column}")
            if int(cell.get("s") or 0) >= formats:
                found.append(f"{name}: {cell.get('r')} has format {cell.get('s')} of {formats}")
            if cell.get("t") == "inlineStr" and any(local(e) in ("f", "v") for e in cell):
                found.append(f"{name}: {cell.get('r')} is a text and a value")
            column = here
    kinds = [kind for kind, _ in relations_of(name, parts).values()]
    if "comments" in kinds and once["legacyDrawing"] != 1:
        found.append(f"{name}: notes without a drawing")
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _workbook(name: str, root: ET.Element, parts: dict[str, bytes]) -> list[str]:
    found = _ordered(name, root, WORKBOOK)
    sheets = [e for e in root.iter() if local(e) == "sheet"]
    titles = Counter(e.get("name").casefold() for e in sheets)
    found += [f"sheet {one} stands twice" for one, n in titles.items() if n > 1]
    found += [f"sheet {one}: not a name" for one in titles if len(one) > 31 or re.search(r"[\[\]:*?/\\]", one)]
    if len({e.get("sheetId") for e in sheets}) < len(sheets):
        found.append("two sheets have the same id")
    for view in (e for e in root.iter() if local(e) == "workbookView"):
        if int(view.get("activeTab") or 0) >= len(sheets):
            found.append("the active sheet is not there")
    names = Counter((e.get("name"), e.get("localSheetId")) for e in root.iter() if local(e) == "definedName")
    found += [f"name {one} stands twice" for one, n in names.items() if n > 1]
    found += [f"name {one} belongs to no sheet" for one in names if one[1] and int(one[1]) >= len(sheets)]
    selected = 0
    for _, (kind, part) in relations_of(name, parts).items():
        if kind in ("worksheet", "chartsheet"):
            selected += bool(re.search(rb'tabSelected="(1|true)"', parts[part]))
    return found + (["several sheets are selected"] if selected > 1 else [])


def _comments(name: str, root: ET.Element) -> list[str]:
    authors = sum(local(e) == "author" for e in root.iter())
    comments = [e for e in root.iter() if local(e) == "comment"]
    found = [f"{name}: {ref} stands twice" for ref, n in Counter(e.get("ref") for e in comments).items() if n > 1]
    return found + [f"{name}: {e.get('ref')} has no author" for e in comments if int(e.get("authorId")) >= authors]


def _styles(name: str, root: ET.Element) -> list[str]:
    held = {local(e): e for e in root}
    found = []
    for one in ("fonts", "fills", "borders", "cellXfs"):
        if held[one].get("count") not in (None, str(len(held[one]))):
            found.append(f"{name}: {one} counts {held[one].get('count')}, holds {len(held[one])}")
    for xf in held["cellXfs"]:
        for attribute, one in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            if int(xf.get(attribute) or 0) >= len(held[one]):
                found.append(f"{name}: {attribute} {xf.get(attribute)}")
    return found


def _drawing(name: str, text: str) -> list[str]:
    ET.fromstring(text)
    ids = Counter(re.findall(r"\sid=\"(_x0000_s\d+)\"", text))  # LibreOffice gives all others the same name
    cells = Counter(re.findall(r'ObjectType="Note".*?<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>', text, re.DOTALL))
    found = [f"{name}: {one} stands twice" for one, n in ids.items() if n > 1]
    return found + [f"{name}: two boxes at {one}" for one, n in cells.items() if n > 1]
