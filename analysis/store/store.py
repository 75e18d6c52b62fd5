"""A store of returns: add, read, panel, steps. What is stored is never changed; a resubmission supersedes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, Integer, Text, cast, func, select, update

from analysis.instrument import Instrument
from analysis.model import STEPS, Panel, Problem, Return, round_date
from analysis.store import records
from analysis.store import schema as t
from analysis.store.engine import engine_of, reader, writer
from analysis.store.evidence import grades
from analysis.store.frames import frame
from analysis.store.history import HEADER, history, returned_parts
from analysis.store.layout import Layout
from analysis.store.opening import keep_apart, prepare
from analysis.store.panels import load_panel, vectors_from_rows
from analysis.store.returned import counting_return, stored_return
from analysis.store.review import board, come_again, parts_of_unit, take_step, tell_import
from analysis.store.standing import UNIT
from analysis.store.trace import CELLS, cell_rows, cells
from analysis.store.writing import (
    Stored,
    find_same,
    insert_audit,
    insert_mapping,
    insert_return,
    now,
    refuse_unfit,
    replace_vector,
)


def open_store(url: str, *, sample: bool | None = None) -> Store:
    """The store behind a URL (`sqlite:///path`, `postgresql://user@host/name`); made where it is new, upgraded where it is older.

    sample: for fictional or for real States. The first one to say so marks the store; nobody else gets in. None: as it is.

    Raises
    ------
    WrongSchema
        If its tables are those of a newer version, or not a store's.
    WrongStates
        If the store is marked for the others.
    StoreUnavailable
        If it can't be used now: full disk, no right to write, locked, damaged, server away. Every method may raise it.
    """
    engine = engine_of(url)
    try:
        prepare(engine)
        if sample is not None:
            keep_apart(engine, sample)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


class Store:
    """Returns with their bytes, answers, problems, steps and trail. Safe to share between threads."""

    def __init__(self, engine: Engine):
        self._engine = reader(engine)
        self._writer = writer(engine)
        self._layouts: WeakKeyDictionary[Instrument, Layout] = WeakKeyDictionary()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def version(self) -> str:
        """Changes with every commit that changes what a reader sees; two stores never share one. One look by key."""
        with self._engine.begin() as connection:
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
        The earlier number and what `Stored` says of it when the same bytes brought the same unit's return before. A draft that
        comes again as submitted is submitted from then on.

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
                outcome = come_again(connection, same, step, by, file_name)
                if outcome == "submitted":
                    _changed(connection)
                return Stored(same, outcome)
            before = parts_of_unit(connection, dict(zip(UNIT, (value.instrument, *value.key), strict=True)))
            how = {"file_name": file_name, "content": content, "layout": layout, "by": by, "step": step}
            return_id = insert_return(connection, value, problems, **how)
            tell_import(connection, before, return_id, step, value.submodules, by)
            _changed(connection)
        return Stored(return_id, "stored")

    def set_step(self, return_id: int, step: str, by: str, reason: str = "", *, expected: str | None = None) -> None:
        """Let a return take a step; the newest counts. Its answers never change: a validated return changes only by superseding.

        Parameters
        ----------
        expected: the step that the caller saw. Of two who decide at once, the second one is refused.

        Raises
        ------
        KeyError
            If there is no such return.
        ValueError
            If the step is not one of `STEPS`.
        StepRefused
            If it is not at the step expected, may not go from there to this one (`model.MOVES`), or a reason must be given.
        """
        if step not in STEPS:
            raise ValueError(f"a step is one of {', '.join(STEPS)}; found {step!r}")
        with self._writer.begin() as connection:
            _lock(connection)
            take_step(connection, int(return_id), step, by, reason, expected)
            _changed(connection)

    def note(self, action: str, detail: str, by: str, return_id: int | None = None) -> None:
        """Add a row to the trail for what happens outside the tables: an export, an original handed out, a backup. Nothing else changes.

        Raises
        ------
        ValueError
            If the action is empty or longer than 200 characters.
        KeyError
            If there is no such return.
        """
        if not 0 < len(action) <= 200:
            raise ValueError("an action has a name of 1 to 200 characters")
        with self._writer.begin() as connection:
            if return_id is not None:
                _known(connection, int(return_id))
            insert_audit(connection, by, action, return_id if return_id is None else int(return_id), detail, now())

    def save_mapping(self, name: str, toml: str, by: str) -> None:
        """Keep how a table is read, under a name; one of the same name is superseded, never changed.

        Raises
        ------
        ValueError
            If the name is empty or longer than 200 characters.
        """
        name = name.strip()
        if not 0 < len(name) <= 200:
            raise ValueError("a mapping has a name of 1 to 200 characters")
        with self._writer.begin() as connection:
            _lock(connection)
            moment = now()
            insert_mapping(connection, name, toml, by, moment)
            insert_audit(connection, by, "save-mapping", None, name, moment)

    def save_records(self, kind: str, bodies: Mapping[str, Mapping | None], by: str) -> None:
        """Write down records of a kind, key -> body (JSON), all or none. The newest of a key counts; a body of None takes it back.

        Nothing is changed: what a key said before stays in `record_history`. `version` stays as it is, for no answer has changed.

        Raises
        ------
        ValueError
            If a kind or key is empty or too long, or a body is no JSON object.
        """
        written = records.checked(kind, bodies)
        if not written:
            return
        with self._writer.begin() as connection:
            _lock(connection)
            moment = now()
            records.insert_records(connection, kind, written, by, moment)
            insert_audit(connection, by, f"save-{kind}", None, ", ".join(written), moment)

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

    def panel(self, instrument: Instrument, *, drafts: bool = False, until: int | None = None) -> Panel:
        """The answers that count, one row per (iso3, organization, round, reading), put together sub-module by sub-module.

        Of each part counts the newest validated return, else the newest submitted; a draft only with `drafts` and where there is
        neither; a return that was sent back or withdrawn never. Parts that were not returned hold NOT_RETURNED.

        Parameters
        ----------
        until : the panel as it was when the step of this number (`steps_since`) was the newest; None for now.

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
            return load_panel(connection, self._layout(instrument), drafts=drafts, until=until)

    def instruments(self) -> list[str]:
        """Instruments that something was returned to, the one with most returns first; of as many, the one with the newest.

        So a page does not turn to a new edition when its first return comes in.
        """
        of, number = t.returns.c.instrument, t.returns.c.return_id
        with self._engine.begin() as connection:
            return list(connection.scalars(select(of).group_by(of).order_by(func.count().desc(), func.max(number).desc())))

    def returns(self) -> pd.DataFrame:
        """Every return ever stored, the newest first.

        Returns
        -------
        return_id, file, sha256, instrument, iso3, organization, round, reading, received_at, imported_by, submodules and counts
        (codes joined by ", ": what it holds, and what of it counts now), step, asked, applicable, answered (numbers of questions),
        problems (number), standing (`counts`, `counts_in_part`, `superseded`, `waiting`, `draft`, `sent_back`, `withdrawn`),
        superseded_by (numbers of the returns that count instead, joined by ", ").
        """
        with self._engine.begin() as connection:
            return history(connection)

    def parts(self) -> pd.DataFrame:
        """Every returned sub-module of every return.

        Returns
        -------
        return_id, instrument, iso3, organization, round, reading, step, submodule, asked, applicable, answered, standing
        (`counts`, `superseded`, `waiting`, `draft`, `sent_back`, `withdrawn`), superseded_by (NA unless superseded).
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

    def return_of(self, return_id: int, instrument: Instrument | None = None) -> Return:
        """A return as it was imported, made again from its rows.

        Parameters
        ----------
        instrument : where its options may have been listed anew since: codes then follow the stored options.

        Raises
        ------
        KeyError
            If there is no such return, or the instrument no longer has one of its answers.
        """
        with self._engine.begin() as connection:
            return stored_return(connection, int(return_id), self._layout(instrument) if instrument else None)

    def newest_return(
        self,
        instrument_id: str,
        iso3: str,
        organization: str = "",
        reading: str = "self",
        *,
        round: str | None = None,
        before: str | None = None,
        drafts: bool = False,
        instrument: Instrument | None = None,
    ) -> Return | None:
        """What counts of a State, organization and reading as one Return, put together sub-module by sub-module as in `panel`.

        Parameters
        ----------
        round : that round; else the newest. before : only rounds that begin earlier than this one. drafts, instrument : as in
            `panel` and `return_of`.

        Returns
        -------
        None where nothing counts. Contributors are those of every return that feeds it; consent is that of the newest.
        """
        unit = {"instrument": instrument_id, "iso3": iso3, "organization": organization, "reading": reading}
        layout = self._layout(instrument) if instrument else None
        with self._engine.begin() as connection:
            return counting_return(connection, unit, round=round, before=before, drafts=drafts, layout=layout)

    def earlier_return(
        self,
        instrument: Instrument,
        known: Mapping[str, Instrument],
        iso3: str,
        organization: str = "",
        reading: str = "self",
    ) -> Return | None:
        """The newest return that the form of an instrument can be filled in from, as `newest_return` puts it together.

        Returns
        -------
        A return to the instrument itself or to an edition that its crosswalk leads from (of those in `known`); None where there is
        none. Of two of one round the one to the instrument itself.
        """
        led = set(instrument.crosswalk["from_instrument"])
        ids = [name for name in known if name == instrument.id or name in led or "" in led]
        found = [self.newest_return(name, iso3, organization, reading, instrument=known[name]) for name in ids]
        return max(
            (one for one in found if one is not None),
            key=lambda one: (round_date(one.round), one.instrument == instrument.id),
            default=None,
        )

    def problems(self, return_id: int) -> pd.DataFrame:
        """The problems a return was stored with: file, sheet, cell, code, found, allowed, question, severity, suggestion."""
        names = ["file", "sheet", "cell", "code", "found", "allowed", "question", "severity", "suggestion"]
        return self._of_return(t.problems, return_id, names, code="str")

    def contributors(self, return_id: int) -> pd.DataFrame:
        """Who answered: organization, sector, part."""
        return self._of_return(t.contributors, return_id, ["organization", "sector", "part"])

    def contributors_of_all(self) -> pd.DataFrame:
        """What every return says of who answered: return_id, sector, part. Names of offices are not among it."""
        names = ["return_id", "sector", "part"]
        query = select(*(t.contributors.c[n] for n in names)).order_by(t.contributors.c.return_id, t.contributors.c.position)
        with self._engine.begin() as connection:
            return frame(connection.execute(query), names)

    def consents(self, return_id: int) -> pd.DataFrame:
        """What each audience may see: audience, tier, given_by, given_on, expires_on. No row means `nothing`."""
        return self._of_return(t.consents, return_id, ["audience", "tier", "given_by", "given_on", "expires_on"])

    def steps(self, return_id: int) -> pd.DataFrame:
        """What a return was made to be, the oldest first: step, changed_by, changed_at, reason."""
        return self._of_return(t.steps, return_id, ["step", "changed_by", "changed_at", "reason"], order="step_id")

    def newest_step(self) -> int:
        """Number of the newest step that any return has taken, 0 in an empty store. It grows with everything that changes what counts."""
        with self._engine.begin() as connection:
            return connection.scalar(select(func.max(t.steps.c.step_id))) or 0

    def steps_since(self, step_id: int) -> pd.DataFrame:
        """Steps taken after the one of a number, oldest first: step_id, return_id, instrument, iso3, organization, round, reading, step, changed_by,
        changed_at, first (whether it is the return's first step: it came in)."""
        of, unit = t.steps.c, ["instrument", "iso3", "organization", "round", "reading"]
        names = ["step", "changed_by", "changed_at"]
        first = select(func.min(of.step_id)).group_by(of.return_id)
        query = (
            select(of.step_id, of.return_id, *(t.returns.c[n] for n in unit), *(of[n] for n in names), of.step_id.in_(first))
            .join(t.returns, t.returns.c.return_id == of.return_id)
            .where(of.step_id > int(step_id))
            .order_by(of.step_id)
        )
        with self._engine.begin() as connection:
            rows = connection.execute(query).all()
        return frame(rows, ["step_id", "return_id", *unit, *names, "first"], step_id="int64", first="bool")

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
        with self._engine.begin() as connection:
            rows = cell_rows(connection, panel, row, [question])
        return {name: rows[0][name] for name in CELLS if name not in ("question", "submodule")} if rows else {}

    def cells(self, panel: Panel, row: int, questions: Iterable[str]) -> pd.DataFrame:
        """The way back from a row of a panel to every cell that it has its answers to some questions from, in one query.

        Returns
        -------
        One row per question in the instrument's order, without those of parts that were not returned: return_id, file, sha256,
        imported_by, received_at, question, submodule, sheet, cell, found, code, option, evidence_grade, evidence, comment,
        na_reason.
        """
        with self._engine.begin() as connection:
            return cells(connection, panel, row, questions)

    def evidence(self, panel: Panel, instrument: Instrument, rows: Sequence[int]) -> np.ndarray:
        """Evidence grade of every answer of some rows of a panel, each from the return that the answer comes from.

        Returns
        -------
        rows x questions of the instrument, int8: 0-4 (`EVIDENCE_GRADES`), `NO_GRADE` where none was given, which is not grade 0.
        """
        with self._engine.begin() as connection:
            return grades(connection, panel, self._layout(instrument).questions, rows)

    def board(self) -> pd.DataFrame:
        """Where every return stands: `returns` with changed_at, changed_by and reason of its newest step, and repairs: how many of
        its answers could not be read, without those of parts that another return has superseded."""
        with self._engine.begin() as connection:
            return board(connection)

    def mappings(self) -> pd.DataFrame:
        """The newest saved mapping of each name, sorted by name: name, toml, saved_by, saved_at."""
        names, of = ["name", "toml", "saved_by", "saved_at"], t.mappings.c
        newest = select(func.max(of.mapping_id)).group_by(of.name)
        with self._engine.begin() as connection:
            rows = connection.execute(select(*(of[n] for n in names)).where(of.mapping_id.in_(newest))).all()
        return frame(sorted(map(tuple, rows)), names)

    def records(self, kind: str) -> pd.DataFrame:
        """Records of a kind that have not been taken back, sorted by key: key, body (a dict), saved_by, saved_at, first_saved_at."""
        with self._engine.begin() as connection:
            return records.newest(connection, kind)

    def record_history(self, kind: str, key: str) -> pd.DataFrame:
        """Everything a record ever was, oldest first: key, body (a dict; None: taken back), saved_by, saved_at."""
        with self._engine.begin() as connection:
            return records.history(connection, kind, key)

    def audit(self) -> pd.DataFrame:
        """The trail, oldest first: audit_id, happened_at, actor, action, return_id, detail.

        action: `import`, `import-again`, `step:<step>` (detail: the reason); what these change in what counts: `supersede`, `waits`,
        `counts`, `counts-no-more`, `counts-again` (`store.review`); and what others note: `export`, `original`, `backup` and the like.
        """
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


#: Written once: to put a statement together takes longer than to run it.
_VERSION = select(t.meta.c.value).where(t.meta.c.name == "version").with_for_update()
_NEXT = cast(cast(t.meta.c.value, Integer) + 1, Text)
_RAISE_VERSION = update(t.meta).where(t.meta.c.name == "version").values(value=_NEXT)


def _lock(connection: Connection) -> None:
    """One writer at a time in every database, so that a higher number is always a later commit. SQLite has its lock by now."""
    if connection.dialect.name != "sqlite":
        connection.execute(_VERSION)


def _changed(connection: Connection) -> None:
    """Raise the version; the caller holds the lock."""
    connection.execute(_RAISE_VERSION)


def _known(connection: Connection, return_id: int) -> None:
    if connection.scalar(select(t.returns.c.return_id).where(t.returns.c.return_id == return_id)) is None:
        raise KeyError(f"no return {return_id}")
