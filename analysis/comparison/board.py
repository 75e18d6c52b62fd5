"""Who is at which step and what waits for whom; and which numbers a return feeds. Tables of codes in, tables of codes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.model import NATIONAL, NOT_RETURNED, round_date
from analysis.scores.tree import Scores

NOT_RETURNED_STEP = "not_returned"

#: Whom a row waits for. `review`: the office validates it or sends it back; `submit`: the office submits the draft; `state`: the State
#: sends (anew); `none`: nobody; `replaced`: nobody, for newer returns hold all of it.
WAITS = ("review", "submit", "state", "none", "replaced")
OPEN = WAITS[:3]

UNIT = ["instrument", "iso3", "organization", "round", "reading"]
COLUMNS = [
    "return_id", *UNIT, "submodules", "step", "waits_for", "since", "days", "answered", "applicable", "completeness", "repairs",
    "problems", "by", "reason", "standing", "file",
]  # fmt: skip
LIVE = ("draft", "submitted", "validated")

REMINDERS = [
    "whom",
    "instrument",
    "iso3",
    "organization",
    "round",
    "reading",
    "what",
    "submodules",
    "n",
    "days",
    "reason",
    "return_id",
]


def rounds(returns: pd.DataFrame) -> list[str]:
    """The rounds of some returns, newest first (by date, never by label)."""
    return sorted(returns["round"].unique(), key=lambda label: (round_date(label) or dt.date.min, label), reverse=True)


def status_board(
    returns: pd.DataFrame, *, round_: str, members: Iterable[str], instrument: str, today: dt.datetime, reading: str = "self"
) -> pd.DataFrame:
    """Every return of a round, and every State that has not returned; what waits longest comes first.

    Parameters
    ----------
    returns: as `Store.board` gives it. members: codes of the States that are looked at. instrument, reading: what a State without a
    national return is expected to return. today: a moment with its time zone.

    Returns
    -------
    `COLUMNS`. step: also `not_returned`; waits_for: `WAITS`; since: the moment of the newest step, NA where nothing was returned;
    days: whole days since; completeness: share of the applicable questions answered; repairs: answers that could not be read and
    are still open; by: who took the newest step; return_id: NA where nothing was returned.
    """
    members = set(members)
    found = returns[(returns["round"] == round_) & returns["iso3"].isin(members)].reset_index(drop=True)
    found = found.rename(columns={"changed_at": "since", "changed_by": "by"})
    found["waits_for"] = _waits(found)
    found["days"] = pd.array([days_between(moment, today) for moment in found["since"]], dtype="Int64")
    applicable = found["applicable"].where(found["applicable"] > 0)
    found["completeness"] = (found["answered"] / applicable).astype("float64")
    national = found[(found["organization"] == NATIONAL) & (found["reading"] == reading)]
    missing = sorted(members - set(national["iso3"]))
    table = pd.concat([found[COLUMNS], _not_returned(missing, instrument, round_, reading, found)], ignore_index=True)
    rank = table["waits_for"].map({"none": 2, "replaced": 3}).fillna(0)
    rank = rank.mask(table["step"] == NOT_RETURNED_STEP, 1)
    order = pd.DataFrame({"rank": rank, "days": -table["days"].fillna(0).astype("int64"), "since": table["since"]})
    order["iso3"] = table["iso3"]
    return table.loc[order.sort_values(["rank", "days", "since", "iso3"], kind="stable").index].reset_index(drop=True)


def days_between(moment: dt.datetime, today: dt.datetime) -> int | None:
    """Whole days from a moment to another, whatever their time zones; never below 0 (a clock may be wrong)."""
    return None if pd.isna(moment) else max(0, (today - moment) // dt.timedelta(days=1))


def _not_returned(codes: Sequence[str], instrument: str, round_: str, reading: str, like: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"iso3": codes}, dtype="str").reindex(columns=COLUMNS)
    table = table.assign(instrument=instrument, organization=NATIONAL, round=round_, reading=reading, step=NOT_RETURNED_STEP)
    table = table.assign(waits_for="state", **dict.fromkeys(["submodules", "by", "reason", "standing", "file"], ""))
    numbers = ["return_id", "answered", "applicable", "repairs", "problems", "days"]
    kinds = {**dict.fromkeys(numbers, "Int64"), "since": like["since"].dtype, "completeness": "float64"}
    return table.astype(kinds)


def _waits(table: pd.DataFrame) -> list[str]:
    """Whom each return waits for."""
    units: dict[tuple, list] = {}
    for row in table.itertuples():
        units.setdefault(tuple(getattr(row, name) for name in UNIT), []).append(row)
    return [_waits_for(row, units[tuple(getattr(row, name) for name in UNIT)]) for row in table.itertuples()]


def _waits_for(row: object, unit: Sequence) -> str:
    held = set(row.submodules.split(", "))
    live = [other for other in unit if other.step in LIVE and other.return_id != row.return_id]
    newer = {s for other in live if other.return_id > row.return_id for s in other.submodules.split(", ")}
    if row.standing == "superseded" or (row.step in ("draft", "sent_back") and held <= newer):
        return "replaced"
    if row.step == "withdrawn":
        return "none" if live else "state"
    return {"draft": "submit", "submitted": "review", "sent_back": "state"}.get(row.step, "none")


def step_counts(board: pd.DataFrame) -> dict[str, int]:
    """How many rows are at each step, without those that newer ones have replaced; steps without a row are left out."""
    return board.loc[board["waits_for"] != "replaced", "step"].value_counts().to_dict()


def waiting(board: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """What waits -> (how many, days that the longest has waited): `review`, `sent_back`, `submit`, `withdrawn`, `not_returned` (0 days)."""
    kinds = board["waits_for"].where(board["waits_for"] != "state", board["step"])[board["waits_for"].isin(OPEN)]
    days = board["days"].fillna(0)
    return {str(kind): (len(rows), int(days[rows.index].max())) for kind, rows in kinds.groupby(kinds)}


def reminders(board: pd.DataFrame, parts: pd.DataFrame, asked: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Whom to remind of what, a row for each thing that is missing, States first and what is longest open first.

    Parameters
    ----------
    board: as `status_board` gives it. parts: as `Store.parts` gives it. asked: instrument -> its sub-modules.

    Returns
    -------
    `REMINDERS`. whom: `state` or `office`; what: `not_returned`, `sent_back`, `withdrawn`, `parts_missing` (sub-modules that nobody
    has returned), `open_questions` (n of them in these sub-modules; of returns that are not validated yet), `repairs` (n answers that
    could not be read), `submit`, `review`. reason: why it was sent back or taken back.
    """
    rows = []
    for row in board[board["waits_for"].isin(OPEN)].itertuples():
        what = row.step if row.waits_for == "state" else row.waits_for
        whom = "state" if row.waits_for == "state" else "office"
        reason = row.reason if row.step in ("sent_back", "withdrawn") else ""
        rows.append(_reminder(row, whom, what, row.submodules, pd.NA, reason))
    live = board[board["step"].isin(LIVE) & (board["waits_for"] != "replaced")]
    units: dict[tuple, list] = {}
    for row in live.itertuples():
        units.setdefault(tuple(getattr(row, name) for name in UNIT), []).append(row)
    brought: dict[int, list] = {}
    for part in parts[parts["return_id"].isin(live["return_id"])].itertuples():
        brought.setdefault(part.return_id, []).append(part)
    for unit in units.values():
        rows += _unfinished(unit, brought, asked)
    table = pd.DataFrame(rows, columns=REMINDERS).astype({"n": "Int64", "days": "Int64", "return_id": "Int64"})
    order = pd.DataFrame(
        {"office": table["whom"] != "state", "days": -table["days"].fillna(0).astype("int64"), "iso3": table["iso3"]}
    )
    return table.loc[order.sort_values(["office", "days", "iso3"], kind="stable").index].reset_index(drop=True)


