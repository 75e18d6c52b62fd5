"""Rows of a store -> the Return they came from: one as it was imported, or the parts that count put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd
from sqlalchemy import Connection, select

from analysis.model import Answer, Consent, Contributor, Return, round_date
from analysis.store import schema as t
from analysis.store.layout import Layout
from analysis.store.panels import newest_steps
from analysis.store.standing import counting

HEADER = ("instrument", "iso3", "organization", "round", "reading", "date_from", "date_to", "language")
ANSWER = ("question", "code", "found", "sheet", "cell", "evidence_grade", "evidence", "comment", "na_reason")


def stored_return(connection: Connection, return_id: int, layout: Layout | None = None) -> Return:
    """See `Store.return_of`."""
    of = t.returns.c
    head = connection.execute(select(*(of[n] for n in HEADER)).where(of.return_id == return_id)).mappings().first()
    if head is None:
        raise KeyError(f"no return {return_id}")
    part = t.parts.c
    submodules = tuple(connection.scalars(select(part.submodule).where(part.return_id == return_id).order_by(part.position)))
    who, consents = _people(connection, [return_id])
    return Return(
        head["instrument"], head["iso3"], head["organization"], head["round"], head["reading"], submodules,
        _answers(connection, dict.fromkeys(submodules, return_id), layout)[0],
        head["date_from"], head["date_to"], head["language"], who, consents,
    )  # fmt: skip


def counting_return(
    connection: Connection,
    unit: Mapping[str, str],
    *,
    round: str | None = None,
    before: str | None = None,
    drafts: bool = False,
    layout: Layout | None = None,
) -> Return | None:
    """See `Store.newest_return`. unit: instrument, iso3, organization, reading."""
    parts = _counting_parts(connection, unit, drafts)
    rounds = sorted(set(parts["round"]), key=lambda label: (round_date(label), label))
    if round is not None:
        rounds = [label for label in rounds if label == round]
    if before is not None:
        rounds = [label for label in rounds if round_date(label) < round_date(before)]
    if not rounds:
        return None
    chosen = parts[parts["round"] == rounds[-1]]
    return _assembled(connection, dict(zip(chosen["submodule"], map(int, chosen["return_id"]), strict=True)), layout)


def _counting_parts(connection: Connection, unit: Mapping[str, str], drafts: bool) -> pd.DataFrame:
    """The parts that count of a State, organization and reading, of every round."""
    steps = newest_steps().subquery()
    of, part = t.returns.c, t.parts.c
    query = (
        select(of.round, of.return_id, steps.c.step, part.submodule)
        .join(t.parts, part.return_id == of.return_id)
        .join(steps, steps.c.return_id == of.return_id)
        .where(*(of[name] == value for name, value in unit.items()))
    )
    parts = pd.DataFrame(connection.execute(query).all(), columns=["round", "return_id", "step", "submodule"])
    return counting(parts.assign(unit=parts["round"]), drafts=drafts)


def _assembled(connection: Connection, parts: Mapping[str, int], layout: Layout | None) -> Return:
    """One Return of several: each sub-module from the return that counts for it, what belongs to a return as a whole from the newest."""
    of, ids = t.returns.c, sorted(set(parts.values()))
    query = select(*(of[n] for n in HEADER)).where(of.return_id.in_(ids)).order_by(of.return_id)
    heads = connection.execute(query).mappings().all()
    newest = heads[-1]
    since = [head["date_from"] for head in heads if head["date_from"]]
    until = [head["date_to"] for head in heads if head["date_to"]]
    answers, submodules = _answers(connection, parts, layout)
    who, consents = _people(connection, ids)
    return Return(
        *(newest[name] for name in ("instrument", "iso3", "organization", "round", "reading")),
        submodules,
        answers,
        min(since, default=None),
        max(until, default=None),
        newest["language"],
        who,
        consents,
    )


def _answers(
    connection: Connection, parts: Mapping[str, int], layout: Layout | None
) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    """The answers of some sub-modules, each of its own return, and these sub-modules; both in the instrument's order."""
    row = t.answers.c
    names = [row.position, row.option, row.submodule, row.return_id, *(row[n] for n in ANSWER)]
    query = select(*names).where(row.return_id.in_(sorted(set(parts.values())))).order_by(row.position, row.question)
    found, submodules = [], {}
    for one in connection.execute(query).mappings():
        if parts.get(one["submodule"]) == one["return_id"]:
            values = {name: one[name] for name in ANSWER}
            code = one["code"] if layout is None else layout.code(one["question"], one["option"], one["code"])
            found.append(Answer(**{**values, "code": code}))
            submodules[one["submodule"]] = None
    return tuple(found), tuple(submodules)


def _people(connection: Connection, return_ids: Collection[int]) -> tuple[tuple[Contributor, ...], tuple[Consent, ...]]:
    """(who contributed to any of some returns, what the newest of them consents to)."""
    of, given = t.contributors.c, t.consents.c
    query = select(of.organization, of.sector, of.part).where(of.return_id.in_(list(return_ids)))
    who = dict.fromkeys(Contributor(*row) for row in connection.execute(query.order_by(of.return_id, of.position)))
    query = select(given.audience, given.tier, given.given_by, given.given_on, given.expires_on)
    rows = connection.execute(query.where(given.return_id == max(return_ids)).order_by(given.position))
    return tuple(who), tuple(Consent(*row) for row in rows)
