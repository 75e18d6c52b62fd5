"""Answers -> sums per measure. Two answers at a time are looked up in tables of what such a pair adds to its measure.

A measure needs some thirty sums over its questions: how many are answered, how many reach each level, the value and its bounds.
Small counts stand side by side in the bytes of one word, so that one look-up and one addition serve eight of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED
from analysis.scores.cells import Cells
from analysis.scores.plan import Stage

#: A table of pairs has at most so many entries; a longer scale is looked up answer by answer.
LARGEST_TABLE = 1 << 20
#: Truth values of a question that are counted, and those whose weight is added up.
COUNTED = ("answered", "applicable", "returned")
WEIGHED = ("answered", "applicable", "na")
#: Keys of extremes: the rank of a value before the place of its question, so that the smallest key is the first of the lowest.
PLACE_BITS = 16
NO_LEVEL = 127  # above every level: no critical question

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Lookup:
    """Tables of a measure stage. `members`: columns of the questions looked up together (together x entries); the number of
    questions stands for nobody. `words`: tables of fields (`COUNTED`, then, where weights are whole, those of `WEIGHED` and of levels).
    `points`: tables that are added up to score, lower and upper; for a bound, what every open question adds to the score where that is the
    same for all. `weights`: where weights are not whole, the tables of `WEIGHED` and levels. `keys`: of extremes; the smallest counts.
    `critical`: places of critical questions in the measures' order, with their lowest and highest level per code.
    """

    stage: Stage
    members: np.ndarray
    width: int
    offsets: np.ndarray
    entries: Stage
    words: list[np.ndarray]
    byte: np.dtype
    points: list[np.ndarray | float]
    weights: list[np.ndarray]
    keys: dict[str, np.ndarray]
    values: np.ndarray
    critical: tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]

    def counts(self, index: np.ndarray) -> np.ndarray:
        """Every field of the words: fields x measures x returns."""
        shape = (len(self.entries.nodes), index.shape[1])
        each = 8 // self.byte.itemsize
        found = np.empty((len(self.words) * each, *shape), dtype=self.byte)
        taken = np.empty(index.shape, dtype="<u8")
        for i, word in enumerate(self.words):
            total = self.entries.total(word.take(index, mode="clip", out=taken))
            parts = total.view(self.byte).reshape(*shape, each)
            found[i * each : (i + 1) * each] = np.moveaxis(parts, -1, 0)
        return found

    def sums(self, index: np.ndarray, tables: list[np.ndarray]) -> np.ndarray:
        """Tables added up: tables x measures x returns."""
        found = np.empty((len(tables), len(self.entries.nodes), index.shape[1]))
        taken = np.empty(index.shape)
        for i, table in enumerate(tables):
            self.entries.total(table.take(index, mode="clip", out=taken), found[i])
        return found

    def totals(self, index: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Weighted sums of score, lower and upper: 3 x measures x returns. counts: as `counts` gives them."""
        found = self.sums(index, [table for table in self.points if isinstance(table, np.ndarray)])
        if len(found) == len(self.points):
            return found
        answered, applicable = counts[len(COUNTED) : len(COUNTED) + 2]
        unknown, known = applicable - answered, iter(found)
        sums = np.empty((len(self.points), *unknown.shape))
        for i, points in enumerate(self.points):
            sums[i] = next(known) if isinstance(points, np.ndarray) else sums[0] + points * unknown if points else sums[0]
        return sums

    def extremes(self, index: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Column of the lowest and the highest answer of each measure (-1 without one; the first of equals), and their distance."""
        ends, values = [], []
        for name in ("first", "last"):
            key = self.entries.lowest(self.keys[name].take(index, mode="clip"))
            ends.append((key & ((1 << PLACE_BITS) - 1)).astype(np.int16))
            rank = key >> PLACE_BITS
            values.append(self.values.take(rank if name == "first" else len(self.values) - 2 - rank, mode="wrap"))
        return ends[0], ends[1], values[1] - values[0]

    def index(self, codes: np.ndarray) -> np.ndarray:
        """Places in the tables (entries x returns) of some returns' codes (returns x questions)."""
        by_question = np.zeros((codes.shape[1] + 1, len(codes)), dtype=np.int8)  # the last row: nobody
        by_question[:-1] = codes.T
        small = self.width ** len(self.members) <= np.iinfo(np.int16).max
        found = by_question[self.members[0]].astype(np.int16 if small else np.intp)
        for member in self.members[1:]:
            found *= self.width
            found += by_question[member]
        return found + self.offsets

    def critical_levels(self, codes: np.ndarray) -> np.ndarray:
        """Lowest level of an applicable critical question of each measure, 127 without one: ends x measures x returns."""
        question, starts, measure, tables = self.critical
        level = np.full((2, len(self.stage.nodes), len(codes)), NO_LEVEL, dtype=np.int8)
        if len(question):
            place = codes.T[question].astype(np.intp) + (np.arange(len(question)) * self.width - NOT_RETURNED)[:, None]
            for end, table in enumerate(tables):
                level[end, measure] = np.minimum.reduceat(table.ravel().take(place), starts, axis=0)
        return level


def lookup(stage: Stage, meanings: Cells, instrument: Instrument) -> Lookup:
    """The tables of a measure stage from what each code means to each question (questions x codes)."""
    questions, width = meanings.score.shape
    together = 2 if width**2 * questions <= 2 * LARGEST_TABLE else 1
    members, entries = _members(stage, together, questions)
    byte = np.dtype("<u1" if max(stage.sizes) <= np.iinfo(np.uint8).max else "<u2")
    weight = np.zeros((questions, 1), dtype=float if stage.units is None else np.uint8)
    weight[stage.items, 0] = stage.weights if stage.units is None else stage.units
    fields = [getattr(meanings, name) for name in COUNTED]
    weighed = [
        weight * table for table in (*(getattr(meanings, name) for name in WEIGHED), *_reaching(meanings, instrument.levels))
    ]
    if stage.units is not None:
        fields, weighed = fields + weighed, []
    offsets = np.arange(members.shape[1]) * width**together
    for member in range(together):
        offsets = offsets - NOT_RETURNED * width**member * (members[together - 1 - member] < questions)
    values, keys = _keys(meanings.score)
    return Lookup(
        stage=stage,
        members=members,
        width=width,
        offsets=offsets[:, None],
        entries=entries,
        words=[_joined(np.add, word, 0, members) for word in _packed(fields, byte)],
        byte=byte,
        points=[
            table if isinstance(table, float) else _joined(np.add, table, 0, members)
            for table in _points(meanings, weight, whole=stage.units is not None)
        ],
        weights=[_joined(np.add, table, 0, members) for table in weighed],
        keys={name: _joined(np.minimum, table, np.iinfo(np.int32).max, members) for name, table in keys.items()},
        values=values,
        critical=_critical(stage, meanings, instrument),
    )


def _members(stage: Stage, together: int, nobody: int) -> tuple[np.ndarray, Stage]:
    """Questions of each measure taken some at a time, and the stage that adds the entries up."""
    members, sizes = [], []
    for start, size in zip(stage.starts, stage.sizes, strict=True):
        alone = stage.items[start : start + size].tolist()
        alone += [nobody] * (-size % together)
        members += [alone[i : i + together] for i in range(0, len(alone), together)]
        sizes.append(len(alone) // together)
    starts = np.cumsum([0, *sizes])[:-1]
    columns = np.array(members).T
    return columns, Stage(stage.nodes, np.arange(columns.shape[1]), starts, np.ones(columns.shape[1]), False)


def _reaching(meanings: Cells, levels: tuple[int, ...]) -> list[np.ndarray]:
    """Whether a question reaches each level above the lowest, open ones low, then high."""
    ends = (meanings.level_low, meanings.level_high)
    return [meanings.applicable & (end >= n) for end in ends for n in levels[1:]]


def _points(meanings: Cells, weight: np.ndarray, whole: bool) -> list[np.ndarray | float]:
    """What each code adds to score, lower and upper; for a bound, the one number of points that any open question adds, if it is one."""
    is_open = meanings.applicable & ~meanings.answered
    found: list[np.ndarray | float] = [np.where(meanings.answered, weight * meanings.score, 0.0)]
    for end in (meanings.lower, meanings.upper):
        ends = np.unique(end[is_open])
        if whole and len(ends) < 2:
            found.append(float(ends[0]) if len(ends) else 0.0)
        else:
            found.append(np.where(meanings.applicable, weight * end, 0.0))
    return found


def _packed(tables: list[np.ndarray], byte: np.dtype) -> list[np.ndarray]:
    """Tables of small whole numbers side by side in words of eight bytes."""
    each = 8 // byte.itemsize
    words = []
    for first in range(0, len(tables), each):
        parts = np.zeros((*tables[0].shape, each), dtype=byte)
        for i, table in enumerate(tables[first : first + each]):
            parts[..., i] = table
        words.append(parts.view("<u8")[..., 0])
    return words


def _keys(score: np.ndarray) -> tuple[np.ndarray, Arrays]:
    """Values in order (NaN last) and, per question and code, keys whose smallest is the first of the lowest or highest."""
    known = ~np.isnan(score)
    values = np.unique(score[known])
    rank = np.where(known, np.searchsorted(values, score), len(values))
    place = np.where(known, np.arange(len(score))[:, None], (1 << PLACE_BITS) - 1)
    turned = np.where(known, len(values) - 1 - rank, len(values))
    keys = {"first": rank, "last": turned}
    return np.append(values, np.nan), {name: ((r << PLACE_BITS) | place).astype(np.int32) for name, r in keys.items()}


def _joined(function: np.ufunc, table: np.ndarray, nobody: int, members: np.ndarray) -> np.ndarray:
    """The table of one question after another -> the table of those looked up together, flat."""
    whole = np.concatenate([table, np.full((1, table.shape[1]), nobody, dtype=table.dtype)])
    found = whole[members[0]]
    for member in members[1:]:
        found = function(found[:, :, None], whole[member][:, None, :]).reshape(len(found), -1)
    return np.ascontiguousarray(found).ravel()


def _critical(
    stage: Stage, meanings: Cells, instrument: Instrument
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]:
    """(questions, where each measure's begin, the measures, [lowest levels, highest levels]) of the critical questions."""
    is_critical = instrument.questions["critical"].to_numpy()
    owner = stage.spread(np.arange(len(stage.nodes)))
    at = np.flatnonzero(is_critical[stage.items])
    questions = stage.items[at]
    measures, starts = np.unique(owner[at], return_index=True)
    levels = [
        np.nan_to_num(np.where(meanings.applicable, level, NO_LEVEL)[questions], nan=NO_LEVEL).astype(np.int8)
        for level in (meanings.level_low, meanings.level_high)
    ]
    return questions, starts, measures, levels
