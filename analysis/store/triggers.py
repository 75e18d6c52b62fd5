"""What keeps a stored row as it is, in each database's own words. The migrations use them too."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Table, event

TOLD = "rows are appended, never changed"

#: PostgreSQL's triggers call a function; all tables share it.
FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%: {TOLD}', TG_TABLE_NAME; END $$
"""


def statements(table: str, backend: str) -> list[str]:
    """What makes a table append-only. PostgreSQL's are for a whole statement: one that hits no row is refused as well."""
    if backend == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{table}: {TOLD}'); END"
            for act in ("update", "delete")
        ]
    made = f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    return [FUNCTION, made + "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"]


def keep(connection: Connection, table: str) -> None:
    """Make a table append-only."""
    for statement in statements(table, connection.dialect.name):
        connection.exec_driver_sql(statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement)


def keep_all(tables: tuple[Table, ...]) -> None:
    """Make tables append-only as soon as they are created."""
    for table in tables:
        event.listen(table, "after_create", _after_create(table.name))


def _after_create(name: str) -> Callable:
    return lambda target, connection, **options: keep(connection, name)
