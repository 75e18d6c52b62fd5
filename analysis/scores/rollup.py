"""The climb from the questions to the roots, for a block of returns: score, gates, bounds, levels, weakest child."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.scores.cells import Cells, question_cells
from analysis.scores.levels import NO_LEVEL, award, stage_levels
from analysis.scores.options import ScoreOptions
from analysis.scores.plan import Stage

#: Why a score is not shown, by the code in `Scores.why`.
REASONS = ("shown", "not_applicable", "not_returned", "few_answers", "few_parts", "outside_bounds", "not_all_parts")
SHOWN, NOT_APPLICABLE, RETURN_MISSING, FEW_ANSWERS, FEW_PARTS, OUTSIDE_BOUNDS, NOT_ALL_PARTS = range(7)

Arrays = dict[str, np.ndarray]


def rolled_up(codes: np.ndarray, instrument: Instrument, options: ScoreOptions, plan: list[Stage]) -> Arrays:
    """Every number of `Scores` for some returns (codes: returns x questions), as nodes x returns."""
    cells = question_cells(codes, instrument, options)
    rule = award(instrument, options.rule)
    needs_all = instrument.nodes["needs_all"].to_numpy()
    questions, nodes = _leaves(cells, instrument), _nothing(len(instrument.nodes), len(codes))
    for stage in plan:
        below = {name: stage.of_items(array) for name, array in (questions if stage.of_questions else nodes).items()}
        aggregator = "arithmetic" if stage.of_questions else options.aggregator
        found = _stage_scores(stage, below, instrument, needs_all[stage.nodes], aggregator)
        found |= stage_levels(stage, below, instrument, rule)
        found["weakest"], found["strongest"], found["spread"] = _extremes(below["score"], stage)
        if stage.of_questions:
            found["na_share"] = _na_share(cells, stage)
        for name, array in found.items():
            nodes[name][stage.nodes] = array
    nodes["thin"] = nodes["na_share"] > instrument.gates.thin + TOLERANCE
    return nodes


def _leaves(cells: Cells, instrument: Instrument) -> Arrays:
    """The questions under the names that a node's numbers have."""
    names = ("score", "lower", "upper", "level_low", "level_high", "answered", "applicable", "returned")
    found = {name: getattr(cells, name) for name in names}
    is_critical = instrument.questions["critical"].to_numpy()[:, None]
    for end in ("low", "high"):
        level = found[f"mean_{end}"] = found[f"level_{end}"]
        found[f"critical_{end}"] = np.where(is_critical & cells.applicable, level, NO_LEVEL)
    return found


def _nothing(nodes: int, returns: int) -> Arrays:
    """Every number of every node before the climb: nothing is applicable."""
    shape = (nodes, returns)
    floats = (
        "score",
        "lower",
        "upper",
        "step_coverage",
        "spread",
        "na_share",
        "level_low",
        "level_high",
        "mean_low",
        "mean_high",
    )
    found = {name: np.full(shape, np.nan) for name in floats}
    found |= {name: np.zeros(shape, dtype=np.int32) for name in ("answered", "applicable", "returned")}
    found |= {name: np.full(shape, -1, dtype=np.int32) for name in ("weakest", "strongest")}
    found |= {name: np.full(shape, float(NO_LEVEL)) for name in ("critical_low", "critical_high")}
    return found | {"why": np.full(shape, NOT_APPLICABLE, dtype=np.int8)}


def _stage_scores(
    stage: Stage, below: Mapping[str, np.ndarray], instrument: Instrument, needs_all: np.ndarray, how: str
) -> Arrays:
    """Score, bounds, coverage and the reason of each node of a stage from its children's (items x returns)."""
    value, gates = below["score"], instrument.gates
    applicable = below["applicable"] > 0
    scored = applicable & ~np.isnan(value)
    weight_applicable = stage.weights[:, None] * applicable
    weight_scored = weight_applicable * scored
    answered, possible, returned = (stage.total(below[name]) for name in ("answered", "applicable", "returned"))
    with np.errstate(divide="ignore", invalid="ignore"):
        step = stage.total(weight_scored) / stage.total(weight_applicable)
        pooled = answered / possible
    point = aggregated(value, weight_scored, stage, how)
    lower, upper = (aggregated(below[end], weight_applicable, stage, how) for end in ("lower", "upper"))
    missing_part = needs_all[:, None] & (stage.total(scored) < stage.total(applicable))
    reasons = {
        NOT_APPLICABLE: possible == 0,
        RETURN_MISSING: returned == 0,
        NOT_ALL_PARTS: missing_part,
        FEW_ANSWERS: (pooled < gates.pooled - TOLERANCE) | (answered == 0),
        FEW_PARTS: (step < gates.step - TOLERANCE) | (step == 0),  # a gate of 0 shows what there is, never nothing
        OUTSIDE_BOUNDS: (point < lower - 100 * TOLERANCE) | (point > upper + 100 * TOLERANCE),
    }
    why = np.select(list(reasons.values()), list(reasons), SHOWN).astype(np.int8)
    numbers = {"score": np.where(why == SHOWN, point, np.nan), "lower": lower, "upper": upper, "step_coverage": step, "why": why}
    return numbers | {"answered": answered, "applicable": possible, "returned": returned}


def aggregated(values: np.ndarray, weights: np.ndarray, stage: Stage, aggregator: str) -> np.ndarray:
    """Combine values (items x returns, 0-100; entries of weight 0 are ignored) node by node; NaN where all weights are 0.

    Source: COINr a_amean, a_gmean, a_hmean, a_genmean. Geometric on max(x, 1); harmonic is 0 where a value is 0 (its limit).
    """
    used = weights > 0
    if aggregator == "minimum":
        lowest = stage.lowest(np.where(used, values, np.inf))
        return np.where(np.isfinite(lowest), lowest, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if aggregator == "arithmetic":
            return stage.total(np.where(used, weights * values, 0.0)) / stage.total(weights)
        if aggregator == "power":
            return (stage.total(np.where(used, weights * np.sqrt(values), 0.0)) / stage.total(weights)) ** 2
        if aggregator == "geometric":
            return np.exp(stage.total(np.where(used, weights * np.log(np.maximum(values, 1.0)), 0.0)) / stage.total(weights))
        return stage.total(weights) / stage.total(np.where(used, weights / values, 0.0))


def _na_share(cells: Cells, stage: Stage) -> np.ndarray:
    """Share of each measure's weight that N/A takes out; NaN where nothing was asked."""
    weight = stage.weights[:, None]
    with np.errstate(invalid="ignore"):
        return stage.total(weight * stage.of_items(cells.na)) / stage.total(weight * stage.of_items(cells.asked))


def _extremes(value: np.ndarray, stage: Stage) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns of the lowest and the highest scored child of each node (-1 without one; the first of equals), and their distance."""
    scored = ~np.isnan(value)
    lowest, highest = stage.lowest(np.where(scored, value, np.inf)), stage.highest(np.where(scored, value, -np.inf))
    none = ~np.isfinite(lowest)
    position = np.arange(len(stage.items), dtype=np.int32)[:, None]
    ends = []
    for extreme in (lowest, highest):
        first = stage.lowest(np.where(value == stage.spread(extreme), position, len(stage.items)))
        ends.append(np.append(stage.items, -1)[first])
    with np.errstate(invalid="ignore"):
        return ends[0], ends[1], np.where(none, np.nan, highest - lowest)
