"""Files that want to do harm, or that were harmed, all made here by code: name -> how to make it, and what may become of it."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook

from analysis.instrument import load_instrument
from analysis.states import COLUMNS, States
from analysis.workbook.template import template
from tests.hostile.zips import Entry, entries_of, entry, repacked, repeated, zipped
from tests.workbook.forms import Form

LIBRARY = load_instrument(Path(__file__).parents[1] / "instruments" / "plain-yes-no")
_ROWS = [dict.fromkeys(COLUMNS, "") | {"iso3": c, "name": f"Land {c}"} for c in ("QMA", "XAB")]
STATES = States(pd.DataFrame(_ROWS), pd.DataFrame(columns=["kind", "group", "iso3"]))
SHEET, OTHER = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet5.xml"  # a sheet of questions, and the hidden one of lists
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HTML = '<img src=x onerror="alert(1)">'
PASSWD = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_FIRST = {name: rows["option"].iloc[0] for name, rows in LIBRARY.options.items()}
#: Question -> what is answered everywhere: the first option of its scale.
ANSWERS = {q: _FIRST[s] for q, s in zip(LIBRARY.questions["question"], LIBRARY.questions["answer_set"], strict=True)}
CSV_HEAD = b"iso3,organization,round,reading,question,answer,comment,na_reason\n"

#: What may become of a file: `read` (a return that can be stored), or the code of what stops it.
DAMAGED, TOO_LARGE, OTHER_FORMAT = frozenset({"damaged-workbook"}), frozenset({"too-large"}), frozenset({"other-format"})
READ, NO_RETURN = frozenset({"read"}), frozenset({"not-a-return"})


@dataclass(frozen=True)
class Hostile:
    """One file: its name, its bytes when asked for, what may become of it."""

    name: str
    made: Callable[[], bytes]
    may: frozenset[str]


FILES: dict[str, Hostile] = {}


def hostile(may: frozenset[str], name: str = "QMA.xlsx") -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Put a maker of bytes on the list."""

    def listed(made: Callable[[], bytes]) -> Callable[[], bytes]:
        FILES[made.__name__] = Hostile(name, made, may)
        return made

    return listed


@cache
def good() -> bytes:
    """A completed form."""
    return Form(template(LIBRARY, STATES)).header().fill(ANSWERS).content


def table() -> bytes:
    """The same answers as a flat table."""
    return CSV_HEAD + b"".join(f"QMA,,2026,self,{q},{a},,\n".encode() for q, a in ANSWERS.items())


