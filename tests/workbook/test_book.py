"""One door to the sheets of any file: told by its bytes, exact in every format, and shut to what could do harm."""

from __future__ import annotations

import datetime as dt
import zipfile
from io import BytesIO

import pytest

from analysis.model import UnreadableReturn
from analysis.workbook.book import open_book
from analysis.workbook.formats.package import MAX_ENTRIES
from analysis.workbook.options import ReadingOptions
from tests.workbook.forms import codes
from tests.workbook.writers import (
    Error,
    Formula,
    as_ods,
    as_strict,
    as_xls,
    as_xlsb,
    as_xlsm,
    as_xlsx,
    by_hand,
    parts_changed,
    protected,
    sheet_xml,
    xlsb_sheet,
)

SHEETS = [
    (
        "Answers",
        [["id", 3, 2.5, None, True, "two\nlines", Error("#REF!"), Formula("=1+2")], [], [None, "été", dt.date(2026, 3, 4)]],
    ),
    ("Zwei ä", [["q"]]),
]
FIRST = ("id", 3.0, 2.5, None, True, "two\nlines", None)


def stopped(content: bytes, name: str = "a.xlsx", password: str = "") -> list[str]:
    with pytest.raises(UnreadableReturn) as error:
        open_book(name, content, password)
    return codes(error.value.problems)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("xlsx", as_xlsx(SHEETS)),
        ("xlsm", as_xlsm(as_xlsx(SHEETS))),
        ("strict", as_strict(as_xlsx(SHEETS))),
        ("xls", as_xls(SHEETS)),
        ("xlsb", as_xlsb(SHEETS)),
        ("ods", as_ods(SHEETS)),
    ],
)
def test_every_format_gives_the_same_sheets_whatever_the_file_is_called(kind, content):
    book = open_book("answers.txt", content)
    assert [sheet.title for sheet in book.sheets] == ["Answers", "Zwei ä"]
    one, two = book.sheets
    assert one.rows[0][:7] == FIRST
    assert one.rows[2][1] == "été" and str(one.rows[2][2]) == "2026-03-04"
    assert two.rows == [("q",)]
    assert one.errors == {"G1": "#REF!"}
    stored = {"xlsb": 3.0, "xls": ""}.get(kind)  # xlwt stores an empty text
    assert "H1" in one.formulas and (one.rows[0][7:] or (None,)) == (stored,)
    assert (book.problems, book.reader) == ((), "calamine")


@pytest.mark.parametrize("text", ["a;b\n1;x, y\n", "a\tb\n1\tx, y\n", "a|b\n1|x, y\n", 'a,b\n1,"x, y"\n'])
def test_a_text_table_is_cut_at_its_own_sign(text):
    book = open_book("t.csv", text.encode())
    assert [list(row) for row in book.sheets[0].rows] == [["a", "b"], ["1", "x, y"]]


def test_a_password_is_asked_for_and_opens_the_workbook_with_a_note():
    content = protected(as_xlsx(SHEETS), "Zitrone")
    assert stopped(content) == ["password-needed"]
    assert stopped(content, password="zitrone") == ["password-wrong"]
    book = open_book("a.xlsx", content, "Zitrone")
    assert (book.sheets[0].rows[0][:7], codes(book.problems)) == (FIRST, ["was-protected"])
    assert "Zitrone" not in repr(book) + repr(ReadingOptions(password="Zitrone"))


def test_the_password_that_excel_tries_by_itself_is_not_asked_for():
    book = open_book("a.xlsx", protected(as_xlsx(SHEETS), "VelvetSweatshop"))
    assert (book.sheets[0].rows[0][:7], book.problems) == (FIRST, ())


def test_a_password_hash_of_absurd_length_is_not_worked_off(monkeypatch):
    content = protected(as_xlsx(SHEETS), "x")  # 100,000 rounds, as Excel takes
    monkeypatch.setattr("analysis.workbook.formats.protected.MAX_SPINS", 99_999)
    assert stopped(content, password="x") == ["damaged-workbook"]


# --- what calamine is known to lose is laid over its values, or asked of openpyxl


def cells(data: str, **more) -> object:
    return open_book("a.xlsx", by_hand(f'<row r="1">{data}</row>', **more))


