"""Reminders of hearings, and who has confirmed a date."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0602"
down_revision = "0203"

STATEMENTS = """
CREATE TABLE reminders (
    hearing_id uuid NOT NULL CONSTRAINT fk_reminders_hearing_id REFERENCES hearings,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    minutes_before integer NOT NULL,
    starts_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    fired_at timestamptz,
    CONSTRAINT pk_reminders PRIMARY KEY (hearing_id, organization_id, kind, minutes_before, starts_at)
);
CREATE INDEX ix_reminders_due ON reminders (due_at) WHERE fired_at IS NULL;
CREATE INDEX ix_reminders_starts_at ON reminders (starts_at);
CREATE TABLE hearings_to_plan (
    hearing_id uuid CONSTRAINT pk_hearings_to_plan PRIMARY KEY
        CONSTRAINT fk_hearings_to_plan_hearing_id REFERENCES hearings,
    queued_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE hearing_acknowledgements (
    hearing_id uuid NOT NULL CONSTRAINT fk_hearing_acknowledgements_hearing_id REFERENCES hearings,
    organization_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_hearing_acknowledgements PRIMARY KEY (hearing_id, organization_id, starts_at)
)
"""

# Whatever changes a hearing, its reminders follow: API, import, a new edition of the time zones.
TRIGGERS = [
    """
    CREATE FUNCTION plan_hearing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO hearings_to_plan (hearing_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER plan_hearing AFTER INSERT OR UPDATE ON hearings FOR EACH ROW EXECUTE FUNCTION plan_hearing()",
    """
    CREATE FUNCTION plan_hearings_of_lawyer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO hearings_to_plan (hearing_id)
        SELECT id FROM hearings WHERE proceeding_id = NEW.proceeding_id AND status = 'scheduled' AND starts_at > now()
        ORDER BY id ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER plan_hearings_of_lawyer AFTER INSERT OR UPDATE ON lawyers_of_record
    FOR EACH ROW EXECUTE FUNCTION plan_hearings_of_lawyer()
    """,
    "INSERT INTO hearings_to_plan (hearing_id) SELECT id FROM hearings WHERE status = 'scheduled'",
]
RIGHTS = {
    "reminders": "SELECT, INSERT, UPDATE, DELETE",
    # UPDATE for SELECT … FOR UPDATE.
    "hearings_to_plan": "SELECT, INSERT, UPDATE, DELETE",
    "hearing_acknowledgements": "SELECT, INSERT",
}


def upgrade() -> None:
    """Creates tables and triggers; the service's role gets only the rights that it uses."""
    for statement in [*STATEMENTS.split(";"), *TRIGGERS]:
        op.execute(text(statement))
    for table, rights in RIGHTS.items():
        kit_tables.grant("referral", rights, table)
