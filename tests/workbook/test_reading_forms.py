"""Forms as they come back: by id and never by position; every anomaly is a problem with its cell."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from copy import copy
from io import BytesIO

import pytest
from openpyxl import Workbook

from analysis.model import Consent, Contributor, Status, UnreadableReturn
from analysis.texts import problem_message
from analysis.workbook import layout
from analysis.workbook.reading import read_file
from analysis.workbook.template import template
from tests.workbook.forms import Form, codes

BLANK, INVALID = int(Status.BLANK), int(Status.INVALID)


def read(form_or_bytes, known, states, name="QMA.xlsx"):
    content = form_or_bytes if isinstance(form_or_bytes, bytes) else form_or_bytes.content
    (found,) = read_file(name, content, known, states)
    return found


def code_of(found, question: str) -> int:
    return next(a.code for a in found.value.answers if a.question == question)


def of_code(found, code: str):
    return [p for p in found.problems if p.code == code]


def test_a_filled_form_becomes_a_return(form, known, states):
    form.fill(
        {"LEND.STOCK.1": "Yes", "LEND.STOCK.2": "3 half done", "LEND.LOANS.1": "No", "LEND.LOANS.2": "Planned", "LEND.STOCK.3": 5}
    )
    found = read(form, known, states)
    assert (found.value.key, found.value.instrument, found.value.submodules) == (
        ("QMA", "", "2026", "self"),
        "plain-yes-no",
        ("lending",),
    )
    assert [(a.question, a.code) for a in found.value.answers] == [
        ("LEND.STOCK.1", 0),
        ("LEND.STOCK.2", 2),
        ("LEND.STOCK.3", 4),
        ("LEND.LOANS.1", 3),
        ("LEND.LOANS.2", 2),
    ]
    assert found.storable


def test_an_untouched_sheet_is_not_returned_and_a_touched_one_has_blanks(form, known, states):
    form.fill({("question:READ.ROOM.1", "comment"): "not yet discussed"})
    found = read(form, known, states)
    assert found.value.submodules == ("reading",)
    assert [a.code for a in found.value.answers] == [BLANK] * 5


def test_a_form_without_any_answer_is_stopped_with_a_reason(form, known, states):
    found = read(form, known, states)
    assert (found.value, codes(found.problems), found.storable) == (None, ["nothing-filled"], False)


def test_an_empty_cover_says_all_that_is_missing(empty_form, known, states):
    empty_form.fill({"LEND.STOCK.1": "Yes"})
    found = read(empty_form, known, states)
    assert codes(found.problems) == ["state-missing", "round-missing", "reading-missing"]
    assert found.value is None


def test_a_wrong_cover_is_stopped_with_what_is_allowed(form, known, states):
    form.header("Belandr", "spring", "guess").fill({"LEND.STOCK.1": "Yes"})
    found = read(form, known, states)
    assert [(p.code, p.found, p.severity) for p in found.problems[:3]] == [
        ("state-to-confirm", "Belandr", "stop"),
        ("round-not-allowed", "spring", "stop"),
        ("reading-not-allowed", "guess", "stop"),
    ]
    assert found.problems[0].allowed == "Bélandor (QMB)"
    assert found.problems[0].cell == form.cell("field:state").coordinate


def test_wrong_dates_are_left_out_and_noted(form, known, states):
    form.fill({"LEND.STOCK.1": "No", ("field:date_from", "value"): "04/05/2026", ("field:date_to", "value"): dt.date(2026, 5, 9)})
    found = read(form, known, states)
    assert (found.value.date_from, found.value.date_to) == (None, dt.date(2026, 5, 9))
    assert [(p.code, p.severity) for p in found.problems] == [("date-not-allowed", "repair")]
    form.fill({("field:date_from", "value"): dt.date(2026, 6, 1)})
    found = read(form, known, states)
    assert (found.value.date_from, found.value.date_to, codes(found.problems)) == (None, None, ["dates-reversed"])


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [("3.5", "3 half done"), (3.5, "3 half done"), ("3-4", "3 half done"), ("no data", "Don't know"), ("Other", ""), (True, "")],
)
def test_what_is_no_answer_is_kept_as_invalid_with_its_cell(form, known, states, written, suggestion):
    form.fill({"LEND.STOCK.2": written})
    found = read(form, known, states)
    (problem,) = of_code(found, "answer-not-allowed")
    assert code_of(found, "LEND.STOCK.2") == INVALID
    assert (problem.sheet, problem.cell) == form.cells["question:LEND.STOCK.2", "answer"]
    assert (problem.question, problem.allowed, problem.severity) == ("LEND.STOCK.2", "1-5, N/A, Don't know, Withheld", "repair")
    assert problem.suggestion == suggestion
    assert found.storable


def test_a_problem_reads_as_one_sentence(form, known, states):
    form.fill({"LEND.STOCK.2": "Mostly"})
    (problem,) = of_code(read(form, known, states), "answer-not-allowed")
    place = f"QMA.xlsx, Lending!{problem.cell}"
    assert problem_message(problem) == f"{place}: “Mostly” is not an answer. Allowed: 1-5, N/A, Don't know, Withheld."


def test_a_formula_counts_as_the_value_stored_with_it_and_as_nothing_without_one(form, known, states):
    form.fill({"LEND.STOCK.2": "=1+2"})
    found = read(form, known, states)
    (problem,) = of_code(found, "answer-is-a-formula")
    assert (code_of(found, "LEND.STOCK.2"), problem.found) == (INVALID, "=1+2")
    stored = rewritten(form.content, "<f>1+2</f><v />", "<f>1+2</f><v>3</v>")
    read_again = read(stored, known, states)
    assert code_of(read_again, "LEND.STOCK.2") == 2  # the third option of the scale 1-5
    (noted,) = of_code(read_again, "answer-by-formula")
    assert (noted.severity, noted.found, noted.allowed) == ("note", "=1+2", "3")


def test_an_error_value_is_no_answer(form, known, states):
    form.fill({"LEND.STOCK.2": "#REF!", "LEND.STOCK.3": "#N/A"})
    found = read(form, known, states)
    assert form.cell("question:LEND.STOCK.3", "answer").data_type == "e"
    assert [(p.code, p.found, p.suggestion) for p in found.problems] == [
        ("answer-is-an-error", "#REF!", ""),
        ("answer-is-an-error", "#N/A", ""),
    ]


def test_a_date_in_an_answer_cell_is_told_as_what_a_program_made_of_a_range(form, known, states):
    form.fill({"LEND.STOCK.2": dt.datetime(2026, 4, 3)})
    found = read(form, known, states)
    (problem,) = of_code(found, "answer-is-a-date")
    assert (code_of(found, "LEND.STOCK.2"), problem.found, problem.suggestion) == (INVALID, "2026-04-03", "3 half done")


def test_not_applicable_needs_a_reason(form, known, states):
    form.fill({"LEND.STOCK.1": "N/A", "LEND.LOANS.1": "n/a", ("question:LEND.LOANS.1", "na_reason"): "Nothing is lent here."})
    found = read(form, known, states)
    assert code_of(found, "LEND.STOCK.1") == Status.NA_UNJUSTIFIED
    assert code_of(found, "LEND.LOANS.1") == Status.NA_JUSTIFIED
    (problem,) = of_code(found, "na-without-reason")
    assert (problem.severity, problem.cell) == ("note", form.cells["question:LEND.STOCK.1", "na_reason"][1])


def test_evidence_grades_are_read_or_noted(form, known, states):
    form.fill({"LEND.STOCK.1": "No", ("question:LEND.STOCK.1", "evidence_grade"): "2, document cited"})
    form.fill({"LEND.LOANS.1": "No", ("question:LEND.LOANS.1", "evidence_grade"): "strong"})
    found = read(form, known, states)
    assert [a.evidence_grade for a in found.value.answers] == [2, None, None, None, None]
    assert [(p.code, p.found) for p in found.problems] == [("evidence-grade-not-allowed", "strong")]


def test_inserted_rows_and_columns_change_nothing(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes", "READ.ROOM.2": "Partly"})
    before = read(form, known, states)
    moved = Form(form.content)
    for sheet in moved.book.worksheets[:4]:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(1, 3)
        sheet.insert_rows(8, 2)
        sheet.insert_cols(1)
        sheet.insert_cols(5)
    after = read(moved.content, known, states)
    assert [(a.question, a.code) for a in after.value.answers] == [(a.question, a.code) for a in before.value.answers]
    assert after.value.key == before.value.key


def test_reordered_renamed_and_extra_sheets_change_nothing(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes", "OUT.HOMES.1": "No"})
    before = read(form, known, states)
    book = form.book
    book["Lending"].title = "Leihe"
    book.move_sheet("Outreach", -3)
    book.create_sheet("Our notes", 0)["B2"] = "not for you"
    after = read(form, known, states)
    assert [(a.question, a.code) for a in after.value.answers] == [(a.question, a.code) for a in before.value.answers]
    assert {a.sheet for a in after.value.answers} == {"Leihe", "Outreach"}


def test_a_deleted_row_is_blank_and_said_so(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes"})
    row = form.cell("question:LEND.STOCK.2", "answer").row
    for merged in list(form.book["Lending"].merged_cells.ranges):
        form.book["Lending"].unmerge_cells(str(merged))
    form.book["Lending"].delete_rows(row)
    found = read(form, known, states)
    assert code_of(found, "LEND.STOCK.2") == BLANK
    assert [(p.code, p.question, p.sheet) for p in of_code(found, "question-missing")] == [
        ("question-missing", "LEND.STOCK.2", "Lending")
    ]


def copied_row(form: Form, question: str, answer: str) -> None:
    sheet = form.book[form.cells[f"question:{question}", "answer"][0]]
    row = form.cell(f"question:{question}", "answer").row
    for source in sheet[row]:
        sheet.cell(sheet.max_row + (source.column == 1), source.column, copy(source.value))
    sheet.cell(sheet.max_row, form.cell(f"question:{question}", "answer").column, answer)


def test_the_same_answer_twice_counts_once(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes"})
    copied_row(form, "LEND.STOCK.1", "yes")
    found = read(form, known, states)
    assert (code_of(found, "LEND.STOCK.1"), len(found.value.answers)) == (0, 5)
    assert of_code(found, "duplicate-row")[0].severity == "note"


def test_two_different_answers_are_none(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes"})
    copied_row(form, "LEND.STOCK.1", "No")
    found = read(form, known, states)
    assert code_of(found, "LEND.STOCK.1") == INVALID
    assert [(p.found, p.severity) for p in of_code(found, "duplicate-answer")] == [("Yes / No", "repair")]


def test_a_row_of_a_question_nobody_asked_is_noted(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes"})
    sheet = form.book["Lending"]
    sheet.cell(sheet.max_row + 1, 1, "question:LEND.GHOST.1")
    found = read(form, known, states)
    assert [(p.found, p.cell) for p in of_code(found, "unknown-question")] == [("LEND.GHOST.1", f"A{sheet.max_row}")]


def test_another_instrument_is_named_with_the_known_ones(form, known, states, yard):
    found = read(form.fill({"LEND.STOCK.1": "Yes"}), {yard.id: yard}, states)
    assert [(p.code, p.found, p.allowed, p.severity) for p in found.problems] == [
        ("unknown-instrument", "plain-yes-no", "yard-0-3", "stop")
    ]


def test_contributors_and_consent_are_read_from_the_cover(form, known, states):
    form.fill({"LEND.STOCK.1": "No", ("contributor:1", "office"): "Town library", ("contributor:1", "sector"): "Local authority"})
    form.fill(
        {("contributor:3", "office"): "Union", ("contributor:3", "sector"): "Trade union", ("contributor:3", "part"): "Lending"}
    )
    form.fill({("consent:donors", "tier"): "Needs", ("consent:donors", "given_by"): "Town hall"})
    form.fill({("consent:donors", "given_on"): dt.date(2026, 3, 1), ("consent:everyone", "tier"): "all of it"})
    found = read(form, known, states)
    assert found.value.contributors == (
        Contributor("Town library", "local_authority", ""),
        Contributor("Union", "Trade union", "lending"),
    )
    assert found.value.consents == (Consent("donors", "needs", "Town hall", dt.date(2026, 3, 1), None),)
    assert codes(found.problems) == ["consent-not-allowed"]


def test_consent_left_as_it_is_gives_nothing_away(form, known, states):
    assert form.cell("consent:donors", "tier").value == "Nothing"
    assert read(form.fill({"LEND.STOCK.1": "No"}), known, states).value.consents == ()


def test_a_form_in_another_language_reads_the_same(library, known, states):
    form = Form(template(library, states, language="fr"))
    form.header("Bélandor").fill({"LEND.STOCK.1": "Prévu", "LEND.STOCK.2": "Ne sait pas"})
    found = read(form, known, states)
    assert (found.value.iso3, found.value.language, [a.code for a in found.value.answers[:2]]) == (
        "QMB",
        "fr",
        [2, Status.DONT_KNOW],
    )


def test_a_workbook_without_a_cover_is_stopped(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes"})
    del form.book["Cover"]
    assert codes(read(form, known, states).problems) == ["cover-missing"]


def test_sheets_of_two_instruments_are_stopped(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes"})
    form.book["Outreach"]["A1"] = layout.marker("yard-0-3", layout.QUESTIONS, "yard")
    assert codes(read(form, known, states).problems) == ["several-instruments"]


def rewritten(content: bytes, old: str, new: str) -> bytes:
    """A workbook with a piece of its sheets' XML replaced; the piece must be there."""
    out, found = BytesIO(), False
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/"):
                found |= old.encode() in data
                data = data.replace(old.encode(), new.encode())
            target.writestr(name, data)
    assert found, old
    return out.getvalue()


