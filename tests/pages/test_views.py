"""How numbers of a table are shown: the decimals of each kind."""

import pandas as pd
import pytest

from pages.shared import columns, views


@pytest.mark.parametrize(("column", "places"), [("difference", 1), ("icc", 2), ("kappa_low", 2), ("share", 0)])
def test_each_kind_of_number_has_its_decimals(column, places):
    assert columns.decimals(column) == places and column in columns.NUMBERS


def test_agreement_has_two_decimals_and_points_have_one():
    shapes = {name: views._column(name, {})["type_config"]["format"] for name in ("kappa", "icc", "r", "score", "share")}
    assert shapes == {"kappa": "%.2f", "icc": "%.2f", "r": "%.2f", "score": "%,.1f", "share": "%.0f %%"}


def test_no_column_is_of_two_kinds():
    assert not columns.POINTS & columns.SHARES and not columns.COEFFICIENTS & (columns.POINTS | columns.SHARES)


def test_counts_have_separators_and_a_number_that_is_a_name_has_none():
    assert views._column("returns", {}, True)["type_config"]["format"] == "%,d"
    assert "%,d" not in str(views._column("return_id", {}, True)) and "%,d" not in str(views._column("round", {}))
    assert [views._whole(pd.Series([1, 2], dtype=kind)) for kind in ("int64", "Int64", "float64", "str")] == [
        True,
        True,
        False,
        False,
    ]
    assert views._column("spent", {})["type_config"]["format"] == "%,.0f"
