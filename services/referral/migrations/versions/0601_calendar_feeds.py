"""Addresses under which calendars are followed."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0601"
down_revision = "0520"

STATEMENTS = """
CREATE TABLE calendar_feeds (
    id uuid CONSTRAINT pk_calendar_feeds PRIMARY KEY,
    organization_id uuid NOT NULL,
    subject text,
    shows_place boolean NOT NULL,
    token_digest bytea NOT NULL CONSTRAINT uq_calendar_feeds_token_digest UNIQUE,
    content_digest bytea,
    content_changed_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    created_by text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_calendar_feeds_organization_id_id ON calendar_feeds (organization_id, id)
"""


def upgrade() -> None:
    """Creates the table; the service's role gets only the rights that it uses."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    kit_tables.grant("referral", "SELECT, INSERT, UPDATE, DELETE", "calendar_feeds")
