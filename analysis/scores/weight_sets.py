"""A named set of weights: what each expert gave to the children of each node, and the weights that follow from it."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis.budgets import MOST_EXPERTS, WHOLE, Budgets, budget_faults, children_of
from analysis.instrument import Instrument
from analysis.scores.weights import allocated_weights

KIND = "weight-set"  # of record in the store


@dataclass(frozen=True)
class WeightSet:
    """Weights that experts agreed on for some nodes of an instrument; every other node keeps the instrument's own."""

    id: str
    name: str
    instrument: str
    budgets: Budgets = field(hash=False)

    @cached_property
    def agreed(self) -> pd.DataFrame:
        """One row per child of a node with budgets, in the tree's order: node, item, weight (mean share, sums to 1 over a node), sd (NA for one expert), n."""
        tables = [
            allocated_weights(rows).set_index("item").loc[rows["item"].unique()].reset_index().assign(node=node)
            for node, rows in ((node, budget_rows(of)) for node, of in self.budgets.items())
        ]
        columns = ["node", "item", "weight", "sd", "n"]
        return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)

    @cached_property
    def weights(self) -> tuple[tuple[str, float], ...]:
        """(item, weight) pairs, sorted, as `ScoreOptions` takes them."""
        return tuple(sorted(zip(self.agreed["item"], map(float, self.agreed["weight"]), strict=True)))

    @property
    def body(self) -> dict[str, object]:
        """What is kept of it."""
        return {"name": self.name, "instrument": self.instrument, "budgets": {n: dict(of) for n, of in self.budgets.items()}}


def new_id() -> str:
    """A short random id: it may stand in a link, a name may not."""
    return uuid.uuid4().hex[:8]


def budget_rows(budgets: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """The budgets of one node as rows: expert, item, points."""
    rows = [(expert, item, float(points)) for expert, given in budgets.items() for item, points in given.items()]
    return pd.DataFrame(rows, columns=["expert", "item", "points"])


def weight_set(id: str, body: object, instrument: Instrument) -> WeightSet | None:
    """What is kept, as a set; None where it is of another instrument or does not fit this one (any more)."""
    try:
        name, budgets = body["name"], body["budgets"]
        if body["instrument"] != instrument.id or not isinstance(name, str) or not budgets:
            return None
        children = children_of(instrument)
        fits = all(_fits(of, children.get(node, [])) for node, of in budgets.items())
    except (TypeError, KeyError, AttributeError):
        return None
    if not fits:
        return None
    ordered = {n: {e: {c: float(g[c]) for c in children[n]} for e, g in budgets[n].items()} for n in children if n in budgets}
    return WeightSet(id, name, instrument.id, ordered)


def _fits(budgets: Mapping[str, Mapping[str, float]], children: Sequence[str]) -> bool:
    if not budgets or not children or len(budgets) > MOST_EXPERTS:
        return False
    for given in budgets.values():
        if set(given) != set(children) or not all(_points(p) for p in given.values()):
            return False
    return not budget_faults(budgets, children)


def _points(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= WHOLE


def weight_sets(records: pd.DataFrame, instrument: Instrument) -> dict[str, WeightSet]:
    """Id -> set, for every kept set that fits an instrument, by name. records: as `Store.records` gives them."""
    found = [weight_set(key, body, instrument) for key, body in zip(records["key"], records["body"], strict=True)]
    return {one.id: one for one in sorted(filter(None, found), key=lambda one: (one.name.casefold(), one.id))}


def named_by(sets: Iterable[WeightSet], weights: tuple[tuple[str, float], ...]) -> WeightSet | None:
    """The first set that stands for these weights."""
    return next((one for one in sets if one.weights == weights), None)
