"""Points that experts spread over the parts of a questionnaire: what may be weighed, and what keeps points from being used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.instrument import Instrument

WHOLE = 100.0  # points that each expert spreads over the children of a node
ROUNDING = 0.5  # how far a sum may be from that: three times 33.3 is 99.9
MOST_EXPERTS = 12
LONGEST_NAME = 80

#: node -> expert -> child -> points. An expert is a number ("1"), never a person's name.
Budgets = Mapping[str, Mapping[str, Mapping[str, float]]]


def children_of(instrument: Instrument) -> dict[str, list[str]]:
    """Node -> its children (nodes, or the questions of a measure), for every node with two children or more, in the tree's order."""
    found: dict[str, list[str]] = {node: [] for node in instrument.nodes["node"]}
    for node, parent in zip(instrument.nodes["node"], instrument.nodes["parent"], strict=True):
        if parent:
            found[parent].append(node)
    for question, measure in zip(instrument.questions["question"], instrument.questions["measure"], strict=True):
        found[measure].append(question)
    return {node: children for node, children in found.items() if len(children) > 1}


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


def full_budgets(draft: Mapping[str, Mapping[str, Mapping[str, float | None]]]) -> dict[str, dict[str, dict[str, float | None]]]:
    """A draft without the experts who have not given a single point yet, and without the nodes where nobody has."""
    kept = {
        node: {expert: dict(given) for expert, given in of.items() if any(p is not None for p in given.values())}
        for node, of in draft.items()
    }
    return {node: of for node, of in kept.items() if of}
