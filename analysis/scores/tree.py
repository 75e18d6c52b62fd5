"""Roll-up of a panel: score, coverage, bounds, level interval and weakest child of every node of every return."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import PANEL_KEYS, Panel
from analysis.scores.blocks import on_all_cores, slices
from analysis.scores.cells import checked
from analysis.scores.options import NA_CHALLENGED, ScoreOptions
from analysis.scores.rollup import REASONS, TYPES, VALUES, climb, rolled_up

#: Returns that are climbed together: small enough for a processor's cache, and so many that threads seldom wait for one another: between
#: two sums only one of them can go on.
BLOCK = 2048


@dataclass(frozen=True)
class Scores:
    """Every number of every node of a panel, unrounded. All arrays are returns x nodes in the instrument's order.

    score, lower, upper: 0-100, NaN where not shown (bounds: where nothing is applicable). step_coverage: share 0-1 of the
    children's weight. answered, applicable: questions below the node. level_low, level_high: the level interval, NaN where
    nothing is applicable. weakest, strongest: column of the child with the lowest or highest score (a question at a measure),
    -1 where none is scored. spread: highest minus lowest child, 0-100. thin: N/A takes out more than the instrument's share of
    the weight; na_share: how much it takes out (0-1, NaN above measures). why: code into `REASONS`.
    """

    panel: Panel
    instrument: Instrument
    options: ScoreOptions
    score: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    step_coverage: np.ndarray
    answered: np.ndarray
    applicable: np.ndarray
    level_low: np.ndarray
    level_high: np.ndarray
    weakest: np.ndarray
    strongest: np.ndarray
    spread: np.ndarray
    na_share: np.ndarray
    thin: np.ndarray
    why: np.ndarray

    @property
    def level(self) -> np.ndarray:
        """The level, where one can be shown: both ends of the interval equal and the score shown; else NaN."""
        return np.where((self.level_low == self.level_high) & ~np.isnan(self.score), self.level_low.astype(float), np.nan)

    def column(self, node: str) -> int:
        """A node's column."""
        return self.instrument.node_number[node]

    def where(self, rows: np.ndarray) -> Scores:
        """The scores of some rows (positions or a boolean mask), renumbered from 0. Nothing is computed again."""
        arrays = {f.name: getattr(self, f.name)[rows] for f in fields(self) if isinstance(getattr(self, f.name), np.ndarray)}
        return replace(self, panel=self.panel.where(rows), **arrays)

    @cached_property
    def na_challenged(self) -> np.ndarray:
        """Score of each thin measure with N/A counted as 0, to stand next to its own (returns x nodes); NaN at every other node."""
        options = replace(self.options, zero_statuses=self.options.zero_statuses | NA_CHALLENGED)
        found = np.full(self.score.shape, np.nan)
        rows = np.flatnonzero(self.thin.any(axis=1))
        if len(rows):
            challenged = node_scores(self.panel.where(rows), self.instrument, options).score
            found[rows] = np.where(self.thin[rows], challenged, np.nan)
        return found

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per (return, node): keys, then numbers, unrounded. NA where a number is not shown or not defined."""
        return self.part(np.arange(len(self.score)), np.arange(self.score.shape[1]))

    def part(self, rows: np.ndarray, columns: np.ndarray) -> pd.DataFrame:
        """The rows of `table` of some returns and nodes (columns of the arrays), in the order given; nothing else is made."""
        rows, columns = np.asarray(rows, dtype=int), np.asarray(columns, dtype=int)
        of_row, of_node = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
        picked = np.ix_(rows, columns)
        index, nodes = self.panel.index, self.instrument.nodes
        table: dict[str, object] = {"row": of_row}
        table |= {key: index[key].array.take(of_row) for key in PANEL_KEYS}
        table |= {key: nodes[key].array.take(of_node) for key in ("node", "kind", "submodule", "measure_type", "parent")}
        for name in ("score", "lower", "upper", "step_coverage", "answered", "applicable"):
            table[name] = getattr(self, name)[picked].ravel()
        low, high, shown = self.level_low[picked].ravel(), self.level_high[picked].ravel(), ~np.isnan(table["score"])
        one = np.where((low == high) & shown, low, np.nan)
        table |= {"level": _whole(one), "level_low": _whole(low), "level_high": _whole(high)}
        table["weakest"] = _names(self.instrument).array.take(self._named(of_node, self.weakest[picked].ravel()))
        for name in ("spread", "thin", "na_share"):
            table[name] = getattr(self, name)[picked].ravel()
        table["why"] = pd.Series(REASONS).array.take(self.why[picked].ravel())
        return pd.DataFrame(table)

    def _named(self, nodes: np.ndarray, children: np.ndarray) -> np.ndarray:
        """Places in `_names` of the children (columns, -1 for none) of some nodes: questions of a measure, else nodes."""
        above = (self.instrument.nodes["kind"] != "measure").to_numpy()[nodes] * len(self.instrument.questions)
        return np.where(children < 0, -1, children + above)


@lru_cache(maxsize=16)
def _names(instrument: Instrument) -> pd.Series:
    """Questions, nodes and, last, nobody."""
    return pd.Series([*instrument.questions["question"], *instrument.nodes["node"], ""])


def _whole(levels: np.ndarray) -> pd.arrays.IntegerArray:
    """Levels (NaN without one) as nullable whole numbers."""
    missing = np.isnan(levels)
    return pd.arrays.IntegerArray(np.where(missing, 0, levels).astype(np.int64), missing)


#: The arrays of `Scores`, in the order of its fields.
NUMBERS = (*VALUES, *TYPES)


def node_scores(panel: Panel, instrument: Instrument, options: ScoreOptions | None = None) -> Scores:
    """Score, coverage, bounds, level interval and weakest child of each node of each return.

    Works through the returns in blocks, so that memory beside the result stays small.

    A node's score is the weighted mean of its scored children, shown when two thirds of their weight and two thirds of the
    questions below it are answered (the instrument's gates), when a node that needs all its parts has them, and when it
    lies within the bounds. Bounds evaluate the same tree with every open question at the lowest, then at the highest,
    value of its scale.

    Raises
    ------
    KeyError
        If the panel and the instrument do not belong together.

    Source
    ------
    scoring.md sections 2 to 4 (OECD/JRC Handbook on Constructing Composite Indicators, 2008, step 6).
    """
    checked(panel.codes, instrument)
    way = climb(instrument, options or ScoreOptions())
    shape = (len(instrument.nodes), len(panel))
    values, found = np.empty((len(VALUES), *shape)), {name: np.empty(shape, dtype=dtype) for name, dtype in TYPES.items()}

    def work(rows: slice) -> None:
        rolled_up(panel.codes[rows], way, {name: array[:, rows] for name, array in found.items()}, values[:, :, rows])

    on_all_cores(work, slices(len(panel), BLOCK))
    found |= dict(zip(VALUES, values, strict=True))
    return Scores(panel, instrument, way.options, **{name: array.T for name, array in found.items()})
