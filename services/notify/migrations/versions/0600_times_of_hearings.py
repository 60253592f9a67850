"""When a hearing is, in the entries of the inbox."""

from alembic import op

revision = "0600"
down_revision = "0520"


def upgrade() -> None:
    """Adds the column; entries of anything else have none."""
    op.execute("ALTER TABLE inbox_entries ADD COLUMN times text")
