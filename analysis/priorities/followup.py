"""Recommendations of visits and what became of them. What a score did since stands beside, and is no effect of anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.model import NATIONAL, round_date
from analysis.scores.tree import Scores
from analysis.scores.wilson import wilson

OPEN = ("not_started", "under_way")
DONE, REJECTED = "done", "rejected"
#: What of the list a reader may look at: all, what is still to be done, what of it is late, or one status.
VIEWS = ("all", "open", "overdue", "not_started", "under_way", "done", "rejected")
FEWEST_FOR_RATE = 5  # scoring.md section 8
COLUMNS = ["id", "iso3", "round", "date", "recommendation", "measure", "priority", "due", "status", "reason", "observations"]
CHANGES = ["round_before", "round_after", "score_before", "score_after", "score_change", "score_change_low", "score_change_high"]


def recommendations(bodies: Iterable[Mapping[str, object]], today: dt.date) -> pd.DataFrame:
    """Records of the register of recommendations as a table, overdue ones first, then by due date.

    Returns
    -------
    The register's columns, and: round_date, overdue (due before today and neither done nor rejected), days_over (whole days, NA where it
    is not overdue).
    """
    table = pd.DataFrame([[body.get(name, "") for name in COLUMNS] for body in bodies], columns=COLUMNS)
    due = pd.to_datetime(table["due"].where(table["due"] != ""))
    days = (pd.Timestamp(today) - due).dt.days
    overdue = table["status"].isin(OPEN) & (days > 0)
    dates = {label: pd.Timestamp(round_date(str(label))) for label in table["round"].unique()}
    table = table.assign(
        round_date=pd.to_datetime(table["round"].map(dates)),
        overdue=overdue.to_numpy(dtype=bool),
        days_over=days.where(overdue).astype("Int64"),
    )
    order = table.assign(last=due).sort_values(["overdue", "last", "iso3", "id"], ascending=[False, True, True, True])
    return order.drop(columns="last").reset_index(drop=True)


def viewed(table: pd.DataFrame, view: str) -> pd.DataFrame:
    """The recommendations of a view (one of `VIEWS`), in their order."""
    kept = {"all": np.ones(len(table), dtype=bool), "open": table["status"].isin(OPEN), "overdue": table["overdue"]}
    return table[kept[view] if view in kept else table["status"] == view].reset_index(drop=True)


def with_changes(table: pd.DataFrame, scores: Scores, reading: str) -> pd.DataFrame:
    """The change of each recommendation's measure since its round, in one reading of the State's national returns; never mixed readings.

    Before: the newest return of a round up to the recommendation's; after: the newest return of a later round. Nothing is said where either
    is missing. A change is not the recommendation's doing.

    Parameters
    ----------
    table: as `recommendations` gives it. reading: `self`, `visit` or `peer`.

    Returns
    -------
    The rows of `table` in their order, and: round_before, round_after ("" where there is no such return), score_before, score_after,
    score_change (points, NA where a score is not shown), score_change_low, score_change_high (what the open questions of both allow).
    """
    index = scores.panel.index
    index = index[(index["reading"] == reading) & (index["organization"] == NATIONAL)][["row", "iso3", "round", "round_date"]]
    index = index.sort_values(["round_date", "round"])
    asked = table[["iso3", "round_date", "measure"]].assign(at=np.arange(len(table)))
    asked = asked[asked["measure"].isin(scores.instrument.node_number)]
    both = asked.merge(index, on="iso3", suffixes=("_asked", ""))
    later = both["round_date"] > both["round_date_asked"]
    found = table.copy()
    for end, rows in (("before", both[~later]), ("after", both[later])):
        last = rows.drop_duplicates("at", keep="last").set_index("at")
        place = np.full(len(table), -1)
        place[last.index.to_numpy(dtype=int)] = last["row"]
        found[f"row_{end}"] = place
        found[f"round_{end}"] = last["round"].reindex(range(len(table))).fillna("").to_numpy()
    column = found["measure"].map(scores.instrument.node_number).fillna(-1).astype(int).to_numpy()
    ends = {}
    for end in ("before", "after"):
        row = found[f"row_{end}"].to_numpy()
        ends[end] = [
            np.where((row >= 0) & (column >= 0), array[row, column], np.nan) if len(array) else np.full(len(found), np.nan)
            for array in (scores.score, scores.lower, scores.upper)
        ]
    (before, lower, upper), (after, lower_after, upper_after) = ends["before"], ends["after"]
    found = found.assign(score_before=before, score_after=after, score_change=after - before)
    found = found.assign(score_change_low=lower_after - upper, score_change_high=upper_after - lower)
    gone = found["score_before"].isna() | found["score_after"].isna()
    for name in ("score_change_low", "score_change_high"):
        found[name] = found[name].mask(gone)
    return found.drop(columns=["row_before", "row_after"])


def rates(table: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Follow-up rate: done of all that were not rejected, with its Wilson interval; no rate below five.

    by: a column to group by (`priority`, `iso3`); none for all together.

    Returns
    -------
    One row per group: the group's columns, total, rejected, overdue, done, counted (not rejected), rate, rate_low, rate_high (0-1; NA where
    fewer than five are counted).
    """
    flags = table.assign(
        total=1, rejected=(table["status"] == REJECTED).astype(int), done=(table["status"] == DONE).astype(int),
        overdue=table["overdue"].astype(int), not_started=(table["status"] == "not_started").astype(int),
        under_way=(table["status"] == "under_way").astype(int),
    )  # fmt: skip
    names = ["total", "not_started", "under_way", "done", "rejected", "overdue"]
    found = flags.groupby(list(by), as_index=False)[names].sum() if by else flags[names].sum().to_frame().T
    found["counted"] = found["total"] - found["rejected"]
    low, high = wilson(found["done"].to_numpy(), found["counted"].to_numpy())
    enough = found["counted"] >= FEWEST_FOR_RATE
    share = found["done"] / found["counted"].where(found["counted"] > 0)
    return found.assign(
        rate=share.where(enough), rate_low=np.where(enough, low, np.nan), rate_high=np.where(enough, high, np.nan)
    )
