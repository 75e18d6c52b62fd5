"""The store: returns in, panels out. One transaction per return: whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from sqlalchemy import func, insert, select, text, update

from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED, STEPS, Panel, Problem, Return, Status, status_of
from analysis.store import schema
from analysis.store.panel import panel_of


@dataclass(frozen=True)
class Stored:
    """What became of a return: `stored`, or `already` when the same bytes had brought the same return before."""

    return_id: int
    outcome: str
    superseded: tuple[str, ...] = ()


def questions_hash(instrument: Instrument) -> str:
    """Stands for the order of an instrument's questions, which a vector of codes relies on."""
    return hashlib.sha256("\n".join(instrument.questions["question"]).encode()).hexdigest()


def vector(value: Return, instrument: Instrument) -> np.ndarray:
    """A return's answers as codes in the instrument's order; NOT_RETURNED for sub-modules it does not hold."""
    number = instrument.question_number
    codes = np.full(len(instrument.questions), NOT_RETURNED, dtype=np.int8)
    codes[instrument.questions["submodule"].isin(value.submodules).to_numpy()] = Status.BLANK
    for answer in value.answers:
        codes[number[answer.question]] = answer.code
    return codes


def open_store(url: str) -> Store:
    """The store behind a SQLAlchemy URL (`sqlite:///path/to/file`); its tables are made where they are missing."""
    return Store(url)