def after(text: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Put something behind the first place where a text stands."""

    def change(xml: bytes) -> bytes:
        assert text in xml, text
        return xml.replace(text, text + new, 1)

    return change


def before(text: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Put something before the last place where a text stands."""

    def change(xml: bytes) -> bytes:
        start, found, end = xml.rpartition(text)
        assert found, text
        return start + new + found + end

    return change


def in_rows(xml: str) -> Callable[[bytes], bytes]:
    """Put rows at the end of a sheet."""
    return before(b"</sheetData>", xml.encode())


def filled(values: dict) -> bytes:
    """The good form with other values."""
    return Form(good()).fill(values).content


QUESTIONS = LIBRARY.questions["question"].tolist()


# Too much of it


@hostile(TOO_LARGE)
def bomb_of_300_mb() -> bytes:
    return repacked(good(), {OTHER: repeated(OTHER, b"<worksheet>", b" " * 1_000_000, 300, b"</worksheet>")})


@hostile(TOO_LARGE | DAMAGED)
def bomb_of_10_gb_declared() -> bytes:
    return repacked(good(), {OTHER: Entry(OTHER, b"\x03\x00", 10_000_000_000, 0)})


@hostile(TOO_LARGE | DAMAGED)
def sizes_that_lie_low() -> bytes:
    bomb = repeated(OTHER, b"<worksheet>", b" " * 1_000_000, 300, b"</worksheet>")
    bomb.size = 1_000
    return repacked(good(), {OTHER: bomb})


@hostile(DAMAGED | TOO_LARGE)
def sizes_that_lie_high() -> bytes:
    lie = entry(OTHER, b"<worksheet/>")
    lie.size = 100_000_000
    return repacked(good(), {OTHER: lie})


@hostile(TOO_LARGE)
def a_thousand_entries_that_share_one() -> bytes:
    piece = repeated("xl/a0.xml", b"<a>", b" " * 1_000_000, 20, b"</a>")
    return zipped([Entry(f"xl/a{i}.xml", piece.packed, piece.size, piece.crc) for i in range(1000)], shared=True)


@hostile(TOO_LARGE)
def a_directory_of_300000_entries() -> bytes:
    nothing = Entry("x", b"", 0, 0, method=0)
    return zipped(
        [Entry("[Content_Types].xml", b"", 0, 0, 0), Entry("xl/a.xml", b"", 0, 0, 0), *[nothing] * 300_000], shared=True
    )


@hostile(READ | TOO_LARGE)
def fifty_thousand_merged_cells() -> bytes:
    cells = "".join(f'<mergeCell ref="AA{i}:AZ{i}"/>' for i in range(500, 50_500))
    return repacked(good(), {SHEET: after(b"</sheetData>", f'<mergeCells count="50000">{cells}</mergeCells>'.encode())})


@hostile(READ | TOO_LARGE)
def merged_over_the_whole_sheet() -> bytes:
    return repacked(good(), {SHEET: after(b"</sheetData>", b'<mergeCells><mergeCell ref="A402:XFD1048576"/></mergeCells>')})


@hostile(READ | TOO_LARGE)
def a_million_styles() -> bytes:
    return repacked(good(), {"xl/styles.xml": before(b"</cellXfs>", b'<xf numFmtId="14" fontId="0"/>' * 1_000_000)})


@hostile(READ | TOO_LARGE)
def a_million_number_formats() -> bytes:
    formats = "".join(f'<numFmt numFmtId="{i}" formatCode="0.{"0" * 20}"/>' for i in range(200, 300_200))
    return repacked(
        good(), {"xl/styles.xml": lambda xml: xml.replace(b"<fonts", f"<numFmts>{formats}</numFmts><fonts".encode(), 1)}
    )


def _shared(texts: str, cells: str, sheet: str = SHEET) -> bytes:
    return repacked(
        good(),
        {
            "xl/sharedStrings.xml": f"<sst {MAIN}>{texts}</sst>".encode(),
            "[Content_Types].xml": before(
                b"</Types>",
                b'<Override PartName="/xl/sharedStrings.xml" '
                b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>',
            ),
            "xl/_rels/workbook.xml.rels": before(
                b"</Relationships>",
                b'<Relationship Id="rId99" Target="sharedStrings.xml" '
                b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>',
            ),
            sheet: in_rows(cells),
        },
    )


@hostile(READ | TOO_LARGE | DAMAGED | {"reader-too-large", "reader-too-slow"})
def one_long_text_in_300000_cells() -> bytes:
    cells = "".join(f'<row r="{500 + i}">' + '<c t="s"><v>0</v></c>' * 100 + "</row>" for i in range(3000))
    return _shared(f"<si><t>{'x' * 32_000}</t></si>", cells)


@hostile(READ | TOO_LARGE | DAMAGED | {"reader-too-large"})
def two_million_shared_texts() -> bytes:
    return _shared("<si><t>x</t></si>" * 2_000_000, "")


@hostile(READ | TOO_LARGE | DAMAGED)
def shared_texts_that_are_not_there() -> bytes:
    return _shared(
        "<si><t>x</t></si>", '<row r="500"><c r="B500" t="s"><v>4294967295</v></c><c r="C500" t="s"><v>-1</v></c></row>'
    )


@hostile(READ | TOO_LARGE | DAMAGED)
def a_text_of_50_mb() -> bytes:
    xml = b'<row r="399"><c r="B399" t="inlineStr"><is><t>'
    head, found, rest = _entries()[SHEET].rpartition(b"</sheetData>")
    text = repeated(SHEET, head + xml, b"x" * 1_000_000, 50, b"</t></is></c></row>" + found + rest)
    return repacked(good(), {SHEET: text})


def _entries() -> dict[str, bytes]:
    return entries_of(good())


@hostile(READ | TOO_LARGE | {"answer-not-allowed"})
def an_answer_of_40000_characters() -> bytes:
    return repacked(good(), {SHEET: lambda xml: xml.replace(b">yes<", b">" + b"x" * 40_000 + b"<", 1)})


@hostile(READ | TOO_LARGE | DAMAGED)
def a_hundred_thousand_elements_deep() -> bytes:
    return repacked(good(), {SHEET: in_rows("<row>" + "<c>" * 100_000 + "</c>" * 100_000 + "</row>")})


@hostile(READ | TOO_LARGE | DAMAGED)
def a_text_with_a_hundred_thousand_runs() -> bytes:
    return repacked(good(), {SHEET: in_rows('<row><c t="inlineStr"><is>' + "<r><t>x</t></r>" * 100_000 + "</is></c></row>")})


@hostile(READ | TOO_LARGE | DAMAGED)
def two_hundred_thousand_columns() -> bytes:
    return repacked(good(), {SHEET: in_rows('<row r="399">' + "<c><v>1</v></c>" * 200_000 + "</row>")})


@hostile(NO_RETURN | TOO_LARGE | DAMAGED)
def two_hundred_thousand_columns_and_no_form() -> bytes:
    return plain('<row r="1">' + "<c><v>1</v></c>" * 200_000 + "</row>")


@hostile(READ | TOO_LARGE)
def a_sheet_that_says_it_is_as_large_as_can_be() -> bytes:
    return repacked(good(), {SHEET: lambda xml: xml.replace(b"A1:I400", b"A1:XFD1048576")})


@hostile(READ | TOO_LARGE | DAMAGED)
def a_cell_in_the_last_corner() -> bytes:
    return repacked(good(), {SHEET: in_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')})


@hostile(NO_RETURN | TOO_LARGE | DAMAGED)
def nothing_but_the_two_corners() -> bytes:
    return plain('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@hostile(NO_RETURN | TOO_LARGE | DAMAGED)
def corners_the_wrong_way_round() -> bytes:
    return plain('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>')


@hostile(NO_RETURN | TOO_LARGE | DAMAGED)
def every_row_has_a_far_cell() -> bytes:
    return plain("".join(f'<row r="{i}"><c r="XFD{i}"><v>1</v></c></row>' for i in range(1, 20_000)))


@hostile(READ | TOO_LARGE | DAMAGED)
def rows_beyond_all_numbers() -> bytes:
    cells = "".join(
        f'<row r="{n}"><c r="ZZZZ{n}"><v>1</v></c></row>' for n in (4294967296, 18446744073709551616, -1, "1e9", "", 0)
    )
    return repacked(good(), {SHEET: in_rows(cells)})


@hostile(READ | TOO_LARGE | DAMAGED)
def five_thousand_sheets_that_are_one() -> bytes:
    sheets = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="rId2"/>' for i in range(100, 5100))
    return repacked(good(), {"xl/workbook.xml": before(b"</sheets>", sheets.encode())})


@hostile(READ | TOO_LARGE | DAMAGED)
def a_hundred_thousand_names() -> bytes:
    names = "".join(f'<definedName name="n{i}">Lists!$A$1:$XFD$1048576</definedName>' for i in range(100_000))
    return repacked(good(), {"xl/workbook.xml": before(b"</definedNames>", names.encode())})


# Entities


def _laughs(depth: int = 12) -> bytes:
    lines = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, depth))
    return b'<!DOCTYPE lolz [<!ENTITY l0 "lol">' + lines + b"]>"


def doctype(text: bytes, use: bytes = b"&x;") -> Callable[[bytes], bytes]:
    """A document type before a sheet, and its entity in a cell."""
    return lambda xml: b'<?xml version="1.0"?>' + text + xml.replace(b">yes<", b">" + use + b"<", 1)


@hostile(DAMAGED)
def billion_laughs() -> bytes:
    return repacked(good(), {SHEET: doctype(_laughs(), b"&l11;")})


@hostile(DAMAGED)
def billion_laughs_in_a_part_nobody_needs() -> bytes:
    return repacked(good(), {"docProps/core.xml": lambda xml: b'<?xml version="1.0"?>' + _laughs() + b"<a>&l11;</a>"})


@hostile(DAMAGED)
def an_entity_that_names_a_file() -> bytes:
    return repacked(good(), {SHEET: doctype(PASSWD)})


@hostile(DAMAGED)
def an_entity_that_names_an_address() -> bytes:
    return repacked(good(), {SHEET: doctype(PASSWD.replace(b"file:///etc/passwd", b"http://127.0.0.1:9/x"))})


@hostile(DAMAGED)
def a_document_type_from_elsewhere() -> bytes:
    return repacked(good(), {SHEET: doctype(b'<!DOCTYPE a PUBLIC "a" "http://127.0.0.1:9/x.dtd">', b"Yes")})


@hostile(DAMAGED)
def a_document_type_behind_a_long_comment() -> bytes:
    return repacked(good(), {SHEET: doctype(b"<!--" + b"x" * 100_000 + b"-->" + PASSWD)})


@hostile(DAMAGED)
def a_document_type_in_utf_16() -> bytes:
    return repacked(good(), {SHEET: lambda xml: (PASSWD + xml.replace(b">yes<", b">&x;<", 1)).decode().encode("utf-16")})


@hostile(DAMAGED)
def a_document_type_in_utf_16_without_a_mark() -> bytes:
    head = '<?xml version="1.0" encoding="UTF-16LE"?>'
    return repacked(good(), {SHEET: lambda xml: (head + PASSWD.decode() + xml.decode()).encode("utf-16-le")})


@hostile(DAMAGED)
def a_document_type_among_the_relations() -> bytes:
    return repacked(good(), {"xl/_rels/workbook.xml.rels": lambda xml: PASSWD + xml})


@hostile(READ | DAMAGED)
def links_to_other_workbooks() -> bytes:
    rel = (
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        b'Target="file:///\\\\127.0.0.1\\share\\x.xlsx" TargetMode="External"/>'
    )
    book = f'<externalLink {MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    return repacked(
        good(),
        {
            "xl/externalLinks/externalLink1.xml": f'{book}<externalBook r:id="rId1"/></externalLink>'.encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": b"<Relationships>" + rel + b"</Relationships>",
            "xl/_rels/workbook.xml.rels": before(
                b"</Relationships>",
                b'<Relationship Id="rId77" Target="externalLinks/externalLink1.xml" '
                b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"/>',
            ),
        },
    )


@hostile(DAMAGED)
def relations_that_lead_out_of_the_file() -> bytes:
    return repacked(
        good(), {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"worksheets/sheet2.xml", b"../../../../../etc/passwd")}
    )


