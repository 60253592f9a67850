"""SQL of the overdue referrals."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

# Each replica takes rows that no other has; the partial index holds only what is still awaited.
CLAIM = text("""
    WITH due AS (
        SELECT id FROM referrals WHERE status = 'requested' AND overdue_at IS NULL AND respond_by < now()
        ORDER BY respond_by LIMIT :limit FOR UPDATE SKIP LOCKED
    ), marked AS (
        UPDATE referrals SET overdue_at = now(), version = version + 1, updated_at = now()
        FROM due WHERE referrals.id = due.id RETURNING referrals.*
    ), history AS (
        INSERT INTO referral_history (referral_id, version, action, status, organization_id, subject, at)
        SELECT id, version, 'overdue', status, owner_organization_id, 'system', updated_at FROM marked
    )
    SELECT * FROM marked
""")

# For coordinators: who has to be called. Nothing of the case.
OVERDUE = text("""
    SELECT r.id, r.number, r.priority, r.respond_by, r.overdue_at,
        r.requester_organization_id, requester.name AS requester_organization_name,
        r.owner_organization_id, owner.name AS owner_organization_name, s.name AS service_name
    FROM referrals r
    JOIN directory_services s ON s.id = r.service_id
    JOIN directory_organizations owner ON owner.id = r.owner_organization_id
    LEFT JOIN directory_organizations requester ON requester.id = r.requester_organization_id
    WHERE r.status = 'requested' AND r.overdue_at IS NOT NULL
    AND (CAST(:after AS uuid) IS NULL OR r.id > CAST(:after AS uuid)) ORDER BY r.id LIMIT :limit
""")


async def claim_overdue_unscoped(session: AsyncSession, *, limit: int) -> Sequence[RowMapping]:
    """Marks referrals whose time has passed, once each, and returns them."""
    return (await session.execute(CLAIM, {"limit": limit})).mappings().all()


async def list_overdue_unscoped(session: AsyncSession, *, after: UUID | None, limit: int) -> Sequence[RowMapping]:
    """All overdue referrals of the network, oldest first; without anything of the cases."""
    return (await session.execute(OVERDUE, {"after": after, "limit": limit})).mappings().all()
