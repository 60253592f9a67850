"""The keys of cases; summaries and notes are sealed."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

from alembic import op
from paivand_kit import kit_tables
from paivand_kit.sealing import new_key
from paivand_referral.vault.case_keys import CaseKey
from paivand_referral.vault.keys import LocalKeyFile, Wrapped
from sqlalchemy import text

revision = "0201"
down_revision = "0200"

STATEMENTS = """
CREATE TABLE case_keys (
    case_id uuid CONSTRAINT pk_case_keys PRIMARY KEY CONSTRAINT fk_case_keys_case_id REFERENCES cases,
    kek_id text NOT NULL,
    wrapped bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CONSTRAINT ck_case_keys_destroyed CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE INDEX ix_case_keys_kek_id ON case_keys (kek_id, case_id) WHERE wrapped IS NOT NULL;
CREATE TEMPORARY TABLE clear_texts ON COMMIT DROP AS
    SELECT r.case_id, r.id AS referral_id, 'summary' AS field, 1 AS version, r.summary AS value
    FROM referrals r WHERE r.summary IS NOT NULL
    UNION ALL SELECT r.case_id, r.id, 'note', h.version, h.note
    FROM referral_history h JOIN referrals r ON r.id = h.referral_id WHERE h.note IS NOT NULL;
DROP VIEW referral_details;
ALTER TABLE referrals ALTER COLUMN summary TYPE bytea USING NULL, ALTER COLUMN note TYPE bytea USING NULL;
ALTER TABLE referral_history ALTER COLUMN note TYPE bytea USING NULL;
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
PUT = {
    "summary": "UPDATE referrals SET summary = :sealed WHERE id = :referral_id AND :version = 1",
    "note": "UPDATE referral_history SET note = :sealed WHERE referral_id = :referral_id AND version = :version",
}
# The last action of a referral is the one that its note came with; `overdue` is none, and comes before any note.
LAST_NOTES = """
UPDATE referrals r SET note = h.note FROM referral_history h WHERE h.referral_id = r.id AND h.version = r.version
"""


def upgrade() -> None:
    """Seals what is there. A database that has cases needs the key file for it; a new one does not."""
    for statement in STATEMENTS.split(";"):
        op.execute(text(statement))
    kit_tables.grant("referral", "SELECT, INSERT, UPDATE (kek_id, wrapped, destroyed_at)", "case_keys")
    kit_tables.grant("referral", "SELECT", "referral_details")
    bind = op.get_bind()
    cases = bind.scalars(text("SELECT id FROM cases")).all()
    keys = {}
    for case_id, (key, wrapped) in _keys_for(cases).items():
        keys[case_id] = CaseKey(case_id, key)
        values = {"case_id": case_id, "kek_id": wrapped.kek_id, "wrapped": wrapped.wrapped}
        bind.execute(
            text("INSERT INTO case_keys (case_id, kek_id, wrapped) VALUES (:case_id, :kek_id, :wrapped)"), values
        )
    for row in bind.execute(text("SELECT * FROM clear_texts")).mappings().all():
        field, version = row["field"], row["version"]
        sealed = keys[row["case_id"]].seal(row["value"], f"referrals/{row['referral_id']}/{field}", version)
        bind.execute(text(PUT[field]), {"referral_id": row["referral_id"], "version": version, "sealed": sealed})
    bind.execute(text(LAST_NOTES))


def _keys_for(cases: Sequence[UUID]) -> dict[UUID, tuple[bytes, Wrapped]]:
    """A new key for each case, open and wrapped."""
    if not cases:
        return {}
    file = os.environ.get("PAIVAND_VAULT_KEY_FILE")
    if not file:
        raise RuntimeError("this database has cases: name the vault's key file in PAIVAND_VAULT_KEY_FILE")
    provider = LocalKeyFile(Path(file))

    async def make() -> dict[UUID, tuple[bytes, Wrapped]]:
        made = {case_id: new_key() for case_id in cases}
        return {case_id: (key, await provider.wrap(key, case_id)) for case_id, key in made.items()}

    # Alembic runs inside an event loop already.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, make()).result()