# Damaged, or not what it says


@hostile(DAMAGED)
def cut_at_a_tenth() -> bytes:
    return good()[: len(good()) // 10]


@hostile(DAMAGED)
def cut_at_the_middle() -> bytes:
    return good()[: len(good()) // 2]


@hostile(DAMAGED)
def cut_before_its_end() -> bytes:
    return good()[:-30]


@hostile(DAMAGED)
def one_bit_is_wrong() -> bytes:
    content = bytearray(good())
    content[content.index(SHEET.encode()) + len(SHEET) + 200] ^= 4
    return bytes(content)


@hostile(DAMAGED)
def a_wrong_check_sum() -> bytes:
    wrong = entry(SHEET, _entries()[SHEET])
    wrong.crc ^= 1
    return repacked(good(), {SHEET: wrong})


@hostile(DAMAGED | READ)
def two_sheets_of_one_name_in_the_zip() -> bytes:
    found = _entries()
    return zipped([*(entry(n, c) for n, c in found.items()), entry(SHEET, found[SHEET].replace(b">yes<", b">no<"))])


@hostile(DAMAGED)
def bytes_that_are_no_characters() -> bytes:
    return repacked(good(), {SHEET: lambda xml: xml.replace(b">yes<", b">\xff\xfe\xc3\x28<", 1)})


@hostile(DAMAGED)
def a_workbook_without_its_sheets() -> bytes:
    return repacked(good(), {SHEET: None, OTHER: None})


@hostile(DAMAGED | OTHER_FORMAT)
def a_workbook_without_its_list_of_sheets() -> bytes:
    return repacked(good(), {"xl/workbook.xml": None})


@hostile(READ)
def a_workbook_without_its_styles() -> bytes:
    return repacked(good(), {"xl/styles.xml": None})


@hostile(READ | DAMAGED)
def numbers_beyond_all_numbers() -> bytes:
    cells = "".join(
        f'<c r="{chr(66 + i)}399" s="1"><v>{n}</v></c>' for i, n in enumerate(["1e400", "nan", "-inf", "9" * 5000, "0x1", ""])
    )
    return repacked(good(), {SHEET: in_rows(f'<row r="399">{cells}</row>')})


@hostile(READ | DAMAGED)
def styles_that_are_not_there() -> bytes:
    return repacked(good(), {SHEET: lambda xml: xml.replace(b' s="1"', b' s="999999"').replace(b' s="2"', b' s="-5"')})


def wrong(content: bytes) -> Callable[[], bytes]:
    return lambda: content


for _name, _content in {
    "a_pdf": b"%PDF-1.7\n" + b"x" * 1000,
    "a_picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 1000,
    "a_photograph": b"\xff\xd8\xff\xe0" + b"\0" * 1000,
    "a_page": b"<!DOCTYPE html><html><body><table><tr><td>1</td></tr></table></body></html>",
    "a_page_with_spaces_before": b"\xef\xbb\xbf  \n<html><script>alert(1)</script></html>",
    "a_letter": b"{\\rtf1 hello}",
    "a_gzip": b"\x1f\x8b\x08" + b"\0" * 100,
    "a_rar": b"Rar!\x1a\x07\x00" + b"\0" * 100,
    "a_seven_zip": b"7z\xbc\xaf\x27\x1c" + b"\0" * 100,
}.items():
    FILES[f"{_name}_named_like_a_workbook"] = Hostile("QMA.xlsx", wrong(_content), OTHER_FORMAT | {"not-text"})

FILES["nothing"] = Hostile("QMA.xlsx", wrong(b""), frozenset({"empty-file"}))
FILES["a_lock_file"] = Hostile("~$QMA.xlsx", wrong(b"\x07Analyst" + b" " * 163), frozenset({"lock-file"}))
FILES["random_bytes"] = Hostile(
    "QMA.xlsx", wrong(random.Random(1).randbytes(50_000)), OTHER_FORMAT | {"not-text", "damaged-table"}
)


@hostile(OTHER_FORMAT | DAMAGED)
def a_document_named_like_a_workbook() -> bytes:
    return zipped([entry("[Content_Types].xml", b"<Types/>"), entry("word/document.xml", b"<document/>")])


@hostile(OTHER_FORMAT | DAMAGED)
def a_workbook_within_a_workbook() -> bytes:
    return zipped([entry("[Content_Types].xml", b"<Types/>"), entry("inner/QMA.xlsx", good())])


@hostile(READ | DAMAGED | OTHER_FORMAT)
def a_workbook_behind_a_pdf() -> bytes:
    return b"%PDF-1.4\n" + good()


@hostile(READ, "QMA.pdf")
def a_workbook_named_like_a_document() -> bytes:
    return good()


@hostile(frozenset({"password-needed"}))
def a_workbook_with_a_password() -> bytes:
    out = BytesIO()
    OOXMLFile(BytesIO(good())).encrypt("a password", out)
    return out.getvalue()


def plain(rows: str) -> bytes:
    """A workbook of one sheet with these rows."""
    out = BytesIO()
    Workbook().save(out)
    sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    return repacked(out.getvalue(), {"xl/worksheets/sheet1.xml": sheet.encode()})


# Text that wants to be more than text


@hostile(frozenset({"unknown-state", "state-to-confirm"}))
def a_state_with_markup() -> bytes:
    return filled({("field:state", "value"): f"{HTML} [x](javascript:alert(1)) ![y](http://127.0.0.1:9/y.png) **b**"})


@hostile(frozenset({"unknown-state", "state-to-confirm"}))
def a_state_with_control_characters() -> bytes:
    change = {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b">QMA<", b">_x0000__x001B_[2J_x202E_&#9;QMA_xD800_<")}
    return repacked(good(), change)


@hostile(READ)
def sheets_with_markup_in_their_names() -> bytes:
    return repacked(
        good(), {"xl/workbook.xml": lambda xml: xml.replace(b'name="Lending"', b'name="&lt;b&gt;=1+1&#9;&quot;&lt;/b&gt;"')}
    )


DDE = "=cmd|'/c calc'!A0"
FORMULAS = (DDE, '=HYPERLINK("http://127.0.0.1:9/","x")', '=WEBSERVICE("http://127.0.0.1:9/")', "@SUM(1)", "+1+1", "-1+1", "\t=1")


@hostile(READ)
def formulas_as_text_in_every_field() -> bytes:
    values = {(f"question:{q}", f): FORMULAS[i % 7] for i, q in enumerate(QUESTIONS) for f in ("comment", "evidence")}
    form = Form(good())
    for (row, field), text in values.items():
        cell = form.cell(row, field)
        cell.value, cell.data_type = text, "s"
    return form.content


@hostile(READ | {"nothing-filled"})
def formulas_in_every_field() -> bytes:
    return filled(
        {(f"question:{q}", f): FORMULAS[i % 3] for i, q in enumerate(QUESTIONS) for f in ("comment", "evidence", "answer")}
    )


@hostile(frozenset({"unknown-state", "state-missing", "state-to-confirm"}))
def a_state_that_is_a_formula() -> bytes:
    return filled({("field:state", "value"): DDE})


@hostile(READ, "../../../tmp/<b>QMA</b>.xlsx")
def a_name_that_leads_elsewhere() -> bytes:
    return good()


@hostile(READ, "Q\x1b[2J\u202eMA\n.xlsx")
def a_name_with_control_characters() -> bytes:
    return good()


# Other formats


def ods(cells: str, head: str = "") -> bytes:
    """A small .ods; `cells` are the rows of its sheet."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    xml = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    first = Entry("mimetype", kind, len(kind), zlib.crc32(kind), 0)
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped([first, entry("content.xml", xml.encode()), entry("META-INF/manifest.xml", manifest)])


CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
ODS = NO_RETURN | TOO_LARGE | DAMAGED


@hostile(ODS, "QMA.ods")
def a_billion_rows_repeated() -> bytes:
    return ods(f'<table:table-row table:number-rows-repeated="1000000000">{CELL}</table:table-row>')


@hostile(ODS, "QMA.ods")
def a_billion_cells_repeated() -> bytes:
    cell = CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="1000000000"')
    return ods(f"<table:table-row>{cell}</table:table-row>")


@hostile(ODS, "QMA.ods")
def many_rows_of_many_cells_repeated() -> bytes:
    cell = CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="16000"')
    return ods(f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>' * 20)


@hostile(ODS, "QMA.ods")
def laughs_in_an_ods() -> bytes:
    return ods(f"<table:table-row>{CELL.replace('x<', '&l11;<')}</table:table-row>", _laughs().decode())


@hostile(ODS | {"reader-too-large"}, "QMA.ods")
def many_spaces_in_an_ods() -> bytes:
    return ods(
        f"<table:table-row>{CELL.replace('x<', '<text:s text:c=' + chr(34) + '2000000000' + chr(34) + '/><')}</table:table-row>"
    )


@hostile(ODS, "QMA.ods")
def a_bomb_in_an_ods() -> bytes:
    return repacked(ods(""), {"content.xml": repeated("content.xml", b"<a>", b" " * 1_000_000, 300, b"</a>")})


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
XLS = DAMAGED | NO_RETURN | OTHER_FORMAT | {"protected-or-old-workbook", "reader-too-large", "too-large", "password-needed"}


@cache
def xls() -> bytes:
    """A small .xls with a flat table."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for r, line in enumerate(table().decode().splitlines()):
        for c, text in enumerate(line.split(",")):
            sheet.write(r, c, text)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@hostile(XLS, "QMA.xls")
def an_xls_of_random_bytes() -> bytes:
    return OLE2 + random.Random(2).randbytes(30_000)


@hostile(XLS, "QMA.xls")
def an_xls_that_breaks_off() -> bytes:
    return xls()[:1500]


@hostile(XLS, "QMA.xls")
def an_xls_whose_chain_goes_round() -> bytes:
    content = bytearray(xls())
    table_at = 512 * (struct.unpack_from("<I", content, 76)[0] + 1)
    for i in range(64):
        struct.pack_into("<I", content, table_at + 4 * i, 0)
    return bytes(content)


@hostile(XLS, "QMA.xls")
def an_xls_that_says_it_has_billions_of_sectors() -> bytes:
    content = bytearray(xls())
    for at in (44, 48, 60, 64, 68, 72):
        struct.pack_into("<I", content, at, 0x7FFFFFFF)
    return bytes(content)


@hostile(XLS, "QMA.xls")
def an_xls_with_the_corner_cell() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    sheet.write(0, 0, "a")
    sheet.write(65535, 255, "b")
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@hostile(XLS, "QMA.xlsb")
def an_xlsb_of_random_bytes() -> bytes:
    noise = random.Random(3).randbytes(5000)
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/>'
        b"</Relationships>"
    )
    names = ("xl/workbook.bin", "xl/worksheets/sheet1.bin", "xl/sharedStrings.bin", "xl/styles.bin")
    parts = [entry("[Content_Types].xml", b"<Types/>"), entry("xl/_rels/workbook.bin.rels", rels)]
    return zipped([*parts, *(entry(n, noise) for n in names)])


