"""Identities and the tokens by which they are found."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0202"
down_revision = "0510"

STATEMENTS = """
CREATE TABLE identities (
    case_id uuid CONSTRAINT pk_identities PRIMARY KEY CONSTRAINT fk_identities_case_id REFERENCES cases,
    version integer NOT NULL,
    sealed bytea NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE TABLE identity_index (
    organization_id uuid NOT NULL,
    token bytea NOT NULL,
    case_id uuid NOT NULL CONSTRAINT fk_identity_index_case_id REFERENCES cases,
    CONSTRAINT pk_identity_index PRIMARY KEY (organization_id, token, case_id)
);
CREATE INDEX ix_identity_index_case_id ON identity_index (case_id)
"""


def upgrade() -> None:
    """Creates both; rows go when a person is erased."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    kit_tables.grant("referral", "SELECT, INSERT, UPDATE, DELETE", "identities")
    kit_tables.grant("referral", "SELECT, INSERT, DELETE", "identity_index")
