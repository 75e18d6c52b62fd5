"""The feedback loop: what lessons were recorded downstream, for which of them a change was made upstream, and after how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import NATIONAL, TOLERANCE
from analysis.scores.rollup import REASONS
from analysis.scores.tree import Scores
from analysis.scores.wilson import wilson
from analysis.states import States

FEWEST = 5  # lessons, below which no share and no typical time is given: counts only
MADE, REJECTED, RECORDED = "made", "rejected", "recorded"

#: What became of the measures a lesson bears on, since it was recorded.
REVISED, NOT_REVISED, UNKNOWN = "revised", "not_revised", "unknown"

LESSON = ["key", "iso3", "date", "measure", "submodule", "source", "status", "upstream", "decided", "made", "date_made", "days"]


def lessons(records: Iterable[tuple[str, Mapping[str, object]]], instrument: Instrument) -> pd.DataFrame:
    """Rows of the register of lessons as a table, the oldest first.

    Parameters
    ----------
    records: (key, body) as the register keeps them.

    Returns
    -------
    One row per lesson: key, iso3, date, measure (downstream), submodule ("" where the questionnaire does not know the measure), source, status,
    upstream (tuple of the measures it bears on: those named in it, else those the questionnaire links its measure to), decided (a change
    was proposed, is under way, was made or rejected), made, date_made (NaT where not told), days (from the lesson to the change; NA unless
    made with a date that does not lie before the lesson).
    """
    linked = {m: tuple(dict.fromkeys(u)) for m, u in instrument.feedback_links.groupby("downstream", sort=False)["upstream"]}
    nodes = instrument.nodes
    part = dict(zip(nodes["node"], nodes["submodule"], strict=True))
    found = []
    for key, body in records:
        measure, status = str(body.get("measure", "")), str(body.get("status", RECORDED))
        bears = [u for u in body.get("upstream") or linked.get(measure, ()) if u in part]
        decided = status != RECORDED or bool(body.get("proposed"))
        row = (key, body.get("iso3", ""), body.get("date"), measure, part.get(measure, ""), body.get("source", ""), status)
        found.append((*row, tuple(bears), decided, status == MADE, body.get("date_made")))
    table = pd.DataFrame(found, columns=LESSON[:-1])
    for column in ("date", "date_made"):
        table[column] = pd.to_datetime(table[column], errors="coerce").astype("datetime64[us]")
    table = table.astype({"decided": bool, "made": bool})
    days = (table["date_made"] - table["date"]).dt.days
    table["days"] = days.where(table["made"] & (days >= 0)).astype("Int64")
    return table.sort_values(["date", "key"], kind="stable").reset_index(drop=True)


def regions(table: pd.DataFrame, states: States) -> pd.Series:
    """The region of each lesson's State; "" where it has none."""
    region = dict(zip(states.table["iso3"], states.table["region"], strict=True))
    return pd.Series([region.get(code, "") for code in table["iso3"]], dtype="str")


def recorders(table: pd.DataFrame, reporting: Container[str]) -> tuple[int, int]:
    """How many States have recorded a lesson: (of those that reported, of the others). table: as `lessons` gives it. reporting: codes."""
    codes = set(table["iso3"])
    among = sum(code in reporting for code in codes)
    return among, len(codes) - among


