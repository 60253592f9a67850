"""Memberships, the people of members, and what Keycloak must still be told of them."""

from alembic import op
from paivand_kit import kit_tables

revision = "0300"
down_revision = "0102"

MEMBERSHIPS = """
ALTER TABLE organizations ADD COLUMN is_vetted boolean NOT NULL DEFAULT false;
CREATE TABLE memberships (
    id uuid CONSTRAINT pk_memberships PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL,
    manager_email text NOT NULL,
    status text NOT NULL CONSTRAINT ck_memberships_status
        CHECK (status IN ('applied', 'under-review', 'active', 'suspended', 'withdrawn')),
    reviewed_by text,
    expires_on date,
    is_warned boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    last_modified timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_memberships_expires_on ON memberships (expires_on) WHERE status = 'active';
CREATE INDEX ix_memberships_status_id ON memberships (status, id);
CREATE TABLE membership_agreements (
    membership_id uuid NOT NULL CONSTRAINT fk_membership_agreements_membership_id REFERENCES memberships (id),
    kind text NOT NULL CONSTRAINT ck_membership_agreements_kind
        CHECK (kind IN ('data-protection', 'code-of-conduct')),
    signed_on date NOT NULL,
    agreement_version text NOT NULL,
    expires_on date NOT NULL,
    CONSTRAINT ck_membership_agreements_period CHECK (expires_on > signed_on),
    CONSTRAINT pk_membership_agreements PRIMARY KEY (membership_id, kind, signed_on)
);
CREATE TABLE membership_history (
    membership_id uuid NOT NULL CONSTRAINT fk_membership_history_membership_id REFERENCES memberships (id),
    version integer NOT NULL,
    action text NOT NULL,
    status text NOT NULL,
    reason text NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_membership_history PRIMARY KEY (membership_id, version)
)
"""

PEOPLE = """
CREATE TABLE people (
    id uuid CONSTRAINT pk_people PRIMARY KEY,
    organization_id uuid NOT NULL CONSTRAINT fk_people_organization_id REFERENCES organizations (id),
    email text NOT NULL,
    role text NOT NULL CONSTRAINT ck_people_role CHECK (role IN ('member', 'manager')),
    status text NOT NULL DEFAULT 'pending' CONSTRAINT ck_people_status
        CHECK (status IN ('pending', 'invited', 'refused', 'removed')),
    user_id text,
    version integer NOT NULL DEFAULT 1,
    last_modified timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_people_organization_id_id ON people (organization_id, id);
CREATE UNIQUE INDEX uq_people_email ON people (email) WHERE status IN ('pending', 'invited');
CREATE TABLE keycloak_jobs (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_keycloak_jobs PRIMARY KEY,
    organization_id uuid NOT NULL,
    person_id uuid,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    error text
);
CREATE INDEX ix_keycloak_jobs_due_at_position ON keycloak_jobs (due_at, position) WHERE done_at IS NULL
"""


def upgrade() -> None:
    """Applies. History only grows; people are marked as removed, and agreements stay."""
    for statement in ";".join((MEMBERSHIPS, PEOPLE)).split(";"):
        op.execute(statement)
    for table in ("memberships", "membership_agreements", "people", "keycloak_jobs"):
        kit_tables.grant("directory", "SELECT, INSERT, UPDATE", table)
    kit_tables.grant("directory", "SELECT, INSERT", "membership_history")
