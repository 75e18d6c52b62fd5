"""The nouns: statuses, rounds, places of problems, panels."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.model import NOT_RETURNED, Panel, Problem, ReadReturn, Return, Status, UnreadableReturn, round_date, status_of
from tests import tiny


def test_the_eight_codes_are_apart_and_not_returned_is_none_of_them():
    assert len({int(s) for s in Status}) == 8
    assert NOT_RETURNED not in {int(s) for s in Status}
    assert [status_of(c) for c in (0, 5, -1, -4, -5, -8)] == [
        "answered", "answered", "na_justified", "withheld", "blank", "not_returned",
    ]  # fmt: skip
    with pytest.raises(ValueError):
        status_of(-9)


@pytest.mark.parametrize(
    ("label", "month"),
    [("2026", 1), ("2026-H1", 1), ("2026-H2", 7), ("2026-Q1", 1), ("2026-Q4", 10), ("2026-05", 5), ("2026-12", 12)],
)
def test_a_round_begins_on_the_first_day_its_label_names(label, month):
    assert round_date(label) == dt.date(2026, month, 1)


@pytest.mark.parametrize(
    "label",
    ["", "26", "2026-H3", "2026-Q0", "2026-13", "2026-00", "2026-5", "2026 ", "2026\n", "0000", "0026", "２０２６", "round 1"],
)
def test_any_other_label_names_no_date(label):
    assert round_date(label) is None


def test_a_place_is_as_exact_as_it_is_known():
    assert Problem("f.xlsx", "IED", "D14", "x").place == "f.xlsx, IED!D14"
    assert Problem("f.xlsx", "IED", "", "x").place == "f.xlsx, IED"
    assert Problem("f.csv", "", "7", "x").place == "f.csv, 7"
    assert Problem("f.xlsx", "", "", "x").place == "f.xlsx"


def test_a_return_is_storable_unless_a_problem_stops_it():
    value = Return("i", "QMA", "", "2026", "self", ("a",), ())
    stop, repair = Problem("f", "", "", "x", severity="stop"), Problem("f", "", "", "x")
    assert value.key == ("QMA", "", "2026", "self")
    assert ReadReturn("f", value, (repair,)).storable
    assert not ReadReturn("f", value, (repair, stop)).storable
    assert not ReadReturn("f", None).storable


def test_an_unreadable_file_says_where_and_what():
    error = UnreadableReturn((Problem("f.xlsx", "", "", "damaged-workbook"),))
    assert str(error) == "f.xlsx: damaged-workbook"


def test_codes_must_be_small_integers_a_row_per_unit():
    panel = tiny.panel(("QMA", tiny.FULL))
    for codes in (panel.codes.astype(int), panel.codes[0], np.vstack([panel.codes, panel.codes])):
        with pytest.raises(ValueError, match="int8"):
            replace(panel, codes=codes)


def parted() -> Panel:
    parts = pd.DataFrame({"row": [0, 0, 1, 2], "submodule": ["a", "b", "a", "a"], "return_id": [10, 11, 12, 13]})
    return replace(tiny.panel(("QMA", "1" * 9), ("QMB", "2" * 9), ("QMC", "3" * 9)), parts=parts)


@pytest.mark.parametrize("rows", [[2, 0], np.array([2, 0])])
def test_some_rows_of_a_panel_keep_their_answers_and_their_way_back(rows):
    found = parted().where(rows)
    assert found.index[["row", "iso3"]].to_numpy().tolist() == [[0, "QMC"], [1, "QMA"]]
    assert found.codes[:, 0].tolist() == [3, 1]
    assert sorted(zip(found.parts["row"], found.parts["return_id"], strict=True)) == [(0, 13), (1, 10), (1, 11)]


def test_rows_may_be_chosen_by_truth_values():
    found = parted().where(np.array([False, True, False]))
    assert found.index["iso3"].tolist() == ["QMB"]
    assert found.parts["return_id"].tolist() == [12]
    assert len(parted().where(np.zeros(3, dtype=bool))) == 0
