"""SQL of the cases."""

from collections.abc import Sequence
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import CaseRow


def visible_to(caller: Caller) -> Select[CaseRow]:
    """The cases of the caller's own organization."""
    return select(CaseRow).where(CaseRow.organization_id == caller.organization())


async def add(session: AsyncSession, case: CaseRow) -> None:
    """Writes a new case."""
    session.add(case)
    # The answer shows the time that the database gave it.
    await session.flush()


async def get(session: AsyncSession, caller: Caller, case_id: UUID) -> CaseRow | None:
    """The case, if it is the caller's."""
    return await session.scalar(visible_to(caller).where(CaseRow.id == case_id))


async def list_newest(session: AsyncSession, caller: Caller, *, before: UUID | None, limit: int) -> Sequence[CaseRow]:
    """Own cases, newest first (ids are in the order of creation)."""
    query = visible_to(caller).order_by(CaseRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(CaseRow.id < before)
    return (await session.scalars(query)).all()
