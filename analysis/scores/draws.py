"""Scores under each drawn method and each drawing of the unknown answers. Never returns x questions x draws: returns go in blocks.

The answered part of a measure is one product of matrices (which option was chosen x what it is worth in each draw); only unknown answers,
and all answers where answer error is switched on, are drawn one by one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import PANEL_KEYS
from analysis.scores.blocks import slices
from analysis.scores.cells import meanings
from analysis.scores.plan import Stage
from analysis.scores.rollup import REASONS, climb
from analysis.scores.tree import Scores
from analysis.scores.uncertainty import Methods, UncertaintySettings, methods

#: Numbers that a block of returns holds at a time, nodes x returns x draws: large sums, still within reach of a processor's cache.
BLOCK_NUMBERS = 1_620_000
#: A chance is cut into so many equal parts; a probability is right to 1/8192.
PARTS = 4096
#: Places of what an answer can be besides an option.
ZERO, OPEN, OUT = -1, -2, -3
RANGE = (5, 50, 95)
#: Whose errors are shared: of all rounds of a State that were assessed by the same.
ASSESSOR = ("iso3", "organization", "reading")


@dataclass(frozen=True, eq=False)
class Draws:
    """Drawn scores of some nodes and returns: nodes x returns x draws, 0-100, NaN where there is none."""

    scores: Scores
    rows: np.ndarray
    nodes: tuple[str, ...]
    settings: UncertaintySettings
    score: np.ndarray

    def of(self, node: str) -> np.ndarray:
        """Returns x draws of one node."""
        return self.score[self.nodes.index(node)]


def draws(scores: Scores, rows: Sequence[int], nodes: Sequence[str], settings: UncertaintySettings, stream: int = 0) -> Draws:
    """Draws of some nodes of some returns, kept: 8 bytes per node, return and draw. For a whole panel see `ranges`.

    Weights, aggregation and values of a draw are the same for all returns. Unknown answers are facts of their own of each return, so
    each has random numbers of its own, which depend on the seed and on the return's key only: not on the selection, not on the order.
    stream: another series of them, for other questions of the same returns that are scored by themselves; a State's common shift stays.
    """
    rows = np.asarray(rows, dtype=int)
    found = np.empty((len(nodes), len(rows), settings.draws))

    def keep(part: slice, block: np.ndarray) -> None:
        found[:, part] = block

    _Work.of(scores, rows, nodes, settings, stream=stream).each(keep)
    return Draws(scores, rows, tuple(nodes), settings, found)


def drawable(scores: Scores, rows: Sequence[int], node: str, settings: UncertaintySettings) -> np.ndarray:
    """Whether a node of each return can be drawn: it was returned and applies, and, unless missing answers are drawn, has a score."""
    why = scores.why[np.asarray(rows, dtype=int), scores.column(node)]
    if "unknown" in settings.sources:
        return ~np.isin(why, [REASONS.index("not_returned"), REASONS.index("not_applicable")])
    return why == REASONS.index("shown")


def ranges(scores: Scores, rows: Sequence[int], nodes: Sequence[str], settings: UncertaintySettings) -> pd.DataFrame:
    """Range over reasonable methods and missing answers, block by block: memory does not grow with the returns.

    Returns
    -------
    One row per (return, node), as `rows` and `nodes` stand: row, node, score, low, median, high (5, 50 and 95 % of the draws, NaN
    without any), lower, upper (the bounds).
    """
    rows = np.asarray(rows, dtype=int)
    found = np.full((3, len(nodes), len(rows)), np.nan)

    def keep(part: slice, block: np.ndarray) -> None:
        found[:, :, part] = quantiles(block)

    _Work.of(scores, rows, nodes, settings).each(keep)
    at = [scores.column(n) for n in nodes]
    table = pd.DataFrame({"row": np.repeat(rows, len(nodes)), "node": np.tile(np.array(nodes, dtype=object), len(rows))})
    table["score"] = scores.score[np.ix_(rows, at)].ravel()
    for name, numbers in zip(("low", "median", "high"), found, strict=True):
        table[name] = numbers.T.ravel()
    for name in ("lower", "upper"):
        table[name] = getattr(scores, name)[np.ix_(rows, at)].ravel()
    return table


def quantiles(drawn: np.ndarray, percents: Sequence[float] = RANGE) -> np.ndarray:
    """Percentiles over the last axis by linear interpolation: percents x the rest."""
    places = np.array(percents) / 100 * (drawn.shape[-1] - 1)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, drawn.shape[-1] - 1)
    ordered = np.sort(drawn, axis=-1)  # quicker than to part it at six places
    share = (places - low).reshape(-1, *[1] * (drawn.ndim - 1))
    ends = [np.moveaxis(ordered[..., at], -1, 0) for at in (low, high)]
    return ends[0] + (ends[1] - ends[0]) * share


def drawn_blocks(
    scores: Scores, rows: np.ndarray, nodes: Sequence[str], settings: UncertaintySettings, ways: Methods | None = None
) -> Iterator[tuple[slice, np.ndarray]]:
    """(positions in `rows`, nodes x returns x draws) block after block. ways: other methods than those of the settings."""
    work = _Work.of(scores, rows, nodes, settings, ways)
    room = work.room()
    for part in work.parts:
        yield part, work.drawn(part, room)


@dataclass(frozen=True, eq=False)
class _Work:
    """Drawing for some returns: the engine, where the nodes stand, the returns with their keys (of the return, of who assessed it), and the
    blocks they go in."""

    engine: _Engine
    at: list[int]
    rows: np.ndarray
    keys: list[tuple[int, int]]
    parts: list[slice]

    @classmethod
    def of(
        cls,
        scores: Scores,
        rows: np.ndarray,
        nodes: Sequence[str],
        settings: UncertaintySettings,
        ways: Methods | None = None,
        stream: int = 0,
    ) -> _Work:
        way = climb(scores.instrument, scores.options)
        ways = ways or methods(scores.instrument, way.plan, scores.options.aggregator, settings)
        engine = _Engine.of(scores, way.plan, settings, ways, _below(scores.instrument, nodes), stream)
        size = min(max(1, BLOCK_NUMBERS // (len(scores.instrument.nodes) * len(ways))), max(len(rows), 1))
        index = scores.panel.index.iloc[rows]
        keys = list(zip(keys_of(index), keys_of(index, ASSESSOR), strict=True))
        return cls(engine, [scores.column(n) for n in nodes], rows, keys, slices(len(rows), size))

    def room(self) -> np.ndarray:
        """Memory for a block, to be used again: fresh memory costs more than the sums."""
        size = max((part.stop - part.start for part in self.parts), default=0)
        return np.empty((len(self.engine.scores.instrument.nodes), size, len(self.engine.ways)))

    def drawn(self, part: slice, room: np.ndarray) -> np.ndarray:
        """Nodes x returns x draws of a block, made in a room."""
        return self.engine.drawn(self.rows[part], self.keys[part], room[:, : part.stop - part.start])[self.at]

    def each(self, keep: Callable[[slice, np.ndarray], None]) -> None:
        """Draw block after block and hand each over. In one thread: two of our own were slower, for the products of matrices use all cores
        already and what lies between them is too short to share."""
        room = self.room()
        for part in self.parts:
            keep(part, self.drawn(part, room))


def keys_of(index: pd.DataFrame, names: Sequence[str] = PANEL_KEYS) -> list[int]:
    """A number per return that depends on some of its keys only."""
    keys = zip(*(index[key].astype(str) for key in names), strict=True)
    return [zlib.crc32("\x1f".join(key).encode()) for key in keys]


@dataclass(frozen=True, eq=False)
class _Engine:
    """What is the same for all blocks. worth: items x options x draws, weight times value. chances: flat table of (answer set, answer,
    shift) x parts -> option times draws. kinds: what each code is to each question: its option, `ZERO`, `OPEN` or `OUT`. wanted: the nodes asked
    for and all below them; the others are left as they are."""

    scores: Scores
    plan: tuple[Stage, ...]
    settings: UncertaintySettings
    ways: Methods
    worth: np.ndarray
    chances: np.ndarray
    answer_set: np.ndarray
    kinds: np.ndarray
    wanted: np.ndarray
    stream: int

    @classmethod
    def of(
        cls,
        scores: Scores,
        plan: tuple[Stage, ...],
        settings: UncertaintySettings,
        ways: Methods,
        wanted: np.ndarray,
        stream: int,
    ) -> _Engine:
        instrument, items = scores.instrument, plan[0].items
        names = list(instrument.options)
        longest = max(len(rows) for rows in instrument.options.values())
        sets = instrument.questions["answer_set"].map({name: i for i, name in enumerate(names)}).to_numpy()
        values = np.zeros((len(names), longest, len(ways)))
        for i, name in enumerate(names):
            values[i, : len(ways.values[name])] = ways.values[name]
        worth = values[sets[items]]
        worth *= ways.weights[0][:, None, :]
        chances = np.concatenate([_chances(instrument.options[name], longest, settings) for name in names]) * len(ways)
        chances = chances.ravel().astype(np.min_scalar_type(longest * len(ways)))  # narrow: it is read at random places
        return cls(scores, plan, settings, ways, worth, chances, sets[items], _kinds(scores)[items], wanted, stream)

    def drawn(self, rows: np.ndarray, keys: Sequence[tuple[int, int]], score: np.ndarray) -> np.ndarray:
        """Fill nodes x returns x draws for some returns; NaN where there is no number."""
        used = self.scores.applicable[rows].T > 0
        if "unknown" not in self.settings.sources:
            used &= ~np.isnan(self.scores.score[rows].T)
        self._measures(rows, keys, score)
        for stage, weights in zip(self.plan[1:], self.ways.weights[1:], strict=True):
            _combined(stage, weights, self.ways.aggregator, used, score, self.wanted)
        score[~used & self.wanted[:, None]] = np.nan
        return score

    def _measures(self, rows: np.ndarray, keys: Sequence[tuple[int, int]], score: np.ndarray) -> None:
        stage = self.plan[0]
        codes = self.scores.panel.codes[rows].T[stage.items].astype(np.intp)
        kind = np.take_along_axis(self.kinds, codes + _FIRST, axis=1)
        is_open, counted = kind == OPEN, kind != OUT
        if "unknown" not in self.settings.sources:
            counted &= ~is_open
            is_open = np.zeros_like(is_open)
        if "error" in self.settings.sources:  # nothing stands as it was answered
            random = is_open | (kind >= 0)
            score[stage.nodes[self.wanted[stage.nodes]]] = 0.0
        else:
            random = is_open
            self._stand(kind, score)
        if random.any():
            self._draw(keys, kind, random, score)
        self._divide(counted, self.ways.weights[0], score)

    def _stand(self, kind: np.ndarray, score: np.ndarray) -> None:
        """The worth of what was answered, one product of matrices a measure."""
        stage, (options, draws) = self.plan[0], self.worth.shape[1:]
        chosen = kind[:, :, None] == np.arange(options)
        picked = np.ascontiguousarray(chosen.swapaxes(0, 1).reshape(kind.shape[1], -1), dtype=float)
        worth = self.worth.reshape(-1, draws)
        for node, start, size in zip(stage.nodes, stage.starts, stage.sizes, strict=True):
            if self.wanted[node]:
                part = slice(start * options, (start + size) * options)
                np.matmul(picked[:, part], worth[part], out=score[node])

    def _divide(self, counted: np.ndarray, weights: np.ndarray, score: np.ndarray) -> None:
        """By the weight of what counts; it is 1 where everything does."""
        stage = self.plan[0]
        some = stage.total(~counted) > 0
        for node, place in enumerate(stage.nodes):
            returns = np.flatnonzero(some[node])
            if len(returns) and self.wanted[place]:
                items = slice(stage.starts[node], stage.starts[node] + stage.sizes[node])
                whole = counted[items][:, returns].T.astype(float) @ weights[items]
                score[place, returns] /= np.where(whole > 0, whole, 1.0)

    def _draw(self, keys: Sequence[tuple[int, int]], kind: np.ndarray, random: np.ndarray, score: np.ndarray) -> None:
        """Add the worth of what is drawn, one return after another."""
        stage, (options, draws) = self.plan[0], self.worth.shape[1:]
        owner = stage.spread(stage.nodes)
        wanted, worth = self.wanted[owner], self.worth.ravel()
        places = np.arange(len(stage.items))[:, None] * (options * draws) + np.arange(draws)
        for r, (key, assessor) in enumerate(keys):
            items = np.flatnonzero(random[:, r])
            which = (key, self.stream) if self.stream else (key,)
            chance = _chance(self.settings.generator("unknown", *which), len(items), self.settings.draws)
            kept = wanted[items]  # all have their numbers, whatever is asked for
            items, chance = (items, chance) if kept.all() else (items[kept], chance[kept])
            answer = np.where(kind[items, r] == OPEN, options, kind[items, r])
            if self.ways.unknown is not None:
                is_open = (answer == options)[:, None]
                chance = np.where(is_open, chance[:, self.ways.unknown], chance[:, self.ways.error])
            first = ((self.answer_set[items] * (options + 1) + answer) * 3 + 1) * PARTS
            shift = self._shift(assessor) * PARTS if "error" in self.settings.sources else 0
            if 2 * len(items) < len(places):
                place = places[items] + self.chances.take(np.add(chance, first[:, None]) + shift, mode="clip")
                for item, values in zip(items, worth.take(place, mode="clip"), strict=True):
                    score[owner[item], r] += values
                continue
            whole, at = np.zeros(places.shape, dtype=chance.dtype), np.zeros(len(places), dtype=int)
            whole[items], at[items] = chance, first  # in line, blocks of numbers are worked on instead of chosen rows
            place = np.add(whole, at[:, None])
            place += shift
            drawn = worth.take(np.add(self.chances.take(place, mode="clip"), places), mode="clip")
            drawn[at == 0] = 0.0
            score[stage.nodes, r] += stage.total(drawn)

    def _shift(self, key: int) -> np.ndarray:
        """By how many steps all answers of a State are off, per draw: -1, 0 or 1; the same way in every round that the same office or visit assessed."""
        chance = self.settings.generator("error", key).random(self.settings.draws)
        chance = chance if self.ways.error is None else chance[self.ways.error]
        return np.where(chance < self.settings.shift / 2, -1, np.where(chance >= 1 - self.settings.shift / 2, 1, 0))


def _chance(random: np.random.Generator, items: int, draws: int) -> np.ndarray:
    """Whole numbers below `PARTS`, items x draws: those that `integers` gives one by one, four at a time and three times as fast."""
    words = random.integers(0, 2**64, -(-items * draws // 4), dtype=np.uint64)
    return (words.view(np.uint16)[: items * draws] >> 17 - PARTS.bit_length()).reshape(items, draws)


def _below(instrument: Instrument, nodes: Sequence[str]) -> np.ndarray:
    """Which nodes are among some, or stand below one of them."""
    found = instrument.nodes["node"].isin(list(nodes)).to_numpy(copy=True)
    parents = [instrument.node_number.get(name, -1) for name in instrument.nodes["parent"]]
    for place, above in enumerate(parents):  # parents stand before their children
        found[place] |= above >= 0 and found[above]
    return found


_FIRST = 8  # the place of code 0: the codes of statuses stand before it


def _kinds(scores: Scores) -> np.ndarray:
    """What each code is to each question: its option, `ZERO` (counts as nothing in place), `OPEN` or `OUT`: questions x codes."""
    meaning = meanings(scores.instrument, scores.options)
    code = np.arange(meaning.score.shape[1]) - _FIRST
    kind = np.where(meaning.answered & (code >= 0), code, np.where(meaning.answered, ZERO, OPEN))
    return np.where(meaning.applicable, kind, OUT).astype(np.int16)


def _chances(options: pd.DataFrame, longest: int, settings: UncertaintySettings) -> np.ndarray:
    """What an answer may really be: (options and "open") x shifts, each row a table of parts -> option."""
    values = options["value"].to_numpy(dtype=float)
    known, place = np.unique(values, return_inverse=True)
    first = np.array([np.flatnonzero(place == p)[0] for p in range(len(known))])
    level = options["level"].to_numpy()
    _, of_level, many = np.unique(level, return_inverse=True, return_counts=True)
    uniform = 1 / (len(many) * many[of_level])
    steps = _confusion(len(known), settings)
    found = np.zeros(((longest + 1) * 3, PARTS), dtype=np.intp)
    for shift in (-1, 0, 1):
        for option in range(len(values)):
            off = min(max(place[option] + shift, 0), len(known) - 1)
            found[option * 3 + 1 + shift] = first[_parts(steps[off])]
        found[longest * 3 + 1 + shift] = _parts(uniform)
    return found


def _confusion(steps: int, settings: UncertaintySettings) -> np.ndarray:
    """P(true step | reported step): the settings' own matrix where it fits, else one step off in either direction, as likely as the other."""
    if len(settings.confusion) == steps:
        return np.array(settings.confusion, dtype=float)
    found = np.zeros((steps, steps))
    for step in range(steps):
        for off in (-1, 1):
            found[step, min(max(step + off, 0), steps - 1)] += settings.error / 2
        found[step, step] += 1 - settings.error
    return found


