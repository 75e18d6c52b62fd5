"""What a store gives: the panel, returns and their parts, cells, steps, records, the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from analysis.instrument import Instrument
from analysis.model import Panel, Return, round_date
from analysis.store import records
from analysis.store import schema as t
from analysis.store.connected import Connected, refuse_unknown
from analysis.store.evidence import grades
from analysis.store.frames import frame
from analysis.store.history import HEADER, history, returned_parts
from analysis.store.panels import load_panel
from analysis.store.returned import counting_return, stored_return
from analysis.store.review import board
from analysis.store.trace import CELLS, cell_rows, cells


class Reads(Connected):
    """Everything that is asked of a store; nothing here changes it."""

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
            refuse_unknown(connection, int(return_id))
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

    def _of_return(self, table, return_id: int, names: Sequence[str], order: str = "position", **kinds: str) -> pd.DataFrame:
        query = select(*(table.c[n] for n in names)).where(table.c.return_id == int(return_id)).order_by(table.c[order])
        with self._engine.begin() as connection:
            refuse_unknown(connection, int(return_id))
            return frame(connection.execute(query), names, **kinds)
