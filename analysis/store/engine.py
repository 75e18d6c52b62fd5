"""The connection to a store, and what the two databases need of their own: locks, journal, isolation."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select

from analysis.store import triggers
from analysis.store.failures import StoreUnavailable, name_of, tell
from analysis.store.schema import APPEND_ONLY

#: How long a writer waits for another one to finish; `?timeout=5` in the URL says otherwise.
PATIENCE_SECONDS = 60

#: Of PostgreSQL's advisory lock: whoever makes or upgrades the tables of a store holds it.
TABLES_LOCK = 7_205_759_403_792_793

triggers.keep_all(APPEND_ONLY)


def place_of(url: str) -> tuple[URL, float]:
    """Where a store is, and the patience of its writers in seconds.

    Raises
    ------
    ValueError
        If the URL is of neither database.
    """
    place = make_url(url)
    backend = "postgresql" if place.drivername == "postgres" else place.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ValueError(f"a store is a file of SQLite (sqlite:///path) or a database of PostgreSQL, not {backend}")
    patience = float(place.query.get("timeout", PATIENCE_SECONDS))
    place = place.difference_update_query(["timeout"])
    return (place.set(drivername="postgresql+psycopg") if backend == "postgresql" else place), patience


def engine_of(url: str) -> Engine:
    """An engine for a URL; the folder of a SQLite file is made where it is missing.

    Raises
    ------
    StoreUnavailable
        If that folder can't be made. Everything the engine does raises the same.
    """
    place, patience = place_of(url)
    if place.get_backend_name() == "sqlite":
        _make_folder(place)
        engine = create_engine(place, connect_args={"timeout": patience})
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin_sqlite)
    else:
        engine = create_engine(place, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        event.listen(engine, "begin", _on_begin_postgresql)
    tell(engine, f"The store {name_of(place)}", patience)
    return engine.execution_options(store_patience=patience)


def writer(engine: Engine) -> Engine:
    """The same pool for transactions that write: on SQLite these take the lock before they read."""
    return engine.execution_options(store_writes=True)


def reader(engine: Engine) -> Engine:
    """The same pool for transactions that only read: each sees one moment of the store, whatever is written meanwhile."""
    if engine.dialect.name == "sqlite":
        return engine  # so it is there
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def alone(connection: Connection) -> None:
    """Wait until no other process makes or upgrades tables. Held to the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TABLES_LOCK)))


def _make_folder(place: URL) -> None:
    if not place.database or place.database.startswith((":memory:", "file:")):
        return
    try:
        Path(place.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        told = f"The store {place.database} can't be made: {error.strerror or error}: {error.filename}"
        raise StoreUnavailable(told) from error


def _on_connect(connection, record) -> None:
    """The driver's own transactions are switched off: ours begin in `_on_begin_sqlite`.

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


def _on_begin_sqlite(connection: Connection) -> None:
    """A write takes the lock first: a deferred transaction that reads and then writes fails when two run at once."""
    writes = connection.get_execution_options().get("store_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _on_begin_postgresql(connection: Connection) -> None:
    """Writers wait for each other (`writes._lock`), but not for ever."""
    options = connection.get_execution_options()
    if options.get("store_writes", False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, int(options['store_patience'] * 1000))}")
