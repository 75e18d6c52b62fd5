"""The rows of every table in an order and a form that do not depend on the database; a backup's checksums are made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import Connection, Date, DateTime, MetaData, Table, event, func, select

from analysis.store import schema as t
from analysis.store.schema import UtcTime

#: Rows that are held in memory at once; a file's content may be large.
AT_ONCE, FILES_AT_ONCE = 2_000, 8


class NotAsItCame(RuntimeError):
    """A returned file's bytes are not those that its SHA-256 names."""


def kept_tables(metadata: MetaData, without: MetaData) -> list[Table]:
    """The tables of a store, those that others refer to first; Alembic's own is made anew."""
    ours = {*without.tables, t.alembic_version.name}
    return [table for table in metadata.sorted_tables if table.name not in ours]


def rows_of(connection: Connection, table: Table) -> Iterator[list[dict]]:
    """The rows of a table in the order of its key, some at a time. Words are ordered by their characters in every database."""
    c = {} if connection.dialect.name == "sqlite" else {"collation": "C"}
    order = [key.collate(**c) if c and key.type.python_type is str else key for key in table.primary_key.columns]
    size = FILES_AT_ONCE if table.name == t.files.name else AT_ONCE
    result = connection.execute(select(table).order_by(*order), execution_options={"yield_per": size})
    for some in result.mappings().partitions(size):
        yield [dict(row) for row in some]


def tell_rows(digest, rows: list[dict]) -> None:
    """Add rows to a digest: each a line of JSON with its values in the order of the columns' names, bytes as their SHA-256."""
    for row in rows:
        values = [row[name] for name in sorted(row)]
        digest.update(json.dumps(values, default=_plain, separators=(",", ":")).encode("ascii") + b"\n")


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return value.isoformat()


def counted(connection: Connection, table: Table) -> tuple[int, str]:
    """Number and SHA-256 of the rows of a table.

    Raises
    ------
    NotAsItCame
        If a returned workbook is not the one its own SHA-256 names.
    """
    rows, digest = 0, hashlib.sha256()
    for some in rows_of(connection, table):
        rows += len(some)
        tell_rows(digest, some)
        for row in some if table.name == t.files.name else ():
            if hashlib.sha256(row["content"]).hexdigest() != row["sha256"]:
                raise NotAsItCame(f"a returned file is not as it came: SHA-256 {row['sha256']}")
    return rows, digest.hexdigest()


def reflected(connection: Connection) -> MetaData:
    """The tables as they are in a database, of whatever layout; moments with their time zone."""
    metadata = MetaData()

    @event.listens_for(metadata, "column_reflect")
    def moments(inspector, table, column) -> None:
        if isinstance(column["type"], DateTime):
            column["type"] = UtcTime()
        elif isinstance(column["type"], Date):
            column["type"] = Date()  # any database's, not SQLite's text

    metadata.reflect(connection)
    return metadata


def number_on(connection: Connection, table: Table) -> None:
    """Let new rows get higher numbers than those that were brought. PostgreSQL counts apart from the rows, SQLite looks at them."""
    key = next(iter(table.primary_key.columns))
    if connection.dialect.name != "postgresql" or key.type.python_type is not int:
        return
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, key.name)))
    last = connection.scalar(select(func.max(key)))
    if sequence and last:
        connection.execute(select(func.setval(sequence, last)))
