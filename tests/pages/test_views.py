"""How numbers of a table are shown: the decimals of each kind."""

import json

import pandas as pd
import pytest

from analysis.reports import columns
from pages.shared import views
from tests.pages.conftest import page


@pytest.mark.parametrize(("column", "places"), [("difference", 1), ("icc", 2), ("kappa_low", 2), ("share", 0)])
def test_each_kind_of_number_has_its_decimals(column, places):
    assert columns.decimals(column) == places and column in columns.NUMBERS


def test_agreement_has_two_decimals_and_points_have_one():
    shapes = {name: views._column(name, {})["type_config"]["format"] for name in ("kappa", "icc", "r", "score", "share")}
    assert shapes == {"kappa": "%.2f", "icc": "%.2f", "r": "%.2f", "score": "%,.1f", "share": "%.0f %%"}


@pytest.mark.parametrize(
    ("column", "whole", "heading", "shape"),
    [
        ("score", False, "Score (points)", "#,##0.0"),
        ("cost", False, "Cost (thousand US dollars)", "#,##0"),
        ("per_cost", False, "Points per thousand US dollars", "#,##0.0"),  # says its unit itself
        ("core_index", False, "Chosen in", "0 %"),  # the format says it
        ("loss_share", False, "Share of all", "0.0 %"),
        ("icc", False, columns.heading("icc"), "0.00"),
        ("months", True, "Months", "#,##0"),
        ("return_id", True, columns.heading("return_id"), ""),
        ("slope_10", False, columns.heading("slope_10"), "#,##0.0"),  # in the unit of the outcome
        ("not a column we know", False, "not a column we know", ""),
    ],
)
def test_a_workbook_has_the_headings_of_the_page_with_units_and_its_decimals(column, whole, heading, shape):
    found = columns.spelled_one(column, whole)
    assert (found.heading, found.format) == (heading, shape)


def test_a_workbook_begins_with_the_state_and_has_no_heading_twice():
    table = pd.DataFrame({"iso3": ["QMA"], "package": ["x"], "package_name": ["X"], "name": ["Quince"], "worked": [1]})
    found = columns.spelled(table, ["package", "package_name", "gone"])
    assert {name: one.heading for name, one in found.items()} == {
        "name": "State",
        "package": "Package",
        "package_name": "Package [package_name]",
    }
    assert list(columns.spelled(table.drop(columns="iso3"), ["package"])) == ["package"]


def test_no_column_is_of_two_kinds():
    assert not columns.POINTS & columns.SHARES and not columns.COEFFICIENTS & (columns.POINTS | columns.SHARES)


def test_counts_have_separators_and_a_number_that_is_a_name_has_none():
    assert views._column("returns", {}, True)["type_config"]["format"] == "%,d"
    assert "%,d" not in str(views._column("return_id", {}, True)) and "%,d" not in str(views._column("round", {}))
    assert [columns.whole(pd.Series([1, 2], dtype=kind)) for kind in ("int64", "Int64", "float64", "str")] == [
        True,
        True,
        False,
        False,
    ]
    assert views._column("spent", {})["type_config"]["format"] == "%,.0f"


def test_a_wide_table_keeps_its_first_column_in_sight_and_a_narrow_one_needs_not(shared_world):
    settings = {}
    for name in ("gaps", "method"):
        for table in page(name).dataframe:
            settings[len(table.value.columns)] = [c for c, one in json.loads(table.proto.columns).items() if one.get("pinned")]
    assert {many > views.FEW_COLUMNS for many in settings} == {True, False}
    assert all(len(pinned) == int(many > views.FEW_COLUMNS) for many, pinned in settings.items())
