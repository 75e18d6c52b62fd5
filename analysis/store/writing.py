"""One return -> the rows of a store. Called inside one transaction: whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

from sqlalchemy import Connection, Table, delete, insert, select

from analysis.model import READINGS, STEPS, Problem, Return, Status, round_date
from analysis.store import schema as t
from analysis.store.layout import Layout


@dataclass(frozen=True)
class Stored:
    """What became of a return. outcome: `stored`, or `already` when these bytes had brought it before."""

    return_id: int
    outcome: str


@lru_cache(maxsize=1)
def sha256_of(content: bytes) -> str:
    """Hash of a file's bytes; a flat table brings the same ones for each of its many returns."""
    return hashlib.sha256(content).hexdigest()


def now() -> dt.datetime:
    """This moment in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def refuse_unfit(value: Return, problems: Sequence[Problem], layout: Layout, step: str) -> None:
    """Raise for what a caller should never hand over; the checks of a workbook said so before.

    Raises
    ------
    ValueError
        If the return is of another instrument, names no State, round, reading or sub-module, has a problem that stops it,
        does not hold exactly one answer for each question of its sub-modules, or has an answer that is no option.
    """
    if value.instrument != layout.instrument:
        raise ValueError(f"a return of {value.instrument}, not of {layout.instrument}")
    if not value.iso3 or round_date(value.round) is None or value.reading not in READINGS:
        raise ValueError(f"not a State, round and reading: {value.key}")
    if step not in STEPS:
        raise ValueError(f"a step is one of {', '.join(STEPS)}; found {step!r}")
    if any(p.severity == "stop" for p in problems):
        raise ValueError("a problem stops this return from being stored")
    if not value.submodules or not set(value.submodules) <= set(layout.submodules):
        raise ValueError(f"sub-modules of {layout.instrument} are {', '.join(layout.parts)}; found {value.submodules}")
    expected = sorted(
        q for q, submodule in zip(layout.questions, layout.submodules, strict=True) if submodule in value.submodules
    )
    if sorted(a.question for a in value.answers) != expected:
        raise ValueError(f"{value.key}: not one answer for each question of {', '.join(value.submodules)}")
    for answer in value.answers:
        layout.option(answer.question, answer.code)


def find_same(connection: Connection, value: Return, content: bytes) -> int | None:
    """The return that the same bytes brought before."""
    same = t.returns.c
    iso3, organization, round_, reading = value.key
    return connection.scalar(
        select(same.return_id).where(
            same.sha256 == sha256_of(content),
            same.instrument == value.instrument,
            same.iso3 == iso3,
            same.organization == organization,
            same.round == round_,
            same.reading == reading,
        )
    )


def insert_return(
    connection: Connection,
    value: Return,
    problems: Sequence[Problem],
    *,
    file_name: str,
    content: bytes,
    layout: Layout,
    by: str,
    step: str,
) -> int:
    """Append a return with everything that belongs to it; its new number."""
    moment, sha256 = now(), sha256_of(content)
    if connection.scalar(select(t.files.c.sha256).where(t.files.c.sha256 == sha256)) is None:
        connection.execute(insert(t.files), {"sha256": sha256, "size": len(content), "content": content})
    header = {
        "sha256": sha256,
        "file": file_name,
        "instrument": value.instrument,
        "iso3": value.iso3,
        "organization": value.organization,
        "round": value.round,
        "reading": value.reading,
        "date_from": value.date_from,
        "date_to": value.date_to,
        "language": value.language,
        "received_at": moment,
        "imported_by": by,
    }
    return_id = connection.execute(insert(t.returns), header).inserted_primary_key[0]
    answers = answer_rows(value, layout)
    _append(connection, t.answers, return_id, answers)
    _append(connection, t.parts, return_id, part_rows(value, answers))
    for table, items in ((t.problems, problems), (t.contributors, value.contributors), (t.consents, value.consents)):
        _append(connection, table, return_id, [{**asdict(item), "position": i} for i, item in enumerate(items)])
    codes = layout.vector(value.submodules, {row["question"]: row["code"] for row in answers})
    connection.execute(insert(t.vectors), {"return_id": return_id, "layout": layout.hash, "codes": codes.tobytes()})
    insert_step(connection, return_id, step, by, "", moment)
    insert_audit(connection, by, "import", return_id, file_name, moment)
    return return_id


def answer_rows(value: Return, layout: Layout) -> list[dict]:
    """A row per answer in the instrument's order."""
    return [
        {
            "question": a.question,
            "position": layout.number[a.question],
            "submodule": layout.submodules[layout.number[a.question]],
            "code": int(a.code),
            "option": layout.option(a.question, a.code),
            "found": a.found,
            "sheet": a.sheet,
            "cell": a.cell,
            "evidence_grade": a.evidence_grade,
            "evidence": a.evidence,
            "comment": a.comment,
            "na_reason": a.na_reason,
        }
        for a in sorted(value.answers, key=lambda a: layout.number[a.question])
    ]


def part_rows(value: Return, answers: Sequence[dict]) -> list[dict]:
    """A row per returned sub-module: questions asked, applicable (not justified as not applicable) and answered."""
    rows = []
    for position, submodule in enumerate(dict.fromkeys(value.submodules)):
        codes = [row["code"] for row in answers if row["submodule"] == submodule]
        asked = sum(c != Status.NOT_ASKED for c in codes)
        applicable = asked - sum(c == Status.NA_JUSTIFIED for c in codes)
        answered = sum(c >= 0 for c in codes)
        counts = {"asked": asked, "applicable": applicable, "answered": answered}
        rows.append({"submodule": submodule, "position": position, **counts})
    return rows


def insert_step(connection: Connection, return_id: int, step: str, by: str, reason: str, moment: dt.datetime) -> None:
    """Append a step; the newest counts."""
    row = {"return_id": return_id, "step": step, "changed_by": by, "changed_at": moment, "reason": reason}
    connection.execute(insert(t.steps), row)


def insert_audit(connection: Connection, by: str, action: str, return_id: int | None, detail: str, moment: dt.datetime) -> None:
    """Append to the trail of who did what."""
    row = {"happened_at": moment, "actor": by, "action": action, "return_id": return_id, "detail": detail}
    connection.execute(insert(t.audit), row)


def replace_vector(connection: Connection, return_id: int, layout: Layout, codes: bytes) -> None:
    """Write a derived vector anew."""
    connection.execute(delete(t.vectors).where(t.vectors.c.return_id == return_id))
    connection.execute(insert(t.vectors), {"return_id": return_id, "layout": layout.hash, "codes": codes})


def _append(connection: Connection, table: Table, return_id: int, rows: Sequence[dict]) -> None:
    if rows:
        connection.execute(insert(table), [{"return_id": return_id, **row} for row in rows])
