"""Layout 3: what people write down beside the returns, by kind and key."""

import sqlalchemy as sa
from alembic import op

from analysis.store import triggers

revision, down_revision = "3", "2"


def upgrade() -> None:
    """A new table; nothing that was there changes."""
    op.create_table(
        "records",
        sa.Column("record_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("saved_by", sa.Text, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("records_of_kind", "records", ["kind", "key"])
    triggers.keep(op.get_bind(), "records")
