"""The form: what it holds, that it reads back, that it is the same bytes, that nothing in it is live."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import time
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from analysis.instrument import DEFAULT_INSTRUMENT, instruments
from analysis.model import AUDIENCES, CONSENT_TIERS, READINGS, SECTORS, Answer, Consent, Contributor, Return, Status
from analysis.states import load_states
from analysis.workbook import layout
from analysis.workbook.reading import read_file
from analysis.workbook.template import template
from analysis.workbook.values import cell_text, organization_name, plain
from tests.workbook.forms import Form


def placeless(value: Return) -> Return:
    """A return without sheet and cell, and without the writing of what could be read."""
    bare = [replace(a, found=a.found if a.code == Status.INVALID else "", sheet="", cell="") for a in value.answers]
    return replace(value, answers=tuple(bare))


def test_the_form_has_a_cover_a_sheet_per_submodule_and_hidden_lists(library, states):
    book = load_workbook(BytesIO(template(library, states)))
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("Cover", "visible"),
        ("Lending", "visible"),
        ("Reading rooms", "visible"),
        ("Outreach", "visible"),
        ("Lists", "hidden"),
    ]


def test_one_submodule_can_be_asked_alone(library, states):
    book = load_workbook(BytesIO(template(library, states, submodules=["reading"])))
    assert book.sheetnames == ["Cover", "Reading rooms", "Lists"]
    with pytest.raises(ValueError, match="archive"):
        template(library, states, submodules=["archive"])


def test_ids_are_hidden_and_every_question_has_one(library, states):
    sheet = load_workbook(BytesIO(template(library, states)))["Lending"]
    assert sheet.column_dimensions["A"].hidden and sheet.row_dimensions[1].hidden
    assert layout.read_marker(sheet["A1"].value)["instrument"] == "plain-yes-no"
    ids = [cell.value for cell in sheet["A"] if str(cell.value).startswith("question:")]
    assert ids == [f"question:LEND.{q}" for q in ("STOCK.1", "STOCK.2", "STOCK.3", "LOANS.1", "LOANS.2")]


def test_input_cells_are_open_and_the_rest_is_protected_without_a_password(form):
    for sheet in form.book:
        if sheet.sheet_state == "visible":
            assert sheet.protection.sheet and not sheet.protection.password
            assert not sheet.protection.formatColumns
    assert not form.cell("question:LEND.STOCK.1", "answer").protection.locked
    assert not form.cell("field:state").protection.locked
    assert form.book["Lending"]["C4"].protection.locked


def test_answers_are_offered_by_a_list(form):
    sheet, place = form.cells["question:LEND.STOCK.1", "answer"]
    rules = [r for r in form.book[sheet].data_validations.dataValidation if place in r.sqref]
    assert [r.formula1 for r in rules] == ["list_answers_plain"]
    column = form.book.defined_names["list_answers_plain"].attr_text.split("$")[1]
    offered = [cell.value for cell in form.book["Lists"][column][1:] if cell.value]
    assert offered == ["Yes", "Partly", "Planned", "No", "N/A", "Don't know", "Withheld"]


def test_the_heads_stay_in_sight_and_on_every_printed_page(form):
    sheet = form.book["Lending"]
    assert sheet.freeze_panes == "D5" and sheet.print_title_rows == "$4:$4"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == ("landscape", 1, 0)
    assert sheet.oddFooter.right.text == "Page &P of &N"


def test_the_count_of_answers_counts_answers_only(form):
    sheet = form.book["Lending"]
    formula = next(c.value for c in sheet[3] if isinstance(c.value, str) and c.value.startswith("="))
    cells = sheet[formula.split("COUNTA(")[1].split(")")[0].replace("$", "")]
    assert [c[0].value for c in cells if c[0].value is not None] == []
    form.fill({"LEND.STOCK.1": "Yes"})
    assert [c[0].value for c in cells if c[0].value is not None] == ["Yes"]


def test_the_same_form_is_the_same_bytes(library, states):
    first = template(library, states)
    time.sleep(2.1)  # a zip entry's date has a step of two seconds
    assert template(library, states) == first


def test_the_main_form_is_small():
    known = instruments()
    if DEFAULT_INSTRUMENT not in known:
        pytest.fail(f"{DEFAULT_INSTRUMENT} can't be loaded")
    content = template(known[DEFAULT_INSTRUMENT], load_states())
    assert len(content) < 120_000


def test_every_level_descriptor_of_the_main_form_stands_above_its_questions():
    main = instruments()[DEFAULT_INSTRUMENT]
    sheet = load_workbook(BytesIO(template(main, load_states(), submodules=["ied"])))["IED"]
    ids = [cell.value for cell in sheet["A"]]
    at = ids.index("measure:IED.U1")
    assert ids[at + 1 : at + 7] == [f"level:IED.U1:{level}" for level in range(6)]
    assert sheet.cell(at + 5, 4).value == main.word("measure.IED.U1.level.3")


@pytest.mark.parametrize(
    "hostile", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "#N/A", "_x0041_", "a\x00b\x0bc"]
)
def test_foreign_text_stays_text(library, states, hostile):
    answer = Answer("LEND.STOCK.1", 0, comment=hostile)
    others = tuple(
        Answer(q, int(Status.BLANK)) for q in library.questions["question"] if q.startswith("LEND") and q != answer.question
    )
    value = Return(library.id, "QMA", "", "2026", "self", ("lending",), (answer, *others))
    content = template(library, states, answers=value)
    cell = Form(content).cell("question:LEND.STOCK.1", "comment")
    assert cell.data_type in ("s", "inlineStr")
    xml = zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet2.xml").decode()
    assert f"<f>{hostile[1:]}" not in xml
    (read,) = read_file("x.xlsx", content, {library.id: library}, states)
    assert read.value.answers[0].comment == hostile.replace("\x00", "").replace("\x0b", "")


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=30).map(cell_text)
TEXTS = st.one_of(
    st.just(""), LINES, st.sampled_from(["=1+1", "line one\nline two", "N/A", "_x0041_", "'quoted", "#REF!", "العربية"])
)
DATES = st.none() | st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31))


@st.composite
def returns(draw, instrument, states):
    """Any return of an instrument that a workbook can hold."""
    parts = draw(st.lists(st.sampled_from(instrument.submodules), min_size=1, unique=True))
    parts = tuple(s for s in instrument.submodules if s in parts)
    answers = []
    for row in instrument.questions.itertuples():
        if row.submodule in parts:
            answers.append(draw(_answers(row.question, len(instrument.options[row.answer_set]))))
    for part in parts:  # a part in which nobody wrote anything is not returned
        of_part = instrument.questions.loc[instrument.questions["submodule"] == part, "question"].tolist()
        first = next(i for i, a in enumerate(answers) if a.question == of_part[0])
        if all(a.code == Status.BLANK for a in answers if a.question in of_part):
            answers[first] = replace(answers[first], code=0)
    since, until = draw(DATES), draw(DATES)
    if since and until and since > until:
        since, until = until, since
    consents = [
        Consent(a, draw(st.sampled_from(CONSENT_TIERS[1:])), draw(TEXTS), draw(DATES), draw(DATES))
        for a in AUDIENCES
        if draw(st.booleans())
    ]
    offices = st.builds(
        Contributor, TEXTS.map(lambda t: t or "office"), st.sampled_from(["", *SECTORS]), st.sampled_from(["", *parts])
    )
    return Return(
        instrument.id,
        draw(st.sampled_from(sorted(states.names))),
        draw(TEXTS.map(organization_name)),  # "-" and "national" are the national return, and so is nothing
        draw(st.sampled_from(["2026", "2026-H2", "2027-Q3", "2026-05"])),
        draw(st.sampled_from(READINGS)),
        parts,
        tuple(answers),
        since,
        until,
        draw(st.sampled_from(["en", "fr"])),
        tuple(draw(st.lists(offices, max_size=12))),
        tuple(consents),
    )


@st.composite
def _answers(draw, question: str, options: int):
    status = [Status.NA_JUSTIFIED, Status.NA_UNJUSTIFIED, Status.DONT_KNOW, Status.WITHHELD, Status.BLANK, Status.INVALID]
    code = draw(st.one_of(st.integers(0, options - 1), st.sampled_from(status).map(int)))
    reason = {Status.NA_JUSTIFIED: "it cannot arise", Status.NA_UNJUSTIFIED: ""}.get(code, draw(TEXTS))
    found = draw(st.sampled_from(["3.5", "3-4", "no data", "=A1", "#REF!"])) if code == Status.INVALID else ""
    grade = draw(st.none() | st.integers(0, 4))
    return Answer(question, code, found, "", "", grade, draw(TEXTS), draw(TEXTS), reason)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_filled_form_reads_back_to_the_same_return(library, yard, known, states, data):
    instrument = data.draw(st.sampled_from([library, yard]))
    value = data.draw(returns(instrument, states))
    content = template(instrument, states, language=value.language, answers=value)
    (read,) = read_file("x.xlsx", content, known, states)
    assert not [p for p in read.problems if p.severity == "stop"]
    assert placeless(read.value) == value
    assert template(instrument, states, language=value.language, answers=read.value) == content


def test_answers_know_their_sheet_and_cell(form, known, states):
    form.fill({"LEND.LOANS.1": "Partly"})
    (read,) = read_file("x.xlsx", form.content, known, states)
    answer = next(a for a in read.value.answers if a.question == "LEND.LOANS.1")
    sheet, cell = form.cells["question:LEND.LOANS.1", "answer"]
    assert (answer.sheet, answer.cell, answer.found, answer.code) == (sheet, cell, "Partly", 1)


@pytest.mark.slow
def test_a_form_saved_again_by_libreoffice_reads_the_same(form, known, states, tmp_path):
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice (soffice) is not installed; it is not part of the required environment")
    form.fill({"LEND.STOCK.1": "Yes", "LEND.STOCK.2": 4, "LEND.STOCK.3": "4", "LEND.LOANS.1": "N/A", "READ.ROOM.1": "3,5"})
    form.fill({("question:LEND.LOANS.1", "na_reason"): "=not a formula", ("field:date_from", "value"): dt.date(2026, 3, 1)})
    form.cell("question:LEND.LOANS.1", "na_reason").data_type = "s"
    (tmp_path / "in.xlsx").write_bytes(form.content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(tmp_path / "in.xlsx")], check=True, capture_output=True, timeout=180)
    (before,) = read_file("x.xlsx", form.content, known, states)
    (after,) = read_file("x.xlsx", (tmp_path / "out" / "in.xlsx").read_bytes(), known, states)
    assert after.value == before.value
    assert [(p.code, p.cell) for p in after.problems] == [(p.code, p.cell) for p in before.problems]
    assert plain(after.value.answers[3].na_reason) == "=not a formula"
