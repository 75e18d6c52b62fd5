"""Other weights beside the questionnaire's own: whose level and which order they really change, and which they do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.scores.pairs import SAME
from analysis.scores.tree import Scores

#: What becomes of a level. `changed`: whatever the open questions are, it is another one. `perhaps`: the interval of levels moves, but both
#: have a level in common. `same`. `one_only`: shown with the weights of one side only. `neither`: shown with none.
LEVEL_VERDICTS = ("changed", "perhaps", "same", "one_only", "neither")
#: What becomes of the order of two States. `swapped`: whatever the open questions are, the other way round. `perhaps`: the scores change places, but the
#: bounds overlap with one of the two weightings. `tied`: equal scores with one of the two. `kept`: settled both times and the same way
#: round. `open`: the scores keep their order, but the bounds overlap with one of the two, so it is not known.
ORDER_VERDICTS = ("swapped", "perhaps", "tied", "kept", "open")


def touched_nodes(instrument: Instrument, items: Sequence[str]) -> list[str]:
    """Nodes whose score other weights of these items can move: their parents and all above, in the tree's order."""
    parent = dict(zip(instrument.nodes["node"], instrument.nodes["parent"], strict=True))
    parent |= dict(zip(instrument.questions["question"], instrument.questions["measure"], strict=True))
    found = set()
    for item in items:
        above = parent[item]
        while above and above not in found:
            found.add(above)
            above = parent[above]
    return [node for node in instrument.nodes["node"] if node in found]


def levels_beside(own: Scores, other: Scores, rows: Sequence[int], node: str) -> pd.DataFrame:
    """Score and level of some returns at a node under two weightings of the same answers.

    Returns
    -------
    One row per return: row, iso3, round, and for own (`_own`) and other weights: score (0-100, NA where not shown), lower, upper, level_low,
    level_high; change (points, other minus own), verdict (`LEVEL_VERDICTS`).
    """
    rows, at = np.asarray(rows, dtype=int), own.column(node)
    index = own.panel.index
    table = pd.DataFrame({"row": rows, "iso3": index["iso3"].to_numpy()[rows], "round": index["round"].to_numpy()[rows]})
    for ending, scores in (("_own", own), ("", other)):
        for name in ("score", "lower", "upper"):
            table[name + ending] = getattr(scores, name)[rows, at]
        for name in ("level_low", "level_high"):
            table[name + ending] = pd.array(getattr(scores, name)[rows, at], dtype="Int64")
    table["change"] = table["score"] - table["score_own"]
    return table.assign(verdict=_level_verdicts(own, other, rows, [at])[:, 0])


