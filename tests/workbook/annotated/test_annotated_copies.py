"""The State's own workbook back: problems marked, everything else as it was."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from io import BytesIO

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from analysis.workbook.annotated import annotated
from analysis.workbook.annotated.styles import TO_CORRECT, TO_NOTE
from analysis.workbook.problems import problem
from tests.workbook.annotated.rich import prefixed, rich, strict, with_discussion, with_parts, without_references
from tests.workbook.annotated.validity import faults, parts_of, relations_of

FIRST = "Réponses & co"
PROBLEMS = [
    problem("answer-not-allowed", "r.xlsx", FIRST, "B4", found="7.5", allowed="0-5", question="Q3", suggestion="5"),
    problem("answer-not-allowed", "r.xlsx", FIRST, "B5", found="=1+1 & <b>", allowed="0-5", question="Q4"),
    problem("na-without-reason", "r.xlsx", FIRST, "E6", found="N/A", question="Q5"),
    problem("answer-not-allowed", "r.xlsx", FIRST, "D9", found="in a hidden column", allowed="0-5"),
    problem("answer-not-allowed", "r.xlsx", FIRST, "B11", found="inside merged cells", allowed="0-5"),
    problem("answer-not-allowed", "r.xlsx", FIRST, "C20", found="a row without cells", allowed="0-5"),
    problem("answer-not-allowed", "r.xlsx", FIRST, "C30", found="a row that is not there", allowed="0-5"),
    problem("answer-not-allowed", "r.xlsx", "O'Hara", "A1", found="x", allowed="0-5"),
    problem("nothing-filled", "r.xlsx"),
    problem("answer-not-allowed", "r.xlsx", "No such sheet", "A1", found="x", allowed="0-5"),
]


def opened(content: bytes):
    return load_workbook(BytesIO(content))


def colored(book) -> dict[tuple[str, str], str]:
    """Marked cells -> their colour; the list itself is left out."""
    return {
        (sheet.title, cell.coordinate): cell.fill.start_color.rgb
        for sheet in book.worksheets[:-1]
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid" and cell.fill.start_color.rgb in (TO_CORRECT, TO_NOTE)
    }


def noted(book) -> dict[tuple[str, str], str]:
    return {(s.title, c.coordinate): c.comment.text for s in book.worksheets for row in s.iter_rows() for c in row if c.comment}


def listed(book) -> list[tuple]:
    """The lines of the list below its head, without the hidden first column."""
    rows = [[cell.value for cell in row][1:] for row in book.worksheets[-1].iter_rows()]
    head = next(i for i, row in enumerate(rows) if row[0] == "How serious")
    return [tuple(row) for row in rows[head + 1 :]]


@pytest.fixture(scope="module")
def copy():
    return annotated("r.xlsx", rich(), PROBLEMS)


def test_the_sample_workbook_itself_is_whole():
    assert faults(rich()) == faults(rich(macros=True)) == []


def test_a_copy_is_whole_and_says_that_nothing_was_lost(copy):
    assert faults(copy.content) == []
    assert (copy.name, copy.kind, copy.lost) == ("r-checked.xlsx", "annotated", ())


def test_every_part_without_a_problem_keeps_its_bytes(copy):
    before, after = parts_of(rich()), parts_of(copy.content)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/_rels/sheet2.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }
    assert set(after) - set(before) == {"xl/worksheets/sheet5.xml", "xl/comments2.xml", "xl/drawings/vmlDrawing3.vml"}
    assert {"xl/media/image1.png", "xl/charts/chart1.xml", "customXml/item1.xml", "docProps/custom.xml"} <= set(before) - changed


def test_problem_cells_are_coloured_where_a_reader_sees_them(copy):
    assert colored(opened(copy.content)) == {
        (FIRST, "B4"): TO_CORRECT,
        (FIRST, "B5"): TO_CORRECT,
        (FIRST, "E6"): TO_NOTE,
        (FIRST, "E9"): TO_CORRECT,  # D is hidden
        (FIRST, "A10"): TO_CORRECT,  # A10:C11 are merged
        (FIRST, "C20"): TO_CORRECT,
        (FIRST, "C30"): TO_CORRECT,
        ("O'Hara", "A1"): TO_CORRECT,
    }


def test_a_marked_cell_keeps_its_letters_borders_and_number_format(copy):
    before, after = opened(rich())[FIRST]["B4"], opened(copy.content)[FIRST]["B4"]
    for part in ("font", "border", "number_format", "alignment", "protection", "value"):
        assert repr(getattr(after, part)) == repr(getattr(before, part)), part
    assert (after.font.bold, after.border.top.style, after.number_format) == (True, "medium", "0.00")


def test_a_new_cell_takes_the_format_of_its_row(copy):
    cell = opened(copy.content)[FIRST]["C20"]
    assert (cell.font.bold, cell.border.top.style, cell.value) == (True, "medium", None)


def test_values_formulas_and_the_rest_of_the_cells_stay(copy):
    before, after = opened(rich()), opened(copy.content)
    for title in before.sheetnames:
        cells = {c.coordinate: (c.value, c.data_type) for row in before[title].iter_rows() for c in row if c.value is not None}
        found = {c.coordinate: (c.value, c.data_type) for row in after[title].iter_rows() for c in row if c.value is not None}
        assert found == cells, title
    assert after[FIRST]["D2"].value == "=SUM(B2:B8)"
    assert after["Hidden"].sheet_state == "hidden"
    assert after["Plain"].protection.sheet is True


def test_a_fast_reader_sees_the_same_values(copy):
    before, after = (CalamineWorkbook.from_filelike(BytesIO(c)) for c in (rich(), copy.content))
    assert after.sheet_names == [*before.sheet_names, "Problems"]
    for name in before.sheet_names:
        rows = [row for row in after.get_sheet_by_name(name).to_python() if any(v != "" for v in row)]
        wanted = [row for row in before.get_sheet_by_name(name).to_python() if any(v != "" for v in row)]
        assert [[v for v in row if v != ""] for row in rows] == [[v for v in row if v != ""] for row in wanted]


def test_notes_say_what_is_wrong_and_own_notes_stay(copy):
    notes = noted(opened(copy.content))
    assert notes[FIRST, "C3"] == "Their own note\nin two lines"
    assert notes[FIRST, "B4"] == (
        "Is this right?\n— Returns desk —\nto repair: “7.5” is not an answer. Allowed: 0-5. Perhaps meant: 5."
    )
    assert notes[FIRST, "B5"] == "— Returns desk —\nto repair: “=1+1 & <b>” is not an answer. Allowed: 0-5."
    assert set(notes) == {*((FIRST, c) for c in ("C3", "B4", "B5", "E6", "E9", "A10", "C20", "C30")), ("O'Hara", "A1")}


def test_every_note_has_one_box_at_its_cell(copy):
    parts = parts_of(copy.content)
    boxes = re.findall(rb"<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>", parts["xl/drawings/vmlDrawing1.vml"])
    notes = re.findall(rb'<comment ref="([A-Z]+)(\d+)"', parts["xl/comments1.xml"])
    assert sorted((int(r) + 1, int(c) + 1) for r, c in boxes) == sorted((int(r), ord(c) - 64) for c, r in notes)


def test_drawings_of_notes_share_no_id(copy):
    ids = [
        i
        for name, data in parts_of(copy.content).items()
        if name.endswith(".vml")
        for i in re.findall(rb'\sid="(_x0000_s\d+)"', data)
    ]
    assert len(ids) == len(set(ids)) == 9


def test_the_list_names_every_problem_with_a_link_to_its_cell(copy):
    book = opened(copy.content)
    lines = listed(book)
    assert lines[0][:5] == ("stops it", None, None, None, None)
    assert lines[1] == ("to repair", "No such sheet", "A1", None, "x", "“x” is not an answer. Allowed: 0-5.", None)
    assert lines[2][:5] == ("to repair", FIRST, "B4", "Q3", "7.5")
    assert lines[2][6] == "5"
    assert [line[2] for line in lines] == [None, "A1", "B4", "B5", "E9", "A10", "C20", "C30", "A1", "E6"]
    links = [cell.hyperlink.location for row in book["Problems"].iter_rows() for cell in row if cell.hyperlink]
    assert links[:2] == ["'Réponses & co'!B4", "'Réponses & co'!B5"]
    assert "'O''Hara'!A1" in links
    assert len(links) == 8


def test_the_list_counts_and_says_what_to_do(copy):
    said = [row[1] for row in opened(copy.content)["Problems"].iter_rows(max_row=6, values_only=True)]
    assert said[1] == "What to correct"
    assert said[2].startswith("Correct the coloured cells of the other sheets, save this workbook and send it back.")
    assert said[3] == "Stops the return: 1.  To repair: 8.  Notes: 1."


def test_the_copy_opens_with_the_list_and_no_other_sheet_is_selected(copy):
    book = opened(copy.content)
    assert book.active.title == "Problems"
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == ["Problems"]


def test_the_list_prints_on_pages_with_its_head(copy):
    sheet = opened(copy.content)["Problems"]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.print_title_rows) == ("landscape", 0, "$5:$5")
    assert sheet.freeze_panes == "A6"
    assert sheet.column_dimensions["A"].hidden


def test_text_of_a_state_is_text_everywhere_in_the_copy(copy):
    book = opened(copy.content)
    kinds = {cell.data_type for row in book["Problems"].iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"} or kinds == {"inlineStr"}
    assert not [c for row in book["Problems"].iter_rows() for c in row if c.data_type == "f"]


def test_names_of_the_state_stay_and_ours_are_added(copy):
    book = opened(copy.content)
    assert book.defined_names["theirs"].attr_text == "'Réponses & co'!$B$2:$B$8"
    assert book["Hidden"].defined_names["local"].attr_text == "Hidden!$A$1"
    assert book.defined_names["_maturity_problems"].hidden is True


def test_a_workbook_with_macros_keeps_them_unseen():
    copy = annotated("r.xlsm", rich(macros=True), PROBLEMS)
    assert (copy.name, copy.kind) == ("r-checked.xlsm", "annotated")
    assert faults(copy.content) == []
    before, after = parts_of(rich(macros=True)), parts_of(copy.content)
    assert after["xl/vbaProject.bin"] == before["xl/vbaProject.bin"]
    assert b"application/vnd.ms-excel.sheet.macroEnabled.main+xml" in after["[Content_Types].xml"]


@pytest.mark.parametrize("written", [prefixed, without_references, strict])
def test_other_ways_of_writing_a_workbook_are_marked_too(written):
    content = written(rich())
    assert faults(content) == []
    copy = annotated("r.xlsx", content, PROBLEMS)
    assert copy.kind == "annotated"
    assert faults(copy.content) == []
    if written is not strict:  # which openpyxl opens without a sheet
        assert len(colored(opened(copy.content))) == 8
        assert len(noted(opened(copy.content))) == 9
    else:
        assert CalamineWorkbook.from_filelike(BytesIO(copy.content)).sheet_names[-1] == "Problems"


def test_a_cell_with_a_discussion_gets_no_note_and_that_is_said():
    copy = annotated("r.xlsx", with_discussion(rich(), "B5"), PROBLEMS)
    assert copy.lost == ("annotated.lost.discussed",)
    assert (FIRST, "B5") not in noted(opened(copy.content))
    assert (FIRST, "B5") in colored(opened(copy.content))
    assert faults(copy.content) == []


# --- marking again


def without_ours(content: bytes) -> dict[str, bytes]:
    """The parts by what they say: styles may hold more than is used."""
    return {name: data for name, data in parts_of(content).items() if name != "xl/styles.xml"}


def test_marking_a_marked_copy_is_like_marking_the_workbook(copy):
    again = annotated(copy.name, copy.content, PROBLEMS)
    assert (again.name, faults(again.content)) == ("r-checked.xlsx", [])
    assert opened(again.content).sheetnames == opened(copy.content).sheetnames
    assert colored(opened(again.content)) == colored(opened(copy.content))
    assert noted(opened(again.content)) == noted(opened(copy.content))
    assert listed(opened(again.content)) == listed(opened(copy.content))
    third = annotated(again.name, again.content, PROBLEMS)
    assert parts_of(third.content).keys() == parts_of(again.content).keys()
    assert without_ours(third.content) == without_ours(again.content)
    assert len(parts_of(third.content)["xl/styles.xml"]) == len(parts_of(again.content)["xl/styles.xml"])


def test_what_was_corrected_loses_its_mark_and_own_notes_come_back_whole(copy):
    left = annotated(copy.name, copy.content, PROBLEMS[1:2]).content
    assert faults(left) == []
    book, before = opened(left), opened(rich())
    assert colored(book) == {(FIRST, "B5"): TO_CORRECT}
    assert {place: text for place, text in noted(book).items() if place != (FIRST, "B5")} == noted(before)
    assert book[FIRST]["B4"].fill.start_color.rgb == before[FIRST]["B4"].fill.start_color.rgb == "FFFFFF00"
    assert [line[2] for line in listed(book)] == ["B5"]
    clean = opened(annotated(copy.name, copy.content, []).content)
    assert colored(clean) == {}
    assert noted(clean) == noted(before)


def test_a_copy_that_another_program_saved_is_known_again(copy):
    saved = BytesIO()
    book = opened(copy.content)
    book["Problems"].title = "Renamed"
    book.move_sheet("Renamed", -2)
    book.save(saved)
    again = annotated("r-checked.xlsx", saved.getvalue(), PROBLEMS[:2])
    assert (again.kind, faults(again.content)) == ("annotated", [])
    found = opened(again.content)
    assert found.sheetnames == [FIRST, "O'Hara", "Renamed", "Hidden", "Plain"]
    marked = [
        (s.title, c.coordinate)
        for s in found.worksheets
        if s.title != "Renamed"
        for row in s.iter_rows()
        for c in row
        if c.fill.fill_type and c.fill.start_color.rgb in (TO_CORRECT, TO_NOTE)
    ]
    assert marked == [(FIRST, "B4"), (FIRST, "B5")]
    assert set(noted(found)) == {(FIRST, "C3"), (FIRST, "B4"), (FIRST, "B5")}
    assert noted(found)[FIRST, "B4"].count("— Returns desk —") == 1


def test_a_sheet_of_the_states_with_our_sheets_name_stays():
    book = opened(rich())
    book.create_sheet("Problems")["A1"] = "theirs"
    saved = BytesIO()
    book.save(saved)
    found = opened(annotated("r.xlsx", saved.getvalue(), PROBLEMS).content)
    assert found.sheetnames[-2:] == ["Problems", "Problems 2"]
    assert found["Problems"]["A1"].value == "theirs"


# --- where it is not done


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"_xmlsignatures/sig1.xml": b"<Signature/>"}, "annotated.lost.signed"),
        ({"xl/revisions/revisionHeaders.xml": b"<headers/>"}, "annotated.lost.shared"),
        ({"xl/worksheets/sheet1.xml": b"<worksheet"}, "annotated.lost.unusual"),
        ({"xl/worksheets/sheet1.xml": b"<!DOCTYPE x []><worksheet/>"}, "annotated.lost.unusual"),
        ({"xl/styles.xml": b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'}, "annotated.lost.unusual"),
    ],
)  # fmt: skip
def test_a_workbook_that_leaves_a_doubt_gets_a_report(changed, reason):
    kinds = [("xml", "application/xml")] if "xl/revisions/revisionHeaders.xml" in changed else []
    report = annotated("r.xlsx", with_parts(rich(), changed, kinds), PROBLEMS)
    assert (report.kind, report.name, report.lost) == ("report", "r-problems.xlsx", (reason,))
    assert faults(report.content) == []
    assert len(listed(opened(report.content))) == len(PROBLEMS)


def test_a_part_that_is_too_large_to_be_edited_gets_a_report_without_rows(monkeypatch):
    monkeypatch.setattr("analysis.workbook.annotated.markup.MAX_PART", 50_000)
    padded = parts_of(rich())["xl/worksheets/sheet1.xml"] + b" " * 60_000
    report = annotated("r.xlsx", with_parts(rich(), {"xl/worksheets/sheet1.xml": padded}), PROBLEMS[:1])
    assert (report.kind, report.lost) == ("report", ("annotated.lost.large",))
    assert [cell.value for row in opened(report.content).worksheets[0].iter_rows() for cell in row if cell.value] == []


def test_two_entries_of_one_name_are_a_doubt():
    out = BytesIO(rich())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert annotated("r.xlsx", out.getvalue(), PROBLEMS).kind == "report"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 50, b"%PDF-1.4"])
def test_anything_else_gets_a_report(content):
    report = annotated("x.xlsx", content, PROBLEMS)
    assert report.kind == "report"
    assert len(listed(opened(report.content))) == len(PROBLEMS)


def test_a_report_shows_the_rows_of_a_table_at_their_own_places():
    table = "iso3,round,reading,question,answer\nQMA,2026,self,Q1,=1+1\nQMA,2026,self,Q2,2\nQMA,2026,self,Q3,7\n"
    problems = [problem("answer-not-allowed", "t.csv", "", f"E{n}", found="?", allowed="0-5") for n in (2, 4)]
    report = annotated("t.csv", table.encode(), problems)
    assert (report.kind, report.lost) == ("report", ("annotated.lost.format",))
    assert faults(report.content) == []
    sheet = opened(report.content).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["[iso3]", "[round]", "[reading]", "[question]", "[answer]"]
    assert rows[1][4] == "=1+1"
    assert sheet["E2"].data_type == "s"
    assert rows[2] == [None] * 5
    assert rows[3][3] == "Q3"
    assert [sheet[c].fill.start_color.rgb for c in ("E2", "E4")] == [TO_CORRECT, TO_CORRECT]
    said = [row[1] for row in opened(report.content).worksheets[-1].iter_rows(max_row=5, values_only=True)]
    assert said[2].startswith("Correct these cells in your own file")
    assert said[3].startswith("The file is not an .xlsx or .xlsm workbook")


# --- seen by another program


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not on this computer")
def test_libreoffice_opens_the_copy_with_its_notes_and_marks_it_again(copy, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "r.xlsx").write_bytes(copy.content)
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(tmp_path / "in" / "r.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    saved = (tmp_path / "r.xlsx").read_bytes()
    book = opened(saved)
    assert book.sheetnames == [FIRST, "O'Hara", "Hidden", "Plain", "Problems"]
    assert len(noted(book)) == 9
    assert len(colored(book)) == 8
    assert book["Problems"]["D8"].hyperlink.location == "Réponses & co!B4" or "B4" in book["Problems"]["D8"].hyperlink.location
    again = annotated("r-checked.xlsx", saved, PROBLEMS[:1])
    assert (again.kind, faults(again.content)) == ("annotated", [])
    assert colored(opened(again.content)) == {(FIRST, "B4"): TO_CORRECT}
    assert set(noted(opened(again.content))) == {(FIRST, "C3"), (FIRST, "B4")}


def test_the_sheets_relations_lead_to_its_notes(copy):
    parts = parts_of(copy.content)
    assert sorted(kind for kind, _ in relations_of("xl/worksheets/sheet2.xml", parts).values()) == [
        "comments",
        "drawing",
        "vmlDrawing",
    ]