def test_a_wrong_declared_size_loses_no_cell(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes"})
    content = form.content
    dimension = re.search(rb"<dimension[^>]*>", zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet2.xml"))[0].decode()
    assert code_of(read(rewritten(content, dimension, '<dimension ref="A1"/>'), known, states), "LEND.STOCK.1") == 0


def test_a_far_cell_costs_nothing(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes"})
    form.book["Lending"]["XFD1048576"] = "far"
    found = read(form, known, states)
    assert code_of(found, "LEND.STOCK.1") == 0
    assert [(p.sheet, p.found) for p in of_code(found, "far-cells-not-read")] == [("Lending", "XFD1048576")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("~$QMA.xlsx", b"x" * 171, "lock-file"),
        ("QMA.xlsx", b"", "empty-file"),
        ("QMA.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "damaged-workbook"),
        ("QMA.xlsx", b"%PDF-1.7 ...", "other-format"),
        ("QMA.xlsx", b"PK\x03\x04 cut off", "damaged-workbook"),
        ("QMA.csv", b"a,b\n1,2\n", "not-a-return"),
        ("QMA.csv", b"\x00\x01\x02\x03" * 100, "not-text"),
    ],
)
def test_a_file_nobody_can_read_says_why(known, states, name, content, code):
    with pytest.raises(UnreadableReturn) as stopped:
        read_file(name, content, known, states)
    assert [(p.code, p.severity, p.file) for p in stopped.value.problems] == [(code, "stop", name)]


def test_a_broken_checksum_or_half_a_file_is_damaged(form, known, states):
    content = form.fill({"LEND.STOCK.1": "Yes"}).content
    for broken in (content[: len(content) // 2], content[:3000] + b"\xff\xff\xff" + content[3003:]):
        with pytest.raises(UnreadableReturn) as stopped:
            read_file("QMA.xlsx", broken, known, states)
        assert codes(stopped.value.problems) == ["damaged-workbook"]


def test_a_workbook_of_something_else_is_no_return(known, states):
    book, out = Workbook(), BytesIO()
    book.active["A1"] = "Shopping"
    book.save(out)
    with pytest.raises(UnreadableReturn) as stopped:
        read_file("list.xlsx", out.getvalue(), known, states)
    assert codes(stopped.value.problems) == ["not-a-return"]


def test_an_organization_s_name_that_no_store_can_hold_is_told(form, known, states):
    content = form.fill({"LEND.STOCK.1": "Yes", ("field:organization", "value"): "Office " * 40}).content
    (found,) = read_file("QMA.xlsx", content, known, states)
    assert found.value is None and codes(found.problems)[-1] == "organization-too-long"
