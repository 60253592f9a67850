"""Cases, referrals with their history, and the copy of the directory."""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0001"
down_revision = None

STATEMENTS = """
CREATE TABLE directory_organizations (
    id uuid CONSTRAINT pk_directory_organizations PRIMARY KEY,
    name text NOT NULL,
    status text NOT NULL,
    version integer NOT NULL
);
CREATE TABLE directory_services (
    id uuid CONSTRAINT pk_directory_services PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    taxonomy_terms text[] NOT NULL,
    version integer NOT NULL
);
CREATE INDEX ix_directory_services_organization_id ON directory_services (organization_id);
CREATE TABLE cases (
    id uuid CONSTRAINT pk_cases PRIMARY KEY,
    number text NOT NULL CONSTRAINT uq_cases_number UNIQUE,
    organization_id uuid NOT NULL,
    age_band text NOT NULL,
    gender text NOT NULL,
    languages text[] NOT NULL,
    needs text[] NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_cases_organization_id_id ON cases (organization_id, id);
CREATE TABLE referrals (
    id uuid CONSTRAINT pk_referrals PRIMARY KEY,
    number text NOT NULL CONSTRAINT uq_referrals_number UNIQUE,
    case_id uuid NOT NULL CONSTRAINT fk_referrals_case_id REFERENCES cases,
    service_id uuid NOT NULL CONSTRAINT fk_referrals_service_id REFERENCES directory_services,
    requester_organization_id uuid NOT NULL,
    owner_organization_id uuid NOT NULL,
    status text NOT NULL CONSTRAINT ck_referrals_status CHECK (status IN ('requested', 'accepted', 'in-progress',
        'on-hold', 'completed', 'failed', 'rejected', 'cancelled', 'entered-in-error')),
    priority text NOT NULL CONSTRAINT ck_referrals_priority CHECK (priority IN ('routine', 'urgent', 'asap', 'stat')),
    summary text,
    consent_given_at timestamptz NOT NULL,
    consent_scope text[] NOT NULL,
    respond_by timestamptz NOT NULL,
    overdue_at timestamptz,
    reason text,
    note text,
    outcome text,
    part_of uuid CONSTRAINT fk_referrals_part_of REFERENCES referrals,
    redirected_to uuid,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX ix_referrals_owner ON referrals (owner_organization_id, id);
CREATE INDEX ix_referrals_owner_status ON referrals (owner_organization_id, status, id);
CREATE INDEX ix_referrals_requester ON referrals (requester_organization_id, id);
CREATE INDEX ix_referrals_requester_status ON referrals (requester_organization_id, status, id);
CREATE INDEX ix_referrals_case_id ON referrals (case_id);
CREATE INDEX ix_referrals_due ON referrals (respond_by) WHERE status = 'requested' AND overdue_at IS NULL;
CREATE INDEX ix_referrals_overdue ON referrals (id) WHERE status = 'requested' AND overdue_at IS NOT NULL;
CREATE TABLE referral_history (
    referral_id uuid NOT NULL CONSTRAINT fk_referral_history_referral_id REFERENCES referrals,
    version integer NOT NULL,
    action text NOT NULL,
    status text NOT NULL,
    reason text,
    note text,
    outcome text,
    organization_id uuid NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_referral_history PRIMARY KEY (referral_id, version)
);
CREATE VIEW referral_details AS
SELECT r.*, s.name AS service_name, owner.name AS owner_organization_name,
    requester.name AS requester_organization_name,
    jsonb_build_object('number', c.number, 'age_band', c.age_band, 'gender', c.gender, 'languages', c.languages,
        'needs', c.needs) AS "case",
    jsonb_build_object('given_at', r.consent_given_at, 'scope', r.consent_scope) AS consent
FROM referrals r
JOIN cases c ON c.id = r.case_id
JOIN directory_services s ON s.id = r.service_id
JOIN directory_organizations owner ON owner.id = r.owner_organization_id
LEFT JOIN directory_organizations requester ON requester.id = r.requester_organization_id
"""

RIGHTS = {
    "directory_organizations": "SELECT, INSERT, UPDATE",
    "directory_services": "SELECT, INSERT, UPDATE",
    "cases": "SELECT, INSERT",
    "referrals": "SELECT, INSERT, UPDATE",
    "referral_history": "SELECT, INSERT",
    "referral_details": "SELECT",
}


def upgrade() -> None:
    """Creates all tables; the service's role gets only the rights that it uses."""
    kit_tables.create("referral")
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    for table, rights in RIGHTS.items():
        kit_tables.grant("referral", rights, table)
