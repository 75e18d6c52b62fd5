"""Groups of States side by side: spread and coverage of each, levels counted, and how much of the variance lies between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.comparison.groups import FEWEST_FOR_QUANTILES, mean_within, quantile_bounds, quantiles_within
from analysis.scores.rollup import REASONS
from analysis.scores.tree import Scores
from analysis.scores.uncertainty import region_bounds

FEWEST_FOR_SHARES = 10  # below this: counts, no percentages, as for transitions (scoring.md section 7)
#: What a State can be at a node: at one level, between two, or nothing that can be told.
STANDINGS = ("level", "between", "not_shown", "not_applicable", "not_returned")


def memberships(groups: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The groups of one kind: group, iso3. groups: as `States.groups`; a State may be in several."""
    return groups.loc[groups["kind"] == kind, ["group", "iso3"]].drop_duplicates(ignore_index=True)


def partitioned(members: pd.DataFrame) -> bool:
    """Whether no State is in more than one group, so that what lies between and within the groups adds up."""
    return not members["iso3"].duplicated().any()


def group_dots(scores: Scores, rows: Sequence[int], members: pd.DataFrame, node: str) -> pd.DataFrame:
    """Every State a dot in each of its groups: `group` and the columns of `Scores.table`, for one node. rows: one a State."""
    table = scores.part(np.asarray(rows, dtype=int), np.array([scores.column(node)]))
    return members.merge(table, on="iso3", how="inner", validate="many_to_one")


def group_spread(scores: Scores, rows: Sequence[int], members: pd.DataFrame, node: str) -> pd.DataFrame:
    """Spread and coverage of every group at one node, the highest median first.

    Parameters
    ----------
    rows: of the panel, one a State. members: as `memberships` gives it.

    Returns
    -------
    One row per group: group, members (States in it), returned (with a return), counted (members without those to which the node does
    not apply), n (with a shown score), median, q1, q3, mean (of the scores shown), lower, upper (what the mean of all counted members
    could be: States with a return at their own bounds, the others anywhere from 0 to 100; the worst case of `ladder.region_ladder`); all
    NA below five shown, and each of them as well where what all counted members could come to rules it out. median_least, median_most: what
    their median could be, like lower and upper. lowest, highest: of the scores shown.

    Raises
    ------
    ValueError
        If two rows are of one State.
    """
    rows, at = np.asarray(rows, dtype=int), scores.column(node)
    place = {code: i for i, code in enumerate(scores.panel.index["iso3"].array.take(rows))}
    if len(place) < len(rows):
        raise ValueError("a State has several rows: each is to be spoken for by one")
    numbers = [getattr(scores, name)[rows, at] for name in ("score", "lower", "upper")]
    found = []
    for group, own in members.groupby("group", sort=True)["iso3"]:
        here = [place[code] for code in own if code in place]
        found.append((group, len(own), len(here), *_of_group(*(of[here] for of in numbers), len(own))))
    columns = ["group", "members", "returned", "counted", "n", "mean", "lower", "upper"]
    columns += ["q1", "median", "q3", "median_least", "median_most", "lowest", "highest"]
    table = pd.DataFrame(found, columns=columns)
    return table.sort_values(["median", "n", "group"], ascending=[False, False, True], na_position="last").reset_index(drop=True)


def _of_group(score: np.ndarray, lower: np.ndarray, upper: np.ndarray, size: int) -> tuple:
    """The numbers of `group_spread` from `counted` on, of the States of a group with a return. size: all its States."""
    asked, shown = ~np.isnan(lower), score[~np.isnan(score)]
    counted = size - len(score) + int(asked.sum())
    outer = (float(shown.min()), float(shown.max())) if len(shown) else (np.nan, np.nan)
    if len(shown) < FEWEST_FOR_QUANTILES:
        return counted, len(shown), *[np.nan] * 8, *outer
    bounds = region_bounds(lower[asked], upper[asked], counted)
    quantiles = quantile_bounds(lower[asked], upper[asked], counted)
    mean = mean_within(float(shown.mean()), *bounds)
    return counted, len(shown), mean, *bounds, *quantiles_within(shown, quantiles), *quantiles[:, 1].tolist(), *outer


