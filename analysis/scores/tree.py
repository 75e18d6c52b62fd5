"""Roll-up of a panel: score, coverage, bounds, level interval and weakest child of every node of every return."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import PANEL_KEYS, TOLERANCE, Panel
from analysis.scores.cells import question_cells
from analysis.scores.levels import LevelArrays, award
from analysis.scores.options import ScoreOptions
from analysis.scores.plan import Stage, stages

#: Why a score is not shown, by the code in `Scores.why`.
REASONS = ("shown", "not_applicable", "not_returned", "few_answers", "few_parts", "outside_bounds", "not_all_parts")
SHOWN, NOT_APPLICABLE, RETURN_MISSING, FEW_ANSWERS, FEW_PARTS, OUTSIDE_BOUNDS, NOT_ALL_PARTS = range(7)


@dataclass(frozen=True)
class Scores:
    """Every number of every node of a panel, unrounded. All arrays are returns x nodes in the instrument's order.

    score, lower, upper: 0-100, NaN where not shown (bounds: where nothing is applicable). step_coverage: share 0-1 of the
    children's weight. answered, applicable: questions below the node. level_low, level_high: the level interval, NaN where
    nothing is applicable. weakest, strongest: column of the child with the lowest or highest score (a question at a measure),
    -1 where none is scored. spread: highest minus lowest child, 0-100. thin: N/A takes out more than the instrument's share of
    the weight. na_challenged: the score with N/A counted as 0, for the thin ones' second number. why: code into `REASONS`.
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
    def table(self) -> pd.DataFrame:
        """One row per (return, node): keys, then numbers, unrounded. NA where a number is not shown or not defined."""
        rows, nodes = self.score.shape
        names = self.instrument.nodes["node"].to_numpy()
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
        children = np.append(names, "")
        weakest = self.weakest.ravel()
        if len(names):
            questions = np.append(self.instrument.questions["question"].to_numpy(), "")
            measure = table["kind"].to_numpy() == "measure"
            table["weakest"] = np.where(
                measure, questions[np.where(measure, weakest, -1)], children[np.where(measure, -1, weakest)]
            )
        table["spread"] = self.spread.ravel()
        table["thin"] = self.thin.ravel()
        table["na_share"] = self.na_share.ravel()
        table["why"] = np.array(REASONS)[self.why.ravel()]
        return table


