"""One return -> the rows of a store. Called inside one transaction: whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import itemgetter

from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from analysis.model import FIRST_STEPS, READINGS, Consent, Contributor, Problem, Return, Status, round_date
from analysis.store import schema as t
from analysis.store.layout import Layout
from analysis.store.schema import kept

#: Of an organization; PostgreSQL can't keep longer ones in an index.
LONGEST_NAME = 200

ANSWER_COLUMNS = [column.name for column in t.answers.columns if column.name != "return_id"]

#: Table -> the fields of what is stored there.
_FIELDS = {
    table.name: [field.name for field in fields(kind)]
    for table, kind in ((t.problems, Problem), (t.contributors, Contributor), (t.consents, Consent))
}

#: Written once: to put a statement together takes longer than to run it.
_UNIT = ("sha256", "instrument", "iso3", "organization", "round", "reading")
_SAME = select(t.returns.c.return_id).where(*(t.returns.c[name] == bindparam(name) for name in _UNIT))
_FILE = select(t.files.c.sha256).where(t.files.c.sha256 == bindparam("sha256"))


@dataclass(frozen=True)
class Stored:
    """What became of a return.

    outcome: `stored`; or, where these bytes had brought it before, `submitted` (it was a draft until now), `already` (nothing
    changes), `sent_back` or `withdrawn` (nothing changes: it was sent back, or the State took it back).
    """

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
        If the return is of another instrument, names no State, round, reading or sub-module, has too long a name, has a problem
        that stops it, does not hold exactly one answer for each question of its sub-modules, or has an answer that is no option.
    """
    if value.instrument != layout.instrument:
        raise ValueError(f"a return of {value.instrument}, not of {layout.instrument}")
    if not value.iso3 or round_date(value.round) is None or value.reading not in READINGS:
        raise ValueError(f"not a State, round and reading: {value.key}")
    if len(value.iso3) > 20 or len(value.organization) > LONGEST_NAME or len(value.language) > 20:
        raise ValueError(f"too long for a store: {value.key}")
    if step not in FIRST_STEPS:
        raise ValueError(f"a return begins as {' or '.join(FIRST_STEPS)}; found {step!r}")
    if any(p.severity == "stop" for p in problems):
        raise ValueError("a problem stops this return from being stored")
    if not value.submodules or not set(value.submodules) <= layout.parts.keys():
        raise ValueError(f"sub-modules of {layout.instrument} are {', '.join(layout.parts)}; found {value.submodules}")
    expected = {layout.questions[i] for name in value.submodules for i in layout.parts[name]}
    if len(value.answers) != len(expected) or {a.question for a in value.answers} != expected:
        raise ValueError(f"{value.key}: not one answer for each question of {', '.join(value.submodules)}")
    for answer in value.answers:
        layout.option(answer.question, answer.code)


def find_same(connection: Connection, value: Return, content: bytes) -> int | None:
    """The return that the same bytes brought before."""
    iso3, organization, round_, reading = value.key
    unit = {"iso3": iso3, "organization": organization, "round": round_, "reading": reading}
    return connection.scalar(_SAME, {"sha256": sha256_of(content), "instrument": value.instrument, **unit})


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
    if connection.scalar(_FILE, {"sha256": sha256}) is None:
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
    notes = insert_answers(connection, return_id, answers, file_name)
    _append(connection, t.parts, return_id, part_rows(value, answers))
    told = ((t.problems, (*problems, *notes)), (t.contributors, value.contributors), (t.consents, value.consents))
    for table, items in told:
        names = _FIELDS[table.name]
        _append(connection, table, return_id, [_row(item, names) | {"position": i} for i, item in enumerate(items)])
    codes = layout.vector(value.submodules, {row[0]: row[3] for row in answers})
    connection.execute(insert(t.vectors), {"return_id": return_id, "layout": layout.hash, "codes": codes.tobytes()})
    insert_step(connection, return_id, step, by, "", moment)
    insert_audit(connection, by, "import", return_id, file_name, moment)
    return return_id


