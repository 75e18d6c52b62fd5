"""A workbook as a ministry keeps it: pictures, a chart, macros, own notes, hidden sheets, rules, names. All of it made by code."""

from __future__ import annotations

import datetime as dt
import re
import struct
import tempfile
import zipfile
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path

import xlsxwriter

from tests.workbook.annotated.validity import parts_of

THREADS = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"


def picture() -> bytes:
    """A red dot, 1 x 1, as .png."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


@cache
def rich(macros: bool = False) -> bytes:
    """Sheets "Réponses & co" (answers, notes, rules, a picture), "O'Hara" (a chart), "Hidden", and "Plain", which has no notes."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold = book.add_format({"bold": True, "border": 2, "num_format": "0.00", "bg_color": "#FFFF00"})
    answers, chart_, hidden, plain = (book.add_worksheet(n) for n in ("Réponses & co", "O'Hara", "Hidden", "Plain"))
    answers.write_row("A1", ["question", "answer", "comment"], bold)
    for row in range(1, 8):
        answers.write_row(row, 0, [f"Q{row}", row, "text <&> äöü"])
    answers.write_number("B4", 7.5, bold)
    answers.write_formula("D2", "=SUM(B2:B8)", None, 28)
    answers.write_comment("C3", "Their own note\nin two lines", {"author": "A. Minister"})
    answers.write_comment("B4", "Is this right?", {"author": "A. Minister"})
    answers.insert_image("F2", "dot.png", {"image_data": BytesIO(picture())})
    answers.conditional_format("B2:B8", {"type": "data_bar"})
    answers.data_validation("B2:B8", {"validate": "list", "source": [1, 2, 3]})
    answers.merge_range("A10:C11", "merged", bold)
    answers.set_column("D:D", 20, bold, {"hidden": True})
    answers.set_row(19, 30, bold)
    answers.freeze_panes(1, 1)
    answers.set_header("&L&G", {"image_left": "dot.png", "image_data_left": BytesIO(picture())})
    answers.autofilter("A1:C8")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='Réponses & co'!$B$2:$B$8"})
    chart_.insert_chart("B2", chart)
    chart_.write("A1", "x")
    hidden.write("A1", "secret")
    hidden.hide()
    plain.write("A1", "1")
    plain.protect()
    book.define_name("theirs", "='Réponses & co'!$B$2:$B$8")
    book.define_name("Hidden!local", "=Hidden!$A$1")
    book.set_properties({"created": dt.datetime(2026, 1, 1)})
    book.set_custom_property("Ministry", "Interior")
    if macros:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "vbaProject.bin"
            file.write_bytes(b"\xd0\xcf\x11\xe0not really a macro" + bytes(range(256)))
            book.add_vba_project(str(file))
            book.close()
    else:
        book.close()
    extra = {
        "customXml/item1.xml": b'<?xml version="1.0"?><their xmlns="urn:x"><own thing="1"/></their>',
        "docProps/thumbnail.wmf": b"\x01\x00\x09\x00",
    }
    return with_parts(out.getvalue(), extra, [("wmf", "image/x-wmf")])


def with_parts(content: bytes, changed: dict[str, bytes], types: list[tuple[str, str]] = ()) -> bytes:
    """A package with other parts, or more of them."""
    parts = parts_of(content) | changed
    for ending, kind in types:
        new = f'<Default Extension="{ending}" ContentType="{kind}"/></Types>'.encode()
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", new)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_discussion(content: bytes, cell: str) -> bytes:
    """The workbook with a threaded comment at a cell of its first sheet."""
    parts = parts_of(content)
    part = "xl/threadedComments/threadedComment1.xml"
    uri = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    thread = f'<ThreadedComments xmlns="{uri}"><threadedComment ref="{cell}" id="{{1}}"><text>?</text></threadedComment></ThreadedComments>'
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    line = f'<Relationship Id="rId99" Type="{THREADS}" Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    changed = {part: thread.encode(), rels: parts[rels].replace(b"</Relationships>", line.encode())}
    return with_parts(content, changed)


def prefixed(content: bytes, prefix: str = "x") -> bytes:
    """The workbook with a prefix before every name of its own parts, as some programs write it."""
    changed = {}
    for name, data in parts_of(content).items():
        if re.fullmatch(r"xl/(workbook|styles|sharedStrings|worksheets/sheet\d+)\.xml", name):
            xml = re.sub(r"<(/?)(?=[A-Za-z])(?!\w+:)", rf"<\1{prefix}:", data.decode())
            changed[name] = re.sub(r"\sxmlns=\"", f' xmlns:{prefix}="', xml, count=1).encode()
    return with_parts(content, changed)


def without_references(content: bytes) -> bytes:
    """The workbook without the places of rows and cells that stand in order anyway, as some programs write it."""
    changed = {}
    for name, data in parts_of(content).items():
        if name.startswith("xl/worksheets/sheet"):
            xml = re.sub(rb'(<row\b[^>]*?) r="\d+"', rb"\1", data)
            changed[name] = re.sub(rb'(<c\b[^>]*?) r="[A-Z]+\d+"', rb"\1", xml)
    return with_parts(content, changed)


def strict(content: bytes) -> bytes:
    """The workbook in the names of Strict OOXML."""
    changed = {}
    for name, data in parts_of(content).items():
        if name.endswith((".xml", ".rels")):
            for old, new in (
                (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
                (b"http://schemas.openxmlformats.org/officeDocument/2006", b"http://purl.oclc.org/ooxml/officeDocument"),
            ):
                data = data.replace(old, new)
            changed[name] = data
    return with_parts(content, changed)
