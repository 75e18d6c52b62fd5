"""The tables of a store. Rows are appended and never changed; only `meta` and the derived `vectors` may be rewritten."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

#: Layout of the tables. A change of them raises it and brings `migrations/versions/layout_<n>.py`, which makes it of the one before.
SCHEMA = 3


class UtcTime(TypeDecorator):
    """A moment, kept in UTC and handed back with its time zone by every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        """Only moments with a time zone go in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value, dialect):
        """SQLite forgets the time zone: it was UTC. PostgreSQL tells the moment in the zone of its server."""
        if value is None:
            return None
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


#: Characters that PostgreSQL or UTF-8 can't hold: NUL, and halves of a pair.
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


def kept(text: str) -> str:
    """A text as every database can keep it: what none can hold becomes U+FFFD. The file itself is kept byte for byte."""
    return text if text.isascii() and "\0" not in text else _UNKEEPABLE.sub("\ufffd", text)


class _Kept(TypeDecorator):
    """Text that is made fit before it goes in, so that SQLite and PostgreSQL hold the same."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        """See `kept`."""
        return value if value is None else kept(value)


class _KeptKey(_Kept):
    """The same with a greatest length."""

    impl = String
    cache_ok = True


metadata = MetaData()


def _text(name: str, **options) -> Column:
    return Column(name, _Kept, nullable=False, **options)


def _key(name: str, length: int = 200, **options) -> Column:
    return Column(name, _KeptKey(length), nullable=False, **options)


def _of_return(**options) -> Column:
    return Column("return_id", Integer, ForeignKey("returns.return_id"), nullable=False, **options)


#: schema: layout of the tables; identity: drawn when the store was made; version: counts what a reader could see change.
meta = Table("meta", metadata, _key("name", primary_key=True), _text("value"))

#: Alembic's own: which migration was the last. Says the same as `schema` in `meta`.
alembic_version = Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

files = Table(
    "files",
    metadata,
    _key("sha256", 64, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

returns = Table(
    "returns",
    metadata,
    Column("return_id", Integer, primary_key=True, autoincrement=True),
    _key("sha256", 64),
    _text("file"),
    _key("instrument"),
    _key("iso3", 20),
    _key("organization"),
    _key("round", 20),
    _key("reading", 20),
    Column("date_from", Date),
    Column("date_to", Date),
    _key("language", 20),
    Column("received_at", UtcTime, nullable=False),
    _text("imported_by"),
    UniqueConstraint("sha256", "instrument", "iso3", "organization", "round", "reading", name="same_bytes_once"),
    Index("returns_of_unit", "instrument", "iso3", "organization", "round", "reading"),
    Index("returns_of_state", "iso3", "round"),
    sqlite_autoincrement=True,
)

#: A sub-module that a return holds, with its questions counted.
parts = Table(
    "parts",
    metadata,
    _of_return(primary_key=True),
    _key("submodule", primary_key=True),
    Column("position", SmallInteger, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("applicable", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    sqlite_with_rowid=False,
)

#: `code` as it stands in a panel; `option` says the same in the instrument's own word, so that the rows stay true
#: when an instrument's options are listed in another order.
answers = Table(
    "answers",
    metadata,
    _of_return(primary_key=True),
    _key("question", primary_key=True),
    Column("position", SmallInteger, nullable=False),
    _key("submodule"),
    Column("code", SmallInteger, nullable=False),
    _key("option"),
    _text("found"),
    _text("sheet"),
    _key("cell", 20),
    Column("evidence_grade", SmallInteger),
    _text("evidence"),
    _text("comment"),
    _text("na_reason"),
    sqlite_with_rowid=False,
)

problems = Table(
    "problems",
    metadata,
    _of_return(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _text("file"),
    _text("sheet"),
    _text("cell"),
    _key("code"),
    _text("found"),
    _text("allowed"),
    _text("question"),
    _key("severity", 20),
    _text("suggestion", server_default=""),
)

contributors = Table(
    "contributors",
    metadata,
    _of_return(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _text("organization"),
    _text("sector"),
    _text("part"),
)

consents = Table(
    "consents",
    metadata,
    _of_return(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _key("audience"),
    _key("tier"),
    _text("given_by"),
    Column("given_on", Date),
    Column("expires_on", Date),
)

#: What a return was made to be, and by whom; the newest row counts.
steps = Table(
    "steps",
    metadata,
    Column("step_id", Integer, primary_key=True, autoincrement=True),
    _of_return(),
    _key("step", 20),
    _text("changed_by"),
    Column("changed_at", UtcTime, nullable=False),
    _text("reason"),
    Index("steps_of_return", "return_id", "step_id"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("audit_id", Integer, primary_key=True, autoincrement=True),
    Column("happened_at", UtcTime, nullable=False),
    _text("actor"),
    _key("action"),
    Column("return_id", Integer, ForeignKey("returns.return_id")),
    _text("detail"),
    sqlite_autoincrement=True,
)

#: The answers again as int8 codes of the whole questionnaire: what scoring loads. Derived; `layout` says for which
#: order of questions and options.
vectors = Table(
    "vectors",
    metadata,
    _of_return(primary_key=True),
    _key("layout", 64),
    Column("codes", LargeBinary, nullable=False),
)

#: How the tables of other people's workbooks are read, as TOML, saved by name; the newest of a name counts.
mappings = Table(
    "mappings",
    metadata,
    Column("mapping_id", Integer, primary_key=True, autoincrement=True),
    _key("name"),
    _text("toml"),
    _text("saved_by"),
    Column("saved_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

#: What people write down beside the returns (weight sets, groups, lessons, ...), by kind and key, as JSON. The newest of a key counts;
#: an empty body takes it back.
records = Table(
    "records",
    metadata,
    Column("record_id", Integer, primary_key=True, autoincrement=True),
    _key("kind", 40),
    _key("key"),
    _text("body"),
    _text("saved_by"),
    Column("saved_at", UtcTime, nullable=False),
    Index("records_of_kind", "kind", "key"),
    sqlite_autoincrement=True,
)

APPEND_ONLY = (files, returns, parts, answers, problems, contributors, consents, steps, audit, mappings, records)
