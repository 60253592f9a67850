"""Row-level security: an organization sees its own inbox, subscriptions, webhooks and deliveries."""

from paivand_kit import kit_tables

revision = "0520"
down_revision = "0510"

# Rows without an organization are the coordinators'.
OWN = (
    "(organization_id = (SELECT caller_organization()) "
    "OR organization_id IS NULL AND (SELECT caller_is('coordinator')))"
)


def upgrade() -> None:
    """Restricts every table that holds an organization's data."""
    kit_tables.create_row_security()
    for table in ("inbox_entries", "email_subscriptions", "webhooks", "deliveries", "departures"):
        kit_tables.restrict(table, OWN)
