"""A store -> one file, and back. The file is the same for both databases, so it is also the way from one to the other.

It is a SQLite file with the rows of every table, the layout they have, and a manifest: number and SHA-256 of the rows of each
table. Beside it stands `<file>.sha256` (as `sha256sum` writes it) of the file as a whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sqlite3
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, Text, create_engine, event, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from analysis.store import schema as t
from analysis.store.engine import alone, engine_of, writer
from analysis.store.failures import tell
from analysis.store.opening import WrongSchema, WrongStates, layout_of, make_tables, migrate, states_word, upgrade
from analysis.store.rows import NotAsItCame, counted, kept_tables, number_on, reflected, rows_of, tell_rows
from analysis.store.schema import SCHEMA
from analysis.store.store import Store
from analysis.store.writing import now

#: Of the backup file itself.
FORMAT = "1"

_OURS = MetaData()
_facts = Table("backup", _OURS, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
_manifest = Table(
    "manifest",
    _OURS,
    Column("table", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
)


class WrongBackup(RuntimeError):
    """The file is not a backup, or not as it was when it was written."""


class NotEmpty(RuntimeError):
    """A backup is restored into a new store only; nothing is ever written over."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. rows: number of rows of each table. sha256: of the file. beside: whether `<file>.sha256` says so too."""

    made_at: dt.datetime
    layout: int
    identity: str
    states: str
    rows: dict[str, int]
    sha256: str
    beside: bool