# Tables as text

CSV = frozenset({"damaged-table", "not-a-return", "not-text", "too-large", "column-missing", "other-format"})


@hostile(READ | CSV, "QMA.csv")
def a_line_of_20_mb() -> bytes:
    return table() + b"QMA,,2026,self," + b"x" * 20_000_000


@hostile(READ | CSV, "QMA.csv")
def nothing_but_line_ends() -> bytes:
    return b"\n" * 20_000_000


@hostile(READ | CSV, "QMA.csv")
def nothing_but_separators() -> bytes:
    return b"," * 20_000_000


@hostile(READ | CSV, "QMA.csv")
def nothing_but_quotation_marks() -> bytes:
    return b'"' * 10_000_001


@hostile(READ | CSV, "QMA.csv")
def zero_bytes_in_a_table() -> bytes:
    return table().replace(b"yes", b"y\0es", 1).replace(b",,\n", b",\0comment\0,\n", 2)


@hostile(CSV, "QMA.csv")
def a_million_columns() -> bytes:
    return b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n"


@hostile(READ | CSV | {"reader-too-slow"}, "QMA.csv")
def a_million_short_rows() -> bytes:
    return table() + b"QMA,,2026,self,Q,yes,,\n" * 1_000_000


@hostile(CSV, "QMA.csv")
def larger_than_what_is_read() -> bytes:
    return b"a" * 25_000_001


@hostile(READ | CSV, "QMA.csv")
def a_table_in_utf_16_that_breaks_off() -> bytes:
    return table().decode().encode("utf-16")[:-1]


@hostile(READ | CSV, "QMA.csv")
def formulas_in_a_table() -> bytes:
    return table().replace(b"yes,,", b"yes,\"=cmd|'/c calc'!A0\",")
