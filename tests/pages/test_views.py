"""How numbers of a table are shown: the decimals of each kind, and no zero with a sign."""

import pandas as pd
import pytest

from pages.shared import columns, views


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("difference", -0.04, 0.0), ("difference", -0.06, -0.06), ("difference", 0.04, 0.04), ("icc", -0.04, -0.04), ("icc", -0.004, 0.0),
        ("share", -0.4, 0.0), ("share", -0.6, -0.6), ("years", -0.04, -0.04),
    ],
)  # fmt: skip
def test_a_fall_that_is_printed_as_zero_has_no_sign(column, value, shown):
    table = pd.DataFrame({column: [value, None], "name": ["A", "B"]})
    found = views._zeros_unsigned(table)
    assert found[column].iloc[0] == shown and str(found[column].iloc[0]) == str(shown) and pd.isna(found[column].iloc[1])
    assert table[column].iloc[0] == value


def test_agreement_has_two_decimals_and_points_have_one():
    shapes = {name: views._column(name, {})["type_config"]["format"] for name in ("kappa", "icc", "r", "score", "share")}
    assert shapes == {"kappa": "%.2f", "icc": "%.2f", "r": "%.2f", "score": "%.1f", "share": "%.0f %%"}


def test_no_column_is_of_two_kinds():
    assert not columns.POINTS & columns.SHARES and not columns.COEFFICIENTS & (columns.POINTS | columns.SHARES)