def level_counts(scores: Scores, rows: Sequence[int], states: int, nodes: Sequence[str]) -> pd.DataFrame:
    """How many States of a group stand at each level of some nodes. A level is an interval while questions are open.

    Parameters
    ----------
    rows: of the panel, one a State of the group. states: all States of the group, with or without a return.

    Returns
    -------
    One row per (node, standing) that occurs, in the order of the nodes and from low to high: node, kind (`STANDINGS`), low, high (levels,
    NA without), n (States), states (of how many), share (n / states, NA below ten States).

    Raises
    ------
    ValueError
        If a group has fewer States than returns.
    """
    rows = np.asarray(rows, dtype=int)
    if states < len(rows):
        raise ValueError(f"a group of {states} States can't hold {len(rows)} returns")
    at = np.array([scores.column(n) for n in nodes], dtype=int)
    picked, width = np.ix_(rows, at), scores.instrument.max_level + 1
    low, high, why = scores.level_low[picked], scores.level_high[picked], scores.why[picked]
    other = {name: width**2 + i for i, name in enumerate(STANDINGS[2:])}
    code = np.full(why.shape, other["not_shown"])
    for name in STANDINGS[3:]:
        code[why == REASONS.index(name)] = other[name]
    shown = ~np.isnan(scores.score[picked])
    code[shown] = (low[shown] * width + high[shown]).astype(int)
    kinds = width**2 + len(other)
    counts = np.bincount((code + kinds * np.arange(len(at))).ravel(), minlength=kinds * len(at)).reshape(len(at), kinds)
    counts[:, other["not_returned"]] += states - len(rows)
    order = sorted(range(width**2), key=lambda c: (sum(divmod(c, width)), -(c // width))) + list(other.values())
    node, place = np.nonzero(counts[:, order])
    codes = np.array(order)[place]
    lows, highs = (np.where(codes < width**2, end, np.nan) for end in np.divmod(codes, width))
    n = counts[node, codes]
    kind = np.where(lows == highs, "level", "between").astype(object)
    for name, c in other.items():
        kind[codes == c] = name
    table = pd.DataFrame({"node": np.asarray(list(nodes), dtype=object)[node], "kind": kind, "low": lows, "high": highs, "n": n})
    share = n / states if states >= FEWEST_FOR_SHARES else np.nan
    return table.astype({"low": "Int64", "high": "Int64"}).assign(states=states, share=share)


def variance_shares(scores: Scores, rows: Sequence[int], members: pd.DataFrame, nodes: Sequence[str]) -> pd.DataFrame:
    """How much of the variance of the States' scores lies between groups, and how much within them. A State counts one.

    Total = between + within, exactly: sum over States of (score - mean)^2 = sum over groups of n (group mean - mean)^2 + sum over
    groups of their own sums of squares. Groups with fewer than five shown scores are left out, with their States.

    Returns
    -------
    One row per node: node, n (States), groups, left_out (States with a shown score in a smaller group or in none), sd (standard
    deviation over the n States, points), between, within (points squared), share_between, share_within (of the variance, 0-1),
    share_chance (the share between that groups of this number would have on average if the States were dealt to them at random:
    (groups - 1) / (n - 1)), share_high (what it stays below in 95 of 100 dealings). All NA with fewer than two groups; shares NA where all scores are the same.

    Raises
    ------
    ValueError
        If a State is in several groups: then the shares do not add up.

    Source: one-way analysis of variance (Fisher 1925); its expectation under random dealing is that of the permutation test, share_high the 5 %
    point of its F test (the share is then distributed as Beta((groups - 1) / 2, (n - groups) / 2)).
    """
    if not partitioned(members):
        raise ValueError("a State is in several groups: what lies within and between them does not add up")
    rows = np.asarray(rows, dtype=int)
    names = {group: i for i, group in enumerate(sorted(members["group"].unique()))}
    of_state = dict(zip(members["iso3"], members["group"].map(names), strict=True))
    codes = np.array([of_state.get(code, -1) for code in scores.panel.index["iso3"].iloc[rows]], dtype=int)
    found = []
    for node in nodes:
        values = scores.score[rows, scores.column(node)]
        sizes = np.bincount(codes[(codes >= 0) & ~np.isnan(values)], minlength=len(names) + 1)
        kept = ~np.isnan(values) & (np.append(sizes[:-1], 0)[codes] >= FEWEST_FOR_QUANTILES)
        found.append((node, int((~np.isnan(values) & ~kept).sum()), *_shares(values[kept], codes[kept])))
    columns = [
        "node",
        "left_out",
        "n",
        "groups",
        "sd",
        "between",
        "within",
        "share_between",
        "share_within",
        "share_chance",
        "share_high",
    ]
    return pd.DataFrame(found, columns=columns)


def _shares(values: np.ndarray, codes: np.ndarray) -> tuple:
    sizes = np.bincount(codes) if len(codes) else np.zeros(0, dtype=int)
    n, groups = len(values), int((sizes > 0).sum())
    if groups < 2:
        return n, groups, *[np.nan] * 7
    means = np.bincount(codes, weights=values) / np.maximum(sizes, 1)
    between = float((sizes * (means - values.mean()) ** 2).sum() / n)
    within = float(((values - means[codes]) ** 2).sum() / n)
    total = between + within
    shares = [between / total, within / total] if total > 1e-12 else [np.nan, np.nan]
    high = stats.beta.ppf(0.95, (groups - 1) / 2, (n - groups) / 2)
    return n, groups, float(np.sqrt(total)), between, within, *shares, (groups - 1) / (n - 1), float(high)
