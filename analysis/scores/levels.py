"""Level award: one parametric rule, as an interval while questions are open, and what blocks the next level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.instrument import AwardRule, Instrument
from analysis.model import TOLERANCE, status_of
from analysis.scores.cells import Cells, question_cells
from analysis.scores.lookup import NO_LEVEL
from analysis.scores.plan import Stage, stages

if TYPE_CHECKING:
    from analysis.scores.tree import Scores


def award(instrument: Instrument, name: str | None) -> AwardRule:
    """The award preset of that name, the instrument's default for None.

    Raises
    ------
    KeyError
        If the instrument has no such preset.
    """
    return instrument.rules[name or instrument.default_rule]


def passes(share: np.ndarray, threshold: float, compares: str) -> np.ndarray:
    """Whether a share passes a threshold, with the tolerance of scoring.md (2/3 is no float)."""
    return share > threshold + TOLERANCE if compares == ">" else share >= threshold - TOLERANCE


@lru_cache(maxsize=64)
def counts_needed(threshold: float, compares: str) -> np.ndarray:
    """How many of n (0 to 255) must reach a level for their share to pass a threshold; 255 where a part of them never does.

    A place for "more than all" is needed only where the threshold is 1 and more is asked, and no rule awards a level then.
    """
    n = np.arange(256)
    enough = passes(n[None, :] / np.maximum(n, 1)[:, None], threshold, compares) & (n[None, :] <= n[:, None])
    return np.where(enough.any(axis=1), enough.argmax(axis=1), n + 1).astype(np.uint16)


@dataclass(frozen=True)
class Reached:
    """How much of the weight of each node's applicable items reaches each level above the lowest.

    parts: ends (open questions low and high) x levels x nodes x returns. whole: nodes x returns, all of the weight. Whole numbers
    where the weights are such, which is quicker.
    """

    parts: np.ndarray
    whole: np.ndarray

    @property
    def lowest(self) -> np.ndarray:
        """Place of the lowest item's level on the scale (0 for the lowest level), ends x nodes x returns."""
        return _counted(self.parts == self.whole)

    @property
    def mean(self) -> np.ndarray:
        """Mean level above the lowest level, ends x nodes x returns; NaN where no item is applicable."""
        with np.errstate(invalid="ignore"):
            return self.parts.sum(axis=1, dtype=float) / self.whole

    def passing(self, threshold: float, compares: str) -> np.ndarray:
        """How many levels, from the lowest up, are reached by a share that passes: a share never grows with the level."""
        if self.whole.dtype.kind == "u":
            return _counted(self.parts >= counts_needed(threshold, compares).take(self.whole))
        with np.errstate(invalid="ignore"):
            return _counted(passes(self.parts / self.whole, threshold, compares))


def _counted(truths: np.ndarray) -> np.ndarray:
    """How many levels: ends x levels x ... -> ends x ..."""
    return np.add.reduce(truths.view(np.uint8), axis=1, dtype=np.uint8)


def awarded(reached: Reached, critical: np.ndarray, levels: tuple[int, ...], rule: AwardRule) -> np.ndarray:
    """Place on the scale of the level of each node by a rule of the kind `share`, ends x nodes x returns.

    Parameters
    ----------
    critical: ends x nodes x returns, the lowest level of an applicable critical question below the node (`NO_LEVEL` without one).
    levels: the instrument's; the lowest is awarded unasked.

    Source: scoring.md section 4.
    """
    found = np.minimum(reached.passing(rule.below, rule.compares) + np.uint8(1), reached.passing(rule.at, rule.compares))
    if rule.critical:
        np.minimum(found, (critical - levels[0]).astype(np.uint8), out=found)
    if rule.gap_floor is not None:
        np.minimum(found, reached.lowest + np.uint8(min(rule.gap_floor, NO_LEVEL)), out=found)
    return found


BLOCKER_COLUMNS = ["node", "level", "item", "question", "condition", "level_now", "level_high", "needs", "open", "status"]


