"""How sure a comparison of groups of States is, and a change of a group's mean, from the draws that all States and rounds share.

Every draw is one method, the same for all, with the missing answers filled in; a mean in a draw is the mean of the States in that draw. What no draw can tell, the bounds do: States without a return may stand anywhere from 0 to 100.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.comparison.regions import group_spread
from analysis.model import TOLERANCE
from analysis.scores.draws import Draws, drawable, quantiles
from analysis.scores.pairs import SETTLED, differences

ENDS = ("low", "median", "high")


def group_ranges(draws: Draws, members: pd.DataFrame, node: str) -> pd.DataFrame:
    """The range of each group's mean and median: of its States' scores in each draw.

    Parameters
    ----------
    draws: of one row a State. members: group, iso3 (`regions.memberships`).

    Returns
    -------
    One row per group, by name: group, n (States with a shown score), drawn (States that could be drawn: those without enough answers for
    a score as well, while missing answers are drawn), mean_low, mean_median, mean_high, median_low, median_median, median_high (5, 50, 95 % of the
    draws; NaN below five shown).
    """
    names, inside = _inside(draws, members)
    shown = _shown(draws, node)
    scores, found = draws.of(node), []
    for name, here in zip(names, inside & _drawable(draws, node), strict=True):
        n, ends = int((here & shown).sum()), [np.nan] * 6
        if n >= FEWEST_FOR_QUANTILES:
            ends = [*quantiles(scores[here].mean(axis=0)), *quantiles(np.median(scores[here], axis=0))]
        found.append((name, n, int(here.sum()), *ends))
    columns = [f"{what}_{end}" for what in ("mean", "median") for end in ENDS]
    return pd.DataFrame(found, columns=["group", "n", "drawn", *columns])


def part_ranges(draws: Draws, rows: Sequence[int], codes: Sequence[str], nodes: Sequence[str]) -> pd.DataFrame:
    """One group of States part by part: its mean and median with their ranges and with what the missing returns allow.

    Parameters
    ----------
    draws: of these nodes. rows: of the panel, one a State. codes: all States of the group, with or without a return.

    Returns
    -------
    One row per node: node, and the columns of `regions.group_spread` and `group_ranges`.
    """
    members, found = pd.DataFrame({"group": "", "iso3": list(codes)}), []
    for node in nodes:
        spread = group_spread(draws.scores, rows, members, node)
        ranges = group_ranges(draws, members, node).drop(columns="n")
        found.append(spread.merge(ranges, on="group", validate="one_to_one").drop(columns="group").assign(node=node))
    return pd.concat(found, ignore_index=True)


def against_group(draws: Draws, rows: Sequence[int], members: pd.DataFrame, node: str, group: str) -> pd.DataFrame:
    """The mean of one group beside that of each other one. A State in both is one State, drawn once.

    Parameters
    ----------
    draws: as in `group_ranges`. rows: of the panel, one a State: all returns in view, drawn or not. group: the chosen one.

    Returns
    -------
    One row per other group with five shown scores, by name: group, n (States with a shown score), common (States in both groups), and the
    columns of `pairs.differences`, chosen minus other: least and most are what the difference of the means of all counted members could be, the
    other States of a group anywhere from 0 to 100. Empty where the chosen group has fewer than five.

    Source: scoring.md sections 5 and 8; the bounds of a difference of groups without a State in common are [L_A - U_B, U_A - L_B].
    """
    names, inside = _inside(draws, members)
    here = inside & _drawable(draws, node)
    n = (here & _shown(draws, node)).sum(axis=1)
    enough = [i for i, name in enumerate(names) if n[i] >= FEWEST_FOR_QUANTILES and name != group]
    chosen = names.index(group) if group in names else -1
    if chosen < 0 or n[chosen] < FEWEST_FOR_QUANTILES:
        enough = []
    kept, at = draws.of(node)[here.any(axis=0)], here[:, here.any(axis=0)]
    means = (at / np.maximum(at.sum(axis=1, keepdims=True), 1)) @ kept
    shares, lower, upper = _counted(draws, rows, members, names, node)
    apart = shares[chosen] - shares[enough]
    least = np.where(apart > 0, apart * lower, apart * upper).sum(axis=1)
    most = np.where(apart > 0, apart * upper, apart * lower).sum(axis=1)
    found = differences(means[chosen] - means[enough], least, most)
    common = ((shares[chosen] > 0) & (shares[enough] > 0)).sum(axis=1)
    return pd.concat([pd.DataFrame({"group": [names[i] for i in enough], "n": n[enough], "common": common}), found], axis=1)


def _inside(draws: Draws, members: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """Groups by name, and whether each drawn State is in each: groups x returns."""
    names = sorted(members["group"].unique())
    of_group = {name: set(own) for name, own in members.groupby("group")["iso3"]}
    codes = draws.scores.panel.index["iso3"].iloc[draws.rows].tolist()
    found = np.array([[code in of_group[name] for code in codes] for name in names], dtype=bool)
    return names, found.reshape(len(names), len(codes))


def _shown(draws: Draws, node: str) -> np.ndarray:
    return ~np.isnan(draws.scores.score[draws.rows, draws.scores.column(node)])


def _drawable(draws: Draws, node: str) -> np.ndarray:
    return drawable(draws.scores, draws.rows, node, draws.settings)


def _counted(
    draws: Draws, rows: Sequence[int], members: pd.DataFrame, names: Sequence[str], node: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(share of each State in its group's mean: groups x States; their lowest and highest scores) of all members to which a node applies."""
    scores, at, rows = draws.scores, draws.scores.column(node), np.asarray(rows, dtype=int)
    codes = sorted(members["iso3"].unique())
    place = {code: i for i, code in enumerate(codes)}
    lower, upper = np.zeros(len(codes)), np.full(len(codes), 100.0)
    here = [(place[code], row) for code, row in zip(scores.panel.index["iso3"].iloc[rows], rows, strict=True) if code in place]
    into, of = np.array(here, dtype=int).reshape(-1, 2).T
    lower[into], upper[into] = scores.lower[of, at], scores.upper[of, at]
    inside = np.zeros((len(names), len(codes)))
    inside[members["group"].map({name: i for i, name in enumerate(names)}), members["iso3"].map(place)] = 1.0
    inside[:, np.isnan(lower)] = 0.0  # it does not apply to them
    return inside / np.maximum(inside.sum(axis=1, keepdims=True), 1), np.nan_to_num(lower), np.nan_to_num(upper)


