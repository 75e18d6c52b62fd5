"""What is written into a store: returns, steps, mappings, records, the trail. Each is one transaction, one writer at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Integer, Text, cast, select, update

from analysis.instrument import Instrument
from analysis.model import STEPS, Problem, Return
from analysis.store import records
from analysis.store import schema as t
from analysis.store.connected import Connected, refuse_unknown
from analysis.store.panels import vectors_from_rows
from analysis.store.review import come_again, parts_of_unit, take_step, tell_import
from analysis.store.standing import UNIT
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


class Writes(Connected):
    """Everything that is put into a store. What is stored is never changed; what comes later supersedes it."""

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
                refuse_unknown(connection, int(return_id))
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
