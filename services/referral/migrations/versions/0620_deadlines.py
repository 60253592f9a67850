"""Deadlines, and how each was counted."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0620"
down_revision = "0610"

STATEMENTS = """
CREATE TABLE deadlines (
    id uuid CONSTRAINT pk_deadlines PRIMARY KEY,
    proceeding_id uuid NOT NULL CONSTRAINT fk_deadlines_proceeding_id REFERENCES proceedings,
    jurisdiction text NOT NULL,
    rule_set_version integer NOT NULL,
    rule text,
    period jsonb NOT NULL,
    hearing_id uuid CONSTRAINT fk_deadlines_hearing_id REFERENCES hearings,
    triggered_on date NOT NULL,
    computed_on date NOT NULL,
    is_provisional boolean NOT NULL,
    steps jsonb NOT NULL,
    due_on date NOT NULL,
    override_reason text,
    status text NOT NULL CONSTRAINT ck_deadlines_status CHECK (status IN ('open', 'met', 'cancelled')),
    met_on date,
    created_by text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_deadlines_proceeding_id_due_on ON deadlines (proceeding_id, due_on, id);
CREATE INDEX ix_deadlines_hearing_id ON deadlines (hearing_id) WHERE hearing_id IS NOT NULL
"""


def upgrade() -> None:
    """Creates the table; the service's role gets only the rights that it uses."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    kit_tables.grant("referral", "SELECT, INSERT, UPDATE", "deadlines")
