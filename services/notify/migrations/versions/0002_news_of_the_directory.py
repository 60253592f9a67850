"""Entries about more than referrals; which members take part, and who has left one."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0002"
down_revision = "0001"

STATEMENTS = """
ALTER TABLE inbox_entries ADD COLUMN subject_type text NOT NULL DEFAULT 'referral';
ALTER TABLE inbox_entries ALTER COLUMN subject_type DROP DEFAULT;
ALTER TABLE inbox_entries RENAME COLUMN referral_id TO subject_id;
ALTER TABLE inbox_entries RENAME COLUMN referral_number TO reference;
ALTER TABLE inbox_entries ALTER COLUMN reference DROP NOT NULL;
ALTER TABLE inbox_entries ALTER COLUMN status DROP NOT NULL;
CREATE TABLE members (
    id uuid CONSTRAINT pk_members PRIMARY KEY,
    is_active boolean NOT NULL,
    version integer NOT NULL
);
CREATE TABLE departures (
    subject text CONSTRAINT pk_departures PRIMARY KEY,
    organization_id uuid NOT NULL,
    left_at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    """Changes the table of entries, creates the two others and lets the service's role use them."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    kit_tables.grant("notify", "SELECT, INSERT, UPDATE", "members")
    kit_tables.grant("notify", "SELECT, INSERT, UPDATE, DELETE", "departures")
