"""Moves between levels, counts first; shares with Wilson's interval as statsmodels computes it."""

import pytest
from statsmodels.stats.proportion import proportion_confint

from analysis.comparison.transitions import moves, state_levels, transitions
from tests import tiny

LEVELS = (0, 1, 2, 3, 4, 5)


def levels(*pairs: str):
    """States with all answers at one level in each of two rounds; `?`: one answer of each measure is open, `.`: nothing is answered, `-`: no return."""
    units = []
    for i, pair in enumerate(pairs):
        code = f"QM{chr(65 + i)}"
        for n, label in zip(pair, ("2024", "2026"), strict=True):
            if n != "-":
                units.append((code, "33? 33? 333" if n == "?" else n * 9, label))
    return state_levels(tiny.scores(*units), {f"QM{chr(65 + i)}" for i in range(len(pairs))}, "A", "2024", "2026")


def test_only_states_with_a_return_in_both_rounds_are_counted_and_the_others_are_told():
    table, either = levels("12", "3-", "-3", "33")
    assert table.to_dict("list") == {"iso3": ["QMA", "QMD"], "before": ["1", "3"], "after": ["2", "3"]}
    assert either == 4


def test_open_levels_and_scores_that_are_not_shown_are_kept_apart():
    table, _ = levels("3?", "?3", ".3", "33")
    assert table["before"].tolist() == ["3", "open", "not_shown", "3"] and table["after"].tolist() == ["open", "3", "3", "3"]
    assert moves(table) == {"rose": 0, "fell": 0, "same": 1, "open": 2, "not_shown": 1, "n": 4}


def test_counts_come_first_and_shares_only_in_a_row_of_ten_states():
    table, _ = levels(*["12"] * 6, *["11"] * 4, *["23"] * 9)
    found = transitions(table, LEVELS).set_index(["before", "after"])
    assert found.loc[("1", "2"), ["n", "of"]].tolist() == [6, 10] and found.loc[("2", "3"), ["n", "of"]].tolist() == [9, 9]
    expected = proportion_confint(6, 10, method="wilson")
    assert found.loc[("1", "2"), ["share", "low", "high"]].tolist() == pytest.approx([0.6, *expected])
    assert found.loc["2"][["share", "low", "high"]].isna().all(axis=None)
    assert found["n"].sum() == 19 and found.loc["1"]["share"].sum() == pytest.approx(1)
    assert moves(table) == {"rose": 15, "fell": 0, "same": 4, "open": 0, "not_shown": 0, "n": 19}


def test_nobody_in_both_rounds_is_a_matrix_of_zeros():
    table, either = levels("1-")
    assert table.empty and either == 1
    assert transitions(table, LEVELS)["n"].sum() == 0 and len(transitions(table, LEVELS)) == 64