def _level_verdicts(own: Scores, other: Scores, rows: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """Rows x nodes of words of `LEVEL_VERDICTS`."""
    picked = np.ix_(rows, np.asarray(columns, dtype=int))
    shown = ~np.isnan(own.score[picked]), ~np.isnan(other.score[picked])
    low, high = (own.level_low[picked], other.level_low[picked]), (own.level_high[picked], other.level_high[picked])
    apart = (low[1] > high[0]) | (high[1] < low[0])
    same = (low[0] == low[1]) & (high[0] == high[1])
    return np.select(
        [~shown[0] & ~shown[1], shown[0] != shown[1], apart, same], ["neither", "one_only", "changed", "same"], "perhaps"
    )


def order_verdicts(own: Scores, other: Scores, rows: Sequence[int], node: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(first, second, verdict) of every pair of rows with a score under both weightings; first stands before second in `rows`.

    The difference of two States lies between lower minus upper and upper minus lower (scoring.md section 5), so an order is settled where the bounds
    have no point in common, and a swap where it is settled both times and the other way round.
    """
    rows, at = np.asarray(rows, dtype=int), own.column(node)
    known = rows[~np.isnan(own.score[rows, at]) & ~np.isnan(other.score[rows, at])]
    first, second = (known[i] for i in np.triu_indices(len(known), 1))
    gap = [s.score[first, at] - s.score[second, at] for s in (own, other)]
    least = [s.lower[first, at] - s.upper[second, at] for s in (own, other)]
    most = [s.upper[first, at] - s.lower[second, at] for s in (own, other)]
    above, below = [x > SAME for x in least], [x < -SAME for x in most]
    crossed = ((gap[0] > SAME) & (gap[1] < -SAME)) | ((gap[0] < -SAME) & (gap[1] > SAME))
    settled = (above[0] & below[1]) | (below[0] & above[1])
    # equal scores both times have not moved against each other; equal once is a tie that one weighting makes or breaks
    tie = (abs(gap[0]) <= SAME) != (abs(gap[1]) <= SAME)
    point = [(abs(low) <= SAME) & (abs(high) <= SAME) for low, high in zip(least, most, strict=True)]
    alike = (above[0] & above[1]) | (below[0] & below[1]) | (point[0] & point[1])
    return first, second, np.select([crossed & settled, crossed, tie, alike], ["swapped", "perhaps", "tied", "kept"], "open")


def swaps(own: Scores, other: Scores, rows: Sequence[int], node: str) -> pd.DataFrame:
    """The pairs that change places at a node, really or perhaps.

    Returns
    -------
    One row per pair: row (higher with the own weights), other_row (higher with the others), difference_own (points, above 0), difference (below 0),
    verdict (`swapped`, `perhaps`). The surest first, then the largest movement.
    """
    at = own.column(node)
    first, second, verdict = order_verdicts(own, other, rows, node)
    moved = np.isin(verdict, ["swapped", "perhaps"])
    first, second, verdict = first[moved], second[moved], verdict[moved]
    turned = own.score[first, at] < own.score[second, at]
    higher, lower = np.where(turned, second, first), np.where(turned, first, second)
    table = pd.DataFrame({"row": higher, "other_row": lower})
    table["difference_own"] = own.score[higher, at] - own.score[lower, at]
    table["difference"] = other.score[higher, at] - other.score[lower, at]
    table["verdict"] = verdict
    size = table["difference_own"] - table["difference"]
    order = np.lexsort((lower, higher, -size, table["verdict"].ne("swapped")))
    return table.iloc[order].reset_index(drop=True)


def effect(own: Scores, other: Scores, rows: Sequence[int], nodes: Sequence[str]) -> pd.DataFrame:
    """How many levels and orders other weights change, node by node.

    Returns
    -------
    One row per node: node, returns, shown (with both weightings), a column `level_<verdict>` for each of `LEVEL_VERDICTS` (returns), pairs (with a
    score both times), a column `order_<verdict>` for each of `ORDER_VERDICTS` (pairs), largest (largest movement of a score, points; NA without one).
    """
    rows = np.asarray(rows, dtype=int)
    columns = [own.column(node) for node in nodes]
    levels = _level_verdicts(own, other, rows, columns)
    found = []
    for i, (node, at) in enumerate(zip(nodes, columns, strict=True)):
        _, _, orders = order_verdicts(own, other, rows, node)
        moved = abs(other.score[rows, at] - own.score[rows, at])
        shown = ~np.isnan(moved)
        line = {"node": node, "returns": len(rows), "shown": int(shown.sum())}
        line |= {f"level_{v}": int((levels[:, i] == v).sum()) for v in LEVEL_VERDICTS}
        line |= {"pairs": len(orders), **{f"order_{v}": int((orders == v).sum()) for v in ORDER_VERDICTS}}
        found.append(line | {"largest": float(moved[shown].max()) if shown.any() else np.nan})
    names = [
        "node",
        "returns",
        "shown",
        *(f"level_{v}" for v in LEVEL_VERDICTS),
        "pairs",
        *(f"order_{v}" for v in ORDER_VERDICTS),
    ]
    return pd.DataFrame(found, columns=[*names, "largest"])
