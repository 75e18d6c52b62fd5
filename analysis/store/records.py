"""What people write down beside the returns: weight sets, groups, lessons, targets. Each kind has a form of its own, kept as JSON.

The store knows kinds and keys only; what stands in a body is the business of the part that writes it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from analysis.store import schema as t
from analysis.store.frames import frame

LONGEST_KIND, LONGEST_KEY = 40, 200
COLUMNS = ["key", "body", "saved_by", "saved_at", "first_saved_at"]


def checked(kind: str, bodies: Mapping[str, Mapping | None]) -> dict[str, str]:
    """Key -> body as it is stored; None takes a record back.

    Raises
    ------
    ValueError
        If a kind or key is empty or too long, or a body is no JSON object.
    """
    if not 0 < len(kind) <= LONGEST_KIND:
        raise ValueError(f"a kind of record has a name of 1 to {LONGEST_KIND} characters")
    found = {}
    for key, body in bodies.items():
        if not 0 < len(key) <= LONGEST_KEY or key != key.strip():
            raise ValueError(f"a record has a name of 1 to {LONGEST_KEY} characters without spaces around it; found {key!r}")
        if body is not None and not isinstance(body, Mapping):
            raise ValueError(f"the body of {key!r} is no table of names and values")
        try:
            found[key] = "" if body is None else json.dumps(dict(body), ensure_ascii=False, sort_keys=True, allow_nan=False)
        except TypeError as error:
            raise ValueError(f"the body of {key!r} can't be kept: {error}") from error
    return found


def insert_records(connection: Connection, kind: str, bodies: Mapping[str, str], by: str, moment: dt.datetime) -> None:
    """Append records; what each was before stays."""
    rows = [{"kind": kind, "key": key, "body": body, "saved_by": by, "saved_at": moment} for key, body in bodies.items()]
    connection.execute(insert(t.records), rows)


def newest(connection: Connection, kind: str) -> pd.DataFrame:
    """See `Store.records`."""
    of = t.records.c
    ends = select(func.max(of.record_id).label("last"), func.min(of.saved_at).label("first_saved_at"))
    ends = ends.where(of.kind == kind).group_by(of.key).subquery()
    query = select(of.key, of.body, of.saved_by, of.saved_at, ends.c.first_saved_at).join(ends, ends.c.last == of.record_id)
    rows = connection.execute(query.where(of.body != "")).all()
    return _read(sorted(map(tuple, rows), key=lambda row: row[0]), COLUMNS)


def history(connection: Connection, kind: str, key: str) -> pd.DataFrame:
    """See `Store.record_history`."""
    of = t.records.c
    query = select(of.key, of.body, of.saved_by, of.saved_at).where(of.kind == kind, of.key == key).order_by(of.record_id)
    return _read([tuple(row) for row in connection.execute(query)], COLUMNS[:-1])


def _read(rows: list[tuple], names: list[str]) -> pd.DataFrame:
    return frame([(key, json.loads(body) if body else None, *rest) for key, body, *rest in rows], names, body="object")
