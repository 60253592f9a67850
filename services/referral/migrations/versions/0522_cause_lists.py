"""Lists of courts, and their lines until they are handled."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0522"
down_revision = "0620"

STATEMENTS = """
CREATE TABLE cause_lists (
    id uuid CONSTRAINT pk_cause_lists PRIMARY KEY,
    organization_id uuid NOT NULL,
    client_id text NOT NULL,
    accepted integer NOT NULL,
    handled integer NOT NULL DEFAULT 0,
    unmatched integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_cause_lists_created_at ON cause_lists (created_at, id);
CREATE TABLE cause_list_lines (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_cause_list_lines PRIMARY KEY,
    cause_list_id uuid NOT NULL CONSTRAINT fk_cause_list_lines_cause_list_id REFERENCES cause_lists,
    token bytea NOT NULL,
    hearing_type text NOT NULL,
    starts_at timestamptz NOT NULL,
    starts_local timestamp NOT NULL,
    time_zone text NOT NULL,
    court text NOT NULL,
    room text,
    status text NOT NULL,
    previous_local timestamp
)
"""

RIGHTS = {"cause_lists": "SELECT, INSERT, UPDATE", "cause_list_lines": "SELECT, INSERT, UPDATE, DELETE"}


def upgrade() -> None:
    """Creates the tables; the service's role gets only the rights that it uses. FOR UPDATE needs UPDATE."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    own = "organization_id = (SELECT caller_organization())"
    kit_tables.restrict("cause_lists", f"({own} OR (SELECT caller_is('coordinator')))", own)
    kit_tables.restrict(
        "cause_list_lines", f"EXISTS (SELECT FROM cause_lists l WHERE l.id = cause_list_id AND l.{own})"
    )
    for table, rights in RIGHTS.items():
        kit_tables.grant("referral", rights, table)
