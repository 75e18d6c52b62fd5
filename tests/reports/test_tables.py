"""Tables leave unrounded and inert; what is NA stays empty."""

import csv
import datetime as dt
import io
import json

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.inert import live
from analysis.reports.tables import Spelled, csv_bytes, inert, json_text, without_minus_zero, xlsx_bytes
from tests.scores.worlds import FIXED

#: Beginnings that OWASP's page on CSV injection names, with blanks and marks that programs skip before them.
LIVE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', " =1", "\u00a0=1", "\ufeff=1", "\u200b=1", '"=1"']
LIVE += ["\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "\t1", "\r1", "\n1"]
#: What Excel cuts out of a cell where its lists are separated by semicolons, quotation marks or not.
INSIDE = [
    ("none;=1+1", "none;'=1+1"),
    ("none; =1+1;", "none;' =1+1;"),
    ('none;"=1+1', "none;'\"=1+1"),
    ("none\n=1+1", "none\n'=1+1"),
    ("none\r\n-1", "none\r\n'-1"),
    ("none\t@SUM(A1)", "none\t'@SUM(A1)"),
    ("=1;+2", "'=1;'+2"),
    ("\n=1", "'\n'=1"),
]
TABLE = pd.DataFrame(
    {
        "name": ["Quince", None, ""],
        "score": [100 / 3, float("nan"), 0.0],
        "level": pd.array([3, pd.NA, 0], dtype="Int64"),
        "critical": [True, False, True],
        "tags": [("border", "rights"), (), ("border",)],
        "on": pd.to_datetime(["2026-03-01", None, "2024-01-31"]),
    }
)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells_of(content: bytes, sheet: str = "Table") -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True))


@pytest.mark.parametrize("text", LIVE)
def test_a_text_that_would_run_as_a_formula_leaves_as_text(text):
    table = pd.DataFrame({"x": [text]})
    assert inert(text) == f"'{text}"
    assert rows_of(csv_bytes(table))[1] == [f"'{text}"]
    cell = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table)))["Table"]["A2"]
    assert (cell.data_type, cell.quotePrefix, cell.hyperlink) == ("s", True, None)


@pytest.mark.parametrize(("text", "expected"), INSIDE)
def test_a_formula_inside_a_text_leaves_as_text(text, expected):
    assert inert(text) == expected
    assert rows_of(csv_bytes(pd.DataFrame({"x": [text]})))[1] == [expected]


def test_a_column_named_like_a_formula_leaves_as_text():
    table = pd.DataFrame({"=1+1": [-1]})
    assert rows_of(csv_bytes(table)) == [["'=1+1"], ["-1"]]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table)))["Table"]
    assert (sheet["A1"].data_type, sheet["A1"].value, sheet["A2"].value) == ("s", "=1+1", -1)


def test_a_negative_number_stays_a_number():
    table = pd.DataFrame({"x": [-1, -0.5], "mixed": pd.Series([-2, "-2"], dtype=object)})
    assert rows_of(csv_bytes(table))[1:] == [["-1.0", "-2"], ["-0.5", "'-2"]]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table)))["Table"]
    assert [[cell.data_type for cell in row] for row in sheet.iter_rows(min_row=2)] == [["n", "n"], ["n", "s"]]


@pytest.mark.parametrize("value", ["a=1", "3-4", "a - b", "a@b", "a; b", "x\ty", "", -1, -1.5, None, True])
def test_anything_else_stays_as_it_is(value):
    assert inert(value) is value


def test_several_values_become_one_inert_text():
    assert inert(("=1", "b")) == "'=1; b"
    assert rows_of(csv_bytes(TABLE))[1][4] == cells_of(xlsx_bytes(TABLE))[1][4] == "border; rights"


