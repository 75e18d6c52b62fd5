"""The flat table: any delimiter, any usual encoding, header anywhere near the top; one return per State, round and reader."""

from __future__ import annotations

import csv
import datetime as dt
import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from analysis.instrument import DEFAULT_INSTRUMENT, instruments
from analysis.model import Status, UnreadableReturn
from analysis.workbook.options import ReadingOptions
from analysis.workbook.reading import read_file
from tests.workbook.forms import codes

HEADER = ["iso3", "organization", "round", "reading", "question", "answer", "comment"]
ROWS = [
    ["QMA", "", "2026", "self", "LEND.STOCK.1", "Yes", "a comment, with a comma"],
    ["QMA", "", "2026", "self", "LEND.STOCK.2", "4", ""],
    ["qma ", "", 2026, "Self-Assessment", "lend.stock.3", "", ""],
    ["QMB", "Port authority", "2026", "visit", "LEND.STOCK.1", "no", ""],
]


def as_csv(rows, delimiter=",") -> str:
    out = StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def as_xlsx(*sheets) -> bytes:
    book, out = Workbook(), BytesIO()
    book.remove(book.active)
    for i, rows in enumerate(sheets):
        sheet = book.create_sheet(f"S{i + 1}")
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def answer(found, question):
    return next(a for a in found.value.answers if a.question == question)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_table_is_read_in_any_usual_writing(known, states, delimiter, encoding):
    found = read_file("all.csv", as_csv([HEADER, *ROWS], delimiter).encode(encoding), known, states)
    assert [r.value.key for r in found] == [("QMA", "", "2026", "self"), ("QMB", "Port authority", "2026", "visit")]
    assert [(a.question, a.code) for a in found[0].value.answers] == [
        ("LEND.STOCK.1", 0),
        ("LEND.STOCK.2", 3),
        ("LEND.STOCK.3", Status.BLANK),
        ("LEND.LOANS.1", Status.BLANK),
        ("LEND.LOANS.2", Status.BLANK),
    ]
    assert found[0].value.answers[0].comment == "a comment, with a comma"


def test_a_submodule_without_a_row_is_not_returned(known, states):
    found = read_file("all.csv", as_csv([HEADER, *ROWS]).encode(), known, states)
    assert found[0].value.submodules == ("lending",)


def test_a_part_with_rows_but_without_answers_is_not_returned(known, states):
    rows = [*ROWS[:1], ["QMA", "", "2026", "self", "READ.ROOM.1", "", ""]]
    (found,) = read_file("all.csv", as_csv([HEADER, *rows]).encode(), known, states)
    assert found.value.submodules == ("lending",)


def test_an_organization_that_only_says_national_is_the_national_return(known, states):
    rows = [[*ROWS[0][:1], word, *ROWS[0][2:]] for word in ("National", " - ", "")]
    found = read_file("all.csv", as_csv([HEADER, *rows]).encode(), known, states)
    assert [one.value.organization for one in found] == [""]


def test_each_answer_knows_its_cell(known, states):
    found = read_file("all.csv", as_csv([HEADER, *ROWS]).encode(), known, states)
    assert [(a.sheet, a.cell) for a in found[0].value.answers[:2]] == [("", "F2"), ("", "F3")]


def test_a_workbook_may_hold_the_table_on_any_sheet_below_a_title(known, states):
    content = as_xlsx([["Read me"]], [["Our answers"], [], HEADER, *ROWS])
    found = read_file("all.xlsx", content, known, states)
    assert [r.value.key for r in found] == [("QMA", "", "2026", "self"), ("QMB", "Port authority", "2026", "visit")]
    assert (found[0].value.answers[0].sheet, found[0].value.answers[0].cell) == ("S2", "F4")


def test_header_names_may_be_written_freely(known, states):
    header = [" ISO-3 ", "Organisation", "ROUND", "Assessed by", "Question ID", "Answer", "Comments"]
    assert len(read_file("all.csv", as_csv([header, *ROWS]).encode(), known, states)) == 2


def test_a_missing_column_is_named(known, states):
    with pytest.raises(UnreadableReturn) as stopped:
        read_file("all.csv", b"iso3,question,answer\nQMA,LEND.STOCK.1,Yes\n", known, states)
    assert [(p.code, p.found) for p in stopped.value.problems] == [("column-missing", "round"), ("column-missing", "reading")]


def test_western_european_text_is_read_with_a_note(known, states):
    rows = [["Bélandor", "", "2026", "self", "LEND.STOCK.1", "Prévu", ""]]
    (found,) = read_file("all.csv", as_csv([HEADER, *rows]).encode("cp1252"), known, states)
    assert (found.value.iso3, found.value.answers[0].code) == ("QMB", 2)
    assert codes(found.problems) == ["encoding-guessed", "rows-missing"]


