"""Tables of the store and the engine behind them: SQLite in a file, or any SQLAlchemy URL."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    Column,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
)  # fmt: skip

SCHEMA_VERSION = 1
BUSY_SECONDS = 60

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

#: The bytes of every file that came in, once.
files = Table(
    "files", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
)  # fmt: skip

returns = Table(
    "returns", metadata,
    Column("return_id", Integer, primary_key=True, autoincrement=True),
    Column("sha256", String(64), ForeignKey("files.sha256"), nullable=False),
    Column("file", Text, nullable=False),
    Column("instrument", String(120), nullable=False),
    Column("iso3", String(12), nullable=False),
    Column("organization", Text, nullable=False),
    Column("round", String(40), nullable=False),
    Column("reading", String(12), nullable=False),
    Column("date_from", Date),
    Column("date_to", Date),
    Column("language", String(12), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("questions_hash", String(64), nullable=False),
    Column("codes", LargeBinary, nullable=False),
    UniqueConstraint("sha256", "instrument", "iso3", "organization", "round", "reading", name="same_bytes_once"),
    Index("returns_by_unit", "instrument", "iso3", "round", "reading"),
)  # fmt: skip

#: The sub-modules a return holds.
parts = Table(
    "parts", metadata,
    Column("return_id", Integer, ForeignKey("returns.return_id"), primary_key=True),
    Column("submodule", String(60), primary_key=True),
)  # fmt: skip

answers = Table(
    "answers", metadata,
    Column("return_id", Integer, ForeignKey("returns.return_id"), primary_key=True),
    Column("question", String(60), primary_key=True),
    Column("code", SmallInteger, nullable=False),
    Column("found", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("cell", String(40), nullable=False),
    Column("evidence_grade", SmallInteger),
    Column("evidence", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("na_reason", Text, nullable=False),
)  # fmt: skip

problems = Table(
    "problems", metadata,
    Column("problem_id", Integer, primary_key=True, autoincrement=True),
    Column("return_id", Integer, ForeignKey("returns.return_id"), nullable=False, index=True),
    *(Column(name, Text, nullable=False) for name in ("file", "sheet", "cell", "code", "found", "allowed", "question", "severity")),
)  # fmt: skip

contributors = Table(
    "contributors", metadata,
    Column("contributor_id", Integer, primary_key=True, autoincrement=True),
    Column("return_id", Integer, ForeignKey("returns.return_id"), nullable=False, index=True),
    *(Column(name, Text, nullable=False) for name in ("organization", "sector", "part")),
)  # fmt: skip

consents = Table(
    "consents", metadata,
    Column("consent_id", Integer, primary_key=True, autoincrement=True),
    Column("return_id", Integer, ForeignKey("returns.return_id"), nullable=False, index=True),
    Column("audience", String(40), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_on", Date),
    Column("expires_on", Date),
)  # fmt: skip

#: Steps of a return: the newest row counts.
steps = Table(
    "steps", metadata,
    Column("step_id", Integer, primary_key=True, autoincrement=True),
    Column("return_id", Integer, ForeignKey("returns.return_id"), nullable=False, index=True),
    Column("step", String(20), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("audit_id", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)  # fmt: skip

#: Rows of these tables are never changed and never taken away.
APPEND_ONLY = (files, returns, parts, answers, problems, contributors, consents, steps, audit)

#: The one exception: a vector may be rebuilt from the answer rows it was made of.
_REBUILT = {"codes", "questions_hash"}


def _guard(table: Table, verb: str) -> DDL:
    """A trigger that refuses to change or take away rows of a table."""
    when = ""
    if table is returns and verb == "UPDATE":
        kept = (c.name for c in table.columns if c.name not in _REBUILT)
        when = "WHEN " + " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in kept)
    return DDL(
        f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} {when} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table.name} are never changed'); END"
    )


for _table in APPEND_ONLY:
    for _verb in ("UPDATE", "DELETE"):
        event.listen(_table, "after_create", _guard(_table, _verb).execute_if(dialect="sqlite"))


def engine_for(url: str) -> Engine:
    """An engine; on SQLite with a write-ahead log, and with every transaction that writes begun as such."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _on_connect(connection, _record) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _on_begin(connection) -> None:
        # Read-then-write in a deferred transaction fails under concurrent importers.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
