"""XML edited as text: elements are found whatever stands between them, and what is not touched stays."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.workbook.annotated.grid import Grid, place_of, reference_of
from analysis.workbook.annotated.markup import (
    MAIN,
    Edits,
    NotEditable,
    checked,
    children,
    escaped,
    quoted,
    root_of,
    unescaped,
    with_attribute,
)
from analysis.workbook.annotated.styles import safe_fill


def names(text: str) -> list[tuple[str, str]]:
    return [(e.name, text[e.inner : e.stop]) for e in children(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a/><b>x</b>", [("a", ""), ("b", "x")]),
        ("<row><rowBreaks/></row><row/>", [("row", "<rowBreaks/>"), ("row", "")]),
        ("<g>1<g>2</g><g/>3</g><h/>", [("g", "1<g>2</g><g/>3"), ("h", "")]),
        ("<a><!-- </a> --></a><b/>", [("a", "<!-- </a> -->"), ("b", "")]),
        ("<a><![CDATA[</a>]]></a><b/>", [("a", "<![CDATA[</a>]]>"), ("b", "")]),
        ("<?x </a>?><a ><?y </a>?></a ><b/>", [("a", "<?y </a>?>"), ("b", "")]),
        ("<x:c r='A1' t = \"s\" ><x:v>1</x:v></x:c>", [("x:c", "<x:v>1</x:v>")]),
        ('<a b="x>y"/><c/>', [("a", ""), ("c", "")]),
    ],
)
def test_children_are_found_whatever_stands_in_them(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize("text", ["<a><b></a>", "no tags", ""])
def test_what_is_not_well_formed_is_not_edited(text):
    with pytest.raises(NotEditable):
        checked(text.encode())


@pytest.mark.parametrize(
    "data",
    [b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<a/>".encode("utf-16"), b'<?xml version="1.0" encoding="windows-1252"?><a/>', b"<a>\xff</a>"],
)  # fmt: skip
def test_other_encodings_and_declared_types_are_not_edited(data):
    with pytest.raises(NotEditable):
        checked(data)


def test_an_attribute_is_set_in_the_start_tag_alone():
    text = '<c r="A1" s=\'3\'><v s="9">1</v></c>'
    assert with_attribute(text, root_of(text), "s", 5) == '<c r="A1" s="5">'
    assert with_attribute(text, root_of(text), "t", 'a"<&') == '<c r="A1" s=\'3\' t="a&quot;&lt;&amp;">'
    assert with_attribute("<c/>", root_of("<c/>"), "s", 5) == '<c s="5"/>'


def test_edits_keep_their_order_and_everything_else():
    text = '<a><b n="1"/><c/></a>'
    root = root_of(text)
    first, second = children(text, root.inner, root.stop)
    edits = Edits(text)
    edits.append(root, "<z/>")
    edits.append(first, "<y/>", n=2)
    edits.insert(second.start, "<1/>")
    edits.insert(second.start, "<2/>")
    assert edits.done() == '<a><b n="2"><y/></b><1/><2/><c/><z/></a>'


def test_edits_that_overlap_are_refused():
    edits = Edits("abcdef")
    edits.replace(0, 3, "")
    edits.replace(2, 4, "")
    with pytest.raises(NotEditable):
        edits.done()


@given(st.text())
def test_any_text_comes_back_from_xml_as_a_cell_can_hold_it(text):
    kept = ET.fromstring(f"<a>{escaped(text)}</a>").text or ""
    assert unescaped(escaped(text)) == kept
    ET.fromstring(f'<a b="{quoted(text)}"/>')


@pytest.mark.parametrize(
    ("reference", "place"),
    [("A1", (1, 1)), ("$D$14", (14, 4)), ("XFD1048576", (1048576, 16384)), ("B2:C9", (2, 2)), ("5:7", (5, 1))],
)
def test_a_reference_is_a_place(reference, place):
    assert place_of(reference) == place


@pytest.mark.parametrize("reference", ["", "A0", "XFE1", "A1048577", "AAAA1", "1", "A1'!B2", "D14 ", "=A1"])
def test_anything_else_is_none(reference):
    assert place_of(reference) is None


def test_a_place_is_written_as_a_reference():
    assert [reference_of(p) for p in [(1, 1), (14, 4), (1048576, 16384)]] == ["A1", "D14", "XFD1048576"]


SHEET = (
    f'<worksheet xmlns="{MAIN}"><dimension ref="B2:C3"/><cols><col min="4" max="5" width="9" hidden="1" style="7"/></cols>'
    '<sheetData><row r="2" spans="2:3"><c r="B2" s="1"><v>1</v></c><c r="C2" t="s"/></row><row r="5" s="3" customFormat="1"/></sheetData>'
    '<mergeCells count="1"><mergeCell ref="B8:C9"/></mergeCells><pageMargins/><tableParts count="0"/></worksheet>'
)


def styled(places, text=SHEET):
    return Grid(text, MAIN).with_styles({place: lambda style: style + 10 for place in places})


def test_cells_get_another_format_where_they_stand():
    assert styled([(2, 2), (2, 3)]) == SHEET.replace('s="1"', 's="11"').replace('<c r="C2" t="s"/>', '<c r="C2" t="s" s="10"/>')


def test_missing_cells_and_rows_are_made_in_order_with_the_format_of_row_or_column():
    found = styled([(2, 1), (2, 5), (3, 4), (5, 1), (9, 1), (1, 1)])
    rows = found[found.index("<sheetData>") : found.index("</sheetData>")]
    assert rows == (
        '<sheetData><row r="1"><c r="A1" s="10"/></row>'
        '<row r="2" spans="1:5"><c r="A2" s="10"/><c r="B2" s="1"><v>1</v></c><c r="C2" t="s"/><c r="E2" s="17"/></row>'
        '<row r="3"><c r="D3" s="17"/></row><row r="5" s="3" customFormat="1"><c r="A5" s="13"/></row><row r="9"><c r="A9" s="10"/></row>'
    )
    assert '<dimension ref="A1:E9"/>' in found


def test_an_empty_sheet_can_be_marked():
    text = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    assert (
        styled([(1, 2)], text)
        == f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="B1" s="10"/></row></sheetData></worksheet>'
    )


def test_a_hidden_or_merged_place_is_shown_beside_or_above():
    grid = Grid(SHEET, MAIN)
    assert [grid.shown(p) for p in [(2, 2), (2, 4), (2, 5), (9, 3)]] == [(2, 2), (2, 6), (2, 6), (8, 2)]


def test_the_drawing_of_notes_stands_where_the_format_wants_it():
    found = Grid(SHEET, MAIN).with_notes("rId7")
    assert "<pageMargins/><legacyDrawing xmlns:r=" in found
    assert 'r:id="rId7"/><tableParts' in found


@pytest.mark.parametrize(
    "rows",
    ['<row r="2"/><row r="1"/>', '<row r="1"/><row r="1"/>', '<row r="x"/>', "<other/>"],
)
def test_rows_out_of_order_are_not_edited(rows):
    with pytest.raises(NotEditable):
        Grid(f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>', MAIN)


def test_cells_out_of_order_are_not_edited():
    text = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="B1"/><c r="A1"/></row></sheetData></worksheet>'
    with pytest.raises(NotEditable):
        styled([(1, 1)], text)


@pytest.mark.parametrize("described", ["none||", "solid|rgb=FFFFF9E8|indexed=64", "solid|theme=4 tint=-0.25|", "gray125||"])
def test_a_ground_of_ours_comes_back(described):
    assert safe_fill(described)


@pytest.mark.parametrize(
    "described", ["", "solid", 'solid|rgb="/><x|', "solid|rgb=FFF|", "solid|url=x|", "solid|rgb=FFFFF9E8|indexed=64|", "a b||"]
)
def test_a_ground_that_somebody_else_wrote_does_not(described):
    assert not safe_fill(described)