def test_a_wrong_answer_is_noted_at_its_cell(known, states):
    rows = [
        *ROWS,
        ["QMA", "", "2026", "self", "LEND.LOANS.1", "sometimes", ""],
        ["QMA", "", "2026", "self", "GHOST.1", "Yes", ""],
    ]
    found = read_file("all.csv", as_csv([HEADER, *rows]).encode(), known, states)[0]
    assert [(p.code, p.cell, p.found) for p in found.problems] == [
        ("unknown-question", "E7", "GHOST.1"),
        ("answer-not-allowed", "F6", "sometimes"),
        ("rows-missing", "", "1"),
        ("top-answer-without-evidence", "F2", "Yes"),
    ]


def test_an_unknown_state_stops_its_return_and_no_other(known, states):
    rows = [["QMZ", "", "2026", "self", "LEND.STOCK.1", "Yes", ""], *ROWS[3:]]
    stopped, fine = read_file("all.csv", as_csv([HEADER, *rows]).encode(), known, states)
    assert (stopped.value, (stopped.problems[0].code, stopped.problems[0].cell)) == (None, ("unknown-state", "A2"))
    assert fine.value.iso3 == "QMB"


def test_optional_columns_are_read(known, states):
    header = [*HEADER, "instrument", "evidence_grade", "evidence", "na_reason", "date_from", "date_to"]
    rows = [["QMA", "", "2026", "self", "LEND.STOCK.1", "n/a", "", "plain-yes-no", "2", "a list", "no stock", "2026-03-01", "2026-03-09"],
            ["QMA", "", "2026", "self", "LEND.STOCK.2", "2", "", "plain-yes-no", "", "", "", "2026-03-02", "soon"]]  # fmt: skip
    (found,) = read_file("all.csv", as_csv([header, *rows]).encode(), known, states)
    first = found.value.answers[0]
    assert (first.code, first.evidence_grade, first.evidence, first.na_reason) == (Status.NA_JUSTIFIED, 2, "a list", "no stock")
    assert (found.value.date_from, found.value.date_to) == (dt.date(2026, 3, 1), dt.date(2026, 3, 9))
    assert [(p.code, p.cell) for p in found.problems][:2] == [("dates-differ", "L3"), ("date-not-allowed", "M3")]


def test_na_stays_text(known, states):
    rows = [["QMA", "", "2026", "self", "LEND.STOCK.1", "NA", ""]]
    (found,) = read_file("all.csv", as_csv([HEADER, *rows]).encode(), known, states)
    assert found.value.answers[0].code == Status.NA_UNJUSTIFIED


def test_a_formula_in_a_table_is_no_answer(known, states):
    content = as_xlsx([HEADER, ["QMA", "", "2026", "self", "LEND.STOCK.1", '="Yes"', ""]])
    (found,) = read_file("all.xlsx", content, known, states)
    assert found.value.answers[0].code == Status.INVALID
    assert "answer-is-a-formula" in codes(found.problems)


def test_two_editions_with_the_same_questions_must_be_told_apart(library, states):
    both = {"edition-1": library, "edition-2": library}
    (found,) = read_file("all.csv", as_csv([HEADER, *ROWS[:1]]).encode(), both, states)
    assert [(p.code, p.allowed) for p in found.problems] == [("instrument-ambiguous", "edition-1, edition-2")]
    (told,) = read_file(
        "all.csv", as_csv([HEADER, *ROWS[:1]]).encode(), {library.id: library}, states, ReadingOptions(library.id)
    )
    assert told.value.instrument == library.id


def test_questions_twice_in_a_table_follow_the_rule_of_the_form(known, states):
    rows = [*ROWS[:1], [*ROWS[0][:5], "No", ""]]
    (found,) = read_file("all.csv", as_csv([HEADER, *rows]).encode(), known, states)
    assert (found.value.answers[0].code, found.problems[0].code) == (Status.INVALID, "duplicate-answer")


def test_a_large_table_is_read_whole(states):
    main = instruments()[DEFAULT_INSTRUMENT]
    questions = main.questions["question"].tolist()
    rows = [
        ["QMA", f"Office {i}", "2026", "self", question, "2", f"remark {i}"]
        for i in range(70_000 // len(questions))
        for question in questions
    ]
    content = as_csv([HEADER, *rows]).encode()
    found = read_file("all.csv", content, {main.id: main}, states)
    assert (len(found), len(found[-1].value.answers)) == (70_000 // len(questions), len(questions))


def test_the_documented_example_is_read_as_documented(known, states):
    page = (Path(__file__).parents[2] / "docs" / "flat-table.md").read_text(encoding="utf-8")
    example = re.search(r"```csv\n(.*?)```", page, re.S)[1]
    main = instruments()[DEFAULT_INSTRUMENT]
    (found,) = read_file("example.csv", example.encode(), {main.id: main}, states)
    assert (found.value.key, [a.code for a in found.value.answers[:2]]) == (
        ("QMA", "", "2026-H1", "self"),
        [3, Status.NA_JUSTIFIED],
    )
