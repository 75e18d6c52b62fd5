"""Layout 1: the tables of the first release."""

import sqlalchemy as sa
from alembic import op

from analysis.store import triggers

revision, down_revision = "1", None

APPEND_ONLY = ("files", "returns", "parts", "answers", "problems", "contributors", "consents", "steps", "audit")


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False)


def _key(name: str, length: int = 200, **options) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False, **options)


def _whole(name: str, kind=sa.Integer, **options) -> sa.Column:
    return sa.Column(name, kind, nullable=False, **options)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, primary_key=True, autoincrement=True)


def _of_return(**options) -> sa.Column:
    return sa.Column("return_id", sa.Integer, sa.ForeignKey("returns.return_id"), nullable=False, **options)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def upgrade() -> None:
    """Every table, from nothing."""
    op.create_table("meta", _key("name", primary_key=True), _text("value"))
    op.create_table(
        "files", _key("sha256", 64, primary_key=True), _whole("size"), sa.Column("content", sa.LargeBinary, nullable=False)
    )
    op.create_table(
        "returns",
        _number("return_id"),
        *(_key("sha256", 64), _text("file"), _key("instrument"), _key("iso3", 20), _key("organization"), _key("round", 20)),
        *(_key("reading", 20), sa.Column("date_from", sa.Date), sa.Column("date_to", sa.Date), _key("language", 20)),
        *(_moment("received_at"), _text("imported_by")),
        sa.UniqueConstraint("sha256", "instrument", "iso3", "organization", "round", "reading", name="same_bytes_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("returns_of_instrument", "returns", ["instrument"])
    _create_rows_of_a_return()
    op.create_table(
        "steps",
        *(_number("step_id"), _of_return(), _key("step", 20), _text("changed_by"), _moment("changed_at"), _text("reason")),
        sqlite_autoincrement=True,
    )
    op.create_index("steps_of_return", "steps", ["return_id", "step_id"])
    op.create_table(
        "audit",
        *(_number("audit_id"), _moment("happened_at"), _text("actor"), _key("action")),
        *(sa.Column("return_id", sa.Integer, sa.ForeignKey("returns.return_id")), _text("detail")),
        sqlite_autoincrement=True,
    )
    for table in APPEND_ONLY:
        triggers.keep(op.get_bind(), table)


def _create_rows_of_a_return() -> None:
    number = {"primary_key": True, "autoincrement": False}
    op.create_table(
        "parts",
        *(_of_return(primary_key=True), _key("submodule", primary_key=True), _whole("position", sa.SmallInteger)),
        *(_whole("asked"), _whole("applicable"), _whole("answered")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answers",
        *(_of_return(primary_key=True), _key("question", primary_key=True), _whole("position", sa.SmallInteger)),
        *(_key("submodule"), _whole("code", sa.SmallInteger), _key("option"), _text("found"), _text("sheet"), _key("cell", 20)),
        *(sa.Column("evidence_grade", sa.SmallInteger), _text("evidence"), _text("comment"), _text("na_reason")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "problems",
        *(_of_return(primary_key=True), _whole("position", **number), _text("file"), _text("sheet"), _text("cell")),
        *(_key("code"), _text("found"), _text("allowed"), _text("question"), _key("severity", 20)),
    )
    op.create_table(
        "contributors",
        *(_of_return(primary_key=True), _whole("position", **number), _text("organization"), _text("sector"), _text("part")),
    )
    op.create_table(
        "consents",
        *(_of_return(primary_key=True), _whole("position", **number), _key("audience"), _key("tier"), _text("given_by")),
        *(sa.Column("given_on", sa.Date), sa.Column("expires_on", sa.Date)),
    )
    op.create_table(
        "vectors", _of_return(primary_key=True), _key("layout", 64), sa.Column("codes", sa.LargeBinary, nullable=False)
    )