@pytest.mark.parametrize(
    ("cell", "value", "formula", "error"),
    [
        ('<c r="A1" t="e"><v>#REF!</v></c>', None, None, "#REF!"),
        ('<c r="A1" t="e"><f>B1</f><v>#N/A</v></c>', None, "=B1", "#N/A"),
        ('<c r="A1"><f>1+2</f></c>', None, "=1+2", None),
        ('<c r="A1"><f>1+2</f><v/></c>', None, "=1+2", None),
        ('<c r="A1"><f>1+2</f><v>3</v></c>', 3.0, "=1+2", None),
        ('<c r="A1" t="str"><f>IF(B1&gt;2,"",1)</f><v></v></c>', "", '=IF(B1>2,"",1)', None),
        ('<c r="A1" t="str"><f>"a"</f><v>a</v></c>', "a", '="a"', None),
        ('<c r="A1"><f t="shared" si="0"/><v>4</v></c>', 4.0, "=", None),
    ],
)
def test_formulas_and_errors_are_known_and_the_fast_reader_stays(cell, value, formula, error):
    book = cells(cell + '<c r="B1"><v>9</v></c>')
    (sheet,) = book.sheets
    assert (sheet.rows[0], book.reader) == ((value, 9.0), "calamine")
    assert sheet.formulas == ({"A1": formula} if formula else {})
    assert sheet.errors == ({"A1": error} if error else {})


def test_a_stored_zero_of_a_program_that_calculates_nothing_is_no_value():
    zero = '<c r="A1"><f>1+2</f><v>0</v></c>'
    assert cells(zero).sheets[0].rows == [(0.0,)]
    assert cells(zero, properties='<calcPr fullCalcOnLoad="1"/>').sheets[0].rows in ([(None,)], [])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1" t="s"><v>0</v></c>', "rich text"),
        ('<c r="A1" t="s"><v>1</v></c>', "漢字"),
        ('<c r="A1" t="s"><v>2</v></c>', "a\rb_x000D_"),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b</t></is></c>', "a\rb"),
        ('<c r="A1" t="inlineStr"><is><t>a&amp;b&lt;</t></is></c>', "a&b<"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" s="1"><v>46085</v></c>', dt.date(2026, 3, 4)),
        ('<c r="A1" s="1"><v>46085.5</v></c>', dt.datetime(2026, 3, 4, 12)),
        ('<c r="A1" t="str"><v>03</v></c>', "03"),
        ("<c><v>3</v></c>", 3.0),
        ('<c r="A1" t="d"><v>2026-03-04</v></c>', dt.date(2026, 3, 4)),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[x<y]]></t></is></c>', "x<y"),
        ("<c r='A1'><v>3</v></c>", 3.0),
        ('<c s="0" r="A1"><v>3</v></c>', 3.0),
    ],
)
def test_values_are_read_as_they_were_meant(cell, value):
    shared = (
        '<si><r><t xml:space="preserve">rich </t></r><r><t>text</t></r></si><si><t>漢字</t><rPh sb="0" eb="1"><t>かんじ</t></rPh></si>'
        "<si><t>a_x000D_b_x005F_x000D_</t></si>"
    )
    (sheet,) = cells(cell, shared=shared).sheets
    assert (sheet.rows, sheet.disagreed) == ([(value,)], {})


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    assert cells('<c r="A1" s="1"><v>44623</v></c>', properties='<workbookPr date1904="1"/>').sheets[0].rows == [
        (dt.date(2026, 3, 4),)
    ]


def test_an_error_word_that_calamine_stops_at_is_read_by_the_other():
    book = cells('<c r="A1" t="e"><v>#BUSY!</v></c><c r="B1"><v>3</v></c>')
    assert (book.sheets[0].rows, book.sheets[0].errors, book.reader) == ([(None, 3.0)], {"A1": "#BUSY!"}, "openpyxl")


def test_a_cell_on_which_two_readers_disagree_is_told_with_both_values():
    (sheet,) = cells('<c r="A1"><v>3<!-- x -->4</v></c><c r="B1"><v>5</v></c>').sheets
    assert (sheet.rows, sheet.disagreed) == ([(None, 5.0)], {"A1": "3.0 / 34.0"})


def test_a_space_between_two_runs_is_not_lost():
    shared = "<si><r><t>In </t></r><r><t>place</t></r></si>"
    (sheet,) = cells('<c r="A1" t="s"><v>0</v></c>', shared=shared).sheets
    assert sheet.rows == [("In place",)] and sheet.disagreed == {}


def test_xml_in_utf_16_is_read_too():
    xml = sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>é</t></is></c></row>').decode().replace("UTF-8", "UTF-16")
    assert open_book("a.xlsx", by_hand(parts={"xl/worksheets/sheet1.xml": xml.encode("utf-16")})).sheets[0].rows == [("é",)]


