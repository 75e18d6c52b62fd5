"""A named set of weights: what each expert gave to the children of each node, and the weights that follow from it."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis.instrument import Instrument
from analysis.scores.weights import allocated_weights

KIND = "weight-set"  # of record in the store
WHOLE = 100.0  # points that each expert spreads over the children of a node
ROUNDING = 0.5  # how far a sum may be from that: three times 33.3 is 99.9
MOST_EXPERTS = 12
LONGEST_NAME = 80

#: node -> expert -> child -> points. An expert is a number ("1"), never a person's name.
Budgets = Mapping[str, Mapping[str, Mapping[str, float]]]


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


def children_of(instrument: Instrument) -> dict[str, list[str]]:
    """Node -> its children (nodes, or the questions of a measure), for every node with two children or more, in the tree's order."""
    found: dict[str, list[str]] = {node: [] for node in instrument.nodes["node"]}
    for node, parent in zip(instrument.nodes["node"], instrument.nodes["parent"], strict=True):
        if parent:
            found[parent].append(node)
    for question, measure in zip(instrument.questions["question"], instrument.questions["measure"], strict=True):
        found[measure].append(question)
    return {node: children for node, children in found.items() if len(children) > 1}


def budget_rows(budgets: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """The budgets of one node as rows: expert, item, points."""
    rows = [(expert, item, float(points)) for expert, given in budgets.items() for item, points in given.items()]
    return pd.DataFrame(rows, columns=["expert", "item", "points"])


def budget_faults(budgets: Mapping[str, Mapping[str, float | None]], children: Sequence[str]) -> list[tuple[str, str, float]]:
    """What keeps the budgets of a node from being used: (fault, expert or child, number), none where they can be.

    fault: `open` (an expert left so many children without points: 0 is written, not left out), `sum` (an expert's points come to another
    sum than 100), `nobody` (no expert gives a child anything: what counts for nothing is left out of a questionnaire instead).
    """
    faults: list[tuple[str, str, float]] = []
    for expert, given in budgets.items():
        missing = sum(given.get(child) is None for child in children)
        total = sum(given.get(child) or 0.0 for child in children)
        if missing:
            faults.append(("open", expert, float(missing)))
        elif abs(total - WHOLE) > ROUNDING:
            faults.append(("sum", expert, total))
    if not faults:
        faults += [("nobody", child, 0.0) for child in children if not any(given[child] for given in budgets.values())]
    return faults


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


def full_budgets(draft: Mapping[str, Mapping[str, Mapping[str, float | None]]]) -> dict[str, dict[str, dict[str, float | None]]]:
    """A draft without the experts who have not given a single point yet, and without the nodes where nobody has."""
    kept = {
        node: {expert: dict(given) for expert, given in of.items() if any(p is not None for p in given.values())}
        for node, of in draft.items()
    }
    return {node: of for node, of in kept.items() if of}


def named_by(sets: Iterable[WeightSet], weights: tuple[tuple[str, float], ...]) -> WeightSet | None:
    """The first set that stands for these weights."""
    return next((one for one in sets if one.weights == weights), None)