def _aggregate(values: np.ndarray, weights: np.ndarray, stage: Stage, aggregator: str) -> np.ndarray:
    """Combine values (returns x items, 0-100; entries of weight 0 are ignored) node by node.

    Source: COINr a_amean, a_gmean, a_hmean, a_genmean. Geometric on max(x, 1); harmonic is 0 where a value is 0 (its limit).
    """
    used = weights > 0
    total = stage.total(weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        if aggregator == "arithmetic":
            return stage.total(np.where(used, weights * values, 0.0)) / total
        if aggregator == "power":
            return (stage.total(np.where(used, weights * np.sqrt(values), 0.0)) / total) ** 2
        if aggregator == "geometric":
            return np.exp(stage.total(np.where(used, weights * np.log(np.maximum(values, 1.0)), 0.0)) / total)
        if aggregator == "harmonic":
            return total / stage.total(np.where(used, weights / values, 0.0))
        lowest = np.minimum.reduceat(np.where(used, values, np.inf), stage.starts, axis=-1)
        return np.where(total > 0, lowest, np.nan)


def node_scores(panel: Panel, instrument: Instrument, options: ScoreOptions | None = None) -> Scores:
    """Score, coverage, bounds, level interval and weakest child of each node of each return.

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
    cells = question_cells(panel, instrument, options)
    gates = instrument.gates
    shape = (len(panel), len(instrument.nodes))
    out = {name: np.full(shape, np.nan) for name in ("score", "lower", "upper", "step_coverage", "spread", "na_share")}
    count = {name: np.zeros(shape, dtype=np.int32) for name in ("answered", "applicable", "returned")}
    why = np.full(shape, NOT_APPLICABLE, dtype=np.int8)
    ends = {name: np.full(shape, -1, dtype=np.int32) for name in ("weakest", "strongest")}
    plan = stages(instrument, dict(options.weights))
    levels = LevelArrays.empty(shape)
    needs_all = instrument.nodes["needs_all"].to_numpy()
    for stage in plan:
        at = np.s_[:, stage.nodes]
        if stage.of_questions:
            take = np.s_[:, stage.items]
            value, low, high = cells.value[take], cells.low[take], cells.high[take]
            applicable = cells.applicable[take]
            answered_below, applicable_below = cells.answered[take], applicable
            returned_below = applicable & ~cells.not_returned[take]
            aggregator = "arithmetic"
            with np.errstate(invalid="ignore"):
                out["na_share"][at] = stage.total(stage.weights * cells.na[take]) / stage.total(stage.weights * cells.asked[take])
        else:
            take = np.s_[:, stage.items]
            value, low, high = out["score"][take], out["lower"][take], out["upper"][take]
            applicable = count["applicable"][take] > 0
            answered_below, applicable_below, returned_below = (count[n][take] for n in ("answered", "applicable", "returned"))
            aggregator = options.aggregator
        scored = applicable & ~np.isnan(value)
        weight_scored, weight_applicable = stage.weights * scored, stage.weights * applicable
        answered, possible, returned = (
            stage.total(x.astype(np.int32)) for x in (answered_below, applicable_below, returned_below)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            step = stage.total(weight_scored) / stage.total(weight_applicable)
            pooled = answered / possible
        point = _aggregate(value, weight_scored, stage, aggregator)
        lower, upper = (_aggregate(end, weight_applicable, stage, aggregator) for end in (low, high))
        missing_part = needs_all[stage.nodes] & (stage.total(scored.astype(np.int32)) < stage.total(applicable.astype(np.int32)))
        outside = (point < lower - 100 * TOLERANCE) | (point > upper + 100 * TOLERANCE)
        reason = np.select(
            [
                possible == 0,
                returned == 0,
                missing_part,
                pooled < gates.pooled - TOLERANCE,
                ~(step >= gates.step - TOLERANCE),
                outside,
            ],
            [NOT_APPLICABLE, RETURN_MISSING, NOT_ALL_PARTS, FEW_ANSWERS, FEW_PARTS, OUTSIDE_BOUNDS],
            SHOWN,
        )
        why[at] = reason
        out["score"][at] = np.where(reason == SHOWN, point, np.nan)
        out["lower"][at], out["upper"][at], out["step_coverage"][at] = lower, upper, step
        count["answered"][at], count["applicable"][at], count["returned"][at] = answered, possible, returned
        ends["weakest"][at], ends["strongest"][at], out["spread"][at] = _extremes(value, scored, stage)
        levels.fill(stage, cells, applicable, instrument, award(instrument, options.rule))
    return Scores(
        panel=panel,
        instrument=instrument,
        options=options,
        **out,
        answered=count["answered"],
        applicable=count["applicable"],
        level_low=levels.low,
        level_high=levels.high,
        **ends,
        thin=np.nan_to_num(out["na_share"]) > gates.thin + TOLERANCE,
        why=why,
    )


def _extremes(value: np.ndarray, scored: np.ndarray, stage: Stage) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns of the lowest and the highest scored child of each node (-1 without one), and their distance."""
    lowest = np.minimum.reduceat(np.where(scored, value, np.inf), stage.starts, axis=-1)
    highest = np.maximum.reduceat(np.where(scored, value, -np.inf), stage.starts, axis=-1)
    none = ~np.isfinite(lowest)
    ends = []
    for extreme in (lowest, highest):
        here = scored & (value == stage.spread(extreme))
        position = np.where(here, np.arange(len(stage.items)), len(stage.items))
        first = np.minimum.reduceat(position, stage.starts, axis=-1)
        ends.append(np.where(none, -1, np.append(stage.items, -1)[first]))
    with np.errstate(invalid="ignore"):
        return ends[0], ends[1], np.where(none, np.nan, highest - lowest)