def _parts(chances: np.ndarray) -> np.ndarray:
    """A table of `PARTS` entries in which each outcome stands as often as its chance says."""
    ends = np.rint(np.cumsum(chances) / np.sum(chances) * PARTS).astype(int)
    return np.repeat(np.arange(len(chances)), np.diff(ends, prepend=0))


def _combined(
    stage: Stage, weights: np.ndarray, aggregator: np.ndarray, used: np.ndarray, score: np.ndarray, wanted: np.ndarray
) -> None:
    """Fill the wanted nodes of a stage (score: nodes x returns x draws) from their children; each run of draws by its aggregator."""
    starts = [0, *np.flatnonzero(aggregator[1:] != aggregator[:-1]) + 1]
    for start, end in zip(starts, [*starts[1:], len(aggregator)], strict=True):
        draws = slice(start, end)
        for node, first, size in zip(stage.nodes, stage.starts, stage.sizes, strict=True):
            if not wanted[node]:
                continue
            items = stage.items[first : first + size]
            children = [(score[i, :, draws], used[i]) for i in items]
            score[node, :, draws] = _mean(children, weights[first : first + size, draws], aggregator[start])


def _mean(children: list[tuple[np.ndarray, np.ndarray]], weights: np.ndarray, aggregator: str) -> np.ndarray:
    """Combine children (returns x draws, and for which returns they count) by weights (children x draws); 0 where none counts."""
    there = np.array([used for _, used in children])
    if aggregator == "minimum":
        lowest = np.min([np.where(used[:, None], values, np.inf) for values, used in children], axis=0)
        return np.where(np.isfinite(lowest), lowest, 0.0)
    total, part = np.zeros(children[0][0].shape), np.empty(children[0][0].shape)
    for (values, used), weight in zip(children, weights, strict=True):
        np.multiply(_turned(values, aggregator, part), weight, out=part)
        if not used.all():
            part[~used] = 0.0
        total += part
    if not there.all():
        whole = there.T.astype(float) @ weights
        total /= np.where(whole > 0, whole, 1.0)
    if aggregator == "power":
        total *= total
    elif aggregator == "geometric":
        np.exp(total, out=total)
    elif aggregator == "harmonic":
        with np.errstate(divide="ignore"):
            np.divide(1.0, total, out=total)
    total[~there.any(axis=0)] = 0.0
    return total


def _turned(values: np.ndarray, aggregator: str, room: np.ndarray) -> np.ndarray:
    """Values as the aggregator adds them up."""
    if aggregator == "power":
        return np.sqrt(values, out=room)
    if aggregator == "geometric":
        return np.log(np.maximum(values, 1.0, out=room), out=room)
    if aggregator == "harmonic":
        with np.errstate(divide="ignore"):
            return np.divide(1.0, values, out=room)
    return values
