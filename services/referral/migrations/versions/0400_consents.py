"""Consents as records of a case, and who was told on the strength of them.

Referrals that are there already get the consent that they carry as a record; a redirected one stands on that of the
referral that it continues.
"""

from alembic import op
from paivand_kit import kit_tables
from sqlalchemy import text

revision = "0400"
down_revision = "0500"

STATEMENTS = """
CREATE TABLE consents (
    id uuid CONSTRAINT pk_consents PRIMARY KEY,
    case_id uuid NOT NULL CONSTRAINT fk_consents_case_id REFERENCES cases,
    organization_id uuid NOT NULL,
    status text NOT NULL CONSTRAINT ck_consents_status CHECK (status IN ('active', 'inactive')),
    purposes text[] NOT NULL,
    categories text[] NOT NULL,
    recipient_organization_ids uuid[] NOT NULL,
    recipient_service_ids uuid[] NOT NULL,
    language text,
    method text,
    given_by text,
    assent text,
    evidence text,
    given_at timestamptz NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    recorded_by text NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_as text CONSTRAINT ck_consents_ended_as CHECK (ended_as IN ('withdrawn', 'expired')),
    ended_by text,
    version integer NOT NULL,
    CONSTRAINT ck_consents_end CHECK ((status = 'inactive') = (ended_at IS NOT NULL AND ended_as IS NOT NULL))
);
CREATE INDEX ix_consents_case_id_id ON consents (case_id, id);
CREATE INDEX ix_consents_expiring ON consents (valid_until) WHERE status = 'active' AND valid_until IS NOT NULL;
ALTER TABLE referrals ADD consent_id uuid, ADD consent_until timestamptz, ADD consent_end text
    CONSTRAINT ck_referrals_consent_end CHECK (consent_end IN ('withdrawn', 'expired'));
WITH RECURSIVE chain AS (
    SELECT id, uuidv7() AS consent_id FROM referrals WHERE part_of IS NULL
    UNION ALL SELECT r.id, chain.consent_id FROM referrals r JOIN chain ON r.part_of = chain.id
)
UPDATE referrals SET consent_id = chain.consent_id FROM chain WHERE chain.id = referrals.id;
INSERT INTO consents (id, case_id, organization_id, status, purposes, categories, recipient_organization_ids,
    recipient_service_ids, given_at, valid_from, recorded_by, created_at, version)
SELECT r.consent_id, r.case_id, r.requester_organization_id, 'active',
    array_remove(ARRAY['referral', CASE WHEN 'redirect' = ANY(r.consent_scope) THEN 'onward-referral' END], NULL),
    array_remove(ARRAY['profile', CASE WHEN 'summary' = ANY(r.consent_scope) THEN 'summary' END], NULL),
    '{}', ARRAY[r.service_id], r.consent_given_at, r.consent_given_at, h.subject, r.created_at, 1
FROM referrals r JOIN referral_history h ON h.referral_id = r.id AND h.version = 1 WHERE r.part_of IS NULL;
ALTER TABLE referrals ALTER consent_id SET NOT NULL,
    ADD CONSTRAINT fk_referrals_consent_id FOREIGN KEY (consent_id) REFERENCES consents;
CREATE TABLE disclosures (
    id uuid CONSTRAINT pk_disclosures PRIMARY KEY,
    case_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    referral_id uuid NOT NULL CONSTRAINT fk_disclosures_referral_id REFERENCES referrals,
    consent_id uuid NOT NULL CONSTRAINT fk_disclosures_consent_id REFERENCES consents,
    kind text NOT NULL CONSTRAINT ck_disclosures_kind CHECK (kind IN ('sent', 'passed-on', 'read')),
    categories text[] NOT NULL,
    recipient_organization_id uuid NOT NULL,
    recipient_service_id uuid NOT NULL,
    subject text NOT NULL,
    on_day date,
    at timestamptz NOT NULL
);
CREATE INDEX ix_disclosures_case_id_id ON disclosures (case_id, id);
CREATE UNIQUE INDEX uq_disclosures_reading ON disclosures (referral_id, subject, kind, on_day)
    WHERE on_day IS NOT NULL;
INSERT INTO disclosures (id, case_id, organization_id, referral_id, consent_id, kind, categories,
    recipient_organization_id, recipient_service_id, subject, at)
SELECT uuidv7(), r.case_id, r.requester_organization_id, r.id, r.consent_id,
    CASE WHEN r.part_of IS NULL THEN 'sent' ELSE 'passed-on' END,
    array_remove(ARRAY['profile', CASE WHEN r.summary IS NOT NULL THEN 'summary' END], NULL),
    r.owner_organization_id, r.service_id, h.subject, r.created_at
FROM referrals r JOIN referral_history h ON h.referral_id = r.id AND h.version = 1
WHERE r.owner_organization_id <> r.requester_organization_id;
DROP VIEW referral_details;
CREATE VIEW referral_details AS
SELECT r.*, s.name AS service_name, owner.name AS owner_organization_name,
    requester.name AS requester_organization_name,
    jsonb_build_object('number', c.number, 'age_band', c.age_band, 'gender', c.gender, 'languages', c.languages,
        'needs', c.needs) AS "case",
    jsonb_build_object('id', r.consent_id, 'given_at', r.consent_given_at, 'scope', r.consent_scope) AS consent
FROM referrals r
JOIN cases c ON c.id = r.case_id
JOIN directory_services s ON s.id = r.service_id
JOIN directory_organizations owner ON owner.id = r.owner_organization_id
LEFT JOIN directory_organizations requester ON requester.id = r.requester_organization_id
"""

RIGHTS = {
    "consents": "SELECT, INSERT, UPDATE (status, ended_at, ended_as, ended_by, version)",
    "disclosures": "SELECT, INSERT",
    "referral_details": "SELECT",
}


def upgrade() -> None:
    """Adds the tables, and fills them from the referrals that are there."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    for table, rights in RIGHTS.items():
        kit_tables.grant("referral", rights, table)
