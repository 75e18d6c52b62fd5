"""Which side is higher, in words: as sure as the draws and the bounds together, and no surer."""

import numpy as np
import pandas as pd
import pytest

from analysis.reports import balance_sides as worded

NAN = np.nan


def table() -> pd.DataFrame:
    rows = [
        (0, "ied", "responds", True, "Responds"),
        (1, "ied", "neither", False, ""),
        (2, "ied", "", False, ""),
        (3, "ied", "", False, ""),
    ]
    return pd.DataFrame(rows, columns=["row", "submodule", "quadrant", "sure", "note"]).assign(label="IED")


def ranges() -> pd.DataFrame:
    rows = [
        (0, 0.97, True, 0.0, 0.0, 0.96, 0.04), (1, 0.6, False, 0.1, 0.1, 0.1, 0.7), (2, 0.002, True, 0.0, 0.9, 0.0, 0.1), (3, NAN, False, *[NAN] * 4),
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=["row", "chance", "separable", "both", "prevents", "responds", "neither"])
    ends = {"low": 1.0, "median": 2.0, "high": 3.0, "least": 0.5, "most": 4.0}
    return found.assign(submodule="ied", **ends)


def test_a_side_is_said_with_the_share_of_the_trials():
    found = worded.with_sides(table(), ranges())
    assert found["side_words"].tolist() == [
        "downstream higher in 97 % of trials", "not separable (downstream higher in 60 %)", "upstream higher in over 99 % of trials", "",
    ]  # fmt: skip
    assert found["field_words"].tolist() == ["settled (96 % of trials)", "not settled (70 % of trials)", "", ""]
    assert found.loc[0, ["sides_low", "sides_median", "sides_high", "sides_least", "sides_most"]].tolist() == [1, 2, 3, 0.5, 4]
    assert (
        found.loc[0, "note"] == "Responds; downstream higher in 97 % of trials; settled (96 % of trials)"
        and found.loc[3, "note"] == ""
    )


def test_a_field_is_settled_only_where_open_questions_leave_it_as_well():
    found = worded.with_sides(table().assign(sure=False), ranges())
    assert not found["field_settled"].any() and found["field_words"].iloc[0] == "not settled (96 % of trials)"


def test_what_is_counted_is_what_is_said():
    found = worded.with_sides(table(), ranges())
    assert worded.sides_sentence(found) == (
        "By score, downstream surely stands higher than upstream in 1 of 3 cases with answers on both sides, upstream in 1; in 1 the two can't be told apart. "
        "Level and score can differ: one weak answer can hold a level down and hardly moves a score. "
        "Of the 2 cases shown, one stays in its field in nearly all trials and whatever the open questions hold."
    )
    assert worded.sides_sentence(found.tail(1)).startswith("No case has answers on both sides")
    assert "field" not in worded.sides_sentence(found.iloc[[2]])
    assert worded.state_sentence(found.head(2)) == (
        "IED: downstream higher in 97 % of trials. IED: not separable (downstream higher in 60 %)."
    )


def test_a_case_that_was_not_drawn_is_not_separable():
    found = worded.with_sides(table(), ranges().head(1))
    assert found["separable"].tolist() == [True, False, False, False] and found["side_words"].tolist()[1:] == ["", "", ""]


@pytest.mark.parametrize("column", worded.SIDES)
def test_every_column_has_words(column):
    from analysis.texts import known

    assert known(f"column.{column}")