def mean_changes(draws: Draws, matched: pd.DataFrame) -> pd.DataFrame:
    """How sure it is that the mean of the same States rose from one round to another.

    Parameters
    ----------
    matched: node, now, before (rows of the panel), a line per node and State with a score in both rounds.

    Returns
    -------
    One row per node, in order: node, n (States), and the columns of `pairs.differences`, the newer round minus the older one. Nodes with
    fewer than five States are left out.
    """

    def bounds(now: tuple[np.ndarray, np.ndarray], before: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
        return (now[0] - before[1]).mean(), (now[1] - before[0]).mean()

    return _changed(draws, matched, lambda now, before: (now - before).mean(axis=0), bounds)


def spread_changes(draws: Draws, matched: pd.DataFrame) -> pd.DataFrame:
    """How sure it is that the same States stand further apart than in an earlier round: of their standard deviation (divided by n).

    matched, and what comes back: as in `mean_changes`. least and most hold whatever the open questions hold, but need not be reached.
    """

    def bounds(now: tuple[np.ndarray, np.ndarray], before: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
        ends, earlier = deviation_bounds(*now), deviation_bounds(*before)
        return ends[0] - earlier[1], ends[1] - earlier[0]

    return _changed(draws, matched, lambda now, before: now.std(axis=0) - before.std(axis=0), bounds)


def deviation_bounds(lower: np.ndarray, upper: np.ndarray) -> tuple[float, float]:
    """Between which numbers the standard deviation (divided by n) of values lies of which only an interval each is known.

    The lower end is reached: all values as near to one number as they may be. The highest is hard to find for many intervals (Ferson et
    al. 2002, Computing variance for interval data is NP-hard); the upper end is never below it: the least over m of the root mean square
    of the furthest distance of each value from m.
    """
    ends, middles = np.unique([lower, upper]), np.sort((lower + upper) / 2)
    pull = (np.maximum(ends[:, None] - upper, 0) - np.maximum(lower - ends[:, None], 0)).sum(axis=1)
    nearest = np.clip(np.interp(0.0, pull, ends), lower, upper)  # the pull of all values on a number is a broken line that rises
    order = np.argsort((lower + upper) / 2)
    passed = np.concatenate([[0.0], np.cumsum((lower - upper)[order])])
    about = np.concatenate(
        [middles, (upper.sum() + passed) / len(lower)]
    )  # the least lies at one of these, or between two of them
    furthest = np.maximum((about[:, None] - lower) ** 2, (about[:, None] - upper) ** 2).mean(axis=1)
    return float(nearest.std()), float(np.sqrt(furthest.min()))


def _changed(
    draws: Draws,
    matched: pd.DataFrame,
    change: Callable[[np.ndarray, np.ndarray], np.ndarray],
    bounds: Callable[[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]], tuple[float, float]],
) -> pd.DataFrame:
    """What `mean_changes` tells, of any number of a group.

    change: of the same States' scores now and before (States x draws), per draw. bounds: of their lowest and highest scores now and before, the least
    and the most that the change can be.
    """
    place = {int(row): i for i, row in enumerate(draws.rows)}
    nodes, counts, drawn, ends = [], [], [], []
    for node, rows in matched.groupby("node", sort=False):
        if len(rows) < FEWEST_FOR_QUANTILES:
            continue
        now, before = ([place[int(row)] for row in rows[name]] for name in ("now", "before"))
        at, scores = draws.scores.column(node), draws.of(node)
        lower, upper = draws.scores.lower[draws.rows, at], draws.scores.upper[draws.rows, at]
        drawn.append(change(scores[now], scores[before]))
        ends.append(bounds((lower[now], upper[now]), (lower[before], upper[before])))
        nodes.append(node)
        counts.append(len(rows))
    least, most = np.array(ends, dtype=float).reshape(-1, 2).T
    found = differences(np.array(drawn).reshape(len(nodes), draws.settings.draws), least, most)
    return pd.concat([pd.DataFrame({"node": nodes, "n": np.array(counts, dtype=int)}), found], axis=1)


def settled(chance: np.ndarray) -> np.ndarray:
    """Whether a share of the draws (0-1) is nearly all of them."""
    return np.asarray(chance, dtype=float) >= 1 - SETTLED - TOLERANCE
