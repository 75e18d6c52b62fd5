"""A set of weights as a workbook: what goes out comes back the same, every wrong cell is told with its place, and nothing else is lost."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis import desk
from analysis.budgets import children_of
from analysis.instrument import DEFAULT_INSTRUMENT, load_instrument
from analysis.reports.tables import csv_bytes
from analysis.reports.weights import set_table
from analysis.scores.weight_sets import WeightSet
from analysis.texts import text
from analysis.workbook.book import open_book
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.weights import weights_book, weights_read
from tests.hostile.files import FILES

DESK = desk.open_desk(sample=True)
YARD = load_instrument(Path(__file__).parents[1] / "instruments" / "yard-0-3")
INSTRUMENT = DESK.instruments[DEFAULT_INSTRUMENT]
CHILDREN = children_of(INSTRUMENT)
OWN = {child: 1 / len(of) for of in CHILDREN.values() for child in of}
UP = {"IED.U": 50.0, "UAS.U": 20.0, "SALW.U": 30.0}
BUDGETS = {
    "ALL.U": {"1": UP, "3": {"IED.U": 33.3, "UAS.U": 33.3, "SALW.U": 33.4}},
    "ALL.D": {"2": {"IED.D": 10.0, "UAS.D": 1.5, "SALW.D": 88.5}},
}
HEAD = ("Code", "What is weighed", "Expert 1", "Expert 2")


def read(*rows, **marks):
    return weights_read("w.xlsx", [RawSheet("W", [tuple(row) for row in rows], **marks)], INSTRUMENT)


def told(found) -> list[tuple]:
    return [(p.code, p.cell, p.found) for p in found.problems]


def back(name, budgets):
    content = weights_book(INSTRUMENT, OWN, name, budgets)
    return weights_read("w.xlsx", open_book("w.xlsx", content).sheets, INSTRUMENT)


def test_a_set_that_goes_out_comes_back_the_same():
    found = back("Threat first", BUDGETS)
    assert (found.name, found.budgets, found.problems) == ("Threat first", BUDGETS, ())


NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=60)


@settings(max_examples=25, deadline=None)
@example([0, 0], "=1+1")
@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=2), NAMES)
def test_any_points_and_any_name_come_back_the_same(parts, name):
    """Points with seven decimals that sum to 100, worked out in whole parts of a billion."""
    node, children = next((node, of) for node, of in children_of(YARD).items() if len(of) == 3)
    first, second = sorted(parts)
    points = {child: share / 10**7 for child, share in zip(children, (first, second - first, 10**9 - second), strict=True)}
    given = {node: {"1": dict.fromkeys(children, 33.333333333), "12": points}}
    own = {child: 0.5 for of in children_of(YARD).values() for child in of}
    found = weights_read("w.xlsx", open_book("w.xlsx", weights_book(YARD, own, name, given)).sheets, YARD)
    assert (found.name, found.budgets, found.problems) == (name.strip(), given, ())


def test_the_table_of_a_whole_set_comes_back_too():
    one = WeightSet("a", "x", INSTRUMENT.id, BUDGETS)
    content = csv_bytes(set_table(INSTRUMENT, one))
    found = desk.read_weights(DESK, INSTRUMENT.id, "weight-set.csv", content)
    assert (found.budgets, found.problems) == (BUDGETS, ())


def test_an_empty_form_has_a_row_for_all_that_can_be_weighed_and_says_that_it_is_empty():
    content = desk.weights_form(DESK, INSTRUMENT.id)
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    codes = [row[0].value for row in sheet.iter_rows(min_row=7) if row[0].value]
    assert codes == [child for of in CHILDREN.values() for child in of]
    assert told(desk.read_weights(DESK, INSTRUMENT.id, "w.xlsx", content)) == [("weights-no-points", "", "")]


def test_a_form_shows_the_questionnaires_own_share_beside():
    sheet = openpyxl.load_workbook(BytesIO(desk.weights_form(DESK, INSTRUMENT.id))).active
    assert [(row[0].value, row[2].value) for row in sheet.iter_rows(min_row=8, max_row=10)] == [
        ("IED.U", pytest.approx(1 / 3)), ("UAS.U", pytest.approx(1 / 3)), ("SALW.U", pytest.approx(1 / 3)),
    ]  # fmt: skip


def test_points_are_read_as_numbers_and_as_written_numbers():
    found = read(HEAD, ("ied.u", "", "50", 50), ("UAS.U", "", "20,5", 20), ("SALW.U ", "", " 29.5 ", 30.0))
    one = {"IED.U": 50.0, "UAS.U": 20.5, "SALW.U": 29.5}
    assert (found.budgets, found.problems) == ({"ALL.U": {"1": one, "2": UP}}, ())


def test_three_digits_after_a_comma_are_decimals_because_points_end_at_100():
    thirds = ("33,333", "33,333", "33,334")
    found = read(HEAD, *((code, "", points, 100 / 4 * n) for code, points, n in zip(UP, thirds, (1, 1, 2), strict=True)))
    assert list(found.budgets["ALL.U"]["1"].values()) == [33.333, 33.333, 33.334] and found.problems == ()


@pytest.mark.parametrize("wrong", ["much", -1, 100.5, True, "50 %", "1e999", "nan"])
def test_what_is_no_number_of_points_is_told_and_left_open_and_the_rest_is_read(wrong):
    found = read(HEAD, ("IED.U", "", wrong, 50), ("UAS.U", "", 20, 20), ("SALW.U", "", 30, 30))
    assert [(p.code, p.sheet, p.cell) for p in found.problems] == [("weights-points-not-allowed", "W", "C2")]
    assert found.problems[0].allowed == text("weights.allowed.points", whole="100")
    assert found.budgets == {"ALL.U": {"1": {"IED.U": None, "UAS.U": 20.0, "SALW.U": 30.0}, "2": UP}}


def test_an_error_and_a_formula_without_a_value_are_told_also_below_all_values():
    rows = (HEAD, ("IED.U", "", None, 50), ("UAS.U", "", 20, 20), ("SALW.U", "", 30, 30))
    found = read(*rows, errors={"C2": "#REF!"}, formulas={"D2": "=20+30", "C9": "=1"})
    assert told(found) == [("weights-cell-error", "C2", "#REF!"), ("weights-code-unknown", "A9", "")]
    assert found.budgets["ALL.U"]["2"] == UP  # a formula with its value beside it is that value


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([("IED.U", "", 50, None), ("UAS.U", "", 20, None), ("SALW.U", "", 20, None)], [("weights-sum", "C2", "90")]),
        ([("IED.U", "", 50, None), ("UAS.U", "", 50, None), ("SALW.U", "", None, 1)], [("weights-points-missing", "C4", "SALW.U"), ("weights-points-missing", "D2", "IED.U, UAS.U")]),
        ([("IED.U", "", 50, None), ("UAS.U", "", 50, None)], [("weights-points-missing", "C1", "SALW.U")]),
        ([("IED.U", "", 50, None), ("UAS.U", "", 50, None), ("SALW.U", "", 0, None)], [("weights-nobody", "A4", "SALW.U")]),
        ([("IED.U", "", 50, None), ("IED.U", "", 40, None), ("UAS.U", "", 20, None), ("SALW.U", "", 30, None)], [("weights-row-twice", "A3", "IED.U")]),
        ([("IED.U", "", 50, None), ("UAS.U", "", 20, None), ("SALW.U", "", 30, None), ("IED", "", 5, None)], [("weights-code-unknown", "A5", "IED")]),
    ],
)  # fmt: skip
def test_points_that_cannot_be_kept_as_they_are_are_told_with_their_place(rows, problems):
    found = read(HEAD, *rows)
    assert told(found) == problems
    assert found.budgets["ALL.U"]["1"]["IED.U"] == 50.0  # what was read is never lost


def test_a_column_twice_or_beyond_the_most_is_told_and_the_first_counts():
    head = ("Code", "", "Expert 1", "Expert 1", "Expert 13")
    found = read(head, ("IED.U", "", 50, 1, 2), ("UAS.U", "", 20, 1, 2), ("SALW.U", "", 30, 1, 2))
    assert told(found) == [("weights-expert-not-allowed", "D1", "Expert 1"), ("weights-expert-not-allowed", "E1", "Expert 13")]
    assert found.budgets == {"ALL.U": {"1": UP}}


def test_the_form_of_another_questionnaire_is_refused_as_a_whole():
    found = read(("Questionnaire", "other-1.0"), HEAD, ("IED.U", "", 50, None), ("UAS.U", "", 20, None), ("SALW.U", "", 30, None))
    assert told(found) == [("weights-other-instrument", "", "other-1.0")] and found.problems[0].allowed == INSTRUMENT.id
    assert found.budgets == {}


def test_a_name_that_is_too_long_is_cut_and_told():
    found = read(("Name of the set", "x" * 81), HEAD, ("IED.U", "", 50), ("UAS.U", "", 20), ("SALW.U", "", 30))
    assert found.name == "x" * 80 and told(found) == [("weights-name-too-long", "B1", "x" * 81)]


def test_another_workbook_is_told_what_headings_are_looked_for():
    found = read(("a", "b"))
    assert told(found) == [("weights-not-this", "", "")] and found.problems[0].allowed == "Code, Expert 1"
    assert told(weights_read("w.xlsx", [], INSTRUMENT)) == [("weights-not-this", "", "")]


@pytest.mark.parametrize(
    "name", ["bomb_of_300_mb", "billion_laughs", "a_workbook_with_a_password", "a_picture_named_like_a_workbook"]
)
def test_the_worst_files_are_one_problem_each(name):
    found = desk.read_weights(DESK, INSTRUMENT.id, "w.xlsx", FILES[name].made())
    assert found.budgets == {} and [(p.severity, p.code in FILES[name].may) for p in found.problems] == [("stop", True)]
