"""Borders and chains on the tiny questionnaire; the lens is `border` (a1 b1 c1), and an answer a is 20 a points."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis.comparison import borders as on
from analysis.scores.options import ScoreOptions
from analysis.states import load_states
from tests import tiny

STATES = tiny.states(QMA="A", QMB="B", QMC="C", QMD="D")
HEAD = "iso3_a,iso3_b,source\n"


def table(tmp_path, content: str | bytes) -> on.Borders:
    path = tmp_path / "adjacency.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return on.read_borders(path, STATES)


def told(found: on.Borders) -> list[tuple]:
    return list(found.problems.itertuples(index=False, name=None))


def test_each_border_stands_once_in_code_order_and_columns_may_come_in_any_order(tmp_path):
    found = table(tmp_path, "Source, ISO3_B,iso3_a,note\natlas 2025,QMA,QMB,x\n\natlas 2025,QMC,QMB,y\n")
    assert found.pairs.to_numpy().tolist() == [["QMA", "QMB", "atlas 2025"], ["QMB", "QMC", "atlas 2025"]]
    assert told(found) == [] and found.beside("QMB", "QMA") and not found.beside("QMA", "QMC")
    assert found.neighbours["QMB"] == {"QMA", "QMC"}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("QMA,QMZ,x\n", (2, "unknown_state", "QMZ")),
        ("QMA,QMA,x\n", (2, "same_state", "QMA")),
        ("QMA,QMB,\n", (2, "no_source", "QMA, QMB")),
        ("QMA,QMB,x\nQMB,QMA,x\n", (3, "twice", "QMB, QMA (2)")),
        ("QMA\n", (2, "unknown_state", "")),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line_and_left_out(tmp_path, rows, problem):
    found = table(tmp_path, HEAD + rows + "QMC,QMD,x\n")
    assert told(found) == [problem]
    assert ["QMC", "QMD", "x"] in found.pairs.to_numpy().tolist()


def test_a_file_without_the_headings_or_in_no_utf8_is_told_as_a_whole(tmp_path):
    assert told(table(tmp_path, "a,b\nQMA,QMB\n")) == [(1, "columns", "iso3_a, iso3_b, source")]
    ((line, code, _),) = told(table(tmp_path, b"iso3_a,iso3_b,source\nQMA,QMB,\xff\xfe\n"))
    assert (line, code) == (0, "unreadable")
    assert told(table(tmp_path, "")) == [(1, "columns", "iso3_a, iso3_b, source")]


def test_a_file_that_is_not_there_is_no_problem(tmp_path):
    found = on.read_borders(tmp_path / "none.csv", STATES)
    assert not found.there and found.pairs.empty and found.problems.empty


def test_the_fictional_states_have_a_table_without_a_problem():
    found = on.read_borders(on.place(True), load_states(True))
    assert found.there and found.problems.empty and len(found.pairs) == 26


UNITS = (("QMA", "133 133 333"), ("QMB", "333 333 333"), ("QMC", "?33 ?33 333"))
PAIRS = HEAD + "QMA,QMB,x\nQMB,QMC,x\nQMC,QMD,x\n"


def scored(*units):
    return tiny.scores(*units, options=ScoreOptions(lens=on.BORDER))


def test_both_sides_of_a_border_with_their_bounds_the_weaker_first(tmp_path):
    found = on.sides(scored(*UNITS), [0, 1, 2], "A", table(tmp_path, PAIRS))
    assert found[["a", "b"]].to_numpy().tolist() == [["QMA", "QMB"], ["QMC", "QMB"]]
    row = found[found["a"] == "QMA"].iloc[0]
    assert (row["a_score"], row["b_score"], row["difference"], row["order"]) == (20, 60, 40, "certain")
    row = found[found["a"] == "QMC"].iloc[0]  # open: it may be anything
    assert np.isnan(row["a_score"]) and (row["a_lower"], row["a_upper"]) == (0, 100)
    assert np.isnan(row["difference"]) and row["order"] == "open"


def test_the_borders_of_one_state_have_it_in_front(tmp_path):
    found = on.sides(scored(*UNITS), [0, 1, 2], "A", table(tmp_path, PAIRS), "QMB")
    assert found["a"].tolist() == ["QMB", "QMB"] and set(found["b"]) == {"QMA", "QMC"}
    assert on.sides(scored(*UNITS), [0, 1, 2], "A", table(tmp_path, PAIRS), "QMD").empty  # no return


def test_a_chain_is_no_stronger_than_its_lowest_state(tmp_path):
    found = on.chain(scored(*UNITS), [0, 1, 2], "A", ["QMA", "QMB"], table(tmp_path, PAIRS))
    assert (found.score, found.lower, found.upper) == (20, 20, 20)
    assert found.table["weakest"].tolist() == [True, False] and found.gaps == ()


def test_open_questions_and_missing_returns_leave_the_weakest_link_open(tmp_path):
    found = on.chain(scored(*UNITS), [0, 1, 2], "A", ["QMB", "QMC"], table(tmp_path, PAIRS))
    assert np.isnan(found.score) and (found.lower, found.upper) == (0, 60) and found.table["weakest"].tolist() == [True, True]
    found = on.chain(scored(*UNITS), [0, 1, 2], "A", ["QMA", "QMD"], table(tmp_path, PAIRS))
    assert np.isnan(found.score) and (found.lower, found.upper) == (0, 20) and found.gaps == (("QMA", "QMD"),)
    assert found.table["why"].tolist() == ["shown", "not_returned"]


def test_a_state_to_which_the_lens_does_not_apply_is_no_link(tmp_path):
    scores = scored(("QMA", "n33 n33 333"), ("QMB", "333 333 333"))
    found = on.chain(scores, [0, 1], "A", ["QMA", "QMB"], table(tmp_path, PAIRS))
    assert (found.score, found.lower, found.upper) == (60, 60, 60) and found.table["weakest"].tolist() == [False, True]


@given(some.lists(some.sampled_from("012345?"), min_size=2, max_size=4))
def test_the_chain_is_the_lowest_of_every_way_the_open_questions_can_be_filled(answers):
    borders = on.Borders(tiny_pairs(), on._problems([]))
    codes = ["QMA", "QMB", "QMC", "QMD"][: len(answers)]
    scores = scored(*((code, f"{a}33 {a}33 333") for code, a in zip(codes, answers, strict=True)))
    found = on.chain(scores, range(len(codes)), "A", codes, borders)
    low = min(0 if a == "?" else 20 * int(a) for a in answers)
    high = min(100 if a == "?" else 20 * int(a) for a in answers)
    assert (found.lower, found.upper) == (low, high)
    assert np.isnan(found.score) == ("?" in answers)


def tiny_pairs() -> pd.DataFrame:
    return pd.DataFrame([("QMA", "QMB", "x"), ("QMB", "QMC", "x"), ("QMC", "QMD", "x")], columns=on.COLUMNS)


def test_a_page_begins_with_a_walk_from_neighbour_to_neighbour():
    borders = on.Borders(tiny_pairs(), on._problems([]))
    assert on.usual_chain(borders, ["QMA", "QMB", "QMC", "QMD"], 3) == ["QMA", "QMB", "QMC"]
    assert on.usual_chain(borders, ["QMA", "QMB", "QMD"]) == ["QMA", "QMB"]
    assert on.usual_chain(borders, ["QMA", "QMD"]) == ["QMA"] and on.usual_chain(borders, []) == []