def test_a_sheet_kept_in_an_unusual_place_is_found():
    relations = by_hand()
    names = zipfile.ZipFile(BytesIO(relations))
    rels = names.read("xl/_rels/workbook.xml.rels").replace(b'"worksheets/sheet1.xml"', b'"../other/s.xml"')
    parts = {"xl/_rels/workbook.xml.rels": rels, "other/s.xml": sheet_xml('<row r="1"><c r="A1"><v>3</v></c></row>')}
    assert open_book("a.xlsx", by_hand(parts=parts)).sheets[0].rows == [(3.0,)]


def test_a_prefix_before_every_name_changes_nothing():
    plain = sheet_xml('<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1"><v>3</v></c></row>').decode()
    prefixed = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    (sheet,) = open_book("a.xlsx", by_hand(parts={"xl/worksheets/sheet1.xml": prefixed.encode()})).sheets
    assert (sheet.rows, sheet.errors) == ([(None, 3.0)], {"A1": "#REF!"})


# --- far cells, sizes, damage


def test_a_far_cell_is_left_out_and_said_so_in_xlsx_and_xlsb():
    book = open_book(
        "a.xlsx", by_hand('<row r="1"><c r="A1"><v>3</v></c></row><row r="1048576"><c r="XFD1048576"><v>4</v></c></row>')
    )
    assert (book.sheets[0].rows, [(p.code, p.found) for p in book.problems]) == ([(3.0,)], [("far-cells-not-read", "XFD1048576")])
    sheet = xlsb_sheet({0: [3], 1_048_575: [*[None] * 16_383, 4]})
    book = open_book("a.xlsb", parts_changed(as_xlsb([("S", [])]), lambda n, d: sheet if n.endswith("sheet1.bin") else d))
    assert (book.sheets[0].rows, [(p.code, p.found) for p in book.problems]) == ([(3.0,)], [("far-cells-not-read", "XFD1048576")])


def test_a_cell_repeated_over_a_whole_ods_sheet_is_refused():
    content = parts_changed(
        as_ods([("S", [[1]])]),
        lambda n, d: d.replace(b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16384" ').replace(
            b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1048576">'
        ),
    )
    assert stopped(content, "a.ods") == ["too-large"]


def test_a_wrong_declared_size_loses_and_adds_nothing():
    for declared in ("A1", "A1:XFD1048576"):
        content = parts_changed(
            by_hand('<row r="1"><c r="A1"><v>3</v></c><c r="B1"><v>4</v></c></row>'),
            lambda n, d, size=declared: d.replace(b"<sheetData>", b'<dimension ref="%s"/><sheetData>' % size.encode()),
        )
        assert open_book("a.xlsx", content).sheets[0].rows == [(3.0, 4.0)]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/custom.xml", "xl/drawings/drawing1.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_part_may_declare_entities(part, encoding):
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert stopped(by_hand(parts={part: bomb.encode(encoding)})) == ["damaged-workbook"]


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    assert stopped(by_hand(parts={"xl/media/image1.png": b"\0" * 60_000_000})) == ["too-large"]
    assert stopped(by_hand(parts={f"x/{i}": b"" for i in range(MAX_ENTRIES)})) == ["too-large"]


def test_an_entry_that_declares_less_than_it_holds_is_damaged():
    content = bytearray(by_hand(parts={"xl/media/a.png": b"x" * 5_000}))
    at = bytes(content).rfind(b"xl/media/a.png") - 46  # its record in the directory; bytes 24-27: size unpacked
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert stopped(bytes(content)) == ["damaged-workbook"]


def test_two_parts_of_one_name_are_two_workbooks_and_so_none():
    out = BytesIO(by_hand('<row r="1"><c r="A1"><v>3</v></c></row>'))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml('<row r="1"><c r="A1"><v>4</v></c></row>'))
    assert stopped(out.getvalue()) == ["damaged-workbook"]


@pytest.mark.parametrize("kind", [as_xlsx, as_xls, as_ods, as_xlsb])
def test_half_a_file_is_damaged_in_every_format(kind):
    content = kind(SHEETS)
    assert stopped(content[: len(content) // 2]) in (["damaged-workbook"], ["other-format"])


@pytest.mark.parametrize(
    "content", [b"<?xml version='1.0'?><Workbook/>", b"<html><table>", b"%PDF-1.7", b"\xef\xbb\xbf<!DOCTYPE html>"]
)
def test_what_only_bears_the_name_of_a_workbook_is_told(content):
    assert stopped(content, "a.xls") == ["other-format"]


def test_a_protected_ods_asks_for_a_copy_without_a_password():
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:encryption-data/></manifest:manifest>'
    content = parts_changed(as_ods(SHEETS), lambda n, d: manifest if n == "META-INF/manifest.xml" else d)
    assert stopped(content, "a.ods") == ["protection-unknown"]