def closure(table: pd.DataFrame, group: pd.Series, until: dt.date, fewest: int = FEWEST) -> pd.DataFrame:
    """Loop closure of groups of lessons: changes made upstream out of lessons recorded.

    Parameters
    ----------
    table: as `lessons` gives it. group: what each of its rows belongs to (a State's code, a region, one name for all). until: the day up to
    which a lesson without a change counts as still waiting.

    Returns
    -------
    One row per group, most lessons first: group, states (with a lesson), recorded, made, waiting, rejected, closure (share 0-1), closure_low, closure_high
    (Wilson, 95 %; all three NA below `fewest`), dated (changes made with a usable date), median_days (over those; NA below `fewest`),
    timed (lessons that count for half_days), half_days (`days_until_half`; NA below `fewest` of them, and where half have no change).

    Source: scoring.md section 10.
    """
    place, names = pd.factorize(group.to_numpy(), sort=True)
    number = len(names)
    recorded = np.bincount(place, minlength=number)
    made = np.bincount(place[table["made"].to_numpy(dtype=bool)], minlength=number)
    rejected = np.bincount(place[(table["status"] == REJECTED).to_numpy()], minlength=number)
    enough = recorded >= fewest
    ends = zip(("closure", "closure_low", "closure_high"), (made / recorded, *wilson(made, recorded)), strict=True)
    days = table["days"].astype("Float64").groupby(place).agg(["count", "median"]).reindex(range(number))
    found = pd.DataFrame({"group": names, "states": table["iso3"].groupby(place).nunique().reindex(range(number)).to_numpy()})
    found = found.assign(recorded=recorded, made=made, waiting=recorded - made - rejected, rejected=rejected)
    found = found.assign(
        **{name: np.where(enough, values, np.nan) for name, values in ends}, dated=days["count"].to_numpy(dtype=int)
    )
    median = days["median"].to_numpy(dtype=float, na_value=np.nan)
    found["median_days"] = np.where(found["dated"] >= fewest, median, np.nan)
    waited, done, kept = _waiting(table, until)
    found["timed"] = np.bincount(place[kept], minlength=number)
    found["half_days"] = [_half(waited[kept & (place == i)], done[kept & (place == i)], fewest) for i in range(number)]
    return found.sort_values(["recorded", "group"], ascending=[False, True], kind="stable").reset_index(drop=True)


def days_until_half(table: pd.DataFrame, until: dt.date, fewest: int = FEWEST) -> float:
    """Days after which half of the lessons have a change made, those still waiting counted as waiting; NaN where fewer than half have.

    The median of what was done alone would forget whatever is not done yet. Rejected lessons wait for nothing and are left out, as are
    changes without a usable date. NaN below `fewest` lessons.

    Source: Kaplan and Meier (1958); the first day on which the share still waiting is one half or less.
    """
    days, made, kept = _waiting(table, until)
    return _half(days[kept], made[kept], fewest)


