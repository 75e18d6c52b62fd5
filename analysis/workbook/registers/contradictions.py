"""What a register's row says against itself. Each is flagged with its cell and asked about; the row can be kept as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from analysis.registers.spec import Register, heading


def contradictions(
    register: Register, body: Mapping[str, object], today: dt.date | None = None, language: str = "en"
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Where a row contradicts itself, by what its columns declare (`Column.past`, `not_before`, `reason_for`).

    Parameters
    ----------
    body: column -> value, dates in ISO form. today: the last day that a date of the past may name; None: no date is too late.

    Yields
    ------
    (problem code, the column to look at, the words of the problem), column by column.
    """
    for column in register.columns:
        value = body.get(column.name)
        if column.reason_for and body.get("status") == column.reason_for and not value:
            yield "register-reason-missing", column.name, {"allowed": heading(column, language)}
        if column.past and value and today and str(value) > today.isoformat():
            yield "register-date-ahead", column.name, {"found": value, "allowed": today.isoformat()}
        earlier = body.get(column.not_before) if column.not_before else None
        if value and earlier and str(value) < str(earlier):
            told = f"{heading(register[column.not_before], language)}: {earlier}"
            yield "register-dates-reversed", column.name, {"found": value, "allowed": told}
