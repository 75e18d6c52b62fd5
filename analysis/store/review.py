"""The steps of a return: which may follow which, what a step changes in what counts, and where every return stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
from sqlalchemy import Connection, bindparam, func, select

from analysis.model import MOVES, StepRefused
from analysis.store import schema as t
from analysis.store.frames import frame
from analysis.store.history import history, returned_parts
from analysis.store.standing import UNIT, winners
from analysis.store.writing import insert_audit, insert_step, now

#: (return, step, sub-module) of everything that a unit has returned.
Parts = list[tuple[int, str, str]]

STEP_COLUMNS = ["return_id", "changed_at", "changed_by", "reason"]

#: What happens to a part's counting -> the action in the trail.
SUPERSEDED, WAITS, COUNTS, AGAIN, NO_MORE = "supersede", "waits", "counts", "counts-again", "counts-no-more"

#: Written once: to put a statement together takes longer than to run it.
_NEWEST = (
    select(t.steps.c.step)
    .where(t.steps.c.return_id == t.returns.c.return_id)
    .order_by(t.steps.c.step_id.desc())
    .limit(1)
    .correlate(t.returns)
    .scalar_subquery()
)
_OF_UNIT = (
    select(t.returns.c.return_id, _NEWEST, t.parts.c.submodule)
    .join(t.parts, t.parts.c.return_id == t.returns.c.return_id)
    .where(*(t.returns.c[name] == bindparam(name) for name in UNIT))
    .order_by(t.returns.c.return_id, t.parts.c.position)
)
_UNIT_OF = select(*(t.returns.c[name] for name in UNIT), _NEWEST.label("step")).where(
    t.returns.c.return_id == bindparam("return_id")
)


def refuse_move(found: str, wanted: str, reason: str, expected: str | None) -> None:
    """Raise where a return may not go from a step to another.

    Raises
    ------
    StepRefused
        If it is not at the step that the caller saw, may not go there, or lacks a reason that must be given.
    """
    if expected is not None and found != expected:
        raise StepRefused(found, wanted, "moved")
    if wanted not in MOVES[found]:
        raise StepRefused(found, wanted, "not_allowed")
    if MOVES[found][wanted] and not reason.strip():
        raise StepRefused(found, wanted, "reason")


def unit_and_step(connection: Connection, return_id: int) -> tuple[dict[str, str], str]:
    """Whose return of when it is (`UNIT`), and its newest step.

    Raises
    ------
    KeyError
        If there is no such return.
    """
    found = connection.execute(_UNIT_OF, {"return_id": return_id}).mappings().first()
    if found is None:
        raise KeyError(f"no return {return_id}")
    return {name: found[name] for name in UNIT}, found["step"]


def parts_of_unit(connection: Connection, unit: Mapping[str, str]) -> Parts:
    """All that a unit has returned, the oldest first."""
    return [tuple(row) for row in connection.execute(_OF_UNIT, dict(unit))]


def of_import(before: Parts, return_id: int, step: str, submodules: Iterable[str]) -> list[tuple[str, int, str]]:
    """What a new return changes in what counts: rows of the trail (action, return, detail).

    Parts that count at once need no row beside the import's own. `supersede`: of which return which parts stop counting, and which
    return counts instead (`sea, land: 2`). `waits`: parts of the new return behind which validated ones go on counting (`sea: 1`).
    """
    mine = list(dict.fromkeys(submodules))
    now = winners([*before, *((return_id, step, submodule) for submodule in mine)])
    told = _superseded(winners(before), now)
    waiting = {s: now[s] for s in mine if now.get(s, return_id) != return_id} if step == "submitted" else {}
    return told + [(WAITS, return_id, f"{', '.join(parts)}: {ahead}") for ahead, parts in _by_return(waiting)]


def of_step(before: Parts, return_id: int, step: str) -> list[tuple[str, int, str]]:
    """What a step changes in what counts: rows of the trail (action, return, detail).

    `supersede` as above; `counts`: parts of this return that begin to count; `counts-no-more`: its parts that stop counting;
    `counts-again`: parts of other returns that count in its place.
    """
    after = [(other, step if other == return_id else was, submodule) for other, was, submodule in before]
    then, now = winners(before), winners(after)
    begun = [s for s, who in now.items() if who == return_id and then.get(s) != return_id]
    ended = [s for s, who in then.items() if who == return_id and now.get(s) != return_id]
    told = [(COUNTS, return_id, ", ".join(begun))] if begun else []
    told += [(NO_MORE, return_id, ", ".join(ended))] if ended else []
    told += _superseded({s: then[s] for s in begun if s in then}, now)
    instead = {s: now[s] for s in ended if s in now}
    return told + [(AGAIN, other, ", ".join(parts)) for other, parts in _by_return(instead)]


def _superseded(then: Mapping[str, int], now: Mapping[str, int]) -> list[tuple[str, int, str]]:
    pairs: dict[tuple[int, int], list[str]] = {}
    for submodule, loser in then.items():
        winner = now.get(submodule, loser)
        if winner != loser:
            pairs.setdefault((loser, winner), []).append(submodule)
    return [(SUPERSEDED, loser, f"{', '.join(parts)}: {winner}") for (loser, winner), parts in sorted(pairs.items())]


def _by_return(parts: Mapping[str, int]) -> list[tuple[int, list[str]]]:
    found: dict[int, list[str]] = {}
    for submodule, return_id in parts.items():
        found.setdefault(return_id, []).append(submodule)
    return sorted(found.items())


def tell_import(connection: Connection, before: Parts, return_id: int, step: str, submodules: Iterable[str], by: str) -> None:
    """Put into the trail what a new return has changed in what counts. before: `parts_of_unit` before it came."""
    moment = now()
    for action, concerned, detail in of_import(before, return_id, step, submodules):
        insert_audit(connection, by, action, concerned, detail, moment)


def take_step(connection: Connection, return_id: int, step: str, by: str, reason: str = "", expected: str | None = None) -> None:
    """Let a return take a step, with its rows in the trail; the caller holds the lock, so nobody can come in between.

    Raises
    ------
    KeyError
        If there is no such return.
    StepRefused
        See `refuse_move`.
    """
    unit, found = unit_and_step(connection, return_id)
    refuse_move(found, step, reason, expected)
    before, moment = parts_of_unit(connection, unit), now()
    insert_step(connection, return_id, step, by, reason, moment)
    insert_audit(connection, by, f"step:{step}", return_id, reason, moment)
    for action, concerned, detail in of_step(before, return_id, step):
        insert_audit(connection, by, action, concerned, detail, moment)


def come_again(connection: Connection, return_id: int, step: str, by: str, file: str) -> str:
    """The same bytes have brought a return again: what becomes of it. The caller holds the lock.

    Returns
    -------
    `submitted`: it was a draft and now comes as submitted. Else nothing changes: `already`, or `sent_back` or `withdrawn` where it
    is there and was sent back or taken back, so that the same file again is no answer.
    """
    insert_audit(connection, by, "import-again", return_id, file, now())
    _, found = unit_and_step(connection, return_id)
    if found == "draft" and step == "submitted":
        take_step(connection, return_id, step, by)
        return "submitted"
    return found if found in ("sent_back", "withdrawn") else "already"


def board(connection: Connection) -> pd.DataFrame:
    """See `Store.board`."""
    newest = select(func.max(t.steps.c.step_id)).group_by(t.steps.c.return_id)
    rows = connection.execute(select(*(t.steps.c[name] for name in STEP_COLUMNS)).where(t.steps.c.step_id.in_(newest)))
    moved = frame(rows.all(), STEP_COLUMNS)
    table = history(connection).merge(moved, on="return_id", how="left", validate="one_to_one")
    repairs = _open_repairs(connection)
    return table.assign(repairs=table["return_id"].map(repairs).fillna(0).astype("int64"))


def _open_repairs(connection: Connection) -> pd.Series:
    """Return -> how many of its answers could not be read, without those of parts that another return has superseded."""
    problem, answer = t.problems.c, t.answers.c
    query = (
        select(problem.return_id, answer.submodule, func.count())
        .join(
            t.answers,
            (answer.return_id == problem.return_id) & (answer.question == problem.question),
            isouter=True,
        )
        .where(problem.severity == "repair")
        .group_by(problem.return_id, answer.submodule)
    )
    found = frame(connection.execute(query).all(), ["return_id", "submodule", "size"])
    parts = returned_parts(connection)
    over = set(parts.loc[parts["standing"] == "superseded", ["return_id", "submodule"]].itertuples(index=False, name=None))
    some = set(parts.loc[parts["standing"] != "superseded", "return_id"])
    kept = [
        return_id in some and (return_id, submodule) not in over
        for return_id, submodule in found[["return_id", "submodule"]].itertuples(index=False, name=None)
    ]
    return found[pd.Series(kept, index=found.index, dtype=bool)].groupby("return_id")["size"].sum()
