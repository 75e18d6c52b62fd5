"""A State's direction over its rounds: two points are a change, three a line, four or more a trend with an interval. No forecast beyond that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.comparison.rounds import changes, matched
from analysis.model import NATIONAL, TOLERANCE, Panel
from analysis.scores.tree import Scores

FEWEST = 4  # rounds behind a trend
INTERVAL = 0.9
LONGEST = 2  # times the span of the rounds: what lies further ahead is not said

#: What can be said. `none`, `one`: no or one score. `few_common`: too few questions were answered in all of the rounds. `change`: two. `line`: three. `no_direction`: the
#: interval of the slope holds 0. `reached`: the newest score is at the target. `away`: it falls, and is below the target. `beyond`: the pace leads there
#: in more years than are said. `within`: years are given.
VERDICTS = ("none", "one", "few_common", "change", "line", "no_direction", "reached", "away", "beyond", "within")


def year(date: dt.date) -> float:
    """A date in years: 1 July 2026 is 2026.5 (by months)."""
    return date.year + (date.month - 1) / 12


def theil_sen(times: Sequence[float], values: Sequence[float], level: float = INTERVAL) -> tuple[float, float, float]:
    """Slope (median of the slopes of all pairs) with its interval.

    Source: Sen, JASA 63 (1968); scipy.stats.theilslopes (oracle `theil_sen`).
    """
    found = stats.theilslopes(values, times, alpha=level)
    return float(found.slope), float(found.low_slope), float(found.high_slope)


def years_to(target: float, value: float, slope: float) -> float:
    """Years until a value reaches a target at a pace; NaN where the pace does not lead there."""
    if value >= target - TOLERANCE:
        return 0.0
    return (target - value) / slope if slope > 0 else np.nan


def direction(times: Sequence[float], values: Sequence[float], target: float) -> dict[str, float | str]:
    """What can be said of some values over time.

    Parameters
    ----------
    times: years, ascending. values, target: points of 0-100; values without holes.

    Returns
    -------
    verdict (`VERDICTS`), n, span (years from the first to the last), slope, low, high (points a year, 90 %; NA below `FEWEST` rounds), years, soonest, latest (until the
    target, from the last value; NA where not said: one that lies beyond `LONGEST` times the span is not).

    Source: scoring.md section 7.
    """
    n = len(values)
    told = dict.fromkeys(["slope", "low", "high", "years", "soonest", "latest"], np.nan)
    told |= {"n": n, "span": times[-1] - times[0] if n else np.nan, "verdict": "line"}
    if n < 3:
        return told | {"verdict": ("none", "one", "change")[n]}
    if n < FEWEST or len(set(times)) < FEWEST:
        return told
    slope, low, high = theil_sen(times, values)
    told |= {"slope": slope, "low": low, "high": high}
    if low <= TOLERANCE and high >= -TOLERANCE:
        return told | {"verdict": "no_direction"}
    if values[-1] >= target - 100 * TOLERANCE:
        return told | {"verdict": "reached"}
    if slope < 0:
        return told | {"verdict": "away"}
    furthest = LONGEST * told["span"] + TOLERANCE
    ends = {name: years_to(target, values[-1], pace) for name, pace in (("years", slope), ("soonest", high), ("latest", low))}
    ends = {name: (years if years <= furthest else np.nan) for name, years in ends.items()}
    return told | ends | {"verdict": "beyond" if np.isnan(ends["years"]) else "within"}


def to_open_on(panel: Panel, codes: Sequence[str], reading: str) -> str:
    """The first of some States with as many national returns of a reading as a trend needs rounds; where none has, the first with most."""
    index = panel.index
    counted = index[(index["reading"] == reading) & (index["organization"] == NATIONAL)].groupby("iso3")["round"].nunique()
    many = [min(int(counted.get(code, 0)), FEWEST) for code in codes]
    return codes[many.index(max(many))]


def trends(scores: Scores, rows: Sequence[int], targets: Mapping[str, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The direction of each node of one State, over the questions answered in every round with a score.

    Parameters
    ----------
    rows: the State's rounds of one reading, in order. targets: node -> points.

    Returns
    -------
    (one row per node: node, target, first, last (rounds), before, after, change (0-100, matched; NA with fewer than two), change_low, change_high (what the open questions of the
    first and the last of them allow of the change, of all its questions), lowest (what the open questions of the last
    of them allow, of all its questions), common (questions answered in all of these
    rounds), asked (the most that applied in one), and what `direction` gives; one row per node and round with a score: node, round, year, score (as shown), value
    (matched; NA where too few questions are in common)).
    """
    index = scores.panel.index
    found, points = [], []
    for node, target in targets.items():
        at = scores.column(node)
        shown = [int(r) for r in rows if not np.isnan(scores.score[r, at])]
        values, common, asked = _matched_values(scores, shown, node)
        times = [year(date) for date in index["round_date"].iloc[shown]]
        few = len(shown) > 1 and np.isnan(values).any()
        told = (
            direction([], [], target) | {"verdict": "few_common", "n": len(shown)}
            if few
            else direction(times, values.tolist(), target)
        )
        labels = index["round"].iloc[shown].tolist()
        ends = (labels[0], labels[-1], values[0], values[-1]) if shown else ("", "", np.nan, np.nan)
        change = {"change": np.nan, "change_low": np.nan, "change_high": np.nan}
        if len(shown) > 1 and not few:
            lower, upper = scores.lower[shown, at], scores.upper[shown, at]
            change = {"change": ends[3] - ends[2], "change_low": lower[-1] - upper[0], "change_high": upper[-1] - lower[0]}
        found.append({"node": node, "target": target, **dict(zip(("first", "last", "before", "after"), ends, strict=True)), **change, "lowest": scores.lower[shown[-1], at] if shown else np.nan, "common": common, "asked": asked, **told})  # fmt: skip
        points += zip([node] * len(shown), labels, times, scores.score[shown, at], values, strict=True)
    return pd.DataFrame(found), pd.DataFrame(points, columns=["node", "round", "year", "score", "value"])


