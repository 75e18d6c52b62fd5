"""The library of packages: what is shipped fits the questionnaire, what an office keeps stands in its place, and what can't be had says why."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import desk
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.priorities import packages
from analysis.priorities.question import Limits, question
from analysis.registers import PACKAGES
from analysis.states import States
from analysis.workbook.registers.reading import row_of
from tests import tiny


def body(name, measures=("M1",), **more):
    return {
        "id": name,
        "package": f"Package {name}",
        "measures": list(measures),
        "lift": 20.0,
        "cost_band": "A",
        "status": "offered",
    } | more


def of(*bodies):
    return packages.library(bodies, tiny.instrument())


def test_the_shipped_packages_cover_every_measure_of_the_questionnaire():
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    found = packages.library((), instrument)
    assert len(found) == 30 and found.left == {}
    assert (found.lift > 0).any(axis=0).all()
    assert found.cost.min() == 50 and set(found.cost) <= set(packages.cost_bands().values())


def test_every_shipped_package_passes_the_check_of_its_own_register():
    instrument, nobody = load_instrument(SHIPPED / DEFAULT_INSTRUMENT), tiny.states()
    for one in packages.shipped():
        cells = {name: "; ".join(value) if isinstance(value, list) else value for name, value in one.items()}
        assert row_of(PACKAGES, cells, instrument, nobody).problems == ()


def test_another_questionnaire_gets_none_of_the_shipped_packages():
    found = of()
    assert len(found) == 0 and set(found.left.values()) == {"no_measure"}


def test_lift_and_smaller_lift_and_a_cost_of_its_own():
    found = of(body("a", also=["M2"], lift_also=5.0), body("b", cost=70.0))
    assert found.lift.tolist() == [[20, 5, 0], [20, 0, 0]]
    assert found.cost.tolist() == [50, 70]


def test_an_office_s_own_package_stands_in_place_of_a_shipped_one():
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    own = dict(packages.shipped()[0]) | {"lift": 3.0, "also": []}
    found = packages.library([own], instrument)
    assert len(found) == 30 and found.lift[0].max() == 3 and found.own.sum() == 1
    assert len(packages.library([own | {"status": "withdrawn"}], instrument)) == 28  # and the licensing that needs it
    assert packages.library([own | {"status": "withdrawn"}], instrument).left == {"licensing-precursors": "unknown_prerequisite"}


@pytest.mark.parametrize(
    ("change", "whose"),
    [
        ({}, "shipped"),
        ({"status": "withdrawn"}, "own_both"),
        ({"package": "Another name"}, "own_both"),
        ({"lift": 3.0}, "own_both"),  # the smaller lift is still the shipped one
        ({"lift": 3.0, "lift_also": 2.0}, "own_cost"),
        ({"lift": 3.0, "cost_band": "C"}, "own_lift"),
        ({"cost": 90.0}, "own_lift"),
        ({"lift": 3.0, "lift_also": 2.0, "cost": 90.0}, "own"),
        ({"id": "one-of-ours"}, "own"),
    ],
)
def test_a_package_is_an_office_s_own_only_as_far_as_it_has_changed_what_is_shipped(change, whose):
    """The first shipped one: lift 25, smaller lift 10, band B."""
    assert packages.origin(dict(packages.shipped()[0]) | change) == whose


def test_the_whole_library_brought_back_unchanged_stays_the_shipped_one():
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    found = packages.library([dict(body) for body in packages.shipped()], instrument)
    assert len(found) == 30 and not found.own.any()


@pytest.mark.parametrize(
    ("bodies", "left"),
    [
        ([body("a", prerequisites="zzz")], {"a": "unknown_prerequisite"}),
        ([body("a", prerequisites="b"), body("b", prerequisites="a")], {"a": "loop", "b": "loop"}),
        ([body("a", prerequisites="b"), body("b", measures=["XX"])], {"a": "unknown_prerequisite", "b": "no_measure"}),
        ([body("a"), body("b", prerequisites="a")], {}),
    ],
)
def test_why_a_package_cannot_be_chosen(bodies, left):
    shipped = {one["id"] for one in packages.shipped()}
    assert {name: why for name, why in of(*bodies).left.items() if name not in shipped} == left


def test_prerequisites_count_all_the_way_down():
    found = of(body("a"), body("b", prerequisites="a"), body("c", prerequisites="b"))
    assert found.needs[2].tolist() == [True, True, False]


def test_places_are_states_or_groups():
    groups = pd.DataFrame({"kind": ["region"], "group": ["North"], "iso3": ["QMB"]})
    known = States(tiny.states(QMA="Quince", QMB="Birch", QMC="Cedar").table, groups)
    found = of(body("a", places=["QMA", "region:North"]), body("b"))
    assert found.eligible(["QMA", "QMB", "QMC"], known).tolist() == [[True, True], [True, True], [False, True]]


def table_of(**rows):
    found = [
        {"iso3": code, "measure": "M1", "gap": gap, "gap_low": low, "gap_high": high} for code, (gap, low, high) in rows.items()
    ]
    return pd.DataFrame(found)


def test_where_no_score_is_shown_only_what_is_certain_counts_unless_the_bounds_are_asked_for():
    table = table_of(QMA=(None, 10.0, 40.0), QMB=(20.0, 20.0, 20.0), QMC=(None, 0.0, 60.0))
    assert question(table, of(body("a")), Limits(10)).room[:, 0].tolist() == [10, 20, 0]
    assert question(table, of(body("a")), Limits(10), which="gap_high").room[:, 0].tolist() == [40, 20, 60]


def test_importance_and_threat_multiply():
    table = table_of(QMA=(20.0, 20.0, 20.0), QMB=(20.0, 20.0, 20.0))
    found = question(table, of(body("a")), Limits(10), importance={"M1": 2.0}, threat={("QMA", "M1"): 0.5})
    assert found.worth[:, 0].tolist() == [1, 2]
    by_column = question(table.assign(threat=[0.5, 1.0]), of(body("a")), Limits(10), factors=["threat"])
    assert by_column.worth[:, 0].tolist() == [0.5, 1]
    with pytest.raises(ValueError, match="not negative"):
        question(table.assign(threat=[None, 1.0]), of(body("a")), Limits(10), factors=["threat"])
    with pytest.raises(ValueError, match="not negative"):
        question(table, of(body("a")), Limits(10), importance={"M1": -1.0})
    with pytest.raises(ValueError, match="twice"):
        question(pd.concat([table, table]), of(body("a")), Limits(10))


def test_the_library_goes_out_as_a_form_and_comes_back_as_it_was():
    instrument, nobody = load_instrument(SHIPPED / DEFAULT_INSTRUMENT), tiny.states()
    place, rows = desk.Desk({instrument.id: instrument}, nobody), packages.bodies()
    content = desk.register_form(place, PACKAGES, instrument.id, rows)
    found = desk.read_register(place, PACKAGES, instrument.id, "packages.xlsx", content)
    assert found.problems == () and [row.body for row in found.rows] == [dict(body) for body in rows]
    assert [row.key for row in found.rows] == [body["id"] for body in rows]