class Store:
    """Returns with their bytes, answers, problems and steps. Rows are appended, never changed."""

    def __init__(self, url: str):
        self.url = url
        self._engine = schema.engine_for(url)
        with self._writing() as connection:
            schema.metadata.create_all(connection)
            if connection.execute(select(func.count()).select_from(schema.meta)).scalar() == 0:
                connection.execute(insert(schema.meta), {"key": "schema", "value": str(schema.SCHEMA_VERSION)})

    def close(self) -> None:
        """Give the connections back; on SQLite the log is folded into the file first."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.connection.execute("PRAGMA journal_mode=DELETE")
        self._engine.dispose()

    @contextmanager
    def _writing(self):
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    # in

    def existing(self, sha256: str) -> list[int]:
        """Returns that came in with exactly these bytes."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(schema.returns.c.return_id).where(schema.returns.c.sha256 == sha256).order_by("return_id")
            )
            return [row[0] for row in rows]

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
        """Store one return in one transaction.

        Raises
        ------
        KeyError
            If an answer belongs to no question of the instrument.
        ValueError
            If the instrument is not the return's, or the step does not exist.
        """
        if value.instrument != instrument.id:
            raise ValueError(f"the return is for {value.instrument}, not {instrument.id}")
        if step not in STEPS:
            raise ValueError(f"a step is one of {', '.join(STEPS)}; found {step!r}")
        codes, sha256, now = vector(value, instrument), hashlib.sha256(content).hexdigest(), dt.datetime.now(dt.UTC)
        table = schema.returns.c
        with self._writing() as connection:
            same = select(table.return_id).where(
                table.sha256 == sha256, table.instrument == value.instrument, table.iso3 == value.iso3,
                table.organization == value.organization, table.round == value.round, table.reading == value.reading,
            )  # fmt: skip
            found = connection.execute(same).scalar()
            if found is not None:
                return Stored(found, "already")
            earlier = self._submodules_of(connection, value)
            if connection.execute(select(schema.files.c.sha256).where(schema.files.c.sha256 == sha256)).scalar() is None:
                row = {"sha256": sha256, "name": file_name, "size": len(content), "content": content, "received_at": now}
                connection.execute(insert(schema.files), row)
            header = {
                "sha256": sha256, "file": file_name, "instrument": value.instrument, "iso3": value.iso3, "organization": value.organization,
                "round": value.round, "reading": value.reading, "date_from": value.date_from, "date_to": value.date_to,
                "language": value.language, "received_at": now, "imported_by": by, "questions_hash": questions_hash(instrument),
                "codes": codes.tobytes(),
            }  # fmt: skip
            return_id = connection.execute(insert(schema.returns), header).inserted_primary_key[0]
            self._add_rows(connection, return_id, value, problems)
            connection.execute(insert(schema.steps), {"return_id": return_id, "step": step, "at": now, "by": by, "reason": ""})
            superseded = tuple(s for s in value.submodules if s in earlier)
            detail = f"{file_name} sha256={sha256} submodules={','.join(value.submodules)} supersedes={','.join(superseded)}"
            self._audit(connection, now, by, "import", f"return {return_id}", detail)
        return Stored(return_id, "stored", superseded)

    @staticmethod
    def _submodules_of(connection, value: Return) -> set[str]:
        """Sub-modules that earlier returns of the same unit hold."""
        table = schema.returns.c
        rows = connection.execute(
            select(schema.parts.c.submodule)
            .join(schema.returns, schema.parts.c.return_id == table.return_id)
            .where(
                table.instrument == value.instrument, table.iso3 == value.iso3, table.organization == value.organization,
                table.round == value.round, table.reading == value.reading,
            )
        )  # fmt: skip
        return {row[0] for row in rows}

    @staticmethod
    def _add_rows(connection, return_id: int, value: Return, problems: Sequence[Problem]) -> None:
        own = {"return_id": return_id}
        rows = {
            schema.parts: [{"submodule": s} for s in value.submodules],
            schema.answers: [asdict(a) for a in value.answers],
            schema.problems: [asdict(p) for p in problems],
            schema.contributors: [asdict(c) for c in value.contributors],
            schema.consents: [asdict(c) for c in value.consents],
        }
        for table, values in rows.items():
            if values:
                connection.execute(insert(table), [own | row for row in values])

    @staticmethod
    def _audit(connection, at: dt.datetime, by: str, action: str, subject: str, detail: str) -> None:
        connection.execute(insert(schema.audit), {"at": at, "by": by, "action": action, "subject": subject, "detail": detail})

    def set_step(self, return_id: int, step: str, by: str, reason: str = "") -> None:
        """Add a step to a return: `submitted`, `validated`, `sent_back` (with a reason) or `draft`.

        Raises
        ------
        KeyError
            If there is no such return.
        ValueError
            If the step does not exist, or a return is sent back without a reason.
        """
        if step not in STEPS:
            raise ValueError(f"a step is one of {', '.join(STEPS)}; found {step!r}")
        if step == "sent_back" and not reason:
            raise ValueError("a return is sent back with a reason")
        now = dt.datetime.now(dt.UTC)
        with self._writing() as connection:
            if (
                connection.execute(select(schema.returns.c.return_id).where(schema.returns.c.return_id == return_id)).scalar()
                is None
            ):
                raise KeyError(return_id)
            connection.execute(
                insert(schema.steps), {"return_id": return_id, "step": step, "at": now, "by": by, "reason": reason}
            )
            self._audit(connection, now, by, f"step {step}", f"return {return_id}", reason)

    def rebuild_vectors(self, instrument: Instrument) -> int:
        """Make every vector of an instrument's returns anew from their answer rows; gives how many differed."""
        changed = 0
        table = schema.returns.c
        with self._writing() as connection:
            rows = connection.execute(
                select(table.return_id, table.codes, table.questions_hash).where(table.instrument == instrument.id)
            ).all()
            for return_id, codes, order in rows:
                fresh = self._vector_from_rows(connection, return_id, instrument).tobytes()
                if (fresh, questions_hash(instrument)) != (codes, order):
                    changed += 1
                    values = {"codes": fresh, "questions_hash": questions_hash(instrument)}
                    connection.execute(update(schema.returns).where(table.return_id == return_id).values(values))
        return changed

    @staticmethod
    def _vector_from_rows(connection, return_id: int, instrument: Instrument) -> np.ndarray:
        held = [r[0] for r in connection.execute(select(schema.parts.c.submodule).where(schema.parts.c.return_id == return_id))]
        codes = np.full(len(instrument.questions), NOT_RETURNED, dtype=np.int8)
        codes[instrument.questions["submodule"].isin(held).to_numpy()] = Status.BLANK
        rows = connection.execute(
            select(schema.answers.c.question, schema.answers.c.code).where(schema.answers.c.return_id == return_id)
        )
        for question, code in rows:
            if question in instrument.question_number:
                codes[instrument.question_number[question]] = code
        return codes

    # out

    def version(self) -> str:
        """Changes whenever something was added that a reader could see. One indexed look, cheap enough for every rerun."""
        with self._engine.connect() as connection:
            return str(connection.execute(select(func.max(schema.audit.c.audit_id))).scalar() or 0)

    def instruments(self) -> list[str]:
        """Instruments with returns, the one with the newest return first."""
        newest = func.max(schema.returns.c.return_id).label("newest")
        query = select(schema.returns.c.instrument, newest).group_by(schema.returns.c.instrument).order_by(newest.desc())
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(query)]

    def panel(self, instrument: Instrument, *, drafts: bool = False) -> Panel:
        """Every unit's answers that count: sub-module by sub-module the newest validated return, else the newest submitted.

        A unit is (iso3, organization, round, reading). Drafts and returns sent back count only, or never, when asked for.

        Source: scoring.md section 2, "Whose score".
        """
        table = schema.returns.c
        columns = [
            table[c] for c in ("return_id", "iso3", "organization", "round", "reading", "received_at", "date_from", "date_to")
        ]
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(*columns, table.codes, table.questions_hash)
                .where(table.instrument == instrument.id)
                .order_by(table.return_id)
            ).all()
            step_of = self._steps(connection)
            held = connection.execute(
                select(schema.parts.c.return_id, schema.parts.c.submodule)
                .join(schema.returns, schema.parts.c.return_id == table.return_id)
                .where(table.instrument == instrument.id)
                .order_by(schema.parts.c.return_id)
            ).all()
            wanted = questions_hash(instrument)
            vectors = {
                r.return_id: np.frombuffer(r.codes, dtype=np.int8)
                if r.questions_hash == wanted
                else self._vector_from_rows(connection, r.return_id, instrument)
                for r in rows
            }
        return panel_of(instrument, rows, held, vectors, step_of, drafts)

    @staticmethod
    def _steps(connection) -> dict[int, str]:
        """Return -> its newest step."""
        newest = select(func.max(schema.steps.c.step_id)).group_by(schema.steps.c.return_id)
        rows = connection.execute(select(schema.steps.c.return_id, schema.steps.c.step).where(schema.steps.c.step_id.in_(newest)))
        return {row[0]: row[1] for row in rows}

    def _frame(self, query) -> pd.DataFrame:
        with self._engine.connect() as connection:
            result = connection.execute(query)
            return pd.DataFrame(result.all(), columns=list(result.keys()))

    def returns(self) -> pd.DataFrame:
        """History: one row per return, newest first.

        return_id, file, sha256, instrument, iso3, organization, round, reading, submodules (joined by ", "), step, received_at (UTC),
        imported_by, answered, questions (answers held), problems, counts_for (its sub-modules that count now, joined by ", ": those
        that no later return of the same unit has superseded).
        """
        table = schema.returns.c
        keys = (
            "return_id",
            "file",
            "sha256",
            "instrument",
            "iso3",
            "organization",
            "round",
            "reading",
            "received_at",
            "imported_by",
        )
        frame = self._frame(select(*(table[c] for c in keys), table.codes).order_by(table.return_id.desc()))
        with self._engine.connect() as connection:
            step_of = self._steps(connection)
        held = self._frame(select(schema.parts).order_by(schema.parts.c.return_id))
        problems = self._frame(select(schema.problems.c.return_id, func.count().label("n")).group_by(schema.problems.c.return_id))
        codes = [np.frombuffer(c, dtype=np.int8) for c in frame["codes"]]
        frame["submodules"] = frame["return_id"].map(held.groupby("return_id")["submodule"].agg(", ".join)).fillna("")
        frame["step"] = frame["return_id"].map(step_of)
        frame["answered"] = np.array([int((c >= 0).sum()) for c in codes], dtype=int)
        frame["questions"] = np.array([int((c != NOT_RETURNED).sum()) for c in codes], dtype=int)
        frame["problems"] = frame["return_id"].map(problems.set_index("return_id")["n"]).fillna(0).astype(int)
        frame["counts_for"] = _counting(frame, held)
        return frame.drop(columns="codes")

    def answers(self, return_id: int) -> pd.DataFrame:
        """The answers of a return as they were read, each with its sheet and cell, and `status` in a word."""
        frame = self._frame(select(schema.answers).where(schema.answers.c.return_id == return_id))
        frame["evidence_grade"] = frame["evidence_grade"].astype("Int64")
        return frame.assign(status=[status_of(int(c)) for c in frame["code"]])

    def problems(self, return_id: int) -> pd.DataFrame:
        """What was wrong in a return, as it was stored."""
        return self._frame(
            select(schema.problems).where(schema.problems.c.return_id == return_id).order_by(schema.problems.c.problem_id)
        )

    def contributors(self, return_id: int) -> pd.DataFrame:
        """Who answered which part."""
        return self._frame(select(schema.contributors).where(schema.contributors.c.return_id == return_id))

    def consents(self, return_id: int) -> pd.DataFrame:
        """What each audience may see of a return."""
        return self._frame(select(schema.consents).where(schema.consents.c.return_id == return_id))

    def original(self, return_id: int) -> tuple[str, bytes]:
        """The file a return came in, byte for byte: (name, content).

        Raises
        ------
        KeyError
            If there is no such return.
        """
        query = (
            select(schema.returns.c.file, schema.files.c.content)
            .join(schema.files, schema.files.c.sha256 == schema.returns.c.sha256)
            .where(schema.returns.c.return_id == return_id)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise KeyError(return_id)
        return row[0], bytes(row[1])

    def trace(self, panel: Panel, row: int, question: str, instrument: Instrument) -> dict | None:
        """Where one answer of a panel came from; None where its sub-module was not returned.

        return_id, file, sha256, sheet, cell, found, code, evidence_grade, evidence, comment, na_reason, imported_by, received_at.
        """
        submodule = instrument.questions["submodule"].iloc[instrument.question_number[question]]
        here = panel.parts[(panel.parts["row"] == row) & (panel.parts["submodule"] == submodule)]
        if here.empty:
            return None
        return_id = int(here["return_id"].iloc[0])
        query = (
            select(
                schema.answers,
                schema.returns.c.file,
                schema.returns.c.sha256,
                schema.returns.c.imported_by,
                schema.returns.c.received_at,
            )
            .join(schema.returns, schema.returns.c.return_id == schema.answers.c.return_id)
            .where(schema.answers.c.return_id == return_id, schema.answers.c.question == question)
        )
        with self._engine.connect() as connection:
            found = connection.execute(query).mappings().first()
        return dict(found) if found else None

    def audit(self) -> pd.DataFrame:
        """Everything that was done, newest first."""
        return self._frame(select(schema.audit).order_by(schema.audit.c.audit_id.desc()))

    def ping(self) -> bool:
        """Whether the store answers."""
        with self._engine.connect() as connection:
            return connection.execute(text("select 1")).scalar() == 1


def _counting(frame: pd.DataFrame, held: pd.DataFrame) -> list[str]:
    """For each return the sub-modules that still count: the panel's own rule, applied to the history."""
    from analysis.store.panel import counting_parts

    counted = counting_parts(frame.sort_values("return_id"), held)
    return [", ".join(counted.get(int(i), [])) for i in frame["return_id"]]
