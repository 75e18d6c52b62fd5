"""The climb from the questions to the roots, for a block of returns: score, gates, bounds, levels, weakest child."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.instrument import AwardRule, Instrument
from analysis.model import TOLERANCE
from analysis.scores.cells import meanings
from analysis.scores.levels import NO_LEVEL, Reached, award, awarded
from analysis.scores.lookup import COUNTED, WEIGHED, Lookup, lookup
from analysis.scores.options import ScoreOptions
from analysis.scores.plan import Stage, stages

#: Why a score is not shown, by the code in `Scores.why`.
REASONS = ("shown", "not_applicable", "not_returned", "few_answers", "few_parts", "outside_bounds", "not_all_parts")
SHOWN, NOT_APPLICABLE, RETURN_MISSING, FEW_ANSWERS, FEW_PARTS, OUTSIDE_BOUNDS, NOT_ALL_PARTS = range(7)

Arrays = dict[str, np.ndarray]

#: Bytes that are asked for once and given back untouched: the allocator of Linux then keeps what smaller arrays give back instead of
#: returning it to the system, which halves the time of a climb. Elsewhere it does nothing.
KEPT = (1 << 25) - (1 << 16)

#: The numbers of `Scores` that stand together: the score and its bounds, which take the same way up.
VALUES = ("score", "lower", "upper")

#: The others with their types. Levels are whole numbers (NaN without one), columns fit in two bytes.
TYPES = {
    "step_coverage": np.float64,
    "answered": np.int32,
    "applicable": np.int32,
    "level_low": np.float32,
    "level_high": np.float32,
    "weakest": np.int16,
    "strongest": np.int16,
    "spread": np.float64,
    "na_share": np.float64,
    "thin": np.bool_,
    "why": np.int8,
}


_EMPTY = {"why": NOT_APPLICABLE, "weakest": -1, "strongest": -1}


@dataclass(frozen=True, eq=False)
class Climb:
    """An instrument and options made ready for the climb: the stages of the tree, the look-up tables of the first, the award rule."""

    instrument: Instrument
    options: ScoreOptions
    plan: tuple[Stage, ...]
    lookup: Lookup
    rule: AwardRule
    needs_all: np.ndarray


@lru_cache(maxsize=12)
def climb(instrument: Instrument, options: ScoreOptions) -> Climb:
    """The climb of an instrument (by identity: its tables are read-only) with some options.

    Raises
    ------
    KeyError, ValueError
        If the options name a weight or a rule that is none.
    """
    np.empty(KEPT, dtype=np.uint8)  # given back at once
    plan = tuple(stages(instrument, dict(options.weights)))
    tables = lookup(plan[0], meanings(instrument, options), instrument)
    needs_all = instrument.nodes["needs_all"].to_numpy()
    return Climb(instrument, options, plan, tables, award(instrument, options.rule), needs_all)


@dataclass(frozen=True, eq=False)
class Block:
    """What the climb through a block of returns knows of every node; the first axis holds what is worked on together.

    values: score, lower, upper. counts: questions answered, applicable, returned. Ends are open questions low, then high: place of the
    level on the scale, mean level above the lowest (for the rule that asks for it), lowest critical question.
    """

    values: np.ndarray
    counts: np.ndarray
    place: np.ndarray
    mean: np.ndarray
    critical: np.ndarray

    @classmethod
    def empty(cls, values: np.ndarray) -> Block:
        """A block before the climb: nothing is applicable. values: where the scores and their bounds shall stand."""
        shape = values.shape[1:]
        counts = np.zeros((3, *shape), dtype=np.int16)
        place, critical = np.zeros((2, *shape), dtype=np.uint8), np.full((2, *shape), NO_LEVEL, dtype=np.int8)
        return cls(values, counts, place, np.empty((2, *shape)), critical)


def rolled_up(codes: np.ndarray, way: Climb, out: Arrays, values: np.ndarray) -> None:
    """Fill `out` (an array of nodes x returns for each of `TYPES`) and `values` (`VALUES` x nodes x returns) with the numbers of some returns
    (codes: returns x questions)."""
    nodes = Block.empty(values)
    everywhere = sum(len(stage.nodes) for stage in way.plan) == len(way.needs_all)
    if not everywhere:
        values.fill(np.nan)
    for name in ("na_share",) if everywhere else out:  # what no stage writes
        out[name].fill(_EMPTY.get(name, np.nan if out[name].dtype.kind == "f" else 0))
    for stage in way.plan:
        (_measures if stage.of_questions else _above)(stage, way, codes, nodes, out)
    out["answered"][:], out["applicable"][:] = nodes.counts[:2]
    nothing = nodes.counts[1] == 0
    for end, name in enumerate(("level_low", "level_high")):
        np.add(nodes.place[end], way.instrument.levels[0], out=out[name])
        np.copyto(out[name], np.nan, where=nothing)
    np.greater(out["na_share"], way.instrument.gates.thin + TOLERANCE, out=out["thin"])


def _measures(stage: Stage, way: Climb, codes: np.ndarray, nodes: Block, out: Arrays) -> None:
    """Numbers of the measures from their questions."""
    tables, at = way.lookup, stage.nodes
    index = tables.index(codes)
    counts = tables.counts(index)
    values = tables.totals(index, counts)
    weights = tables.sums(index, tables.weights) if stage.units is None else counts[len(COUNTED) :]
    answered, applicable, na = weights[: len(WEIGHED)]
    with np.errstate(divide="ignore", invalid="ignore"):
        values[0] /= answered
        values[1:] /= applicable
        out["na_share"][at] = na / (na + applicable)
        step = answered / applicable
    asked_of = counts[: len(COUNTED)]
    missing = asked_of[0] < asked_of[1] if way.needs_all[at].any() else None
    out["why"][at], out["step_coverage"][at] = _show(values, step, asked_of, stage, way, missing), step
    out["weakest"][at], out["strongest"][at], out["spread"][at] = tables.extremes(index)
    nodes.values[:, at], nodes.counts[:, at] = values, asked_of
    levels = 2 * (len(way.instrument.levels) - 1)
    parts = weights[len(WEIGHED) : len(WEIGHED) + levels].reshape(2, -1, *applicable.shape)
    _award(Reached(parts, applicable), None, tables.critical_levels(codes), at, way, nodes)


def _above(stage: Stage, way: Climb, codes: np.ndarray, nodes: Block, out: Arrays) -> None:
    """Numbers of the nodes of a stage from those of their children."""
    at, how = stage.nodes, way.options.aggregator
    values = nodes.values[:, stage.items]
    applicable, scored = nodes.counts[1, stage.items] > 0, ~np.isnan(values[0])
    weights = np.stack([stage.weights[:, None] * used for used in (scored, applicable)])
    totals = stage.total(weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = totals[0] / totals[1]
    found = np.empty((len(values), *step.shape))
    for part, of in ((slice(1), 0), (slice(1, None), 1)):  # the score over what is scored, the bounds over what is applicable
        found[part] = aggregated(values[part], weights[of], stage, how, totals[of])
    counts = stage.total(nodes.counts[:, stage.items])
    missing = stage.total(scored) < stage.total(applicable) if way.needs_all[at].any() else None
    out["why"][at], out["step_coverage"][at] = _show(found, step, counts, stage, way, missing), step
    out["weakest"][at], out["strongest"][at], out["spread"][at] = _extremes(values[0], scored, stage)
    nodes.values[:, at], nodes.counts[:, at] = found, counts
    mean = None
    if way.rule.kind == "mean_floor":
        with np.errstate(invalid="ignore"):
            mean = stage.total(np.where(applicable, weights[1] * nodes.mean[:, stage.items], 0.0)) / totals[1]
    steps = np.arange(1, len(way.instrument.levels), dtype=np.uint8)[:, None, None]
    parts, whole = (_weighed(stage, truths) for truths in (nodes.place[:, None, stage.items] >= steps, applicable))
    critical = stage.lowest(nodes.critical[:, stage.items])
    _award(Reached(parts, whole), mean, critical, at, way, nodes)


def _weighed(stage: Stage, truths: np.ndarray) -> np.ndarray:
    """Weight of the items of each node of which something is true; counted where all weigh the same."""
    units = stage.weights if stage.units is None else stage.units
    same = stage.units is not None and stage.units.max() == 1
    return stage.total(truths if same else truths * units[:, None])


def _show(
    values: np.ndarray, step: np.ndarray, counts: np.ndarray, stage: Stage, way: Climb, missing: np.ndarray | None
) -> np.ndarray:
    """Take out the scores (of `values`) that may not be shown; why, as a code into `REASONS`. missing: where a child has no score."""
    gates, (point, lower, upper), (answered, applicable, returned) = way.instrument.gates, values, counts
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = answered / applicable
    reasons = [  # the last that holds is the one that is told; a gate of 0 shows what there is, never nothing
        (OUTSIDE_BOUNDS, (point < lower - 100 * TOLERANCE) | (point > upper + 100 * TOLERANCE)),
        (FEW_PARTS, (step < gates.step - TOLERANCE) | (step == 0)),
        (FEW_ANSWERS, (pooled < gates.pooled - TOLERANCE) | (answered == 0)),
        (NOT_ALL_PARTS, None if missing is None else missing & way.needs_all[stage.nodes][:, None]),
        (RETURN_MISSING, returned == 0),
        (NOT_APPLICABLE, applicable == 0),
    ]
    why = np.full(point.shape, SHOWN, dtype=np.int8)
    for reason, where in reasons:
        if where is not None:
            np.copyto(why, reason, where=where)
    np.copyto(point, np.nan, where=why.view(bool))
    return why


def _award(reached: Reached, mean: np.ndarray | None, critical: np.ndarray, at: np.ndarray, way: Climb, nodes: Block) -> None:
    """Both ends of the level interval of some nodes. mean: their mean level where it is not that of the levels reached."""
    if way.rule.kind == "mean_floor":
        nodes.mean[:, at] = mean = reached.mean if mean is None else mean
        place = np.floor(np.where(reached.whole > 0, mean, 0.0) + TOLERANCE).astype(np.uint8)
    else:
        place = awarded(reached, critical, way.instrument.levels, way.rule)
    nodes.place[:, at], nodes.critical[:, at] = np.where(reached.whole > 0, place, 0), critical


def aggregated(
    values: np.ndarray, weights: np.ndarray, stage: Stage, aggregator: str, total: np.ndarray | None = None
) -> np.ndarray:
    """Combine values (items x returns, 0-100; entries of weight 0 are ignored) node by node; NaN where all weights are 0.

    total: the sums of the weights, where they are known.

    Source: COINr a_amean, a_gmean, a_hmean, a_genmean. Geometric on max(x, 1); harmonic is 0 where a value is 0 (its limit).
    """
    used = weights > 0
    total = stage.total(weights) if total is None else total
    if aggregator == "minimum":
        lowest = stage.lowest(np.where(used, values, np.inf))
        return np.where(np.isfinite(lowest), lowest, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if aggregator == "arithmetic":
            return stage.total(np.where(used, weights * values, 0.0)) / total
        if aggregator == "power":
            return (stage.total(np.where(used, weights * np.sqrt(values), 0.0)) / total) ** 2
        if aggregator == "geometric":
            return np.exp(stage.total(np.where(used, weights * np.log(np.maximum(values, 1.0)), 0.0)) / total)
        return total / stage.total(np.where(used, weights / values, 0.0))


def _extremes(value: np.ndarray, scored: np.ndarray, stage: Stage) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns of the lowest and the highest scored child of each node (-1 without one; the first of equals), and their distance."""
    lowest, highest = stage.lowest(np.where(scored, value, np.inf)), stage.highest(np.where(scored, value, -np.inf))
    position = np.arange(len(stage.items), dtype=np.int16)[:, None]
    columns = np.append(stage.items, -1).astype(np.int16)
    ends = []
    for extreme in (lowest, highest):
        first = stage.lowest(np.where(stage.equal(value, extreme), position, np.int16(len(stage.items))))
        ends.append(columns.take(first))
    with np.errstate(invalid="ignore"):
        return ends[0], ends[1], np.where(np.isfinite(lowest), highest - lowest, np.nan)