def backup(store: Store, file: str | Path) -> Manifest:
    """Write every row of a store, as of one moment, into a new file and its checksum beside it. Others go on reading and storing.

    Raises
    ------
    FileExistsError
        If there is such a file: a backup is never written over.
    StoreUnavailable
        If the store can't be read or the disk is full. Nothing is left behind then.
    """
    file = Path(file)
    if file.exists():
        raise FileExistsError(17, "There is such a file already; a backup is never written over", str(file))
    building = file.with_name(f".{file.name}.{uuid.uuid4().hex}.building")
    try:
        _written(store._engine, building, file)
        sha256 = _sha256(building)
        found = _read(building, str(file), sha256, beside=True)
        beside = building.with_suffix(".sha256")
        beside.write_text(f"{sha256}  {file.name}\n", encoding="utf-8")
        _on_disk(building), _on_disk(beside)
        os.replace(beside, _checksum_of(file))
        _appear(building, file)
        _on_disk(file.parent)
    finally:
        for left in (building, building.with_suffix(".sha256"), Path(f"{building}-journal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return found


def verified(file: str | Path) -> Manifest:
    """Check a backup against its checksums: the whole file, the rows of each table, and each returned workbook in it.

    Raises
    ------
    WrongBackup
        If anything is not as it was written. The message says what.
    WrongSchema
        If a newer version of the software wrote it.
    """
    file = Path(file)
    if not file.is_file():
        raise FileNotFoundError(2, "There is no such backup", str(file))
    sha256, beside = _sha256(file), _checksum_of(file)
    if beside.exists() and beside.read_text(encoding="utf-8", errors="replace").split()[:1] != [sha256]:
        raise WrongBackup(f"{file} is damaged: its SHA-256 is not the one in {beside.name}. Take another backup.")
    return _read(file, str(file), sha256, beside.exists())


def restore(file: str | Path, url: str, *, sample: bool = False) -> Manifest:
    """Bring every row of a backup into a new store, in one transaction. An older backup is upgraded on the way.

    The store is drawn a new identity, so that nobody takes it for the one it was; everything else is as it was.

    Raises
    ------
    WrongBackup, WrongSchema
        See `verified`, which is called first.
    WrongStates
        If the backup holds fictional States and `sample` is not set, or the reverse.
    NotEmpty
        If the store holds anything.
    """
    found = verified(file)
    if found.states and found.states != states_word(sample):
        raise WrongStates(f"{file} holds returns of {found.states} States; this store is for {states_word(sample)} ones")
    source, engine = _of_backup(Path(file)), engine_of(url)
    try:
        with source.begin() as backed_up, writer(engine).begin() as connection:
            alone(connection)
            _make_room(connection, url)
            if found.layout == SCHEMA:
                make_tables(connection)
            else:
                migrate(connection, str(found.layout))
            _bring(backed_up, connection)
            if found.layout < SCHEMA:
                upgrade(connection, found.layout)
            _set(connection, "identity", uuid.uuid4().hex)
            _set(connection, "restored", f"{now().isoformat()} from {Path(file).name}, SHA-256 {found.sha256}")
    finally:
        source.dispose()
        engine.dispose()
    return found


# Writing


def _written(engine: Engine, building: Path, file: Path) -> None:
    target = create_engine(f"sqlite:///{building}")
    tell(target, f"The backup {file}", 0)
    try:
        with engine.begin() as connection, target.begin() as copy:
            copy.exec_driver_sql("PRAGMA synchronous=OFF")  # the whole file is synced before it gets its name
            t.metadata.create_all(copy)
            _OURS.create_all(copy)
            facts = dict(connection.execute(select(t.meta.c.name, t.meta.c.value)).all())
            for table in kept_tables(t.metadata, _OURS):
                rows, digest = 0, hashlib.sha256()
                for some in rows_of(connection, table):
                    copy.execute(insert(table), some)
                    rows += len(some)
                    tell_rows(digest, some)
                copy.execute(insert(_manifest), {"table": table.name, "rows": rows, "sha256": digest.hexdigest()})
            known = {name: facts.get(name, "") for name in ("schema", "identity", "states")}
            known |= {"format": FORMAT, "made_at": now().isoformat(), "database": engine.dialect.name}
            copy.execute(insert(_facts), [{"name": name, "value": value} for name, value in known.items()])
    finally:
        target.dispose()


# Checking


def _read(file: Path, name: str, sha256: str, beside: bool) -> Manifest:
    """See `verified`. name: what the file is called in a message."""
    engine = _of_backup(file)
    try:
        with engine.begin() as connection:
            return _checked(connection, name, sha256, beside)
    except NotAsItCame as error:
        raise WrongBackup(f"{name} is damaged: {error}. Take another backup.") from error
    except (ValueError, KeyError, TypeError, SQLAlchemyError) as error:
        raise WrongBackup(f"{name} is damaged, or not a backup. Take another one.") from error
    finally:
        engine.dispose()


def _of_backup(file: Path) -> Engine:
    """An engine that reads a backup and can't change it."""
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    )

    @event.listens_for(engine, "handle_error")
    def translate(context) -> WrongBackup | None:
        broken = isinstance(context.original_exception, sqlite3.DatabaseError)
        return WrongBackup(f"{file} is damaged, or not a backup: {context.original_exception}") if broken else None

    return engine


def _checked(connection: Connection, file: str, sha256: str, beside: bool) -> Manifest:
    """The manifest of a backup, when all of it is true."""
    names = set(inspect(connection).get_table_names())
    if not {_facts.name, _manifest.name} <= names:
        raise WrongBackup(f"{file} is not a backup of a store")
    facts = dict(connection.execute(select(_facts.c.name, _facts.c.value)).all())
    layout = int(facts.get("schema") or 0)
    if facts.get("format") != FORMAT or layout > SCHEMA:
        raise WrongSchema(f"{file} was written by a newer version of the software (layout {layout}; this one knows {SCHEMA})")
    if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
        raise WrongBackup(f"{file} is damaged: SQLite's own check fails. Take another backup.")
    expected = {name: (rows, digest) for name, rows, digest in connection.execute(select(_manifest)).all()}
    tables = {table.name: table for table in kept_tables(reflected(connection), _OURS)}
    if set(tables) != set(expected):
        raise WrongBackup(f"{file} does not hold the tables it should: {', '.join(sorted(set(tables) ^ set(expected)))}")
    for name, table in tables.items():
        if counted(connection, table) != expected[name]:
            raise WrongBackup(f"{file} is damaged: the rows of `{name}` are not those that were written. Take another backup.")
    made_at = dt.datetime.fromisoformat(facts["made_at"])
    counts = {name: rows for name, (rows, _) in expected.items()}
    return Manifest(made_at, layout, facts["identity"], facts["states"], counts, sha256, beside)


# Restoring


def _make_room(connection: Connection, url: str) -> None:
    """Take away the tables of a store in which nothing is; the backup brings its own.

    Raises
    ------
    NotEmpty
        If there is anything in it.
    """
    layout = layout_of(connection)
    if layout is None:
        return
    if layout != SCHEMA or any(connection.execute(select(table).limit(1)).first() for table in t.APPEND_ONLY):
        raise NotEmpty("A backup is restored into a new store only, and this one already holds something. Name another one.")
    t.metadata.drop_all(connection)


def _bring(backed_up: Connection, connection: Connection) -> None:
    """Copy every row, and look whether it is there as it was.

    Raises
    ------
    WrongBackup
        If the database gives back anything else than it was given.
    """
    connection.execute(t.meta.delete())
    for table in kept_tables(reflected(backed_up), _OURS):
        for some in rows_of(backed_up, table):
            connection.execute(insert(table), some)
        number_on(connection, table)
        if counted(connection, table) != counted(backed_up, table):
            raise WrongBackup(f"the rows of `{table.name}` did not arrive as they are in the backup; nothing was restored")


def _set(connection: Connection, name: str, value: str) -> None:
    connection.execute(t.meta.delete().where(t.meta.c.name == name))
    connection.execute(insert(t.meta), {"name": name, "value": value})


# Files


def _checksum_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _on_disk(place: Path) -> None:
    """See to it that a file, or the names in a folder, outlive a power cut. A folder can't be asked for it on every system."""
    with suppress(PermissionError, IsADirectoryError):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError:
            if place.is_file():
                raise
        finally:
            os.close(handle)


def _appear(building: Path, file: Path) -> None:
    """Give a whole file its name, only if nobody else took it meanwhile."""
    try:
        os.link(building, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        os.replace(building, file)
