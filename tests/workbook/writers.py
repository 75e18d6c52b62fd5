"""The same sheets written as each format of spreadsheet, by libraries or by hand. A sheet is (title, rows of values)."""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

import msoffcrypto.format.ooxml
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook, load_workbook

Sheets = Sequence[tuple[str, Sequence[Sequence[object]]]]

STRICT = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)


class Error(str):
    """An error value, where a format is written by hand."""


class Formula(str):
    """A formula; with a stored value of 3 where a format is written by hand."""


def sheets_of(content: bytes) -> Sheets:
    """Every cell of an .xlsx made by openpyxl."""
    book = load_workbook(BytesIO(content))
    return [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in book]


def as_xlsx(sheets: Sheets) -> bytes:
    """By openpyxl."""
    book, out = Workbook(), BytesIO()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(out)
    return out.getvalue()


def as_xls(sheets: Sheets) -> bytes:
    """By xlwt; a formula is stored without a value that counts."""
    book, out = xlwt.Workbook(), BytesIO()
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for title, rows in sheets:
        sheet = book.add_sheet(title)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if isinstance(value, Error):
                    sheet.row(i).set_cell_error(j, "#N/A!" if value == "#N/A" else str(value))
                elif isinstance(value, str) and value.startswith("="):
                    sheet.write(i, j, xlwt.Formula("1+2"))
                elif isinstance(value, dt.date):
                    sheet.write(i, j, value, day)
                elif value is not None:
                    sheet.write(i, j, value)
    book.save(out)
    return out.getvalue()


def as_ods(sheets: Sheets) -> bytes:
    """By odfpy."""
    book, out = OpenDocumentSpreadsheet(), BytesIO()
    for title, rows in sheets:
        table = Table(name=title)
        for row in rows:
            line = TableRow()
            for value in row:
                line.addElement(_ods_cell(value))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.write(out)
    return out.getvalue()


def _ods_cell(value: object) -> TableCell | CoveredTableCell:
    if isinstance(value, Error):
        cell = TableCell(valuetype="string", formula="of:=[.Z1]")
    elif isinstance(value, str) and value.startswith("="):
        return TableCell(formula="of:" + value)
    elif isinstance(value, bool):
        cell = TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    elif isinstance(value, (int, float)):
        cell = TableCell(valuetype="float", value=value)
    elif isinstance(value, dt.date):
        return TableCell(valuetype="date", datevalue=value.isoformat()[:10])
    else:
        cell = TableCell(valuetype="string") if value is not None else TableCell()
    for line in str(value).split("\n") if value is not None else ():
        cell.addElement(P(text=line))
    return cell


def as_strict(content: bytes) -> bytes:
    """An .xlsx with the names that Strict OOXML has."""
    return parts_changed(content, lambda name, data: _replaced(data) if not name.startswith("[") else data)


def _replaced(data: bytes) -> bytes:
    for usual, strict in STRICT:
        data = data.replace(usual, strict)
    return data.replace(b"<workbook ", b'<workbook conformance="strict" ')


def as_xlsm(content: bytes) -> bytes:
    """An .xlsx with a part of macros (bytes that no reader could make sense of)."""
    macros = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    usual = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    out = BytesIO(parts_changed(content, lambda _, data: data.replace(usual, macros)))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xcc\x61not macros at all")
    return out.getvalue()


def protected(content: bytes, password: str) -> bytes:
    """An .xlsx behind a password."""
    out = BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(BytesIO(content)).encrypt(password, out)
    return out.getvalue()


