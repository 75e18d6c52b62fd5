"""Roll-up of a panel: score, coverage, bounds, level interval and weakest child of every node of every return."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import PANEL_KEYS, Panel
from analysis.scores.options import NA_CHALLENGED, ScoreOptions
from analysis.scores.plan import stages
from analysis.scores.rollup import REASONS, rolled_up

#: Returns that are climbed together: small enough for a processor's cache.
BLOCK = 1024


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
        return np.where((self.level_low == self.level_high) & ~np.isnan(self.score), self.level_low, np.nan)

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

    def _names_of(self, children: np.ndarray) -> np.ndarray:
        """Columns of children (returns x nodes, -1 for none) -> their names, row after row."""
        nodes, questions = self.instrument.nodes, self.instrument.questions["question"].to_numpy()
        names = np.concatenate([questions, nodes["node"].to_numpy(), [""]])  # -1 is the last
        above = (nodes["kind"] != "measure").to_numpy() * len(questions)
        return names[np.where(children < 0, -1, children + above)].ravel()

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per (return, node): keys, then numbers, unrounded. NA where a number is not shown or not defined."""
        rows, nodes = self.score.shape
        index = self.panel.index
        table = pd.DataFrame({"row": np.repeat(np.arange(rows), nodes)})
        for key in PANEL_KEYS:
            table[key] = np.repeat(index[key].to_numpy(), nodes)
        for key in ("node", "kind", "submodule", "measure_type", "parent"):
            table[key] = np.tile(self.instrument.nodes[key].to_numpy(), rows)
        for name in ("score", "lower", "upper", "step_coverage", "answered", "applicable"):
            table[name] = getattr(self, name).ravel()
        for name in ("level", "level_low", "level_high"):
            table[name] = pd.array(getattr(self, name).ravel(), dtype="Int64")
        table["weakest"] = self._names_of(self.weakest)
        table["spread"] = self.spread.ravel()
        table["thin"] = self.thin.ravel()
        table["na_share"] = self.na_share.ravel()
        table["why"] = np.array(REASONS)[self.why.ravel()]
        return table


#: The arrays of `Scores`, in the order of its fields.
NUMBERS = tuple(f.name for f in fields(Scores) if f.name not in ("panel", "instrument", "options"))


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
    options = options or ScoreOptions()
    plan = stages(instrument, dict(options.weights))
    found: dict[str, np.ndarray] = {}
    for start in range(0, max(len(panel), 1), BLOCK):
        rows = slice(start, start + BLOCK)
        block = rolled_up(panel.codes[rows], instrument, options, plan)
        for name in NUMBERS:
            if name not in found:
                found[name] = np.empty((len(panel), len(instrument.nodes)), dtype=block[name].dtype)
            found[name][rows] = block[name].T
    return Scores(panel, instrument, options, **found)
