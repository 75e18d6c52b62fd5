"""Threat: of the rows whose date has come the most specific counts, and of equals the newest."""

import datetime as dt

import pandas as pd
import pytest

from analysis.priorities.threat import in_force, threats
from analysis.states import States
from tests import tiny

TABLE = pd.DataFrame({"iso3": ["QMA", "QMB", "QMC"], "name": ["A", "B", "C"]})
GROUPS = pd.DataFrame({"kind": ["region"] * 2, "group": ["North"] * 2, "iso3": ["QMA", "QMB"]})
STATES = States(TABLE, GROUPS)


def row(threat, date="2026-01-01", submodules=(), places=()):
    return {"threat": threat, "date": date, "submodules": list(submodules), "places": list(places), "source": f"source {threat}"}


def of(*rows, today=dt.date(2027, 12, 31)) -> dict[tuple[str, str], float]:
    found = threats(rows, ["QMA", "QMB", "QMC"], tiny.instrument(), STATES, today)
    return {(r.iso3, r.submodule): r.threat for r in found.itertuples()}


def test_without_any_row_the_threat_is_one_and_has_no_source():
    found = threats([], ["QMA"], tiny.instrument(), STATES)
    assert found["threat"].tolist() == [1, 1] and found["threat_source"].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([row(0.5)], {"QMA": 0.5, "QMB": 0.5, "QMC": 0.5}),
        ([row(0.5), row(0.8, places=["region:North"])], {"QMA": 0.8, "QMB": 0.8, "QMC": 0.5}),
        ([row(0.9, places=["QMA"]), row(0.8, "2026-12-31", places=["region:North"])], {"QMA": 0.9, "QMB": 0.8, "QMC": 1}),
        ([row(0.8, places=["region:North"]), row(0.2, "2027-01-01", submodules=["part-A"])], {"QMA": 0.8, "QMB": 0.8, "QMC": 0.2}),
        ([row(0.3, submodules=["part-A"]), row(0.9, "2027-01-01")], {"QMA": 0.3, "QMB": 0.3, "QMC": 0.3}),
        ([row(0.6, "2026-05-01"), row(0.4, "2026-04-30")], {"QMA": 0.6, "QMB": 0.6, "QMC": 0.6}),
        ([row(0.7, places=["QMB", "region:North"]), row(0.1, "2027-01-01", places=["region:North"])], {"QMA": 0.1, "QMB": 0.7, "QMC": 1}),
    ],
)  # fmt: skip
def test_the_most_specific_and_newest_row_counts(rows, wanted):
    found = of(*rows)
    assert {code: found[code, "part-A"] for code in wanted} == wanted


def test_a_sub_module_is_weighed_by_its_own_row_only():
    found = of(row(0.3, submodules=["part-A"]))
    assert (found["QMA", "part-A"], found["QMA", "part-B"]) == (0.3, 1)


def test_zero_is_a_weight_and_the_source_stands_beside():
    found = threats([row(0, places=["QMA"])], ["QMA"], tiny.instrument(), STATES)
    assert found["threat"].tolist() == [0, 0] and set(found["threat_source"]) == {"source 0"}


def test_a_row_counts_from_its_date_on():
    rows = row(0.9, "2026-03-01"), row(0.1, "2027-06-01")
    for today, wanted in (("2026-02-28", 1), ("2026-03-01", 0.9), ("2027-05-31", 0.9), ("2027-06-01", 0.1)):
        assert of(*rows, today=dt.date.fromisoformat(today))["QMA", "part-A"] == wanted
    assert in_force(rows, dt.date(2026, 12, 1)) == [rows[0]]


def test_without_a_day_the_present_one_counts():
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    assert in_force([row(0.5), row(0.1, soon.isoformat())]) == [row(0.5)]