def parts_changed(content: bytes, change, more: Mapping[str, bytes] | None = None) -> bytes:
    """A zip with `change(name, bytes)` in place of every part, and more parts at its end."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, change(entry.filename, source.read(entry)))
        for name, data in (more or {}).items():
            target.writestr(name, data)
    return out.getvalue()


# --- .xlsx by hand

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = b"""<styleSheet xmlns="%s"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"""


def sheet_xml(data: str) -> bytes:
    """The XML of a sheet with these rows."""
    return _HEAD + b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (_MAIN, data.encode())


def by_hand(data: str = "", *, properties: str = "", shared: str = "", parts: Mapping[str, bytes] | None = None) -> bytes:
    """An .xlsx with one sheet `S` of these rows of XML. Style 1 is a date; `shared`: the texts of sharedStrings."""
    overrides = b"".join(
        b'<Override PartName="/xl/%s.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.%s+xml"/>'
        % pair
        for pair in (
            (b"workbook", b"sheet.main"),
            (b"worksheets/sheet1", b"worksheet"),
            (b"styles", b"styles"),
            (b"sharedStrings", b"sharedStrings"),
        )
    )
    kinds = ((b"worksheet", b"worksheets/sheet1"), (b"styles", b"styles"), (b"sharedStrings", b"sharedStrings"))
    relations = b"".join(
        b'<Relationship Id="rId%d" Type="%s/%s" Target="%s.xml"/>' % (i, _RELATIONS, kind, at)
        for i, (kind, at) in enumerate(kinds, 1)
    )
    found = {
        "[Content_Types].xml": _HEAD
        + b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        + b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        + overrides
        + b"</Types>",
        "_rels/.rels": _HEAD
        + b'<Relationships xmlns="%s"><Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        % (_PACKAGE, _RELATIONS),
        "xl/workbook.xml": _HEAD
        + b'<workbook xmlns="%s" xmlns:r="%s">%s<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
        % (_MAIN, _RELATIONS, properties.encode()),
        "xl/_rels/workbook.xml.rels": _HEAD + b'<Relationships xmlns="%s">%s</Relationships>' % (_PACKAGE, relations),
        "xl/styles.xml": _HEAD + _STYLES % _MAIN,
        "xl/sharedStrings.xml": _HEAD + b'<sst xmlns="%s">%s</sst>' % (_MAIN, shared.encode()),
        "xl/worksheets/sheet1.xml": sheet_xml(data),
        **(parts or {}),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return out.getvalue()


# --- .xlsb by hand, as [MS-XLSB] describes its records

_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}


def record(kind: int, body: bytes = b"") -> bytes:
    """One record of a binary part."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = len(body), b""
    while True:
        length, rest = length >> 7, length & 0x7F
        size += bytes([rest | (0x80 if length else 0)])
        if not length:
            return head + size + body


def _wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def _xlsb_cell(column: int, value: object) -> bytes:
    head = struct.pack("<II", column, 0)
    formula = struct.pack("<HII", 0, 0, 0)
    if isinstance(value, Error):
        return record(3, head + bytes([_ERRORS[value]]))
    if isinstance(value, Formula):
        return record(9, head + struct.pack("<d", 3) + formula)
    if isinstance(value, bool):
        return record(4, head + bytes([value]))
    if isinstance(value, (int, float)):
        return record(5, head + struct.pack("<d", value))
    return record(6, head + _wide(str(value)))


def as_xlsb(sheets: Sheets) -> bytes:
    """Cells as numbers, truth values, errors and texts in place; dates as texts; formulas (`Formula`) with a value of 3."""
    bundle = b"".join(
        record(156, struct.pack("<II", 0, i) + _wide(f"rId{i}") + _wide(title)) for i, (title, _) in enumerate(sheets, 1)
    )
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = b"".join(
        b'<Relationship Id="rId%d" Type="%s" Target="worksheets/sheet%d.bin"/>' % (i, kind, i) for i in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": _HEAD + b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _HEAD
        + b'<Relationships xmlns="%s"><Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.bin"/></Relationships>'
        % (_PACKAGE, _RELATIONS),
        "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": _HEAD + b'<Relationships xmlns="%s">%s</Relationships>' % (_PACKAGE, relations),
    }
    for i, (_, rows) in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{i}.bin"] = xlsb_sheet(dict(enumerate(rows)))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def xlsb_sheet(rows: Mapping[int, Sequence[object]]) -> bytes:
    """A sheet's part from its rows by number, counted from 0."""
    data = b""
    for number, row in rows.items():
        cells = b"".join(_xlsb_cell(j, value) for j, value in enumerate(row) if value is not None)
        data += record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0)) + cells
    size = struct.pack("<IIII", 0, max(rows, default=0), 0, max((len(r) for r in rows.values()), default=1))
    return record(129) + record(148, size) + record(145) + data + record(146) + record(130)