def blockers(scores: Scores, row: int, node: str, level: int | None = None) -> pd.DataFrame:
    """The questions that keep a node from a level, by default the one above its `level_low`.

    For each condition of the rule that fails, every item that falls short of it; where an item is a measure or a block,
    the questions that keep *it* from the level it needs. A question that several conditions name stands once, with
    the highest level asked of it.

    Returns
    -------
    One row per question: node, level (aimed at), item (the child of `node` it belongs to), question, condition
    (`share_at`, `share_below`, `critical`, `gap_floor`, `mean`), level_now (NA while open), level_high, needs, open, status.
    Sorted: critical first, then the furthest from what it needs. Empty at the top of the scale.
    """
    instrument = scores.instrument
    rule = award(instrument, scores.options.rule)
    at = scores.column(node)
    now = scores.level_low[row, at]
    if np.isnan(now) or (level is None and now >= instrument.max_level):
        return pd.DataFrame(columns=BLOCKER_COLUMNS)
    aim = int(now) + 1 if level is None else level
    found = _blocking(scores, row, node, aim, rule, _Tree.of(scores, row))
    table = pd.DataFrame(found, columns=["item", "question", "condition", "level_now", "level_high", "needs", "open"])
    if table.empty:
        return pd.DataFrame(columns=BLOCKER_COLUMNS)
    table["rank"] = table["condition"].map({"critical": 0, "gap_floor": 1, "share_below": 2, "share_at": 3, "mean": 4})
    table = table.sort_values(["rank", "needs"], ascending=[True, False], kind="stable")
    needs = table.groupby("question")["needs"].max()
    table = table.drop_duplicates("question").assign(needs=lambda t: t["question"].map(needs))
    table["short"] = table["needs"] - table["level_now"].fillna(0)
    order = {q: i for i, q in enumerate(instrument.questions["question"])}
    table["place"] = table["question"].map(order)
    table = table.sort_values(["rank", "short", "place"], ascending=[True, False, True], kind="stable")
    table.insert(0, "node", node)
    table.insert(1, "level", aim)
    table["level_now"] = table["level_now"].astype("Int64")
    codes = scores.panel.codes[row]
    table["status"] = [status_of(int(codes[place])) for place in table["place"]]
    return table[BLOCKER_COLUMNS].reset_index(drop=True)


@dataclass(frozen=True)
class _Tree:
    """The questions of one return (`cells`, a single column) and where each node's items stand."""

    cells: Cells
    place: dict[int, tuple[Stage, int]]

    @classmethod
    def of(cls, scores: Scores, row: int) -> _Tree:
        place = {}
        for stage in stages(scores.instrument, dict(scores.options.weights)):
            for i, node in enumerate(stage.nodes):
                place[int(node)] = (stage, i)
        return cls(question_cells(scores.panel.codes[[row]], scores.instrument, scores.options), place)


def _blocking(scores: Scores, row: int, node: str, aim: int, rule: AwardRule, tree: _Tree) -> list[tuple]:
    instrument = scores.instrument
    stage, i = tree.place[scores.column(node)]
    end = stage.starts[i + 1] if i + 1 < len(stage.starts) else len(stage.items)
    items, weights = stage.items[stage.starts[i] : end], stage.weights[stage.starts[i] : end]
    if stage.of_questions:
        applicable = tree.cells.applicable[items, 0]
        level = tree.cells.level_low[items, 0]
    else:
        applicable = scores.applicable[row, items] > 0
        level = scores.level_low[row, items]
    needs = np.zeros(len(items), dtype=int)
    condition = np.full(len(items), "", dtype=object)

    def ask(which: np.ndarray, wanted: int, name: str) -> None:
        which = which & applicable & (level < wanted) & (needs < wanted)
        needs[which], condition[which] = wanted, np.where(condition[which] == "", name, condition[which])

    names = instrument.questions["question"] if stage.of_questions else instrument.nodes["node"]
    everything = np.ones(len(items), dtype=bool)
    if rule.kind == "mean_floor":
        ask(everything, aim, "mean")
    else:
        total = weights[applicable].sum()

        def share(n: int) -> float:
            return float((weights * (applicable & (level >= n))).sum() / total)

        if rule.gap_floor is not None:
            ask(everything, aim - rule.gap_floor, "gap_floor")
        for k in range(1, aim):
            if not passes(share(k), rule.below, rule.compares):
                ask(everything, k, "share_below")
        if not passes(share(aim), rule.at, rule.compares):
            ask(everything, aim, "share_at")
    found = []
    for j in np.flatnonzero(needs):
        name = names.iloc[items[j]]
        if stage.of_questions:
            found.append(_question_row(name, name, condition[j], items[j], needs[j], tree))
        else:
            below = _blocking(scores, row, name, int(needs[j]), rule, tree)
            found += [(name, *entry[1:]) for entry in below]
    if rule.kind == "share" and rule.critical:
        below_node = instrument.questions_below(node) & instrument.questions["critical"].to_numpy()
        for q in np.flatnonzero(below_node & tree.cells.applicable[:, 0] & (tree.cells.level_low[:, 0] < aim)):
            name = instrument.questions["question"].iloc[q]
            item = name if stage.of_questions else _item_above(instrument, node, instrument.questions["measure"].iloc[q])
            found.append(_question_row(item, name, "critical", q, aim, tree))
    return found


def _item_above(instrument: Instrument, node: str, measure: str) -> str:
    """The child of `node` under which a measure hangs."""
    parent = dict(zip(instrument.nodes["node"], instrument.nodes["parent"], strict=True))
    while parent[measure] != node:
        measure = parent[measure]
    return measure


def _question_row(item: str, question: str, condition: str, column: int, needs: int, tree: _Tree) -> tuple:
    is_open = not tree.cells.answered[column, 0]
    now = pd.NA if is_open else int(tree.cells.level_low[column, 0])
    return item, question, condition, now, int(tree.cells.level_high[column, 0]), int(needs), is_open
