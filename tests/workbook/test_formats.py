"""The same return in every format a ministry sends: the same answers, problems and cells."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from analysis.instrument import DEFAULT_INSTRUMENT, instruments
from analysis.model import Status
from analysis.states import load_states
from analysis.workbook.options import ReadingOptions
from analysis.workbook.reading import read_file
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
    sheets_of,
)

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "returns" / "QMC_2026_self.xlsx"


@pytest.fixture(scope="module")
def main():
    found = instruments()[DEFAULT_INSTRUMENT]
    return {found.id: found}


@pytest.fixture(scope="module")
def fictional():
    return load_states(sample=True)


def contents(read):
    (found,) = read
    answers = [
        (a.question, a.code, a.found, a.sheet, a.cell, a.evidence_grade, a.evidence, a.comment) for a in found.value.answers
    ]
    cover = (found.value.key, found.value.date_from, found.value.date_to, found.value.contributors, found.value.consents)
    return answers, cover, [p for p in found.problems if p.code not in ("was-protected", "formula-in-text")]


@pytest.mark.parametrize("kind", ["xlsm", "strict", "xls", "xlsb", "ods", "protected", "openpyxl only"])
def test_a_full_form_is_the_same_return_in_every_format(kind, main, fictional, monkeypatch):
    content = SAMPLE.read_bytes()
    expected = contents(read_file("r", content, main, fictional))
    assert len(expected[0]) == 184
    if kind in ("xls", "xlsb", "ods"):
        plain = [
            (title, [["" if str(v).startswith("=") else v for v in row] for row in rows]) for title, rows in sheets_of(content)
        ]
        written = {"xls": as_xls, "xlsb": as_xlsb, "ods": as_ods}[kind](plain)
    elif kind == "openpyxl only":
        written = parts_changed(content, lambda _, data: data.replace(b"<sheetData>", b"<!-- a doubt --><sheetData>"))
        written = parts_changed(written, lambda _, data: data.replace(b"<row r=", b"<row  r="))
    else:
        written = {"xlsm": as_xlsm, "strict": as_strict, "protected": lambda c: protected(c, "pw")}[kind](content)
    found = read_file("r", written, main, fictional, ReadingOptions(password="pw"))
    assert contents(found) == expected


# --- doubtful cells in answers, in each format


HEADER = ["iso3", "round", "reading", "question", "answer", "comment"]


def table(*answers):
    rows = [["QMA", 2026, "self", f"LEND.STOCK.{i}", *answer] for i, answer in enumerate(answers, start=1)]
    return [("Table", [HEADER, *rows])]


@pytest.mark.parametrize("write", [as_xlsx, as_xls, as_ods, as_xlsb])
def test_errors_are_problems_in_every_format_and_never_blanks(write, known, states):
    content = write(table([Error("#REF!"), "as before"], [Error("#N/A"), None], [3, Error("#DIV/0!")]))
    (found,) = read_file("t", content, known, states)
    assert [a.code for a in found.value.answers[:3]] == [Status.INVALID, Status.INVALID, 2]
    noted = [(p.code, p.cell, p.found) for p in found.problems if p.code in ("answer-is-an-error", "error-in-text")]
    assert noted == [
        ("answer-is-an-error", "E2", "#REF!"),
        ("answer-is-an-error", "E3", "#N/A"),
        ("error-in-text", "F4", "#DIV/0!"),
    ]


def test_an_error_as_the_key_of_a_row_is_named(known, states):
    content = as_xlsx([("Table", [HEADER, [Error("#REF!"), 2026, "self", "LEND.STOCK.1", "Yes"]])])
    (found,) = read_file("t", content, known, states)
    assert [(p.code, p.cell, p.found) for p in found.problems][:1] == [("unknown-state", "A2", "#REF!")]


def test_a_formula_counts_by_its_stored_value_in_xlsb(known, states):
    (found,) = read_file("t.xlsb", as_xlsb(table(["Yes"], [Formula("=1+2")])), known, states)
    assert [a.code for a in found.value.answers[:2]] == [0, 2]
    assert [(p.cell, p.allowed) for p in found.problems if p.code == "answer-by-formula"] == [("E3", "3")]


def test_an_answer_on_which_two_readers_disagree_is_not_taken(known, states):
    rows = "".join(
        f'<row r="{i}">' + "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in row) + "%s</row>"
        for i, row in enumerate([HEADER[:4], ["QMA", "2026", "self", "LEND.STOCK.2"]], start=1)
    ) % ('<c t="inlineStr"><is><t>answer</t></is></c>', "<c><v>3<!-- x -->4</v></c>")
    (found,) = read_file("t.xlsx", by_hand(rows), known, states)
    answer = next(a for a in found.value.answers if a.question == "LEND.STOCK.2")
    assert (answer.code, answer.found) == (Status.INVALID, "3.0 / 34.0")
    assert [(p.code, p.cell, p.severity) for p in found.problems][:1] == [("readers-disagree", "E2", "repair")]


def test_merged_answer_cells_count_for_the_first_question_and_are_told(form, known, states):
    form.fill({"LEND.STOCK.1": "Yes", "LEND.STOCK.2": None})
    first, second = (form.cell(f"question:LEND.STOCK.{i}", "answer") for i in (1, 2))
    form.book["Lending"].merge_cells(f"{first.coordinate}:{second.coordinate}")
    (found,) = read_file("QMA.xlsx", form.content, known, states)
    assert [(p.code, p.cell, p.found, p.question) for p in found.problems if p.code == "merged-answers"] == [
        ("merged-answers", first.coordinate, "Yes", "LEND.STOCK.1")
    ]


def test_a_cover_with_an_error_or_a_disagreement_says_so(form, known, states):
    form.header(state="#REF!").fill({"LEND.STOCK.1": "Yes"})
    (found,) = read_file("QMA.xlsx", form.content, known, states)
    assert codes(found.problems)[:2] == ["error-in-text", "state-missing"]


def test_our_own_form_takes_the_fast_reader_whoever_saved_it(library, states):
    from analysis.workbook.book import open_book
    from analysis.workbook.template import template

    content = template(library, states)
    assert b"<f>" in b"".join(__import__("zipfile").ZipFile(BytesIO(content)).read(f"xl/worksheets/sheet{i}.xml") for i in (1, 2))
    saved = BytesIO()
    load_workbook(BytesIO(content)).save(saved)
    assert [open_book("f", c).reader for c in (content, saved.getvalue())] == ["calamine", "calamine"]


def test_dates_as_answers_are_told_as_such_in_every_format(known, states):
    for write in (as_xlsx, as_xls, as_ods):
        (found,) = read_file("t", write(table(["Yes"], [dt.date(2026, 3, 4)])), known, states)
        (told,) = [p for p in found.problems if p.code == "answer-is-a-date"]
        assert (told.cell, told.found, told.suggestion) == ("E3", "2026-03-04", "3 half done")
