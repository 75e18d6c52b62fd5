"""Why a group's mean moved between two rounds: its States changed, States left, States joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.groups import mean_within
from analysis.comparison.rounds import current_rows
from analysis.model import Panel
from analysis.scores.rollup import REASONS
from analysis.scores.tree import Scores
from analysis.scores.uncertainty import region_bounds

FEWEST = 5  # States behind each of the three means (scoring.md section 8)

#: What became of a State: it has a score in both rounds; it lost or gained its score; it has one in neither of the two.
STAYED, LEFT, JOINED, NEITHER = "stayed", "left", "joined", "neither"
NO_RETURN = "no_return"


def standings(
    scores: Scores, members: Iterable[str], nodes: Sequence[str], first: str, last: str, reading: str = "self"
) -> pd.DataFrame:
    """Where the States of a group stand in two rounds, part by part.

    Parameters
    ----------
    members: codes of the group's States. first, last: labels of the earlier and the later round.

    Returns
    -------
    One row per (node, State with a return in either round): node, iso3, before, after (0-100, NA where no score is shown), lower_before,
    upper_before, lower_after, upper_after (NA without a return), why_before, why_after (`rollup.REASONS`, or `no_return`), became (`stayed`, `left`,
    `joined`, `neither`).
    """
    wanted, index = set(members), scores.panel.index
    rows = {}
    for side, label in (("before", first), ("after", last)):
        found = current_rows(scores.panel, label, reading)
        rows[side] = {code: int(r) for code, r in zip(index["iso3"].iloc[found], found, strict=True) if code in wanted}
    codes = sorted(rows["before"].keys() | rows["after"].keys())
    at = np.array([scores.column(n) for n in nodes], dtype=int)
    table = pd.DataFrame({"node": np.repeat(list(nodes), len(codes)).astype(str), "iso3": list(codes) * len(nodes)})
    for side in ("before", "after"):
        row = np.array([rows[side].get(code, -1) for code in codes], dtype=int)
        there = (row >= 0)[None, :]
        for name, column in (("score", side), ("lower", f"lower_{side}"), ("upper", f"upper_{side}")):
            table[column] = np.where(there, getattr(scores, name)[np.ix_(row, at)].T, np.nan).ravel()
        why = np.array([*REASONS, NO_RETURN], dtype=object)
        table[f"why_{side}"] = why[np.where(there, scores.why[np.ix_(row, at)].T, len(REASONS)).ravel()]
    here, there = table["before"].notna(), table["after"].notna()
    table["became"] = np.select([here & there, here, there], [STAYED, LEFT, JOINED], NEITHER)
    return table


def stayed(
    panel: Panel, standing: pd.DataFrame, first: str, last: str, reading: str = "self", fewest: int = FEWEST
) -> pd.DataFrame:
    """The States with a score in both rounds, as `rounds.matched_ends` gives those with enough questions in common: node, iso3, first, last,
    before, now (rows of the panel). standing: as `standings` gives it; parts with fewer than `fewest` of them are left out."""
    kept = standing.loc[standing["became"] == STAYED, ["node", "iso3"]]
    kept = kept[kept.groupby("node")["iso3"].transform("size") >= fewest]
    found = kept.assign(first=first, last=last)
    for side, label in (("before", first), ("now", last)):
        rows = current_rows(panel, label, reading)
        found[side] = found["iso3"].map(dict(zip(panel.index["iso3"].iloc[rows], map(int, rows), strict=True))).astype(int)
    return found.reset_index(drop=True)


def decomposition(table: pd.DataFrame, fewest: int = FEWEST, states: int | None = None) -> pd.DataFrame:
    """The change of a group's mean, split without a rest: change = within + exit + entry.

    Parameters
    ----------
    table: as `standings` gives it. fewest: with fewer States behind one of the means nothing is given. states: all States of the group, with or
    without a return; those of `table` where None.

    Returns
    -------
    One row per node: node, before, after (naive means of whoever has a score in the round, 0-100), change, within (the mean change of the States
    with a score in both), exit (what the mean of the first round gains because some of its States are gone), entry (what the mean of the
    last round gains because some are new), n_before, n_after, stayed, left, joined, neither (numbers of States), lowest_before, highest_before,
    lowest_after, highest_after (of the States behind each mean), lower_before, upper_before, lower_after, upper_after (what the mean of all States of the
    group to which the node applies could be, as `regions.group_spread` gives it). Means and all that would give one away are NA below `fewest`. A mean
    that its bounds rule out is NA, and so are the change and the step that start from it or lead to it; within, of the same States, stands.

    Source: scoring.md sections 7 and 8. exit = mean of those who stay - mean of all, in the first round; entry = mean of all - mean of those who stay, in
    the last (Melitz and Polanec, RAND Journal of Economics 46 (2015), with equal weights).
    """
    found, states = [], table["iso3"].nunique() if states is None else states
    for node, rows in table.groupby("node", sort=False):
        before, after, stay = rows["before"].dropna(), rows["after"].dropna(), rows[rows["became"] == STAYED]
        counts = [int((rows["became"] == kind).sum()) for kind in (STAYED, LEFT, JOINED, NEITHER)]
        numbers = [np.nan] * 14
        if min(len(before), len(after), len(stay)) >= max(fewest, 1):
            bounds = [_bounds(rows, side, states) for side in ("before", "after")]
            first, last = (mean_within(float(side.mean()), *ends) for side, ends in zip((before, after), bounds, strict=True))
            first_stay, last_stay = stay["before"].mean(), stay["after"].mean()
            numbers = [first, last, last - first, last_stay - first_stay, first_stay - first, last - last_stay]
            numbers += [before.min(), before.max(), after.min(), after.max(), *bounds[0], *bounds[1]]
        found.append((node, *numbers[:6], len(before), len(after), *counts, *numbers[6:]))
    columns = [
        "node",
        "before",
        "after",
        "change",
        "within",
        "exit",
        "entry",
        "n_before",
        "n_after",
        STAYED,
        LEFT,
        JOINED,
        NEITHER,
    ]
    columns += ["lowest_before", "highest_before", "lowest_after", "highest_after"]
    return pd.DataFrame(found, columns=[*columns, "lower_before", "upper_before", "lower_after", "upper_after"])


def _bounds(rows: pd.DataFrame, side: str, states: int) -> tuple[float, float]:
    """What the mean of all States of a group could be in one of two rounds. rows: of `standings`, of one node; states: all of the group."""
    lower, upper, returned = rows[f"lower_{side}"], rows[f"upper_{side}"], rows[f"why_{side}"] != NO_RETURN
    elsewhere = int((returned & lower.isna()).sum())  # it does not apply to them
    return region_bounds(lower.dropna(), upper.dropna(), states - elsewhere)
