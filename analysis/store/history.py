"""The history of a store: every return ever stored, and what of it counts now."""

from __future__ import annotations

from itertools import groupby

import pandas as pd
from sqlalchemy import Connection, func, select

from analysis.store import schema as t
from analysis.store.frames import frame
from analysis.store.panels import newest_steps
from analysis.store.standing import standings, unit_numbers

HEADER = ["return_id", "file", "sha256", "instrument", "iso3", "organization", "round", "reading", "received_at", "imported_by"]
SUMMARY = ["return_id", "submodules", "counts", "step", "asked", "applicable", "answered", "standing", "superseded_by"]


def returned_parts(connection: Connection) -> pd.DataFrame:
    """See `Store.parts`."""
    steps = newest_steps().subquery()
    of, part = t.returns.c, t.parts.c
    header = ["return_id", "instrument", "iso3", "organization", "round", "reading"]
    counted = ["submodule", "asked", "applicable", "answered"]
    query = (
        select(*(of[n] for n in header), steps.c.step, *(part[n] for n in counted))
        .join(t.parts, part.return_id == of.return_id)
        .join(steps, steps.c.return_id == of.return_id)
        .order_by(of.return_id, part.position)
    )
    parts = frame(connection.execute(query).all(), [*header, "step", *counted])
    return standings(parts.assign(unit=unit_numbers(parts))).drop(columns="unit")


def history(connection: Connection) -> pd.DataFrame:
    """See `Store.returns`."""
    number = select(t.problems.c.return_id, func.count().label("n")).group_by(t.problems.c.return_id).subquery()
    query = (
        select(*(t.returns.c[n] for n in HEADER), func.coalesce(number.c.n, 0))
        .join(number, number.c.return_id == t.returns.c.return_id, isouter=True)
        .order_by(t.returns.c.return_id.desc())
    )
    returns = frame(connection.execute(query).all(), [*HEADER, "problems"])
    parts = returned_parts(connection).to_dict("records")
    told = [_summary(return_id, list(rows)) for return_id, rows in groupby(parts, key=lambda part: part["return_id"])]
    summaries = frame(told, SUMMARY, superseded_by="str")
    return returns.merge(summaries, on="return_id", how="left", validate="one_to_one")


def _summary(return_id: int, parts: list[dict]) -> tuple:
    """One return's parts in a line."""
    counts = [part["submodule"] for part in parts if part["standing"] == "counts"]
    found = {part["standing"] for part in parts}
    if counts:
        standing = "counts" if len(counts) == len(parts) else "counts_in_part"
    else:
        standing = "waiting" if "waiting" in found else found.pop()
    instead = sorted({part["superseded_by"] for part in parts if part["standing"] == "superseded"})
    numbers = [sum(part[name] for part in parts) for name in ("asked", "applicable", "answered")]
    submodules = ", ".join(part["submodule"] for part in parts)
    return (return_id, submodules, ", ".join(counts), parts[0]["step"], *numbers, standing, ", ".join(map(str, instead)))
