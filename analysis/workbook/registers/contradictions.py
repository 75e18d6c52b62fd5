"""What a register's row says against itself, or leaves out though its status goes with it.

Each is flagged with its cell and asked about; the row can be kept as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from analysis import texts
from analysis.registers.spec import Column, Register, choice_words, heading


def contradictions(
    register: Register, body: Mapping[str, object], today: dt.date | None = None, language: str = "en"
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Where a row contradicts itself, by what its columns declare (`Column.past` and what follows it).

    Parameters
    ----------
    body: column -> value, dates in ISO form. today: the last day that a date of the past may name; None: no date is too late.

    Yields
    ------
    (problem code, the column to look at, the words of the problem), column by column.
    """
    for column in register.columns:
        value = body.get(column.name)
        if column.past and value and today and str(value) > today.isoformat():
            yield "register-date-ahead", column.name, {"found": value, "allowed": today.isoformat()}
        earlier = body.get(column.not_before) if column.not_before else None
        if value and earlier and str(value) < str(earlier):
            both = {"later": heading(column, language), "earlier": heading(register[column.not_before], language)}
            told = texts.text("register.asked.order", language, **both, date=earlier)
            yield "register-dates-reversed", column.name, {"found": value, "allowed": told}
        yield from _by_status(register, column, body, today, language)


def _by_status(
    register: Register, column: Column, body: Mapping[str, object], today: dt.date | None, language: str
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Where what stands in a column, or does not, goes ill with the row's status."""
    value, status = body.get(column.name), str(body.get("status", ""))
    if status in column.wanted_for and not value and not body.get(column.instead):
        words = {"status": choice_words(register["status"], status, language), "column": heading(column, language)}
        if column.instead:
            told = texts.text("register.asked.either", language, **words, other=heading(register[column.instead], language))
        else:
            told = texts.text("register.asked.with", language, **words)
        yield "register-status-needs", column.name, {"allowed": told}
    if column.only_for and value and status not in column.only_for:
        fitting = ", ".join(f"“{choice_words(register['status'], one, language)}”" for one in column.only_for)
        words = {"status": choice_words(register["status"], status, language), "column": heading(column, language)}
        told = texts.text("register.asked.only", language, **words, fitting=fitting)
        yield "register-status-differs", column.name, {"found": value, "allowed": told}
    if column.ends and status == column.ends and value and today and str(value) < today.isoformat():
        yield "register-window-over", column.name, {"found": value, "allowed": today.isoformat()}
