"""The audit trail."""

from paivand_kit import kit_tables

revision = "0510"
down_revision = "0500"


def upgrade() -> None:
    """Creates the audit trail, to which the service's role can only add."""
    kit_tables.create_audit("notify")