@settings(FIXED, max_examples=150)
@given(st.text(max_size=12))
def test_no_text_in_a_csv_begins_a_formula_and_none_is_lost(text):
    found = rows_of(csv_bytes(pd.DataFrame({"x": [text], "y": [1]})))
    assert len(found) == 2
    assert not live(found[1][0])
    assert not found[1][0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert found[1][0].replace("'", "") == text.replace("'", "")
    assert found[1][0] == text or "'" in found[1][0]


def test_a_csv_is_unrounded_and_na_is_empty_and_zero_is_zero():
    found = rows_of(csv_bytes(TABLE))
    assert found[0] == ["name", "score", "level", "critical", "tags", "on"]
    assert found[1][:4] == ["Quince", "33.333333333333336", "3", "True"]
    assert found[2][:3] == ["", "", ""]
    assert found[3][1:3] == ["0.0", "0"]


def test_a_workbook_is_unrounded_and_na_is_empty_and_zero_is_zero():
    found = cells_of(xlsx_bytes(TABLE))
    assert found[0] == ("name", "score", "level", "critical", "tags", "on")
    assert found[1] == ("Quince", pytest.approx(100 / 3, rel=1e-15), 3, True, "border; rights", dt.datetime(2026, 3, 1))
    assert found[2][:3] == (None, None, None)
    assert found[2][3] is False
    assert found[3][1:3] == (0, 0)


@settings(FIXED, max_examples=15)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20))
def test_numbers_come_back_as_they_were(values):
    table = pd.DataFrame({"score": values})
    assert [float(row[0]) for row in rows_of(csv_bytes(table))[1:]] == values
    assert [row[0] for row in cells_of(xlsx_bytes(table))[1:]] == pytest.approx(values, rel=1e-15, abs=1e-300)


def test_a_table_of_a_page_is_spelled_for_people_exact_in_its_cells_and_whole_by_code():
    spelled = {"name": Spelled("State"), "score": Spelled("Score (points)", "#,##0.0", "0-100")}
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(TABLE, spelled=spelled)))
    assert book.sheetnames == ["Table", "Columns", "Codes"]
    assert [c.value for c in book["Table"][1]] == ["State", "Score (points)"]
    cell = book["Table"]["B2"]
    assert (cell.value, cell.number_format) == (pytest.approx(100 / 3, rel=1e-15), "#,##0.0")
    assert book["Table"]["B3"].value is None  # no score is not 0
    assert [[c.value for c in row] for row in book["Columns"].iter_rows(min_row=2)] == [
        ["State", None, "name"],
        ["Score (points)", "0-100", "score"],
    ]
    assert [c.value for c in book["Codes"][1]] == list(TABLE.columns) and book["Codes"]["B2"].number_format == "General"


def test_several_tables_are_several_sheets_and_an_empty_one_keeps_its_heads():
    content = xlsx_bytes({"one": TABLE, "none": TABLE.head(0)})
    assert len(cells_of(content, "one")) == 4
    assert cells_of(content, "none") == [tuple(TABLE.columns)]
    assert rows_of(csv_bytes(TABLE.head(0))) == [list(TABLE.columns)]


def test_json_is_unrounded_and_na_is_null():
    found = json.loads(json_text(TABLE[["name", "score", "level"]]))
    assert found[0]["score"] == pytest.approx(100 / 3, rel=1e-15)
    assert found[1] == {"name": None, "score": None, "level": None}
    assert found[2]["score"] == 0


def test_a_table_is_left_as_it_was():
    before = TABLE.copy()
    csv_bytes(TABLE), xlsx_bytes(TABLE), json_text(TABLE)
    pd.testing.assert_frame_equal(TABLE, before)


def test_a_fall_too_small_to_be_seen_is_no_minus_zero():
    values = pd.Series([-0.04, -0.06, 0.04, float("nan"), -12.0])
    assert without_minus_zero(values, 1).fillna(99).tolist() == [0.0, -0.06, 0.04, 99.0, -12.0]
    assert without_minus_zero(values, 0).fillna(99).tolist() == [0.0, 0.0, 0.04, 99.0, -12.0]
    missing = pd.Series([-0.01, pd.NA, -3], dtype="Float64")
    assert without_minus_zero(missing, 1).fillna(99).tolist() == [0.0, 99.0, -3.0]
    assert without_minus_zero(pd.Series(["-0.0", "–"]), 1).tolist() == ["-0.0", "–"]
