"""SQL of the consents."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import RowMapping, Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .rules import ConsentEnd
from .tables import ConsentRow

UNKNOWN_RECIPIENTS = text("""
    SELECT id FROM unnest(CAST(:organization_ids AS uuid[])) AS named(id) WHERE NOT EXISTS
        (SELECT FROM directory_organizations o WHERE o.id = named.id AND o.status = 'active')
    UNION ALL SELECT id FROM unnest(CAST(:service_ids AS uuid[])) AS named(id) WHERE NOT EXISTS
        (SELECT FROM directory_services s WHERE s.id = named.id AND s.status = 'active')
""")

# The consent and the service, side by side, to say what is missing. Held against a withdrawal at the same time.
FOR_SERVICE = text("""
    SELECT c.*, s.id AS service_id, s.organization_id AS service_organization_id
    FROM consents c LEFT JOIN directory_services s ON s.id = :service_id AND s.status = 'active'
    WHERE c.id = :id AND c.case_id = :case_id AND c.organization_id = :organization FOR SHARE OF c
""")

END = text("""
    UPDATE consents SET status = 'inactive', ended_at = :at, ended_as = :ended_as, ended_by = :by,
        version = version + 1
    WHERE id = ANY(CAST(:ids AS uuid[])) AND status = 'active'
""")

# Each replica takes rows that no other has.
CLAIM_EXPIRED = text("""
    SELECT id, case_id FROM consents WHERE status = 'active' AND valid_until <= :at
    ORDER BY valid_until LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
""")


def visible_to(caller: Caller) -> Select[ConsentRow]:
    """The consents of the caller's own cases."""
    return select(ConsentRow).where(ConsentRow.organization_id == caller.organization())


async def add(session: AsyncSession, consent: ConsentRow) -> None:
    """Writes a new consent."""
    session.add(consent)
    # Before the answer is built: a broken constraint must be found here.
    await session.flush()


async def list_unknown_recipients(
    session: AsyncSession, organization_ids: Collection[UUID], service_ids: Collection[UUID]
) -> Sequence[UUID]:
    """Which of these the directory does not state as active."""
    parameters = {"organization_ids": list(organization_ids), "service_ids": list(service_ids)}
    return (await session.scalars(UNKNOWN_RECIPIENTS, parameters)).all()


async def get(session: AsyncSession, caller: Caller, case_id: UUID, consent_id: UUID) -> ConsentRow | None:
    """A consent of one of the caller's cases."""
    return await session.scalar(visible_to(caller).where(ConsentRow.case_id == case_id, ConsentRow.id == consent_id))


async def lock(session: AsyncSession, caller: Caller, case_id: UUID, consent_id: UUID) -> ConsentRow | None:
    """The same, held against referrals that would begin to stand on it until the transaction ends.

    Those that stand on it already may still point to it: a stronger lock would make them wait in a circle.
    """
    query = visible_to(caller).where(ConsentRow.case_id == case_id, ConsentRow.id == consent_id)
    return await session.scalar(query.with_for_update(key_share=True))


async def list_newest(
    session: AsyncSession, caller: Caller, case_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[ConsentRow]:
    """Consents of a case, newest first."""
    query = visible_to(caller).where(ConsentRow.case_id == case_id).order_by(ConsentRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(ConsentRow.id < before)
    return (await session.scalars(query)).all()


async def lock_for_service(
    executor: AsyncSession | AsyncConnection, organization_id: UUID, case_id: UUID, consent_id: UUID, service_id: UUID
) -> RowMapping | None:
    """A consent with the service that somebody wants to rest on it; `service_id` is null when there is none."""
    parameters = {"id": consent_id, "case_id": case_id, "organization": organization_id, "service_id": service_id}
    return (await executor.execute(FOR_SERVICE, parameters)).mappings().one_or_none()


async def end_unscoped(
    session: AsyncSession, ids: Sequence[UUID], *, ended_as: ConsentEnd, by: str, at: datetime
) -> None:
    """Makes locked consents inactive, once."""
    parameters: dict[str, Any] = {"ids": list(ids), "ended_as": ended_as.value, "by": by, "at": at}
    await session.execute(END, parameters)


async def claim_expired_unscoped(session: AsyncSession, *, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Active consents whose time has passed, with their cases, locked."""
    rows = await session.execute(CLAIM_EXPIRED, {"at": at, "limit": limit})
    return [(row.id, row.case_id) for row in rows]


async def refresh(session: AsyncSession, consent: ConsentRow) -> None:
    """Reads a consent again that a statement has changed."""
    await session.refresh(consent)
