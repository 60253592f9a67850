"""Tasks of proceedings, and the checklist of rights."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0521"
down_revision = "0601"

STATEMENTS = """
CREATE TABLE tasks (
    id uuid CONSTRAINT pk_tasks PRIMARY KEY,
    proceeding_id uuid NOT NULL CONSTRAINT fk_tasks_proceeding_id REFERENCES proceedings,
    organization_id uuid NOT NULL,
    hearing_id uuid CONSTRAINT fk_tasks_hearing_id REFERENCES hearings,
    kind text NOT NULL,
    stage text,
    assignee text,
    due_on date NOT NULL,
    status text NOT NULL CONSTRAINT ck_tasks_status CHECK (status IN ('open', 'done', 'cancelled')),
    done_at timestamptz,
    done_by text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_tasks_proceeding_id ON tasks (proceeding_id, id);
CREATE INDEX ix_tasks_organization_id_due_on ON tasks (organization_id, due_on, id);
CREATE INDEX ix_tasks_assignee_due_on ON tasks (assignee, due_on, id);
CREATE TABLE rights_checks (
    proceeding_id uuid NOT NULL CONSTRAINT fk_rights_checks_proceeding_id REFERENCES proceedings,
    right_code text NOT NULL,
    status text NOT NULL CONSTRAINT ck_rights_checks_status CHECK (status IN ('open', 'given', 'refused',
        'not-applicable')),
    evidence text,
    given_on date,
    recorded_by text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_rights_checks PRIMARY KEY (proceeding_id, right_code)
)
"""

RIGHTS = {"tasks": "SELECT, INSERT, UPDATE", "rights_checks": "SELECT, INSERT, UPDATE"}


def upgrade() -> None:
    """Creates the tables; the service's role gets only the rights that it uses."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    for table, rights in RIGHTS.items():
        kit_tables.grant("referral", rights, table)