def answer_rows(value: Return, layout: Layout) -> list[tuple]:
    """A row per answer in the instrument's order, as `ANSWER_COLUMNS`."""
    number, submodules, options, rows = layout.number, layout.submodules, layout.options, []
    for a in value.answers:
        question, code = a.question, int(a.code)
        i, option = number[question], options[question][code] if code >= 0 else ""
        said = (question, i, submodules[i], code, option, a.found, a.sheet, a.cell)
        rows.append((*said, a.evidence_grade, a.evidence, a.comment, a.na_reason))
    rows.sort(key=itemgetter(1))
    return rows


def part_rows(value: Return, answers: Sequence[tuple]) -> list[dict]:
    """A row per returned sub-module: questions asked, applicable (not justified as not applicable) and answered."""
    rows = []
    for position, submodule in enumerate(dict.fromkeys(value.submodules)):
        codes = [row[3] for row in answers if row[2] == submodule]
        asked = sum(c != Status.NOT_ASKED for c in codes)
        applicable = asked - sum(c == Status.NA_JUSTIFIED for c in codes)
        answered = sum(c >= 0 for c in codes)
        counts = {"asked": asked, "applicable": applicable, "answered": answered}
        rows.append({"submodule": submodule, "position": position, **counts})
    return rows


def insert_answers(connection: Connection, return_id: int, rows: Sequence[tuple], file: str) -> list[Problem]:
    """Append a return's answers, straight to the driver: they are most of what is stored.

    Returns
    -------
    A note for each answer beside which a character stood that no database can keep.
    """
    fit = [(return_id, *row) for row in rows]
    text = "".join([cell for row in rows for cell in row if cell.__class__ is str])
    notes = []
    if kept(text) != text:
        for i, row in enumerate(fit):
            fit[i] = tuple(kept(cell) if isinstance(cell, str) else cell for cell in row)
            changed = [cell for cell, before in zip(fit[i], row, strict=True) if cell != before]
            if changed:
                notes.append(Problem(file, row[7], row[8], "character-replaced", changed[0], "", row[1], "note"))
    backend = connection.dialect.name
    connection.exec_driver_sql(_insertion(backend), fit if backend == "sqlite" else (json.dumps(fit),))
    return notes


@lru_cache(maxsize=2)
def _insertion(backend: str) -> str:
    """The statement that appends answers: SQLite runs it for each of them; PostgreSQL once, with all rows in one JSON text."""
    columns = [t.answers.c[name] for name in ("return_id", *ANSWER_COLUMNS)]
    into = f"INSERT INTO {t.answers.name} ({', '.join(column.name for column in columns)})"
    if backend == "sqlite":
        return f"{into} VALUES ({', '.join('?' * len(columns))})"
    kinds = ["integer" if column.type.python_type is int else "text" for column in columns]  # a cast to a key would cut it
    cells = ", ".join(f"(cells->>{i})::{kind}" for i, kind in enumerate(kinds))
    return f"{into} SELECT {cells} FROM json_array_elements(%s::json) AS rows(cells)"


def insert_step(connection: Connection, return_id: int, step: str, by: str, reason: str, moment: dt.datetime) -> None:
    """Append a step; the newest counts."""
    row = {"return_id": return_id, "step": step, "changed_by": by, "changed_at": moment, "reason": reason}
    connection.execute(insert(t.steps), row)


def insert_audit(connection: Connection, by: str, action: str, return_id: int | None, detail: str, moment: dt.datetime) -> None:
    """Append to the trail of who did what."""
    row = {"happened_at": moment, "actor": by, "action": action, "return_id": return_id, "detail": detail}
    connection.execute(insert(t.audit), row)


def insert_mapping(connection: Connection, name: str, toml: str, by: str, moment: dt.datetime) -> None:
    """Append a saved mapping; the newest of its name counts."""
    connection.execute(insert(t.mappings), {"name": name, "toml": toml, "saved_by": by, "saved_at": moment})


def replace_vector(connection: Connection, return_id: int, layout: Layout, codes: bytes) -> None:
    """Write a derived vector anew."""
    connection.execute(delete(t.vectors).where(t.vectors.c.return_id == return_id))
    connection.execute(insert(t.vectors), {"return_id": return_id, "layout": layout.hash, "codes": codes})


def _row(item: object, names: Sequence[str]) -> dict:
    return {name: getattr(item, name) for name in names}


def _append(connection: Connection, table: Table, return_id: int, rows: Sequence[dict]) -> None:
    if rows:
        connection.execute(insert(table), [{"return_id": return_id, **row} for row in rows])
