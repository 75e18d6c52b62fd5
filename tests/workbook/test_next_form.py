"""The next round's form, filled in from the last return: through a crosswalk made by hand, read back, confirmed, and nothing lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from analysis.instrument import SHIPPED, Instrument, load_instrument
from analysis.model import Answer, Consent, Contributor, Return, Status
from analysis.texts import problem_message
from analysis.workbook.carried import Earlier, carried_over, carried_sentence
from analysis.workbook.next_form import next_form
from analysis.workbook.reading import read_file
from analysis.workbook.template import template
from tests.workbook.forms import Form

BLANK, INVALID, NA = int(Status.BLANK), int(Status.INVALID), int(Status.NA_JUSTIFIED)

#: The earlier edition that the crosswalk of plain-yes-no leads from; `mostly` is an answer that the later one does not offer.
OLD = {
    "instrument.toml": "target_level = 3\n",
    "nodes.csv": "node,parent,kind,submodule\nALL,,,\nPART,ALL,,library\n",
    "measures.csv": "measure,parent\nM,PART\n",
    "questions.csv": "question,measure,answer_set\nS1,M,plain\nS2,M,steps\nL1,M,plain\nR1,M,steps\nR2,M,steps\nX9,M,plain\n",
    "answers.csv": "answer_set,option,value,level\n"
    "plain,no,0,0\nplain,planned,0,0\nplain,partly,1/2,2\nplain,mostly,3/4,3\nplain,yes,1,4\n"
    "steps,5,1,4\nsteps,4,3/4,3\nsteps,3,2/4,2\nsteps,2,1/4,1\nsteps,1,0,0\n",
    "levels.csv": "level\n0\n1\n2\n3\n4\n",
    "texts/en.csv": "key,text\nquestion.S2.text,Is the stock counted?\nquestion.L1.text,Are there rules for loans?\n"
    "question.X9.text,Is there a card index?\nanswer.plain.mostly,For the most part\nanswer.plain.yes,Yes\n",
}
#: code of an option by its place in the lists above
NO, PLANNED, PARTLY, MOSTLY, YES = range(5)
FIVE, FOUR, THREE, TWO, ONE = range(5)


@pytest.fixture
def old(tmp_path) -> Instrument:
    place = tmp_path / "plain-old"
    (place / "texts").mkdir(parents=True)
    for name, content in OLD.items():
        (place / name).write_text(content, encoding="utf-8")
    return load_instrument(place)


def old_return(**given) -> Return:
    """A return of the old edition: codes or Answers by question; the others blank."""
    answers = []
    for question in ("S1", "S2", "L1", "R1", "R2", "X9"):
        value = given.get(question, BLANK)
        answers.append(value if isinstance(value, Answer) else Answer(question, value))
    return Return(
        "plain-old", "QMB", "Town", "2024", "self", ("library",), tuple(answers), dt.date(2024, 3, 1), dt.date(2024, 4, 1), "en",
        (Contributor("Town library", "local_authority"),), (Consent("donors", "full", "Town hall", dt.date(2024, 4, 1)),),
    )  # fmt: skip


def answered(value: Return) -> dict[str, int]:
    return {a.question: a.code for a in value.answers if a.code not in (BLANK, INVALID)}


def read(content, known, states):
    (found,) = read_file("next.xlsx", content, known, states)
    return found


SPLIT = (
    "The earlier question L1 was split, and this is a part of it. In 2024 the answer was L1: partly. Please answer anew.\n"
    "In 2024: Are there rules for loans?"
)


def test_each_kind_of_the_crosswalk_is_carried_as_it_should(library, old):
    found = carried_over(library, old_return(S1=YES, S2=FOUR, L1=PARTLY, R1=THREE, R2=THREE, X9=NO), old)
    assert answered(found.value) == {
        "LEND.STOCK.1": 0,  # yes, which is listed first now
        "LEND.STOCK.2": 3,
    }  # nobody was asked the split and the merged ones as they stand now
    assert found.marked == set(answered(found.value))
    assert found.notes == {
        "LEND.STOCK.2": "The question was reworded. Please read it again.\nIn 2024: Is the stock counted?",
        "LEND.LOANS.1": SPLIT,
        "LEND.LOANS.2": SPLIT,
        "READ.ROOM.1": "R1, R2 were merged into this question. In 2024 the answers were R1: 3, R2: 3. Please answer anew.\nIn 2024: R1 / R2",
    }
    assert found.dropped == (Earlier("X9", "Is there a card index?", "no", "", ""),)
    assert found.counts == {"same": 1, "reworded": 1, "split": 2, "merged": 1, "new": 10, "dropped": 1}
    assert carried_sentence(found) == (
        "2 answers carried over from 2024, 1 to be read again because its question changed, 3 left open with the earlier answer beside "
        "them, 10 new questions, 1 earlier answer without a question."
    )


@pytest.mark.parametrize("second", [THREE, TWO, BLANK, int(Status.DONT_KNOW)])
def test_a_merged_question_is_left_open_with_both_answers_named(library, old, second):
    found = carried_over(library, old_return(R1=THREE, R2=second), old)
    said = {THREE: "3", TWO: "2", BLANK: "no answer", int(Status.DONT_KNOW): "Don't know"}[second]
    told = f"R1, R2 were merged into this question. In 2024 the answers were R1: 3, R2: {said}."
    assert answered(found.value) == {}
    assert found.notes == {"READ.ROOM.1": f"{told} Please answer anew.\nIn 2024: R1 / R2"}
    assert found.left_open == 1


def test_an_answer_that_is_not_offered_any_more_is_named_and_left_open(library, old):
    found = carried_over(library, old_return(S1=Answer("S1", MOSTLY, comment="all but the cellar")), old)
    assert answered(found.value) == {}
    assert found.notes == {
        "LEND.STOCK.1": "The answer of 2024, “For the most part”, is not offered any more. Please answer anew."
    }
    assert found.value.answers[0].comment == "all but the cellar"


def test_what_was_no_answer_is_named_and_left_open(library, old):
    found = carried_over(library, old_return(S1=Answer("S1", INVALID, "3.5")), old)
    assert answered(found.value) == {}
    assert found.notes == {"LEND.STOCK.1": "In 2024, “3.5” stood here, which is no answer. Please answer anew."}


def test_an_edition_that_the_crosswalk_does_not_name_carries_nothing_and_lists_all(library, yard):
    question = library.questions["question"].iloc[0]
    earlier = Return(library.id, "QMB", "", "2024", "self", ("lending",), (Answer(question, 0),))
    found = carried_over(yard, earlier, library)
    assert (answered(found.value), [one.question for one in found.dropped]) == ({}, [question])
    with pytest.raises(ValueError, match="plain-yes-no"):
        carried_over(yard, earlier, yard)


def test_evidence_comments_reasons_and_grades_are_carried(library, old):
    given = Answer("S1", NA, "N/A", "Old", "D4", 3, "Inventory of 2024", "in the cellar", "no shelves")
    merged = [
        Answer("R1", THREE, evidence="Plan", comment="a"),
        Answer("R2", THREE, evidence="Plan", comment="b", evidence_grade=2),
    ]
    found = carried_over(library, old_return(S1=given, R1=merged[0], R2=merged[1]), old)
    first, room = found.value.answers[0], found.value.answers[-1]
    assert first == Answer("LEND.STOCK.1", NA, "", "", "", 3, "Inventory of 2024", "in the cellar", "no shelves")
    assert room == Answer("READ.ROOM.1", BLANK, evidence="Plan", comment="a\nb")


def test_the_form_reads_back_to_exactly_what_was_carried(library, old, known, states):
    given = Answer("S1", NA, "N/A", "Old", "D4", 3, "Inventory of 2024", "=in the cellar", "no shelves")
    made = next_form(library, states, old_return(S1=given, S2=FOUR, L1=PARTLY, X9=YES), old, round="2026")
    found = read(made.content, known, states)
    assert found.value.key == ("QMB", "Town", "2026", "self")
    assert (found.value.instrument, found.value.submodules, found.storable) == ("plain-yes-no", ("lending",), True)
    assert (found.value.date_from, found.value.date_to, found.value.consents) == (None, None, ())
    assert found.value.contributors == (Contributor("Town library", "local_authority"),)
    bare = [replace(a, found="", sheet="", cell="") for a in found.value.answers]
    assert [a for a in bare if a.question in made.carried.marked] == [a for a in made.carried.value.answers if a.code != BLANK]
    assert next_form(library, states, old_return(S1=given, S2=FOUR, L1=PARTLY, X9=YES), old, round="2026") == made


def test_unconfirmed_answers_count_and_are_noted_once_a_submodule(library, old, known, states):
    made = next_form(
        library, states, old_return(S1=YES, S2=FOUR, L1=PARTLY, R1=Answer("R1", THREE, comment="at night too")), old, round="2026"
    )
    found = read(made.content, known, states)
    form = Form(made.content)
    cells = [form.cells[f"question:{q}", "carried"][1] for q in ("LEND.STOCK.1", "LEND.STOCK.2")]
    room = form.cells["question:READ.ROOM.1", "carried"][1]
    noted = [p for p in found.problems if p.code == "carried-over-unconfirmed"]
    assert [(p.severity, p.sheet, p.cell, p.found, p.allowed, p.question) for p in noted] == [
        ("note", "Lending", cells[0], "2", ", ".join(cells), "Lending"),
        ("note", "Reading rooms", room, "1", room, "Reading rooms"),
    ]
    assert answered(found.value) == answered(made.carried.value)
    assert problem_message(noted[1]) == (
        f"next.xlsx, Reading rooms!{room}: Answers of Reading rooms that were carried over from the earlier return and are not yet "
        f"confirmed: 1 ({room}). They count, as the State's own earlier answers."
    )


def test_a_confirmed_a_changed_and_an_emptied_answer(library, old, known, states):
    form = Form(next_form(library, states, old_return(S1=YES, S2=FOUR, L1=PARTLY), old, round="2026").content)
    assert form.cell("question:LEND.STOCK.1", "carried").value == "Please confirm"
    form.fill({("question:LEND.STOCK.1", "carried"): " confirmed "})
    form.fill({"LEND.LOANS.1": None, "LEND.LOANS.2": "No", ("question:LEND.STOCK.2", "carried"): "yes"})
    found = read(form.content, known, states)
    assert answered(found.value) == {"LEND.STOCK.1": 0, "LEND.STOCK.2": 3, "LEND.LOANS.2": 3}
    place = form.cells["question:LEND.STOCK.2", "carried"][1]
    assert [(p.found, p.allowed) for p in found.problems if p.code == "carried-over-unconfirmed"] == [("1", place)]


def test_the_shipped_revision_takes_over_what_is_the_same_and_asks_the_rest_anew():
    """A whole return to the first edition: 157 same and 12 reworded carried; 8 parts of split and 3 merged ones open, 8 new, 5 dropped."""
    first, second = (load_instrument(SHIPPED / name) for name in ("2370-2026.1", "2370-2026.2"))
    answers = tuple(Answer(question, 2) for question in first.questions["question"])
    found = carried_over(second, Return(first.id, "QMA", "", "2026", "self", first.submodules, answers), first)
    assert found.counts == {"same": 157, "reworded": 12, "split": 8, "merged": 3, "new": 8, "dropped": 5}
    assert (found.answers, found.read_again, found.left_open) == (169, 12, 11)
    assert set(answered(found.value).values()) == {2}
    assert {q for q in found.kinds if q not in answered(found.value)} == {
        q for q, k in found.kinds.items() if k in ("split", "merged", "new")
    }


def test_the_same_edition_carries_every_answer(library, known, states, form):
    form.fill({"LEND.STOCK.1": "Yes", "LEND.STOCK.2": "3 half done", "READ.ROOM.2": "N/A"})
    form.fill({("question:READ.ROOM.2", "na_reason"): "no room", ("consent:donors", "tier"): "Full"})
    before = read(form.content, known, states).value
    made = next_form(library, states, before, library)
    assert (made.carried.counts["same"], made.carried.notes, made.carried.dropped) == (15, {}, ())
    found = read(Form(made.content).fill({("field:round", "value"): "2027"}).content, known, states)
    assert answered(found.value) == answered(before)
    assert (found.value.round, found.value.submodules, found.value.consents) == ("2027", before.submodules, ())
    assert "Not carried over" not in load_workbook(BytesIO(made.content)).sheetnames


def test_the_column_of_marks_stands_only_in_such_a_form(library, old, states):
    plain = Form(template(library, states))
    assert {field for _, field in plain.cells if field in ("carried", "earlier")} == set()
    assert "list_carried" not in plain.book.defined_names
    form = Form(next_form(library, states, old_return(S1=YES, S2=FOUR, X9=YES), old).content)
    sheet, place = form.cells["question:LEND.STOCK.1", "carried"]
    rules = [r for r in form.book[sheet].data_validations.dataValidation if place in r.sqref]
    assert [r.formula1 for r in rules] == ["list_carried"]
    column = form.book.defined_names["list_carried"].attr_text.split("$")[1]
    assert [cell.value for cell in form.book["Lists"][column][1:3]] == ["Please confirm", "Confirmed"]
    assert not form.cell("question:LEND.STOCK.1", "carried").protection.locked
    assert form.cell("question:LEND.STOCK.2", "earlier").protection.locked


def test_answers_without_a_question_are_listed_on_the_last_sheet(library, old, states):
    made = next_form(library, states, old_return(S1=YES, X9=Answer("X9", YES, evidence="=cmd()", comment="kept")), old)
    book = load_workbook(BytesIO(made.content))
    assert book.sheetnames == ["Cover", "Lending", "Reading rooms", "Outreach", "Not carried over", "Lists"]
    row = book["Not carried over"][4]
    assert [cell.value for cell in row] == ["X9", "Is there a card index?", "Yes", "=cmd()", "kept"]
    assert row[3].data_type == "s"


def test_a_round_that_is_no_period_is_refused(library, old, states):
    with pytest.raises(ValueError, match="spring"):
        next_form(library, states, old_return(S1=YES), old, round="spring")
