"""Erasures and legal holds."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0203"
down_revision = "0521"

STATEMENTS = """
CREATE TABLE erasures (
    case_id uuid CONSTRAINT pk_erasures PRIMARY KEY CONSTRAINT fk_erasures_case_id REFERENCES cases,
    number text NOT NULL,
    reason text NOT NULL,
    erased_by text NOT NULL,
    erased_at timestamptz NOT NULL,
    key_fingerprint text NOT NULL,
    wrapping_key text NOT NULL,
    identities integer NOT NULL,
    index_tokens integer NOT NULL
);
CREATE TABLE legal_holds (
    case_id uuid CONSTRAINT pk_legal_holds PRIMARY KEY CONSTRAINT fk_legal_holds_case_id REFERENCES cases,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    """Creates both; a receipt is never changed."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    kit_tables.grant("referral", "SELECT, INSERT", "erasures")
    kit_tables.grant("referral", "SELECT, INSERT, UPDATE, DELETE", "legal_holds")
