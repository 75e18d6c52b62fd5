"""Layout 2: a problem's suggestion, saved mappings, and an index to all returns of a State.

SQLite adds a column in place. A change that would need a table made anew there (Alembic's batch mode) can't switch foreign keys
off inside the transaction: put the new table beside, move the rows by hand, and make the triggers again.
"""

import sqlalchemy as sa
from alembic import op

from analysis.store import triggers

revision, down_revision = "2", "1"


def upgrade() -> None:
    """Earlier problems have no suggestion."""
    op.add_column("problems", sa.Column("suggestion", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "mappings",
        sa.Column("mapping_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("toml", sa.Text, nullable=False),
        sa.Column("saved_by", sa.Text, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    triggers.keep(op.get_bind(), "mappings")
    op.drop_index("returns_of_instrument", "returns")
    op.create_index("returns_of_unit", "returns", ["instrument", "iso3", "organization", "round", "reading"])
    op.create_index("returns_of_state", "returns", ["iso3", "round"])
