"""Sensible peers for a State: of the same region, with a similar profile now, or from a similar starting point. Each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.model import NATIONAL
from analysis.scores.tree import Scores

#: How many States each reason brings in.
NEAREST = 5
#: Share of the parts that two States must both have shown to be called similar (and two parts at least).
FEWEST_IN_COMMON = 0.5
COLUMNS = ["iso3", "reasons", "groups", "apart", "common", "start_apart", "start_common", "start_round"]
COLUMNS += ["moved_since", "moved_low", "moved_high"]


def apart(values: np.ndarray, row: int) -> tuple[np.ndarray, np.ndarray]:
    """How far every row of some scores (returns x parts) is from one of them, and over how many parts.

    Returns
    -------
    (mean absolute difference in points over the parts shown in both, NaN where these are fewer than half of the parts or than two;
    number of those parts).
    """
    both = ~np.isnan(values) & ~np.isnan(values[row])
    common = both.sum(axis=1)
    total = np.where(both, np.abs(values - values[row]), 0.0).sum(axis=1)
    enough = common >= max(2, np.ceil(FEWEST_IN_COMMON * values.shape[1]))
    return np.divide(total, common, out=np.full(len(values), np.nan), where=enough), common


def peers(
    scores: Scores, rows: Sequence[int], row: int, groups: pd.DataFrame, nodes: Sequence[str], *, most: int = NEAREST
) -> pd.DataFrame:
    """States worth comparing one State with.

    Parameters
    ----------
    rows: of the panel, one a State; row: that of the State in question, one of them. groups: kind, group, iso3, as `States.groups`:
    which count as a region. nodes: the parts a profile is made of. most: how many each reason brings in.

    Returns
    -------
    `COLUMNS`, the State itself not among them, those with most reasons first, then the nearest profile: iso3, reasons (tuple of
    `region`, `profile`, `start`), groups (tuple of (kind, group) shared), apart (mean absolute difference of the parts shown in both,
    points), common (number of those parts), start_apart, start_common (the same between the earliest rounds of the two), start_round
    (earliest round of the peer), moved_since (change of its mean over the parts shown in its earliest round and now, points), moved_low, moved_high
    (what the open questions of both rounds allow of it). Nobody is near
    where too few parts are shown in both. Where more States share the region than `most`, the nearest profiles are taken.
    """
    rows = np.asarray(rows, dtype=int)
    me = int(np.flatnonzero(rows == row)[0])
    at = np.array([scores.column(n) for n in nodes], dtype=int)
    now = scores.score[np.ix_(rows, at)]
    first = _first_rows(scores, rows)
    start = scores.score[np.ix_(first, at)]
    table = pd.DataFrame({"iso3": scores.panel.index["iso3"].iloc[rows].to_numpy()})
    table["apart"], table["common"] = apart(now, me)
    table["start_apart"], table["start_common"] = apart(start, me)
    table["start_round"] = scores.panel.index["round"].iloc[first].to_numpy()
    both = ~np.isnan(now) & ~np.isnan(start) & (first != rows)[:, None]
    lower, upper = ([ends[np.ix_(of, at)] for of in (rows, first)] for ends in (scores.lower, scores.upper))
    table["moved_since"] = _mean_over(both, now - start)
    table["moved_low"], table["moved_high"] = _mean_over(both, lower[0] - upper[1]), _mean_over(both, upper[0] - lower[1])
    # a State with one round only begins where it stands: that is its profile, and no second reason
    alone = (first[me] == row) or not len(table)
    table["start_apart"] = table["start_apart"].mask((first == rows) | alone)
    shared = _shared(groups, table["iso3"].iloc[me])
    table["groups"] = [shared.get(code, ()) for code in table["iso3"]]
    table = table.drop(index=me)
    reasons = {"region": _nearest(table[table["groups"].map(len) > 0], "apart", most, unknown=True)}
    reasons |= {"profile": _nearest(table, "apart", most), "start": _nearest(table, "start_apart", most)}
    told = [tuple(name for name, codes in reasons.items() if code in codes) for code in table["iso3"]]
    told = [("region", *why) if why and "region" not in why and g else why for why, g in zip(told, table["groups"], strict=True)]
    table = table.assign(reasons=told, many=[-len(why) for why in told])
    found = table[table["many"] < 0].sort_values(["many", "apart", "start_apart", "iso3"], na_position="last")
    return found[COLUMNS].reset_index(drop=True)


def _nearest(table: pd.DataFrame, column: str, most: int, *, unknown: bool = False) -> set[str]:
    """Codes of the nearest; unknown: whether those whose distance is not known follow."""
    kept = table if unknown else table.dropna(subset=[column])
    return set(kept.sort_values([column, "iso3"], na_position="last")["iso3"].head(most))


def _first_rows(scores: Scores, rows: np.ndarray) -> np.ndarray:
    """The row of the earliest round of each row's State, of the same reading, national returns only."""
    index = scores.panel.index
    kept = index[(index["organization"] == NATIONAL) & (index["reading"] == index["reading"].iloc[rows[0]])]
    first = kept.sort_values(["round_date", "round"]).drop_duplicates("iso3").set_index("iso3")["row"]
    return first.reindex(index["iso3"].iloc[rows]).to_numpy(dtype=int)


def _mean_over(both: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Mean change over the parts shown in both rounds; NaN without one, or without a second round."""
    total, common = np.where(both, change, 0.0).sum(axis=1), both.sum(axis=1)
    return np.divide(total, common, out=np.full(len(change), np.nan), where=common > 0)


def _shared(groups: pd.DataFrame, iso3: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Code -> the groups it shares with a State."""
    own = groups.loc[groups["iso3"] == iso3, ["kind", "group"]]
    found = groups.merge(own, on=["kind", "group"])
    return {code: tuple(zip(rows["kind"], rows["group"], strict=True)) for code, rows in found.groupby("iso3") if code != iso3}
