"""A store of returns: add, read, panel, steps. What is stored is never changed; a resubmission supersedes."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import pandas as pd
from sqlalchemy import Connection, Engine, func, select, update

from analysis.instrument import Instrument
from analysis.model import STEPS, Panel, Problem, Return
from analysis.store import schema as t
from analysis.store.engine import engine_of, keep_apart, make_tables, writer
from analysis.store.frames import frame
from analysis.store.history import HEADER, history, returned_parts
from analysis.store.layout import Layout
from analysis.store.panels import load_panel, vectors_from_rows
from analysis.store.writing import Stored, find_same, insert_audit, insert_return, insert_step, now, refuse_unfit, replace_vector


def open_store(url: str, *, sample: bool | None = None) -> Store:
    """The store behind a URL (`sqlite:///path` or another of SQLAlchemy's); its tables are made where it is new.

    sample: for fictional or for real States. The first one to say so marks the store; nobody else gets in. None: as it is.

    Raises
    ------
    WrongSchema
        If its tables are those of another version.
    WrongStates
        If the store is marked for the others.
    """
    engine = engine_of(url)
    try:
        make_tables(engine)
        if sample is not None:
            keep_apart(engine, sample)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


class Store:
    """Returns with their bytes, answers, problems, steps and trail. Safe to share between threads."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._writer = writer(engine)
        self._layouts: WeakKeyDictionary[Instrument, Layout] = WeakKeyDictionary()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def version(self) -> str:
        """Changes with every commit that changes what a reader sees; two stores never share one. One look by key."""
        with self._engine.connect() as connection:
            found = dict(connection.execute(select(t.meta).where(t.meta.c.name.in_(["identity", "version"]))).all())
        return f"{found['identity']}.{found['version']}"

    # Writing

    def add(
        self,
        value: Return,
        problems: Sequence[Problem],
        *,
        file_name: str,
        content: bytes,
        instrument: Instrument,
        by: str,
        step: str = "submitted",
    ) -> Stored:
        """Store one return in one transaction: whole or not at all.

        Parameters
        ----------
        content: the file's bytes as they came; kept once, also where a file holds many returns.

        Returns
        -------
        outcome `already` and the earlier number when the same bytes brought the same unit's return before.

        Raises
        ------
        ValueError
            If the return can't be stored as it is (`writing.refuse_unfit`).
        """
        layout = self._layout(instrument)
        refuse_unfit(value, problems, layout, step)
        with self._writer.begin() as connection:
            _lock(connection)
            same = find_same(connection, value, content)
            if same is not None:
                insert_audit(connection, by, "import-again", same, file_name, now())
                return Stored(same, "already")
            how = {"file_name": file_name, "content": content, "layout": layout, "by": by, "step": step}
            return_id = insert_return(connection, value, problems, **how)
            _changed(connection)
        return Stored(return_id, "stored")

    def set_step(self, return_id: int, step: str, by: str, reason: str = "") -> None:
        """Append a step to a return; the newest counts.

        Raises
        ------
        KeyError
            If there is no such return.
        ValueError
            If the step is not one of `STEPS`.
        """
        if step not in STEPS:
            raise ValueError(f"a step is one of {', '.join(STEPS)}; found {step!r}")
        return_id = int(return_id)
        with self._writer.begin() as connection:
            _lock(connection)
            _known(connection, return_id)
            moment = now()
            insert_step(connection, return_id, step, by, reason, moment)
            insert_audit(connection, by, f"step:{step}", return_id, reason, moment)
            _changed(connection)

    def rebuild_vectors(self, instrument: Instrument) -> int:
        """Write every vector of an instrument's returns again, from the rows; how many were not as they should be.

        Needed after the order of an instrument's questions or options was changed: until then `panel` makes the vectors anew
        at each call.
        """
        with self._writer.begin() as connection:
            _lock(connection)
            returns, vectors, layout = t.returns.c, t.vectors.c, self._layout(instrument)
            stored = connection.execute(
                select(returns.return_id, vectors.layout, vectors.codes)
                .join(t.vectors, vectors.return_id == returns.return_id, isouter=True)
                .where(returns.instrument == instrument.id)
            ).all()
            made = vectors_from_rows(connection, layout, [row.return_id for row in stored])
            pairs = zip(stored, (v.tobytes() for v in made), strict=True)
            wrong = [(row.return_id, codes) for row, codes in pairs if (row.layout, row.codes) != (layout.hash, codes)]
            for return_id, codes in wrong:
                replace_vector(connection, return_id, layout, codes)
            if wrong:
                _changed(connection)
        return len(wrong)

    # Reading

    def panel(self, instrument: Instrument, *, drafts: bool = False) -> Panel:
        """The answers that count, one row per (iso3, organization, round, reading), put together sub-module by sub-module.

        Of each part counts the newest validated return, else the newest submitted; a draft only with `drafts` and where there is
        neither; a return that was sent back never. Parts that were not returned hold NOT_RETURNED.

        Returns
        -------
        index: sorted by iso3, organization, round_date, reading; `received_at` (UTC) is the latest, `date_from` the first and
        `date_to` the last of the returns that feed a row. codes are read-only.

        Raises
        ------
        KeyError
            If a stored answer is to a question or option that the instrument no longer has.

        Source
        ------
        scoring.md section 2, "Whose score".
        """
        with self._engine.begin() as connection:
            return load_panel(connection, self._layout(instrument), drafts=drafts)

    def instruments(self) -> list[str]:
        """Instruments that something was returned to, the one with the newest return first."""
        of = t.returns.c.instrument
        with self._engine.begin() as connection:
            return list(connection.scalars(select(of).group_by(of).order_by(func.max(t.returns.c.return_id).desc())))

    def returns(self) -> pd.DataFrame:
        """Every return ever stored, the newest first.

        Returns
        -------
        return_id, file, sha256, instrument, iso3, organization, round, reading, received_at, imported_by, submodules and counts
        (codes joined by ", ": what it holds, and what of it counts now), step, asked, applicable, answered (numbers of questions),
        problems (number), standing (`counts`, `counts_in_part`, `superseded`, `waiting`, `draft`, `sent_back`), superseded_by
        (numbers of the returns that count instead, joined by ", ").
        """
        with self._engine.begin() as connection:
            return history(connection)

    def parts(self) -> pd.DataFrame:
        """Every returned sub-module of every return.

        Returns
        -------
        return_id, instrument, iso3, organization, round, reading, step, submodule, asked, applicable, answered, standing
        (`counts`, `superseded`, `waiting`, `draft`, `sent_back`), superseded_by (NA unless superseded).
        """
        with self._engine.begin() as connection:
            return returned_parts(connection)

    def existing(self, sha256: str) -> pd.DataFrame:
        """The returns that a file with this hash brought before; no row for bytes never seen.

        Returns
        -------
        return_id, file, sha256, instrument, iso3, organization, round, reading, received_at, imported_by. A file may hold more
        returns than were stored of it: `add` alone decides.
        """
        query = select(*(t.returns.c[n] for n in HEADER)).where(t.returns.c.sha256 == sha256).order_by(t.returns.c.return_id)
        with self._engine.begin() as connection:
            return frame(connection.execute(query), HEADER)

    def answers(self, return_id: int) -> pd.DataFrame:
        """The answers of a return in the instrument's order.

        Returns
        -------
        question, submodule, code, option, found, sheet, cell, evidence_grade (NA where none was given), evidence, comment, na_reason.
        """
        names = ["question", "submodule", "code", "option", "found", "sheet", "cell"]
        return self._of_return(t.answers, return_id, [*names, "evidence_grade", "evidence", "comment", "na_reason"])

    def problems(self, return_id: int) -> pd.DataFrame:
        """The problems a return was stored with: file, sheet, cell, code, found, allowed, question, severity, suggestion."""
        names = ["file", "sheet", "cell", "code", "found", "allowed", "question", "severity", "suggestion"]
        return self._of_return(t.problems, return_id, names, code="str")

    def contributors(self, return_id: int) -> pd.DataFrame:
        """Who answered: organization, sector, part."""
        return self._of_return(t.contributors, return_id, ["organization", "sector", "part"])

    def consents(self, return_id: int) -> pd.DataFrame:
        """What each audience may see: audience, tier, given_by, given_on, expires_on. No row means `nothing`."""
        return self._of_return(t.consents, return_id, ["audience", "tier", "given_by", "given_on", "expires_on"])

    def steps(self, return_id: int) -> pd.DataFrame:
        """What a return was made to be, the oldest first: step, changed_by, changed_at, reason."""
        return self._of_return(t.steps, return_id, ["step", "changed_by", "changed_at", "reason"], order="step_id")

    def original(self, return_id: int) -> tuple[str, bytes]:
        """The file a return came in, byte for byte: its name and content."""
        query = (
            select(t.returns.c.file, t.files.c.content)
            .join(t.files, t.files.c.sha256 == t.returns.c.sha256)
            .where(t.returns.c.return_id == int(return_id))
        )
        with self._engine.begin() as connection:
            _known(connection, int(return_id))
            file, content = connection.execute(query).one()
        return file, content

    def trace(self, panel: Panel, row: int, question: str) -> dict:
        """The way back from a code of a panel to the cell it came from.

        Returns
        -------
        return_id, file, sha256, sheet, cell, found, code, option, evidence_grade, evidence, comment, na_reason, imported_by,
        received_at; empty where the part was not returned.
        """
        parts = panel.parts[panel.parts["row"] == row]
        answer, of = t.answers.c, t.returns.c
        columns = [answer.sheet, answer.cell, answer.found, answer.code, answer.option]
        columns += [answer.evidence_grade, answer.evidence, answer.comment, answer.na_reason]
        query = (
            select(of.return_id, of.file, of.sha256, *columns, of.imported_by, of.received_at, answer.submodule)
            .join(t.returns, of.return_id == answer.return_id)
            .where(answer.question == question, answer.return_id.in_(parts["return_id"].unique().tolist()))
        )
        counts = set(zip(parts["submodule"], parts["return_id"], strict=True))
        with self._engine.begin() as connection:
            for found in connection.execute(query).mappings():
                if (found["submodule"], found["return_id"]) in counts:
                    return {name: value for name, value in found.items() if name != "submodule"}
        return {}

    def audit(self) -> pd.DataFrame:
        """The trail, oldest first: audit_id, happened_at, actor, action (`import`, `import-again`, `step:...`), return_id, detail."""
        names = ["audit_id", "happened_at", "actor", "action", "return_id", "detail"]
        with self._engine.begin() as connection:
            rows = connection.execute(select(*(t.audit.c[n] for n in names)).order_by(t.audit.c.audit_id))
            return frame(rows, names, return_id="Int64")

    def _layout(self, instrument: Instrument) -> Layout:
        if instrument not in self._layouts:
            self._layouts[instrument] = Layout(instrument)
        return self._layouts[instrument]

    def _of_return(self, table, return_id: int, names: Sequence[str], order: str = "position", **kinds: str) -> pd.DataFrame:
        query = select(*(table.c[n] for n in names)).where(table.c.return_id == int(return_id)).order_by(table.c[order])
        with self._engine.begin() as connection:
            _known(connection, int(return_id))
            return frame(connection.execute(query), names, **kinds)


def _lock(connection: Connection) -> None:
    """One writer at a time in every database, so that a higher number is always a later commit."""
    connection.execute(select(t.meta.c.value).where(t.meta.c.name == "version").with_for_update())


def _changed(connection: Connection) -> None:
    """Raise the version; the caller holds the lock."""
    row = t.meta.c
    value = int(connection.scalar(select(row.value).where(row.name == "version")))
    connection.execute(update(t.meta).where(row.name == "version").values(value=str(value + 1)))


def _known(connection: Connection, return_id: int) -> None:
    if connection.scalar(select(t.returns.c.return_id).where(t.returns.c.return_id == return_id)) is None:
        raise KeyError(f"no return {return_id}")
