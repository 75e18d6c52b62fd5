"""Level award: one parametric rule, as an interval while questions are open, and what blocks the next level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.instrument import AwardRule, Instrument
from analysis.model import TOLERANCE
from analysis.scores.cells import Cells, question_cells
from analysis.scores.plan import Stage, stages

if TYPE_CHECKING:
    from analysis.scores.tree import Scores

_NONE = 127  # above every level: no critical question, no item


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


def awarded(
    level: np.ndarray, applicable: np.ndarray, critical: np.ndarray, mean: np.ndarray, stage: Stage, top: int, rule: AwardRule
) -> np.ndarray:
    """Level of each node of a stage from its items' levels.

    Parameters
    ----------
    level: returns x items. applicable: returns x items. critical: returns x nodes, the lowest level of an applicable critical
    question below the node (`_NONE` without one). mean: returns x nodes, weighted mean level. top: highest level.

    Returns
    -------
    returns x nodes, 0..top; NaN where no item is applicable.

    Source: scoring.md section 4.
    """
    weight = stage.weights * applicable
    total = stage.total(weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        if rule.kind == "mean_floor":
            return np.where(total > 0, np.floor(mean + TOLERANCE), np.nan)
        ceiling = np.full(total.shape, float(top))
        if rule.critical:
            ceiling = np.minimum(ceiling, critical)
        if rule.gap_floor is not None:
            lowest = np.minimum.reduceat(np.where(applicable, level, _NONE), stage.starts, axis=-1)
            ceiling = np.minimum(ceiling, lowest + rule.gap_floor)
        found = np.zeros(total.shape)
        below = np.ones(total.shape, dtype=bool)
        for n in range(1, top + 1):
            share = stage.total(weight * (level >= n)) / total
            found = np.where(below & passes(share, rule.at, rule.compares) & (n <= ceiling), n, found)
            below &= passes(share, rule.below, rule.compares)
        return np.where(total > 0, found, np.nan)


@dataclass
class LevelArrays:
    """Level intervals while the tree is being climbed: returns x nodes. mean and critical are carried up beside the level."""

    low: np.ndarray
    high: np.ndarray
    mean_low: np.ndarray
    mean_high: np.ndarray
    critical_low: np.ndarray
    critical_high: np.ndarray

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> LevelArrays:
        """Nothing awarded yet."""
        nan = [np.full(shape, np.nan) for _ in range(4)]
        return cls(*nan, np.full(shape, float(_NONE)), np.full(shape, float(_NONE)))

    def fill(self, stage: Stage, cells: Cells, applicable: np.ndarray, instrument: Instrument, rule: AwardRule) -> None:
        """Award one stage, at both ends of the interval."""
        at, take = np.s_[:, stage.nodes], np.s_[:, stage.items]
        weight = stage.weights * applicable
        for end in ("low", "high"):
            if stage.of_questions:
                level = mean = getattr(cells, f"level_{end}")[take]
                is_critical = instrument.questions["critical"].to_numpy()[stage.items]
                critical = np.where(is_critical & applicable, level, _NONE)
            else:
                level, mean = getattr(self, end)[take], getattr(self, f"mean_{end}")[take]
                critical = getattr(self, f"critical_{end}")[take]
            with np.errstate(divide="ignore", invalid="ignore"):
                average = stage.total(np.where(applicable, stage.weights * mean, 0.0)) / stage.total(weight)
            lowest_critical = np.minimum.reduceat(critical, stage.starts, axis=-1)
            getattr(self, f"mean_{end}")[at] = average
            getattr(self, f"critical_{end}")[at] = lowest_critical
            level = np.where(applicable, level, -1.0)
            getattr(self, end)[at] = awarded(level, applicable, lowest_critical, average, stage, instrument.max_level, rule)


BLOCKER_COLUMNS = ["node", "level", "item", "question", "condition", "level_now", "level_high", "needs", "open"]


def blockers(scores: Scores, row: int, node: str, level: int | None = None) -> pd.DataFrame:
    """The questions that keep a node from a level, by default the one above its `level_low`.

    For each condition of the rule that fails, every item that falls short of it; where an item is a measure or a block,
    the questions that keep *it* from the level it needs. A question that several conditions name stands once, with
    the highest level asked of it.

    Returns
    -------
    One row per question: node, level (aimed at), item (the child of `node` it belongs to), question, condition
    (`share_at`, `share_below`, `critical`, `gap_floor`, `mean`), level_now (NA while open), level_high, needs, open.
    Sorted: critical first, then the furthest from what it needs. Empty at the top of the scale.
    """
    instrument = scores.instrument
    rule = award(instrument, scores.options.rule)
    at = scores.column(node)
    now = scores.level_low[row, at]
    if np.isnan(now) or (level is None and now >= instrument.max_level):
        return pd.DataFrame(columns=BLOCKER_COLUMNS)
    aim = int(now) + 1 if level is None else level
    found = _blocking(scores, row, node, aim, rule, _Tree.of(scores))
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
    return table[BLOCKER_COLUMNS].reset_index(drop=True)


@dataclass(frozen=True)
class _Tree:
    """Question levels of a panel and where each node's items stand."""

    cells: Cells
    place: dict[int, tuple[Stage, int]]

    @classmethod
    def of(cls, scores: Scores) -> _Tree:
        place = {}
        for stage in stages(scores.instrument, dict(scores.options.weights)):
            for i, node in enumerate(stage.nodes):
                place[int(node)] = (stage, i)
        return cls(question_cells(scores.panel, scores.instrument, scores.options), place)


def _blocking(scores: Scores, row: int, node: str, aim: int, rule: AwardRule, tree: _Tree) -> list[tuple]:
    instrument = scores.instrument
    stage, i = tree.place[scores.column(node)]
    end = stage.starts[i + 1] if i + 1 < len(stage.starts) else len(stage.items)
    items, weights = stage.items[stage.starts[i] : end], stage.weights[stage.starts[i] : end]
    if stage.of_questions:
        applicable = tree.cells.applicable[row, items]
        level = tree.cells.level_low[row, items]
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
            found.append(_question_row(name, name, condition[j], items[j], needs[j], row, tree))
        else:
            below = _blocking(scores, row, name, int(needs[j]), rule, tree)
            found += [(name, *entry[1:]) for entry in below]
    if rule.kind == "share" and rule.critical:
        below_node = instrument.questions_below(node) & instrument.questions["critical"].to_numpy()
        for q in np.flatnonzero(below_node & tree.cells.applicable[row] & (tree.cells.level_low[row] < aim)):
            name = instrument.questions["question"].iloc[q]
            item = name if stage.of_questions else _item_above(instrument, node, instrument.questions["measure"].iloc[q])
            found.append(_question_row(item, name, "critical", q, aim, row, tree))
    return found


def _item_above(instrument: Instrument, node: str, measure: str) -> str:
    """The child of `node` under which a measure hangs."""
    parent = dict(zip(instrument.nodes["node"], instrument.nodes["parent"], strict=True))
    while parent[measure] != node:
        measure = parent[measure]
    return measure


def _question_row(item: str, question: str, condition: str, column: int, needs: int, row: int, tree: _Tree) -> tuple:
    is_open = not tree.cells.answered[row, column]
    now = pd.NA if is_open else int(tree.cells.level_low[row, column])
    return item, question, condition, now, int(tree.cells.level_high[row, column]), int(needs), is_open
