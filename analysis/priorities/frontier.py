"""What more or less money would close: the best value at a row of budgets, by the quick choice or exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis.priorities.bundles import bundles, enumerable
from analysis.priorities.greedy import Rows, greedy
from analysis.priorities.portfolio import GAP, best_of, solve
from analysis.priorities.question import Question

STEPS = 8
COLUMNS = ["budget", "value_points", "spent", "bound", "status", "packages"]


def budgets(budget: float, steps: int = STEPS) -> list[float]:
    """A row of budgets around one: from a quarter of it to twice as much."""
    return [budget * (i + 1) * 2 / steps for i in range(steps)]


def quick_frontier(question: Question, row: Sequence[float], rows: Rows | None = None) -> pd.DataFrame:
    """The quick choice at each budget of a row. rows: of the same question, where some of it has been worked out.

    Returns
    -------
    One row a budget: budget, value_points (points closed by their worth), spent, bound (NA), status, packages (their number).
    """
    rows = rows or Rows(question)
    return _table([(money, greedy(question.with_limits(budget=money), rows)) for money in row])


def exact_frontier(
    question: Question, row: Sequence[float], *, seconds: float = 10.0, progress: Callable[[float], None] | None = None
) -> pd.DataFrame:
    """The best portfolio at each budget of a row; columns as `quick_frontier`, with the bound. A floor is a share of each budget."""
    made = bundles(question.with_limits(budget=max(row))) if enumerable(question) and len(row) else None
    found = []
    for i, money in enumerate(row):
        asked = question.with_limits(budget=money)
        found.append((money, solve(asked, seconds=seconds) if made is None else best_of(asked, made, seconds=seconds, gap=GAP)))
        if progress:
            progress((i + 1) / len(row))
    return _table(found)


def _table(found: list) -> pd.DataFrame:
    rows = [
        (money, p.value if p.found else np.nan, p.spent if p.found else np.nan, p.bound if np.isfinite(p.bound) else np.nan, p.status, int(p.chosen.sum()))
        for money, p in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
