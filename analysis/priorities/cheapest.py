"""The cheapest set of answers that brings a node to a level: an integer program that follows the level rule down to the questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis.instrument import AwardRule
from analysis.model import TOLERANCE
from analysis.scores.cells import question_cells
from analysis.scores.levels import award, passes
from analysis.scores.plan import Stage, stages
from analysis.scores.tree import Scores

#: What is made small first: the number of questions that change, or the levels by which they rise together.
BY = ("questions", "steps")
COLUMNS = ["question", "measure", "open", "level_now", "needs", "code", "steps"]
SECONDS = 10.0


@dataclass(frozen=True, eq=False)
class Cheapest:
    """What has to change. answers: a row a question (`COLUMNS`): level_now is NA while it is open, needs the level to be reached, code the
    stored code of the lowest option that does. status: `optimal`, `unfinished` (the time ran out), `reached` already, or `impossible`."""

    answers: pd.DataFrame
    level: int
    status: str

    @property
    def codes(self) -> dict[str, int]:
        """Question -> code, as `scenario.changed` takes it."""
        return dict(zip(self.answers["question"], self.answers["code"].astype(int), strict=True))


def cheapest(
    scores: Scores, row: int, node: str, level: int | None = None, *, by: str = "questions", seconds: float = SECONDS
) -> Cheapest:
    """The fewest questions (or smallest steps) that bring a node of one return to a level, by default the one above its `level_low`.

    Answers only rise. An open question counts at its lowest until it is answered; what is not applicable stays so. Among sets of as many
    questions the one with the smallest steps is taken, and the other way round.

    Raises
    ------
    ValueError
        If `by` is none of `BY`.

    Source: the rule of scoring.md section 4, written as constraints; scipy.optimize.milp (HiGHS).
    """
    if by not in BY:
        raise ValueError(f"by is one of {', '.join(BY)}; found {by!r}")
    now = scores.level_low[row, scores.column(node)]
    aim = (int(now) + 1 if np.isfinite(now) else scores.instrument.levels[0]) if level is None else level
    if np.isnan(now) or aim > scores.instrument.max_level:
        return Cheapest(pd.DataFrame(columns=COLUMNS), aim, "impossible")
    if now >= aim:
        return Cheapest(pd.DataFrame(columns=COLUMNS), aim, "reached")
    program = _Program(scores, row)
    program.require(node, aim)
    return program.solved(aim, by, seconds)


@dataclass(eq=False)
class _Program:
    """The program as it grows. A variable says that a question or node reaches a level; what is so or can't be so already is a constant."""

    scores: Scores
    row: int
    columns: dict[tuple[str, int, int], int] = field(default_factory=dict)
    rows: list[tuple[list[int], list[float], float]] = field(default_factory=list)
    possible: bool = True

    def __post_init__(self) -> None:
        instrument, options = self.scores.instrument, self.scores.options
        self.rule: AwardRule = award(instrument, options.rule)
        self.first = instrument.levels[0]
        self.cells = question_cells(self.scores.panel.codes[[self.row]], instrument, options)
        self.options = instrument.option_arrays[1]
        self.place: dict[int, tuple[Stage, int]] = {}
        for stage in stages(instrument, dict(options.weights)):
            self.place |= {int(n): (stage, i) for i, n in enumerate(stage.nodes)}

    def require(self, node: str, aim: int) -> None:
        """The node reaches the level."""
        at = self.scores.column(node)
        if self.rule.kind == "mean_floor":
            self._mean(at, aim)
            return
        found = self._node(at, aim)
        if found is None:
            self.possible = False
        elif found >= 0:
            self.rows.append(([found], [1.0], 1.0))

    # a reach is a column, -1 where it is so already, None where it can't be

    def _question(self, q: int, level: int) -> int | None:
        if self.cells.level_low[q, 0] >= level:
            return -1
        ahead = self.options[q][self.options[q] >= level]
        if not len(ahead):
            return None
        level = int(np.nanmin(ahead))  # the lowest option that reaches it may lie above
        key = ("q", q, level)
        if key not in self.columns:
            self.columns[key] = len(self.columns)
            below = self.options[q][(self.options[q] < level) & (self.options[q] > self.cells.level_low[q, 0])]
            if len(below):
                self._implies(self.columns[key], self._question(q, int(below.max())))
        return self.columns[key]

    def _node(self, n: int, level: int) -> int | None:
        if self.scores.level_low[self.row, n] >= level or level <= self.first:
            return -1
        key = ("n", n, level)
        if key in self.columns:
            return self.columns[key]
        column = self.columns[key] = len(self.columns)
        items, weights, reach = self._items(n)
        rule, needed = self.rule, []
        needed.append((rule.at, level))
        if level - 1 > self.first:
            needed.append((rule.below, level - 1))
        for threshold, at in needed:
            self._share(column, weights, [reach(i, at) for i in items], threshold)
        if rule.gap_floor is not None and level - rule.gap_floor > self.first:
            for i in items:
                self._implies(column, reach(i, level - rule.gap_floor))
        if rule.critical:
            below = self.scores.instrument.questions_below(self.scores.instrument.nodes["node"].iloc[n])
            critical = below & self.scores.instrument.questions["critical"].to_numpy() & self.cells.applicable[:, 0]
            for q in np.flatnonzero(critical):
                self._implies(column, self._question(int(q), level))
        return column

    def _items(self, n: int):
        """(applicable items, their weights, how an item reaches a level)."""
        stage, i = self.place[n]
        part = slice(stage.starts[i], stage.starts[i] + stage.sizes[i])
        items, weights = stage.items[part], stage.weights[part]
        there = self.cells.applicable[items, 0] if stage.of_questions else self.scores.applicable[self.row, items] > 0
        return [int(x) for x in items[there]], weights[there], self._question if stage.of_questions else self._node

    def _implies(self, column: int, other: int | None) -> None:
        """The one is only where the other is."""
        if other is None:
            self.rows.append(([column], [-1.0], 0.0))
        elif other >= 0:
            self.rows.append(([other, column], [1.0, -1.0], 0.0))

    def _share(self, column: int, weights: np.ndarray, reached: list[int | None], threshold: float) -> None:
        """The column is only where the share of the weight that reaches passes."""
        weights, need = _needed(weights, threshold, self.rule.compares)
        have = sum(w for w, r in zip(weights, reached, strict=True) if r == -1)
        if need is None:
            self.rows.append(([column], [-1.0], 0.0))
            return
        parts = [(r, w) for w, r in zip(weights, reached, strict=True) if r is not None and r >= 0]
        if have < need:
            self.rows.append(([*(r for r, _ in parts), column], [*(float(w) for _, w in parts), -float(need - have)], 0.0))

    def _mean(self, n: int, aim: int) -> None:
        """The weighted mean of the questions' levels reaches the level: bands are not cumulative."""
        share = self._question_shares(n)
        have = sum(s * (self.cells.level_low[q, 0] - self.first) for q, s in share.items())
        columns, values = [], []
        for q, s in share.items():
            at = self.cells.level_low[q, 0]
            for level in np.unique(self.options[q][self.options[q] > at]):
                columns.append(self._question(q, int(level)))
                values.append(float(s * (level - at)))
                at = level
        self.possible = bool(columns)
        self.rows.append((columns, values, aim - self.first - have - TOLERANCE / 2))

    def _question_shares(self, n: int) -> dict[int, float]:
        """Share of the node's mean that each applicable question below it carries."""
        items, weights, _ = self._items(n)
        stage, _ = self.place[n]
        shares = weights / weights.sum()
        if stage.of_questions:
            return dict(zip(items, shares, strict=True))
        return {q: s * part for i, s in zip(items, shares, strict=True) for q, part in self._question_shares(i).items()}

    def solved(self, aim: int, by: str, seconds: float) -> Cheapest:
        """The solution, as answers."""
        questions = sorted({q for kind, q, _ in self.columns if kind == "q"})
        n = len(self.columns)
        changes = {q: n + i for i, q in enumerate(questions)}
        steps, cost = np.zeros(n + len(questions)), np.zeros(n + len(questions))
        for (kind, q, level), column in self.columns.items():
            if kind == "q":
                self.rows.append(([changes[q], column], [1.0, -1.0], 0.0))
                below = [
                    self.cells.level_low[q, 0],
                    *(at for k, other, at in self.columns if k == "q" and other == q and at < level),
                ]
                steps[column] = level - max(below)
        cost[n:] = 1.0
        large = float(steps.sum() + len(questions) + 1)
        objective = large * cost + steps if by == "questions" else large * steps + cost
        result = self._result(objective, seconds) if self.possible else None
        if result is None or result.x is None:
            return Cheapest(
                pd.DataFrame(columns=COLUMNS), aim, "unfinished" if result is not None and result.status == 1 else "impossible"
            )
        reached: dict[int, int] = {}
        for (kind, q, level), column in self.columns.items():
            if kind == "q" and result.x[column] > 0.5:
                reached[q] = max(level, reached.get(q, level))
        return Cheapest(self._answers(reached), aim, "optimal" if result.status == 0 else "unfinished")

    def _result(self, objective: np.ndarray, seconds: float):
        sizes = [len(columns) for columns, _, _ in self.rows]
        at = np.repeat(np.arange(len(self.rows)), sizes)
        columns, values = (np.concatenate([np.asarray(row[i], dtype=float) for row in self.rows]) for i in (0, 1))
        matrix = csr_array((values, (at, columns.astype(int))), shape=(len(self.rows), len(objective)))
        least = np.array([bound for _, _, bound in self.rows])
        options = {"time_limit": seconds, "mip_rel_gap": 0.0}
        return milp(
            objective,
            integrality=np.ones(len(objective)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, lb=least),
            options=options,
        )

    def _answers(self, reached: dict[int, int]) -> pd.DataFrame:
        asked, found = self.scores.instrument.questions, []
        for q, level in sorted(reached.items()):
            is_open = not self.cells.answered[q, 0]
            low = int(self.cells.level_low[q, 0])
            code = lowest_option(self.options[q], level)
            found.append(
                (
                    asked["question"].iloc[q],
                    asked["measure"].iloc[q],
                    is_open,
                    pd.NA if is_open else low,
                    level,
                    code,
                    level - low,
                )
            )
        table = pd.DataFrame(found, columns=COLUMNS)
        return table.assign(level_now=table["level_now"].astype("Int64"))


def lowest_option(levels: np.ndarray, level: int) -> int | None:
    """Code of the lowest option that reaches a level (NaN beyond the answer set's end); None where none does."""
    reaching = np.flatnonzero(levels >= level)
    return int(reaching[np.argmin(levels[reaching])]) if len(reaching) else None


def _needed(weights: np.ndarray, threshold: float, compares: str) -> tuple[np.ndarray, float | None]:
    """(weights in whole units where they are such, how much of them makes a share that passes; None where none does)."""
    parts = [Fraction(float(w)).limit_denominator(1000) for w in weights]
    unit = lcm(*(p.denominator for p in parts)) if parts else 1
    whole = np.array([int(p * unit) for p in parts])
    total = int(whole.sum())
    if total == 0 or total > 1_000_000:
        total_weight = float(weights.sum())
        return weights, total_weight * threshold + (1e-6 * total_weight if compares == ">" else -1e-9)
    enough = np.flatnonzero(passes(np.arange(total + 1) / total, threshold, compares))
    return whole, float(enough[0]) if len(enough) else None
