"""The connection to a store, and everything that only SQLite needs: locks, journal, triggers."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

from sqlalchemy import DDL, Connection, Engine, create_engine, event, insert, inspect, make_url, select

from analysis.store.schema import APPEND_ONLY, SCHEMA, meta, metadata

#: How long an import waits for another one to finish.
PATIENCE_SECONDS = 60


class WrongStates(RuntimeError):
    """A store of fictional States opened for real ones, or the reverse."""


class WrongSchema(RuntimeError):
    """The store has other tables than this version of the software knows."""


def engine_of(url: str) -> Engine:
    """An engine for a URL; the folder of a SQLite file is made where it is missing."""
    place = make_url(url)
    if place.get_backend_name() != "sqlite":
        return create_engine(place)
    if place.database and place.database != ":memory:":
        Path(place.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(place, connect_args={"timeout": PATIENCE_SECONDS})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def writer(engine: Engine) -> Engine:
    """The same pool for transactions that write: on SQLite these take the lock before they read."""
    return engine.execution_options(store_writes=True)


def _on_connect(connection, record) -> None:
    """The driver's own transactions are switched off: ours begin in `_on_begin`.

    recursive_triggers, because without it `INSERT OR REPLACE` would delete a row past the trigger that refuses it.
    """
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA recursive_triggers=ON")
    connection.execute("PRAGMA synchronous=FULL")
    _journal(connection)


def _journal(connection) -> None:
    """Write-ahead log: readers and the one writer do not wait for each other.

    The change to it is refused at once, without the usual patience, while another process opens the same new file.
    """
    for _ in range(200):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except Exception as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA journal_mode=WAL")


def _on_begin(connection: Connection) -> None:
    """A write takes the lock first: a deferred transaction that reads and then writes fails when two run at once."""
    writes = connection.get_execution_options().get("store_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


for _table in APPEND_ONLY:
    for _act in ("UPDATE", "DELETE"):
        event.listen(
            _table,
            "after_create",
            DDL(
                f"CREATE TRIGGER {_table.name}_no_{_act.lower()} BEFORE {_act} ON {_table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{_table.name}: rows are appended, never changed'); END"
            ).execute_if(dialect="sqlite"),
        )


def keep_apart(engine: Engine, sample: bool) -> None:
    """Mark a store for fictional (`sample`) or for real States, once and for all.

    Raises
    ------
    WrongStates
        If it was marked for the others.
    """
    wanted = "fictional" if sample else "real"
    with engine.connect() as connection:
        found = connection.scalar(select(meta.c.value).where(meta.c.name == "states"))
    if found is None:
        with writer(engine).begin() as connection:
            found = connection.scalar(select(meta.c.value).where(meta.c.name == "states"))
            if found is None:
                connection.execute(insert(meta), {"name": "states", "value": wanted})
                found = wanted
    if found != wanted:
        raise WrongStates(f"this store holds returns of {found} States; {wanted} ones never enter it")


def make_tables(engine: Engine) -> None:
    """Create what is missing in an empty store; several processes may do so at once.

    Raises
    ------
    WrongSchema
        If the tables are those of another version.
    """
    if not inspect(engine).has_table(meta.name):
        with writer(engine).begin() as connection:
            metadata.create_all(connection)
            if connection.scalar(select(meta.c.value).where(meta.c.name == "schema")) is None:
                first = {"schema": str(SCHEMA), "identity": uuid.uuid4().hex, "version": "0"}
                connection.execute(insert(meta), [{"name": k, "value": v} for k, v in first.items()])
    with engine.connect() as connection:
        found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema"))
    if found != str(SCHEMA):
        raise WrongSchema(f"the store has layout {found or 'unknown'}, this version of the software knows layout {SCHEMA}")
