"""Recommendations: what is overdue, the follow-up rate, and the change of a measure's score in one reading of the State's own returns."""

import datetime as dt

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from analysis.priorities import followup
from tests import tiny

TODAY = dt.date(2026, 6, 1)


def told(**more) -> dict:
    return {"id": "R1", "iso3": "QMA", "round": "2024", "measure": "M1", "priority": "high", "status": "not_started"} | more


def of(*bodies) -> pd.DataFrame:
    return followup.recommendations(bodies, TODAY)


@pytest.mark.parametrize(
    ("status", "due", "days"),
    [
        ("not_started", "2026-05-31", 1), ("under_way", "2025-06-01", 365), ("under_way", "2026-06-01", None), ("not_started", "", None),
        ("done", "2020-01-01", None), ("rejected", "2020-01-01", None),
    ],
)  # fmt: skip
def test_overdue_is_what_is_late_and_still_to_be_done(status, due, days):
    found = of(told(status=status, due=due)).iloc[0]
    assert (found["overdue"], None if pd.isna(found["days_over"]) else found["days_over"]) == (days is not None, days)


def test_overdue_ones_stand_first_then_the_next_due():
    found = of(
        told(id="a"),
        told(id="b", due="2027-01-01"),
        told(id="c", due="2026-01-01"),
        told(id="d", due="2026-12-01", status="done"),
    )
    assert found["id"].tolist() == ["c", "d", "b", "a"]
    assert followup.recommendations([], TODAY).empty


@pytest.mark.parametrize(
    ("view", "wanted"),
    [
        ("all", "abcd"),
        ("open", "ab"),
        ("overdue", "a"),
        ("done", "c"),
        ("rejected", "d"),
        ("under_way", "b"),
        ("not_started", "a"),
    ],
)
def test_each_view_keeps_its_own(view, wanted):
    table = of(
        told(id="a", due="2026-01-01"),
        told(id="b", status="under_way"),
        told(id="c", status="done"),
        told(id="d", status="rejected"),
    )
    assert sorted(followup.viewed(table, view)["id"]) == list(wanted)
    assert set(followup.VIEWS) == {"all", "open", "overdue", *("not_started", "under_way", "done", "rejected")}


def test_a_rate_is_done_of_what_was_not_rejected_with_its_wilson_interval():
    """Interval: statsmodels, method "wilson"."""
    rows = [told(id=str(i), status=s) for i, s in enumerate(["done"] * 3 + ["under_way"] * 4 + ["rejected"] * 2)]
    found = followup.rates(of(*rows)).iloc[0]
    assert found[["total", "rejected", "done", "counted"]].tolist() == [9, 2, 3, 7]
    assert found["rate"] == pytest.approx(3 / 7)
    assert (found["rate_low"], found["rate_high"]) == pytest.approx(proportion_confint(3, 7, method="wilson"))


def test_below_five_there_is_no_rate_and_nothing_of_nothing_has_none():
    found = followup.rates(of(*[told(id=str(i), status="done") for i in range(4)])).iloc[0]
    assert found["counted"] == 4 and found[["rate", "rate_low", "rate_high"]].isna().all()
    assert pd.isna(followup.rates(of(*[told(id=str(i), status="rejected") for i in range(9)])).iloc[0]["rate"])


def test_rates_by_priority_and_state_keep_each_group():
    table = of(
        *[
            told(id=str(i), iso3="QMA" if i < 6 else "QMB", status="done" if i % 2 else "not_started", due="2026-01-01")
            for i in range(8)
        ]
    )
    found = followup.rates(table, ["iso3"]).set_index("iso3")
    assert found["total"].to_dict() == {"QMA": 6, "QMB": 2} and found["overdue"].to_dict() == {"QMA": 3, "QMB": 1}
    assert found.loc["QMA", "rate"] == pytest.approx(0.5) and pd.isna(found.loc["QMB", "rate"])


def change(*units, reading="self", **about) -> pd.Series:
    return followup.with_changes(of(told(**about)), tiny.scores(*units), reading).iloc[0]


def test_a_change_runs_from_the_recommendations_round_to_the_newest_later_one():
    """M1: 20 in 2022, 40 in 2024, 60 in 2025, 80 in 2026; the recommendation is of 2024: 80 - 40."""
    units = [("QMA", f"{a * 3} 333 333", label) for a, label in (("1", "2022"), ("2", "2024"), ("3", "2025"), ("4", "2026"))]
    found = change(*units)
    assert found[["round_before", "round_after", "score_before", "score_after", "score_change"]].tolist() == [
        "2024",
        "2026",
        40,
        80,
        40,
    ]
    assert found[["score_change_low", "score_change_high"]].tolist() == [40, 40]
    without = change(*[u for u in units if u[2] != "2024"])
    assert (without["round_before"], without["score_change"]) == ("2022", 60)


def test_open_questions_widen_a_change():
    """Before 2 2 and one open: 40, between 80/3 and 60. After 444: 80. So 20 to 160/3."""
    found = change(("QMA", "22. 333 333", "2024"), ("QMA", "444 333 333", "2026"))
    assert found[["score_change", "score_change_low", "score_change_high"]].tolist() == pytest.approx([40, 20, 160 / 3])


def test_readings_and_organizations_are_never_mixed():
    units = [
        ("QMA", "111 333 333", "2024", "visit"),
        ("QMA", "444 333 333", "2026", "self"),
        ("QMA", "222 333 333", "2024", "self", "Office"),
    ]
    found = change(*units)
    assert (found["round_before"], found["round_after"]) == ("", "2026") and pd.isna(found["score_change"])
    assert change(*units, reading="visit")["round_before"] == "2024"


@pytest.mark.parametrize(
    ("units", "about"),
    [
        ([("QMA", tiny.FULL, "2024")], {}),  # nothing later
        ([("QMA", "3.. 333 333", "2024"), ("QMA", tiny.FULL, "2026")], {}),  # not shown before
        ([("QMA", tiny.FULL, "2024"), ("QMA", tiny.FULL, "2026")], {"measure": "X9"}),  # of another questionnaire
        ([("QMB", tiny.FULL, "2024"), ("QMB", tiny.FULL, "2026")], {}),  # another State
    ],
)
def test_no_change_is_told_where_either_end_is_missing(units, about):
    assert change(*units, **about)[["score_change", "score_change_low", "score_change_high"]].isna().all()
