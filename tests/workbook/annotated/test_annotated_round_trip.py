"""Correct, save, send back: what is read from a marked copy is what is read from the workbook, problem for problem."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from analysis.instrument import instruments
from analysis.model import Answer, ReadReturn, Return, Status, UnreadableReturn
from analysis.states import load_states
from analysis.workbook.annotated import annotated
from analysis.workbook.reading import read_file
from analysis.workbook.template import template
from tests.workbook.annotated.validity import faults, parts_of
from tests.workbook.forms import Form, codes

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
WRONG = {
    "LEND.STOCK.1": "Mostly",
    "LEND.STOCK.2": "=1+1",
    "LEND.STOCK.3": 5,
    "LEND.LOANS.1": "N/A",
    ("question:LEND.STOCK.3", "evidence_grade"): "high",
    ("question:LEND.STOCK.1", "comment"): 'Their <own> & "words"\nin two lines',
}


def plain(found: ReadReturn) -> ReadReturn:
    """What was read, whatever the file was called."""
    return replace(found, file="", problems=tuple(replace(p, file="") for p in found.problems))


def read(content: bytes, known, states, name="QMA.xlsx") -> list[ReadReturn]:
    return [plain(one) for one in read_file(name, content, known, states)]


def copy_of(content: bytes, known, states, name="QMA.xlsx"):
    problems = [p for one in read_file(name, content, known, states) for p in one.problems]
    return annotated(name, content, problems)


@pytest.fixture
def wrong(form) -> bytes:
    """A form with several problems, and what a State may add to it."""
    form.fill(WRONG)
    form.cell("question:LEND.STOCK.2", "answer").data_type = "s"
    extra = form.book.create_sheet("Our own calculations")
    extra["A1"], extra["B2"] = "budget", "=SUM(A2:A9)"
    return form.content


def test_marking_changes_nothing_that_is_read(wrong, known, states):
    before = read(wrong, known, states)
    copy = copy_of(wrong, known, states)
    assert (copy.kind, copy.lost, faults(copy.content)) == ("annotated", (), [])
    assert len(before[0].problems) >= 4
    assert read(copy.content, known, states) == before


def test_corrected_cells_lose_their_problems_and_the_rest_stays(wrong, known, states):
    (before,) = read(wrong, known, states)
    corrected = Form(copy_of(wrong, known, states).content).fill(
        {
            "LEND.STOCK.1": "Planned",
            "LEND.STOCK.2": 3,
            ("question:LEND.STOCK.3", "evidence_grade"): None,
            ("question:LEND.LOANS.1", "na_reason"): "There is nothing to lend",
        }
    )
    (after,) = read(corrected.content, known, states)
    assert not {"answer-not-allowed", "evidence-grade-not-allowed", "na-without-reason"} & set(codes(after.problems))
    found = {a.question: a for a in after.value.answers}
    assert (found["LEND.STOCK.1"].code, found["LEND.STOCK.2"].code) == (2, 2)
    assert found["LEND.LOANS.1"].code == Status.NA_JUSTIFIED
    for answer in before.value.answers:
        if answer.question not in ("LEND.STOCK.1", "LEND.STOCK.2", "LEND.STOCK.3", "LEND.LOANS.1"):
            assert found[answer.question] == answer
    assert found["LEND.STOCK.1"].comment == 'Their <own> & "words"\nin two lines'
    assert replace(after.value, answers=()) == replace(before.value, answers=())


def test_a_corrected_copy_marked_again_has_only_what_is_still_wrong(wrong, known, states):
    first = copy_of(wrong, known, states)
    corrected = Form(first.content).fill({"LEND.STOCK.1": "Planned"}).content
    again = copy_of(corrected, known, states, first.name)
    book, sheets = load_workbook(BytesIO(again.content)), load_workbook(BytesIO(wrong)).sheetnames
    assert book.sheetnames == [*sheets, "Problems"]
    was = Form(wrong)
    for key in ("LEND.STOCK.1", "LEND.STOCK.2"):
        cell, there = was.cell(f"question:{key}", "answer"), Form(again.content).cell(f"question:{key}", "answer")
        marked = key == "LEND.STOCK.2"
        assert (there.comment is not None) is marked
        assert (there.fill.start_color.rgb != cell.fill.start_color.rgb) is marked
    assert read(again.content, known, states) == read(corrected, known, states)


def test_a_copy_that_stops_is_read_alike_too(empty_form, known, states):
    empty_form.fill({"LEND.STOCK.1": "Yes", ("field:state", "value"): "Nowhere", ("field:round", "value"): "soon"})
    before = read(empty_form.content, known, states)
    assert before[0].value is None
    copy = copy_of(empty_form.content, known, states)
    assert read(copy.content, known, states) == before


def test_notes_and_list_stand_in_the_language_of_the_form(library, states, known, monkeypatch):
    from analysis import texts

    french = {"annotated.sheet": "Problèmes", "annotated.title": "À corriger", "annotated.desk": "Bureau"}
    monkeypatch.setattr(texts, "words", lambda language, ours=texts.words: {**ours("en"), **(french if language == "fr" else {})})
    monkeypatch.setattr(texts, "languages", lambda: ["en", "fr"])
    form = Form(template(library, states, language="fr")).header(reading="Auto-évaluation").fill({"LEND.STOCK.1": "Presque"})
    problems = [p for one in read_file("f.xlsx", form.content, known, states) for p in one.problems]
    book = load_workbook(BytesIO(annotated("f.xlsx", form.content, problems, language="").content))
    assert book.sheetnames[-1] == "Problèmes"
    assert book["Problèmes"]["B2"].value == "À corriger"


def test_a_flat_table_in_a_workbook_comes_back_alike(known, states):
    book, out = Workbook(), BytesIO()
    rows = [["iso3", "round", "reading", "question", "answer"], ["QMA", "2026", "self", "LEND.STOCK.1", "Mostly"]]
    rows += [["QMA", "2026", "self", "LEND.STOCK.2", "Yes"], ["QMB", "2026", "self", "LEND.STOCK.1", "=2"]]
    for row in rows:
        book.active.append(row)
    book.active["E4"].data_type = "s"
    book.save(out)
    before = read(out.getvalue(), known, states)
    copy = copy_of(out.getvalue(), known, states)
    assert copy.kind == "annotated"
    assert read(copy.content, known, states) == before
    assert len(before) == 2


def test_a_report_can_not_be_taken_for_a_return(known, states):
    table = "iso3,round,reading,question,answer\nQMA,2026,self,LEND.STOCK.1,Mostly\nQMA,2026,self,LEND.STOCK.2,Yes\n"
    report = copy_of(table.encode(), known, states, "t.csv")
    assert report.kind == "report"
    with pytest.raises(UnreadableReturn) as refused:
        read_file(report.name, report.content, known, states)
    assert codes(refused.value.problems) == ["report-sent-back"]
    book, out = load_workbook(BytesIO(report.content)), BytesIO()
    del book["Problems"]
    book.save(out)
    with pytest.raises(UnreadableReturn) as refused:
        read_file(report.name, out.getvalue(), known, states)
    assert codes(refused.value.problems) == ["not-a-return"]


@pytest.mark.parametrize("found", ["maturity-return;layout=1;instrument=plain-yes-no;part=cover", "question:LEND.STOCK.1"])
def test_text_of_a_state_in_the_list_is_not_taken_for_a_part_of_the_form(form, known, states, found):
    form.fill({"LEND.STOCK.1": found})
    before = read(form.content, known, states)
    assert read(copy_of(form.content, known, states).content, known, states) == before


HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x";"y")',
    "\t=1",
    "<script>&amp;]]>",
    "_x0041_",
    "\u202e=1",
    "\ud83d\ude00" * 3,
]


@pytest.mark.parametrize("found", HOSTILE)
def test_text_that_looks_like_a_formula_or_markup_stays_text(form, known, states, found):
    found = found.encode("utf-16", "surrogatepass").decode("utf-16")
    form.fill({"LEND.STOCK.1": found})
    form.cell("question:LEND.STOCK.1", "answer").data_type = "s"
    problems = [p for one in read_file("QMA.xlsx", form.content, known, states) for p in one.problems]
    copy = annotated("QMA.xlsx", form.content, problems)
    assert faults(copy.content) == []
    book = load_workbook(BytesIO(copy.content))
    assert not [c for row in book["Problems"].iter_rows() for c in row if c.data_type == "f"]
    assert b"<f>" not in parts_of(copy.content)[[n for n in parts_of(copy.content) if n.startswith("xl/worksheets/")][-1]]


# --- what the house brings along


@pytest.fixture(scope="module")
def real():
    return instruments(None), load_states(sample=True)


@pytest.mark.parametrize(
    "path", sorted([*SAMPLE.glob("to-try/*"), *list(SAMPLE.glob("returns/*_2026_self.xlsx"))[:3]]), ids=lambda p: p.name
)
def test_sample_files_come_back_alike(path, real):
    content = path.read_bytes()
    copy = copy_of(content, *real, path.name)
    assert faults(copy.content) == []
    if path.suffix == ".xlsx":
        assert (copy.kind, copy.lost) == ("annotated", ())
        assert read(copy.content, *real) == read(content, *real)
        before, after = parts_of(content), parts_of(copy.content)
        assert {
            name for name in before if name.startswith(("docProps/", "xl/theme/", "_rels/")) and after[name] != before[name]
        } == set()
    else:
        assert (copy.kind, copy.lost) == ("report", ("annotated.lost.format",))


@pytest.mark.parametrize("seed", range(6))
def test_any_cells_of_a_form_can_be_wrong(form, library, known, states, seed):
    chance = random.Random(seed)
    questions = list(library.questions["question"])
    values = ["Mostly", "N/A", "3-4", "no data", "=A1", 7.5, "x" * 3000, "ja\nnein"]
    for question in chance.sample(questions, min(8, len(questions))):
        field = chance.choice(["answer", "answer", "evidence_grade", "na_reason"])
        form.fill({(f"question:{question}", field): chance.choice(values)})
    before = read(form.content, known, states)
    copy = copy_of(form.content, known, states)
    assert (copy.kind, faults(copy.content)) == ("annotated", [])
    assert read(copy.content, known, states) == before
    again = copy_of(copy.content, known, states, copy.name)
    assert read(again.content, known, states) == before
    assert parts_of(again.content).keys() == parts_of(copy.content).keys()


@pytest.mark.slow
def test_a_large_table_with_more_problems_than_are_marked_is_quick_and_says_so(known, states):
    out = StringIO()
    write = csv.writer(out)
    write.writerow(["iso3", "round", "reading", "question", "answer"])
    write.writerows(["QMA", f"{1000 + n}", "self", "LEND.STOCK.1", "Mostly"] for n in range(6_000))
    book, saved = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet("t")
    for row in csv.reader(StringIO(out.getvalue())):
        sheet.append(row)
    book.save(saved)
    from analysis.workbook.problems import problem

    problems = [problem("answer-not-allowed", "t.xlsx", "t", f"E{n}", found="Mostly") for n in range(2, 6_002)]
    copy = annotated("t.xlsx", saved.getvalue(), problems)
    assert (copy.kind, faults(copy.content)) == ("annotated", [])
    last = list(load_workbook(BytesIO(copy.content), read_only=True)["Problems"].iter_rows(values_only=True))[-1]
    assert last[1] == "4,000 more problems are not listed here. Correct these first; the next copy shows the others."


def test_an_answer_of_a_return_with_a_formula_in_every_text_leaves_the_template_inert(library, states, known):
    live = '=HYPERLINK("http://x","y")'
    answers = tuple(Answer(q, int(Status.BLANK), comment=live, evidence=live) for q in ("LEND.STOCK.1", "LEND.STOCK.2"))
    book = load_workbook(
        BytesIO(template(library, states, answers=Return(library.id, "QMA", live, "2026", "self", ("lending",), answers)))
    )
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value == live]
    assert len(cells) == 5
    assert {(c.data_type, c.quotePrefix, c.hyperlink) for c in cells} == {("s", True, None)}