def _waiting(table: pd.DataFrame, until: dt.date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(days waited or until the change, whether it was made, whether the lesson counts) of each lesson."""
    made = table["made"].to_numpy(dtype=bool)
    kept = (table["status"] != REJECTED) & table["date"].notna() & (~table["made"] | table["days"].notna())
    waited = (pd.Timestamp(until) - table["date"]).dt.days.clip(lower=0).to_numpy(dtype=float)
    return np.where(made, table["days"].to_numpy(dtype=float, na_value=np.nan), waited), made, kept.to_numpy(dtype=bool)


def _half(days: np.ndarray, made: np.ndarray, fewest: int) -> float:
    """The first day on which the share still waiting is one half or less."""
    if len(days) < fewest or not made.any():
        return float("nan")
    moments = np.unique(days[made])
    waiting = (days[None, :] >= moments[:, None]).sum(axis=1)
    changes = (days[made][None, :] == moments[:, None]).sum(axis=1)
    reached = np.cumprod(1 - changes / waiting) <= 0.5 + TOLERANCE
    return float(moments[reached][0]) if reached.any() else float("nan")


def revised(table: pd.DataFrame, scores: Scores, reading: str = "self") -> np.ndarray:
    """Whether an upstream measure that each lesson bears on was revised since: its level rose, by the returns and by nothing else.

    What the register says of a change is no part of it: reviews are held against this outcome, and a change recorded as made is a review
    done already, so that it would answer for both sides. The level rose where that of a later national return lies above that of the last one before the lesson, whatever their open questions
    hold. Not known where a return before or after is missing, or where open questions decide.

    Returns
    -------
    An array beside the lessons: `revised`, `not_revised`, `unknown`.
    """
    first, last = _around(table, scores, reading)
    both = (first >= 0) & (last >= 0)
    borne = np.zeros((len(table), scores.score.shape[1]), dtype=bool)
    pairs = [(i, scores.column(u)) for i, names in enumerate(table["upstream"]) for u in names]
    if pairs:
        borne[tuple(np.array(pairs).T)] = True
    silent = np.isin(scores.why, [REASONS.index(name) for name in ("not_returned", "not_applicable")])
    asked = borne & ~silent[first] & ~silent[last] & both[:, None]
    rose = (asked & (scores.level_low[last] > scores.level_high[first])).any(axis=1)
    may = (asked & (scores.level_high[last] > scores.level_low[first])).any(axis=1)
    known = asked.any(axis=1) & (asked == borne).all(axis=1)
    return np.select([rose, known & ~may], [REVISED, NOT_REVISED], UNKNOWN)


def _around(table: pd.DataFrame, scores: Scores, reading: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the last national return before each lesson and of the newest one after it; -1 without one."""
    index = scores.panel.index
    kept = index[(index["reading"] == reading) & (index["organization"] == NATIONAL)]
    when = pd.to_datetime(kept["round_date"])
    if "date_to" in kept:
        when = pd.to_datetime(kept["date_to"]).fillna(when)
    returns = kept[["iso3", "row"]].assign(when=when.astype("datetime64[us]")).dropna(subset=["when"]).sort_values("when")
    asked = table[["iso3", "date"]].assign(place=np.arange(len(table))).dropna(subset=["date"]).sort_values("date", kind="stable")
    before, after = np.full(len(table), -1), np.full(len(table), -1)
    if asked.empty or returns.empty:
        return before, after
    found = pd.merge_asof(asked, returns, left_on="date", right_on="when", by="iso3").dropna(subset=["row"])
    before[found["place"]] = found["row"].astype(int)
    newest = returns.groupby("iso3").tail(1)
    found = asked.merge(newest, on="iso3", validate="m:1")
    found = found[found["when"] > found["date"]]
    after[found["place"]] = found["row"].astype(int)
    return before, after


def reviews(table: pd.DataFrame, outcome: np.ndarray) -> pd.DataFrame:
    """Lessons counted by whether a review was done (a change was proposed or decided) and whether a measure was revised since.

    Returns
    -------
    Two rows, review done first: decided, and the numbers of lessons `revised`, `not_revised`, `unknown`.
    """
    rows = []
    for decided in (True, False):
        of = table["decided"].to_numpy(dtype=bool) == decided
        rows.append((decided, *(int((of & (outcome == kind)).sum()) for kind in (REVISED, NOT_REVISED, UNKNOWN))))
    return pd.DataFrame(rows, columns=["decided", REVISED, NOT_REVISED, UNKNOWN])


def matrix(instrument: Instrument, table: pd.DataFrame, submodule: str) -> pd.DataFrame:
    """The links of a sub-module, downstream to upstream, with the lessons that took each way.

    Parameters
    ----------
    table: as `lessons` gives it.

    Returns
    -------
    One row per (downstream, upstream) of the sub-module's measures, and of those that links lead to elsewhere, in the order of the tree:
    downstream, upstream, linked (a link of the questionnaire), lessons (that bear on it), made (of which a change was made). Empty where the
    sub-module has no links.
    """
    links, measures = instrument.feedback_links, instrument.measures
    order = {node: i for i, node in enumerate(measures["node"])}
    mine = measures[measures["submodule"] == submodule]
    downs = mine.loc[mine["measure_type"] == "downstream", "node"].tolist()
    ups = mine.loc[mine["measure_type"] == "upstream", "node"].tolist()
    drawn = links[links["downstream"].isin(downs) & links["upstream"].isin(list(order))]
    columns = ["downstream", "upstream", "linked", "lessons", "made"]
    if drawn.empty:
        return pd.DataFrame(columns=columns)
    ups = sorted({*ups, *drawn["upstream"]}, key=order.get)
    found = pd.MultiIndex.from_product([downs, ups], names=columns[:2]).to_frame(index=False)
    there = set(zip(drawn["downstream"], drawn["upstream"], strict=True))
    found["linked"] = [pair in there for pair in zip(found["downstream"], found["upstream"], strict=True)]
    borne = (
        table[["measure", "upstream", "made"]].explode("upstream").groupby(["measure", "upstream"])["made"].agg(["size", "sum"])
    )
    borne.index.names = columns[:2]
    counts = found[columns[:2]].join(borne, on=columns[:2])[["size", "sum"]].fillna(0).astype(int).to_numpy()
    return found.assign(lessons=counts[:, 0], made=counts[:, 1])


def levels(scores: Scores, row: int, nodes: Sequence[str]) -> dict[str, tuple[int, int] | None]:
    """The level interval of some measures of one return; None where a measure was not returned or does not apply."""
    silent = {REASONS.index("not_returned"), REASONS.index("not_applicable")}
    found: dict[str, tuple[int, int] | None] = {}
    for node in nodes:
        at = scores.column(node)
        known = int(scores.why[row, at]) not in silent
        found[node] = (int(scores.level_low[row, at]), int(scores.level_high[row, at])) if known else None
    return found
