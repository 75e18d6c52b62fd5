"""Joint workshops: the rule on small worlds counted by hand."""

import pandas as pd
import pytest

from analysis.priorities import shared
from analysis.states import States

CODES = ["QMA", "QMB", "QMC", "QMD", "QME", "QMF"]


def states(region="North", near=None, sub="") -> States:
    table = pd.DataFrame({"iso3": CODES, "name": CODES, "region": region, "subregion": sub})
    if near is not None:
        table["neighbours"] = [near.get(code, "") for code in CODES]
    return States(table, pd.DataFrame(columns=["kind", "group", "iso3"]))


def gaps_of(codes, measure="M1", gap=20.0, requested=(), funded=()) -> pd.DataFrame:
    return pd.DataFrame({
        "iso3": list(codes), "measure": measure, "submodule": "A", "measure_type": "", "gap": gap, "worth": 2.0,
        "requested": [int(c in requested) for c in codes], "funded": ["funded" if c in funded else "" for c in codes],
    })  # fmt: skip


def test_three_states_of_a_region_make_a_candidate_and_two_do_not():
    table = pd.concat([gaps_of(CODES[:3], requested=["QMB"]), gaps_of(CODES[:2], "M2")])
    found = shared.workshops(table, states())
    one = found.iloc[0]
    assert len(found) == 1
    assert (one["measure"], one["where"], one["states"], one["members"], one["requested_by"], one["worth"]) == (
        "M1", "North", 3, ["QMA", "QMB", "QMC"], 1, 6.0,
    )  # fmt: skip
    assert len(shared.workshops(table, states(), fewest=2)) == 2
    assert shared.workshops(table.head(0), states()).empty


def test_a_gap_that_somebody_pays_for_is_no_reason_for_a_workshop():
    assert shared.workshops(gaps_of(CODES[:3], funded=["QMC"]), states()).empty


def test_the_subregion_counts_where_there_is_one_and_no_region_makes_no_candidate():
    halves = ["East", "East", "East", "West", "West", ""]
    found = shared.workshops(gaps_of(CODES), states("North", sub=halves))
    assert list(zip(found["where"], found["states"], strict=True)) == [("East", 3)]
    assert shared.workshops(gaps_of(CODES), states("")).empty


@pytest.mark.parametrize(("n", "median"), [(4, None), (5, 30.0)])
def test_a_median_gap_needs_five_shown(n, median):
    table = gaps_of(CODES[:n]).assign(gap=[10.0, 20.0, 30.0, 40.0, 50.0][:n])
    found = shared.workshops(table, states()).iloc[0]
    assert found["n"] == n
    assert found["median_gap"] == median if median else pd.isna(found["median_gap"])


def test_more_states_then_more_requests_come_first():
    table = pd.concat([gaps_of(CODES[:3], "M1"), gaps_of(CODES[:4], "M2"), gaps_of(CODES[:3], "M3", requested=["QMA"])])
    assert shared.workshops(table, states())["measure"].tolist() == ["M2", "M3", "M1"]


def test_a_state_and_its_neighbours_make_a_candidate_and_a_part_of_a_larger_one_does_not():
    """A chain A-B-C-D and E apart. B's circle is ABC, C's is BCD; A's (AB) and D's (CD) are too small."""
    near = {"QMA": "QMB", "QMB": "QMA;QMC", "QMC": "QMB;QMD", "QMD": "QMC"}
    world = states(near=near)
    found = shared.workshops(gaps_of(CODES[:5]), world, "neighbours")
    assert list(zip(found["where"], found["members"], strict=True)) == [
        ("QMB", ["QMA", "QMB", "QMC"]),
        ("QMC", ["QMB", "QMC", "QMD"]),
    ]
    without_b = shared.workshops(gaps_of(["QMA", "QMC", "QMD"]), world, "neighbours")
    assert without_b.empty


def test_equal_circles_count_once():
    near = {"QMA": "QMB;QMC", "QMB": "QMA;QMC", "QMC": "QMA;QMB"}
    found = shared.workshops(gaps_of(CODES[:3]), states(near=near), "neighbours")
    assert found["members"].tolist() == [["QMA", "QMB", "QMC"]]


def test_neighbours_hold_in_both_directions_and_are_offered_only_where_known():
    pairs = shared.neighbours(states(near={"QMA": "QMB;QZZ"}))
    assert set(pairs.itertuples(index=False, name=None)) == {("QMA", "QMB"), ("QMB", "QMA")}
    assert shared.ways(states()) == ["region"]
    assert shared.ways(states(near={"QMA": "QMB"})) == ["region", "neighbours"]
