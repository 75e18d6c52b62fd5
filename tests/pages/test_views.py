"""How numbers of a table are shown: the decimals of each kind."""

import pytest

from pages.shared import columns, views


@pytest.mark.parametrize(("column", "places"), [("difference", 1), ("icc", 2), ("kappa_low", 2), ("share", 0)])
def test_each_kind_of_number_has_its_decimals(column, places):
    assert columns.decimals(column) == places and column in columns.NUMBERS


def test_agreement_has_two_decimals_and_points_have_one():
    shapes = {name: views._column(name, {})["type_config"]["format"] for name in ("kappa", "icc", "r", "score", "share")}
    assert shapes == {"kappa": "%.2f", "icc": "%.2f", "r": "%.2f", "score": "%.1f", "share": "%.0f %%"}


def test_no_column_is_of_two_kinds():
    assert not columns.POINTS & columns.SHARES and not columns.COEFFICIENTS & (columns.POINTS | columns.SHARES)
