"""Proceedings, lawyers of record, and hearings with their histories."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0520"
down_revision = "0202"

STATEMENTS = """
CREATE TABLE proceedings (
    id uuid CONSTRAINT pk_proceedings PRIMARY KEY,
    number text NOT NULL CONSTRAINT uq_proceedings_number UNIQUE,
    case_id uuid NOT NULL CONSTRAINT fk_proceedings_case_id REFERENCES cases,
    case_number text NOT NULL,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    stage text NOT NULL,
    person_role text NOT NULL,
    authority text,
    parties jsonb NOT NULL,
    court_file_number bytea,
    court_file_index bytea,
    status text NOT NULL CONSTRAINT ck_proceedings_status CHECK (status IN ('open', 'suspended', 'closed')),
    reason text,
    outcome text,
    reported_on date,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_proceedings_organization_id_id ON proceedings (organization_id, id);
CREATE INDEX ix_proceedings_case_id ON proceedings (case_id);
CREATE INDEX ix_proceedings_court_file_index ON proceedings (court_file_index) WHERE court_file_index IS NOT NULL;
CREATE TABLE proceeding_links (
    proceeding_id uuid NOT NULL CONSTRAINT fk_proceeding_links_proceeding_id REFERENCES proceedings,
    linked_id uuid NOT NULL CONSTRAINT fk_proceeding_links_linked_id REFERENCES proceedings,
    side text NOT NULL CONSTRAINT ck_proceeding_links_side CHECK (side IN ('same', 'opposing')),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_proceeding_links PRIMARY KEY (proceeding_id, linked_id)
);
CREATE TABLE proceeding_history (
    proceeding_id uuid NOT NULL CONSTRAINT fk_proceeding_history_proceeding_id REFERENCES proceedings,
    version integer NOT NULL,
    action text NOT NULL,
    state jsonb NOT NULL,
    organization_id uuid NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_proceeding_history PRIMARY KEY (proceeding_id, version)
);
CREATE TABLE lawyers_of_record (
    id uuid CONSTRAINT pk_lawyers_of_record PRIMARY KEY,
    proceeding_id uuid NOT NULL CONSTRAINT fk_lawyers_of_record_proceeding_id REFERENCES proceedings,
    organization_id uuid NOT NULL,
    subject text,
    from_on date NOT NULL,
    until_on date,
    power_of_attorney text NOT NULL,
    substitutes_id uuid CONSTRAINT fk_lawyers_of_record_substitutes_id REFERENCES lawyers_of_record,
    created_by text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_lawyers_of_record_period CHECK (until_on >= from_on)
);
CREATE INDEX ix_lawyers_of_record_proceeding_id ON lawyers_of_record (proceeding_id);
CREATE INDEX ix_lawyers_of_record_organization_id_subject
    ON lawyers_of_record (organization_id, subject, proceeding_id);
CREATE TABLE hearings (
    id uuid CONSTRAINT pk_hearings PRIMARY KEY,
    proceeding_id uuid NOT NULL CONSTRAINT fk_hearings_proceeding_id REFERENCES proceedings,
    organization_id uuid NOT NULL,
    hearing_type text NOT NULL,
    status text NOT NULL CONSTRAINT ck_hearings_status CHECK (status IN ('scheduled', 'adjourned', 'held', 'vacated',
        'cancelled')),
    starts_local timestamp NOT NULL,
    time_zone text NOT NULL,
    fold integer NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    zones_edition text NOT NULL,
    duration_minutes integer NOT NULL,
    court text,
    room text,
    remote_link bytea,
    note bytea,
    attendance text[] NOT NULL,
    language text,
    interpreter text NOT NULL,
    transport text NOT NULL,
    childcare text NOT NULL,
    support_person text NOT NULL,
    measures jsonb NOT NULL,
    reason text,
    outcome text,
    follows_id uuid CONSTRAINT fk_hearings_follows_id REFERENCES hearings,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_hearings_period CHECK (ends_at > starts_at)
);
CREATE INDEX ix_hearings_organization_id_starts_at ON hearings (organization_id, starts_at, id);
CREATE INDEX ix_hearings_organization_id_court ON hearings (organization_id, court, starts_at, id);
CREATE INDEX ix_hearings_proceeding_id_starts_at ON hearings (proceeding_id, starts_at, id);
CREATE INDEX ix_hearings_scheduled ON hearings (starts_at, id) WHERE status = 'scheduled';
CREATE UNIQUE INDEX uq_hearings_follows_id ON hearings (follows_id);
CREATE TABLE hearing_history (
    hearing_id uuid NOT NULL CONSTRAINT fk_hearing_history_hearing_id REFERENCES hearings,
    version integer NOT NULL,
    action text NOT NULL,
    state jsonb NOT NULL,
    organization_id uuid,
    subject text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_hearing_history PRIMARY KEY (hearing_id, version)
)
"""

RIGHTS = {
    "proceedings": "SELECT, INSERT, UPDATE",
    "proceeding_links": "SELECT, INSERT, UPDATE",
    "proceeding_history": "SELECT, INSERT",
    "lawyers_of_record": "SELECT, INSERT, UPDATE",
    "hearings": "SELECT, INSERT, UPDATE",
    "hearing_history": "SELECT, INSERT",
}


def upgrade() -> None:
    """Creates the tables; the service's role gets only the rights that it uses."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    for table, rights in RIGHTS.items():
        kit_tables.grant("referral", rights, table)
