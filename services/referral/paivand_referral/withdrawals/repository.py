"""SQL of the withdrawals."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

# By the case, which has an index. The new state is computed from the row as it is when the lock is had.
END_CONSENT = text("""
    WITH ended AS (
        UPDATE referrals r SET consent_end = :ended_as, version = version + 1, updated_at = :at,
            status = coalesce((SELECT target FROM unnest(CAST(:sources AS text[]), CAST(:targets AS text[]))
                AS way(source, target) WHERE way.source = r.status), r.status),
            reason = CASE WHEN r.status = ANY (CAST(:sources AS text[])) THEN :reason ELSE r.reason END
        WHERE case_id = ANY (CAST(:case_ids AS uuid[])) AND consent_id = ANY (CAST(:consent_ids AS uuid[]))
        RETURNING r.*
    ), history AS (
        INSERT INTO referral_history (referral_id, version, action, status, reason, organization_id, subject, at)
        SELECT id, version, :reason, status, reason, requester_organization_id, :by, updated_at FROM ended
    )
    SELECT * FROM ended ORDER BY id
""")

RENEW_CONSENT = text("""
    WITH renewed AS (
        UPDATE referrals SET consent_id = :consent_id, consent_until = :consent_until, consent_end = NULL,
            consent_given_at = :consent_given_at, consent_scope = CAST(:consent_scope AS text[]),
            version = version + 1, updated_at = :at
        WHERE id = :id RETURNING *
    ), disclosed AS (
        INSERT INTO disclosures (id, case_id, organization_id, referral_id, consent_id, kind, categories,
            recipient_organization_id, recipient_service_id, subject, at)
        SELECT :disclosure_id, case_id, requester_organization_id, id, consent_id, 'sent', CAST(:shown AS text[]),
            owner_organization_id, service_id, :by, updated_at
        FROM renewed WHERE owner_organization_id <> requester_organization_id
    )
    INSERT INTO referral_history (referral_id, version, action, status, organization_id, subject, at)
    SELECT id, version, 'renew-consent', status, requester_organization_id, :by, updated_at FROM renewed
""")


async def end_consent_unscoped(session: AsyncSession, values: dict[str, Any]) -> Sequence[RowMapping]:
    """Writes for all referrals that stand on these consents that they have ended, and returns them."""
    return (await session.execute(END_CONSENT, values)).mappings().all()


async def renew_consent(session: AsyncSession, values: dict[str, Any]) -> None:
    """Puts a locked referral on another consent."""
    await session.execute(RENEW_CONSENT, values)