def group_trends(means: pd.DataFrame, targets: Mapping[str, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The direction of a group's matched mean, node by node: the same States in every round.

    Parameters
    ----------
    means: as `rounds.group_history` gives it; a round without a matched mean is no point. targets: node -> points.

    Returns
    -------
    As `trends`, with states (number of them behind each mean) in place of common and asked.
    """
    found, points = [], []
    for node, target in targets.items():
        rows = means[means["node"] == node]
        known = rows.dropna(subset=["matched_mean"])
        times, values = [year(date) for date in known["round_date"]], known["matched_mean"].tolist()
        labels, states = known["round"].tolist(), int(rows["matched_n"].max()) if len(rows) else 0
        ends = (labels[0], labels[-1], values[0], values[-1]) if labels else ("", "", np.nan, np.nan)
        change = {"change": np.nan, "change_low": np.nan, "change_high": np.nan}
        if len(values) > 1:
            lower, upper = known["lower_mean"].tolist(), known["upper_mean"].tolist()
            change = {"change": ends[3] - ends[2], "change_low": lower[-1] - upper[0], "change_high": upper[-1] - lower[0]}
        told = dict(zip(("first", "last", "before", "after"), ends, strict=True)) | direction(times, values, target)
        lowest = float(known["lower_mean"].iloc[-1]) if len(known) else np.nan
        found.append({"node": node, "target": target, **change, "lowest": lowest, "states": states, **told})
        points += zip([node] * len(labels), labels, times, values, values, strict=True)
    return pd.DataFrame(found), pd.DataFrame(points, columns=["node", "round", "year", "score", "value"])


def _matched_values(scores: Scores, shown: list[int], node: str) -> tuple[np.ndarray, int, int]:
    """Scores on the questions answered in all of some rows (NaN where they are too few), how many these are, and how many were asked."""
    at = scores.column(node)
    if not shown:
        return np.empty(0), 0, 0
    if len(shown) == 1:
        row = shown[0]
        return scores.score[[row], at], int(scores.answered[row, at]), int(scores.applicable[row, at])
    same = matched(scores, shown)
    common, asked = int(same.applicable[0, at]), int(scores.applicable[shown, at].max())
    values = same.score[:, at].copy()
    few = common < scores.instrument.gates.pooled * asked - TOLERANCE
    if few or (
        len(shown) == 2 and changes(scores, shown[1], shown[0], [node])["change"].isna().any()
    ):  # a change goes by the rule for changes
        values[:] = np.nan
    return values, common, asked
