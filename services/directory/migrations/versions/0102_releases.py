"""Who is told the exact place of a redacted location."""

from alembic import op
from paivand_kit import kit_tables

revision = "0102"
down_revision = "0201"

STATEMENTS = """
CREATE TABLE referral_parties (
    id uuid CONSTRAINT pk_referral_parties PRIMARY KEY,
    requester_organization_id uuid NOT NULL,
    service_id uuid NOT NULL,
    status text NOT NULL,
    version integer NOT NULL
);
CREATE TABLE location_releases (
    id uuid CONSTRAINT pk_location_releases PRIMARY KEY,
    location_id uuid NOT NULL,
    owner_organization_id uuid NOT NULL
        CONSTRAINT fk_location_releases_owner_organization_id REFERENCES organizations (id),
    referral_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    subject text NOT NULL,
    released_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_location_releases_location_id_id ON location_releases (location_id, id)
"""


def upgrade() -> None:
    """Applies. A release that is recorded stays as it is."""
    for statement in STATEMENTS.split(";"):
        op.execute(statement)
    kit_tables.grant("directory", "SELECT, INSERT, UPDATE", "referral_parties")
    kit_tables.grant("directory", "SELECT, INSERT", "location_releases")
