"""The order of work for one tree: which columns feed which node, stage by stage from the measures up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from analysis.instrument import Instrument


@dataclass(frozen=True)
class Stage:
    """Nodes that can be computed together.

    nodes: their columns (n,). items: the columns of their children, node after node (m,): questions for the first stage,
    nodes after it. starts: where each node's children begin in `items` (n,). weights: sibling weight of each item (m,).
    Arrays stand items x returns here, so that a sum over a node's children adds whole rows: ten times as fast as
    `reduceat`, and the same return gives the same bits wherever it stands.
    """

    nodes: np.ndarray
    items: np.ndarray
    starts: np.ndarray
    weights: np.ndarray
    of_questions: bool

    @cached_property
    def sizes(self) -> np.ndarray:
        """Number of children of each node (n,)."""
        return np.diff([*self.starts, len(self.items)])

    @cached_property
    def units(self) -> np.ndarray | None:
        """The weights as whole numbers of a unit of each node's own, where they are such (1, 1, 2); else None.

        Whole numbers below 256 are added as bytes, ten times as fast, and shares of them are the same shares.
        """
        smallest = self.spread(self._reduced(np.minimum, self.weights, self.weights.dtype))
        for factor in range(1, 13):
            whole = np.rint(self.weights / smallest * factor)
            if np.allclose(whole * smallest, self.weights * factor, rtol=1e-14, atol=0):
                fits = self._reduced(np.add, whole, whole.dtype).max() <= np.iinfo(np.uint8).max
                return whole.astype(np.uint8) if fits else None
        return None

    def of_items(self, array: np.ndarray) -> np.ndarray:
        """The rows of its items: a view where they stand together, as the questions do."""
        first, last = self.items[0], self.items[-1]
        together = np.array_equal(self.items, np.arange(first, last + 1))
        return array[first : last + 1] if together else array[self.items]

    def spread(self, per_node: np.ndarray) -> np.ndarray:
        """Repeat a value per node over its items (n, ... -> m, ...)."""
        return np.repeat(per_node, self.sizes, axis=0)

    def total(self, per_item: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Sum over each node's items (..., m, returns -> ..., n, returns; or m -> n); truth values are counted. out: where it shall stand."""
        if per_item.dtype == bool:
            return self._reduced(np.add, per_item.view(np.uint8), self._count, out)
        return self._reduced(np.add, per_item, per_item.dtype, out)

    def lowest(self, per_item: np.ndarray) -> np.ndarray:
        """Minimum over each node's items, as for `total`."""
        return self._reduced(np.minimum, per_item, per_item.dtype)

    def highest(self, per_item: np.ndarray) -> np.ndarray:
        """Maximum over each node's items, as for `total`."""
        return self._reduced(np.maximum, per_item, per_item.dtype)

    def equal(self, per_item: np.ndarray, per_node: np.ndarray) -> np.ndarray:
        """Whether each item is what its node is (m, returns and n, returns -> m, returns)."""
        found = np.empty(per_item.shape, dtype=bool)
        for node, nodes, item, size in self.runs:
            block, shape = slice(item, item + nodes * size), (nodes, size, -1)
            np.equal(per_item[block].reshape(shape), per_node[node : node + nodes, None], out=found[block].reshape(shape))
        return found

    @cached_property
    def _count(self) -> np.dtype:
        """The smallest type that counts a node's children."""
        return np.dtype(np.uint8 if self.sizes.max() <= np.iinfo(np.uint8).max else np.uint32)

    @cached_property
    def runs(self) -> list[tuple[int, int, int, int]]:
        """(first node, number of nodes, first item, children each) of runs of nodes with as many children."""
        breaks = [0, *(np.flatnonzero(np.diff(self.sizes)) + 1), len(self.sizes)]
        return [(int(i), int(j - i), int(self.starts[i]), int(self.sizes[i])) for i, j in pairwise(breaks)]

    def _reduced(self, function: np.ufunc, per_item: np.ndarray, dtype: np.dtype, out: np.ndarray | None = None) -> np.ndarray:
        """Reduce each node's items. Nodes with as many children stand together, so a run of them is one block of numbers."""
        flat = per_item.ndim == 1
        items = per_item[:, None] if flat else per_item
        *before, _, returns = items.shape
        found = np.empty((*before, len(self.nodes), returns), dtype=dtype) if out is None else out
        for node, nodes, item, size in self.runs:
            block = items[..., item : item + nodes * size, :].reshape(*before, nodes, size, returns)
            function.reduce(block, axis=-2, dtype=dtype, out=found[..., node : node + nodes, :])
        return found[:, 0] if flat else found


def stages(instrument: Instrument, weights: dict[str, float]) -> list[Stage]:
    """Stages of an instrument's tree; `weights` replaces the instrument's own for the items it names.

    Raises
    ------
    KeyError
        If `weights` names an item that is neither a node nor a question.
    ValueError
        If a weight is not above 0.
    """
    number = instrument.node_number
    unknown = set(weights) - set(number) - set(instrument.question_number)
    if unknown:
        raise KeyError(f"no such node or question: {', '.join(sorted(unknown))}")
    if any(not w > 0 for w in weights.values()):
        raise ValueError("a weight must be above 0")
    node_weight = [weights.get(n, w) for n, w in zip(instrument.nodes["node"], instrument.nodes["weight"], strict=True)]
    question_weight = np.array(
        [weights.get(q, w) for q, w in zip(instrument.questions["question"], instrument.questions["weight"], strict=True)]
    )
    below: dict[int, list[int]] = {i: [] for i in range(len(number))}
    asked: dict[int, list[int]] = {i: [] for i in range(len(number))}
    for node, parent in zip(instrument.nodes["node"], instrument.nodes["parent"], strict=True):
        if parent:
            below[number[parent]].append(number[node])
    for i, measure in enumerate(instrument.questions["measure"]):
        asked[number[measure]].append(i)
    height: dict[int, int] = {}
    for node in reversed(range(len(number))):  # children stand after their parents
        height[node] = 0 if asked[node] else 1 + max((height[c] for c in below[node]), default=0)
    found = []
    for step in sorted(set(height.values())):
        children = asked if step == 0 else below
        nodes = [n for n in range(len(number)) if height[n] == step and children[n]]
        if not nodes:
            continue
        nodes.sort(key=lambda n, children=children: len(children[n]))  # runs of nodes with as many children are reduced at once
        items = [c for n in nodes for c in children[n]]
        starts = np.cumsum([0, *(len(children[n]) for n in nodes)])[:-1]
        weight = question_weight[items] if step == 0 else np.array([node_weight[c] for c in items])
        found.append(Stage(np.array(nodes), np.array(items), starts, weight.astype(float), step == 0))
    return found