def _reminder(row: object, whom: str, what: str, submodules: str, n: object, reason: str = "") -> tuple:
    return (
        whom, row.instrument, row.iso3, row.organization, row.round, row.reading, what, submodules, n, row.days, reason, row.return_id,
    )  # fmt: skip


def _unfinished(unit: Sequence, brought: Mapping[int, Sequence], asked: Mapping[str, Sequence[str]]) -> list[tuple]:
    """What a State still has to answer, of one unit's returns that stand. brought: return -> its sub-modules, rows of `Store.parts`."""
    newest = max(unit, key=lambda row: row.return_id)
    there = {s for row in unit for s in row.submodules.split(", ")}
    missing = [s for s in asked.get(newest.instrument, ()) if s not in there]
    rows = [_reminder(newest, "state", "parts_missing", ", ".join(missing), len(missing))] if missing else []
    counts: dict[str, object] = {}  # of each sub-module the newest part that is not validated
    for row in sorted(unit, key=lambda row: row.return_id):
        counts |= {part.submodule: part for part in brought.get(row.return_id, ()) if part.step != "validated"}
    for row in unit:
        mine = [part for part in counts.values() if part.return_id == row.return_id and part.applicable > part.answered]
        if mine:
            n = sum(int(part.applicable - part.answered) for part in mine)
            rows.append(_reminder(row, "state", "open_questions", ", ".join(part.submodule for part in mine), n))
        if row.repairs and row.step != "validated":
            rows.append(_reminder(row, "state", "repairs", row.submodules, int(row.repairs)))
    return rows


def feeds(scores: Scores, return_id: int) -> pd.DataFrame:
    """Every number that a return feeds now.

    Returns
    -------
    One row per node in the instrument's order: the columns of `Scores.table`, own and of (questions that this return brings, and that
    are below the node in what was returned), whole (whether all of them are its own). Empty where nothing of it counts.
    """
    parts = scores.panel.parts
    mine = parts[parts["return_id"] == return_id] if len(parts) else parts
    if not len(mine):
        return scores.table.head(0).assign(own=0, of=0, whole=False)
    row, instrument = int(mine["row"].iloc[0]), scores.instrument
    returned = scores.panel.codes[row] != NOT_RETURNED
    own = instrument.questions["submodule"].isin(mine["submodule"]).to_numpy() & returned
    table = scores.where(np.array([row])).table
    below = [instrument.questions_below(node) for node in table["node"]]
    table = table.assign(own=[int((own & b).sum()) for b in below], of=[int((returned & b).sum()) for b in below], row=row)
    return table[table["own"] > 0].assign(whole=lambda t: t["own"] == t["of"]).reset_index(drop=True)
