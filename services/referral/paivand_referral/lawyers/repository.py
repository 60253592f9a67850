"""SQL of the lawyers of record. Reads start from the proceedings that the caller may see, or say `_unscoped`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..proceedings.repository import is_current
from ..proceedings.repository import visible_to as proceedings_visible_to
from ..proceedings.tables import ProceedingRow
from ..referrals.tables import ReferralRow
from .tables import LawyerRow

HELPING = ("accepted", "in-progress", "on-hold")
"""States of a referral in which its owner works for the person."""


def helping() -> ColumnElement[bool]:
    """Whether a referral's owner works for the person, and the consent that it stands on holds."""
    holds = ReferralRow.consent_end.is_(None) & or_(
        ReferralRow.consent_until.is_(None), ReferralRow.consent_until > func.now()
    )
    return ReferralRow.status.in_(HELPING) & holds


def visible_to(caller: Caller) -> Select[LawyerRow]:
    """Those of the proceedings that the caller may see."""
    seen = proceedings_visible_to(caller).with_only_columns(ProceedingRow.id)
    return select(LawyerRow).where(LawyerRow.proceeding_id.in_(seen))


async def get(session: AsyncSession, caller: Caller, lawyer_id: UUID) -> LawyerRow | None:
    """One that the caller may see."""
    return await session.scalar(visible_to(caller).where(LawyerRow.id == lawyer_id))


async def lock(session: AsyncSession, caller: Caller, lawyer_id: UUID) -> LawyerRow | None:
    """The same, held against other changes until the transaction ends."""
    return await session.scalar(visible_to(caller).where(LawyerRow.id == lawyer_id).with_for_update(key_share=True))


async def list_of(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> Sequence[LawyerRow]:
    """All of one proceeding, oldest first."""
    query = visible_to(caller).where(LawyerRow.proceeding_id == proceeding_id).order_by(LawyerRow.id)
    return (await session.scalars(query)).all()


async def organizations_of_unscoped(session: AsyncSession, proceeding_id: UUID) -> list[UUID]:
    """The organizations whose lawyers are of record today."""
    query = select(LawyerRow.organization_id).where(LawyerRow.proceeding_id == proceeding_id, is_current()).distinct()
    return sorted((await session.scalars(query)).all())


async def is_helping_unscoped(session: AsyncSession, case_id: UUID, organization_id: UUID) -> bool:
    """Whether the organization has accepted a referral of the case and still works on it."""
    query = select(ReferralRow.id).where(
        ReferralRow.case_id == case_id,
        ReferralRow.owner_organization_id == organization_id,
        helping(),
    )
    return (await session.scalar(query.limit(1))) is not None


async def add(session: AsyncSession, row: LawyerRow) -> None:
    """Writes a new lawyer of record."""
    session.add(row)
    # The answer shows the times that the database gave it.
    await session.flush()


async def change(session: AsyncSession, row: LawyerRow, values: dict[str, Any]) -> LawyerRow:
    """The next version of a locked row."""
    statement = (
        update(LawyerRow)
        .where(LawyerRow.id == row.id)
        .values(**values, version=LawyerRow.version + 1, updated_at=func.now())
        .returning(LawyerRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()
