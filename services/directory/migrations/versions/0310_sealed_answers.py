"""Stored answers are sealed."""

from paivand_kit import kit_tables

revision = "0310"
down_revision = "0300"


def upgrade() -> None:
    """Nothing of an answer stands in clear in the idempotency table."""
    kit_tables.seal_answers()
