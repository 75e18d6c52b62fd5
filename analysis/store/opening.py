"""What happens when a store is opened: its tables are made where it is new, upgraded where it is old, and its States are marked."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import uuid
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, update

from analysis.store.engine import alone, writer
from analysis.store.failures import told
from analysis.store.schema import SCHEMA, alembic_version, audit, meta, metadata
from analysis.store.writing import now

MIGRATIONS = Path(__file__).parent / "migrations"

#: Alembic keeps the migration it runs in global variables.
_ONE_MIGRATION = threading.Lock()


class WrongStates(RuntimeError):
    """A store of fictional States opened for real ones, or the reverse."""


class WrongSchema(RuntimeError):
    """The store has tables that this version of the software does not know."""


def keep_apart(engine: Engine, sample: bool) -> None:
    """Mark a store for fictional (`sample`) or for real States, once and for all.

    Raises
    ------
    WrongStates
        If it was marked for the others.
    """
    wanted = states_word(sample)
    with engine.connect() as connection:
        found = connection.scalar(select(meta.c.value).where(meta.c.name == "states"))
    if found is None:
        with writer(engine).begin() as connection:
            alone(connection)
            found = connection.scalar(select(meta.c.value).where(meta.c.name == "states"))
            if found is None:
                connection.execute(insert(meta), {"name": "states", "value": wanted})
                found = wanted
    if found != wanted:
        raise WrongStates(f"this store holds returns of {found} States; {wanted} ones never enter it")


def states_word(sample: bool) -> str:
    """How a store is marked."""
    return "fictional" if sample else "real"


def prepare(engine: Engine) -> None:
    """Make the tables of a new store, or upgrade those of an older one; of several processes one does it and the others wait.

    Either is one transaction: whole or not at all. Of an older SQLite file a copy is made first, `<file>.before-<layout>`.

    Raises
    ------
    WrongSchema
        If the tables are of a newer version, or not a store's.
    """
    with engine.connect() as connection:
        found = layout_of(connection)
    if found != SCHEMA:
        with writer(engine).begin() as connection:
            alone(connection)
            found = layout_of(connection)
            if found is None:
                make_tables(connection)
            elif 0 < found < SCHEMA:
                _keep_copy(connection, found)
                upgrade(connection, found)
    if found is not None and found > SCHEMA:
        raise WrongSchema(
            f"the store has layout {found}, made by a newer version of the software; "
            f"this one knows layout {SCHEMA}. Open it with the newer version; nothing was changed."
        )
    if found == 0:
        raise WrongSchema("the database has a table `meta` that is not a store's; name another database")


def layout_of(connection: Connection) -> int | None:
    """Number of the layout of a store's tables; None where there are none, 0 where they are somebody else's."""
    if not inspect(connection).has_table(meta.name):
        return None
    if {column["name"] for column in inspect(connection).get_columns(meta.name)} != {"name", "value"}:
        return 0
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema"))
    return int(found) if found and found.isdecimal() else 0


def make_tables(connection: Connection) -> None:
    """The tables of a new store; the caller is `alone`."""
    metadata.create_all(connection)
    connection.execute(insert(alembic_version), {"version_num": str(SCHEMA)})
    first = {"schema": str(SCHEMA), "identity": uuid.uuid4().hex, "version": "0"}
    connection.execute(insert(meta), [{"name": k, "value": v} for k, v in first.items()])


def upgrade(connection: Connection, layout: int) -> None:
    """Bring the tables of an older store to those of today; the caller is `alone`, and its transaction holds it all."""
    alembic_version.create(connection, checkfirst=True)
    if connection.scalar(select(alembic_version.c.version_num)) is None:  # the first layout was made without Alembic
        connection.execute(insert(alembic_version), {"version_num": str(layout)})
    migrate(connection, str(SCHEMA))
    connection.execute(update(meta).where(meta.c.name == "schema").values(value=str(SCHEMA)))
    done = {"happened_at": now(), "actor": "", "action": "upgrade", "return_id": None, "detail": f"{layout} -> {SCHEMA}"}
    connection.execute(insert(audit), done)


def migrate(connection: Connection, layout: str) -> None:
    """Run the migrations up to a layout, in the transaction of the caller."""
    from alembic import command  # only here: it takes a tenth of a second, and hardly any start needs it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _ONE_MIGRATION:
        command.upgrade(config, layout)


def _keep_copy(connection: Connection, layout: int) -> None:
    """A copy of a SQLite file as it was before its upgrade; the caller holds the lock, so nobody writes meanwhile."""
    file = connection.exec_driver_sql("PRAGMA database_list").all()[0][2] if connection.dialect.name == "sqlite" else ""
    if not file:
        return
    building, target = Path(f"{file}.before-{layout}.building"), _free(f"{file}.before-{layout}")
    try:
        building.unlink(missing_ok=True)  # of an upgrade that was killed
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(building)) as copy:
            source.backup(copy)  # not from our own connection: SQLite would wait for its lock for ever
        shutil.copymode(file, building)
        os.replace(building, target)
    except sqlite3.Error as error:
        raise told(error, f"The copy {target}", 0) or error from error
    finally:
        for left in (building, Path(f"{building}-wal"), Path(f"{building}-shm"), Path(f"{building}-journal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _free(name: str) -> Path:
    """The name, or the next free one after it: an earlier copy is never overwritten."""
    names = (Path(name if n == 1 else f"{name}.{n}") for n in range(1, 10_000))
    return next(place for place in names if not place.exists())
