"""What may be weighed, and what keeps the points of experts from being used."""

from __future__ import annotations

import pytest

from analysis.budgets import budget_faults, children_of, full_budgets
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument


def test_children_are_those_of_nodes_with_two_or_more():
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    found = children_of(instrument)
    assert found["ALL.U"] == ["IED.U", "UAS.U", "SALW.U"]
    assert found["IED.U1"] == instrument.questions.loc[instrument.questions["measure"] == "IED.U1", "question"].tolist()
    assert all(len(children) > 1 for children in found.values())


@pytest.mark.parametrize(
    ("budgets", "faults"),
    [
        ({"1": {"A": 50, "B": 50}}, []),
        ({"1": {"A": 33.3, "B": 66.6}}, []),  # 99.9
        ({"1": {"A": 50, "B": None}}, [("open", "1", 1.0)]),
        ({"1": {"A": 50, "B": 40}, "2": {"A": 50, "B": 50}}, [("sum", "1", 90.0)]),
        ({"1": {"A": 100, "B": 0}, "2": {"A": 100, "B": 0}}, [("nobody", "B", 0.0)]),
        ({"1": {"A": 100, "B": 0}, "2": {"A": 99, "B": 1}}, []),
    ],
)
def test_what_keeps_budgets_from_being_used_is_told(budgets, faults):
    assert budget_faults(budgets, ["A", "B"]) == faults


def test_a_draft_leaves_out_who_gave_nothing():
    draft = {"R": {"1": {"A": None, "B": None}, "2": {"A": 0.0, "B": None}}, "S": {"1": {"C": None}}}
    assert full_budgets(draft) == {"R": {"2": {"A": 0.0, "B": None}}}
