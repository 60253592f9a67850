"""SQL of the copies."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from paivand_kit.audit.trail import Access, AuditRow
from paivand_kit.caller import Caller
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def list_readings(session: AsyncSession, caller: Caller, case_id: UUID, *, limit: int) -> Sequence[datetime]:
    """When accounts of the caller's organization read who the person of a case is, newest first."""
    query = (
        select(AuditRow.at)
        .where(
            AuditRow.case_id == case_id,
            AuditRow.organization_id == caller.organization(),
            AuditRow.access == Access.READ,
        )
        .order_by(AuditRow.position.desc())
        .limit(limit)
    )
    return (await session.scalars(query)).all()
