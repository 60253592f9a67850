"""SQL of the accompaniments. Reads start from the cases that the caller's shelter has taken in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import ARRAY, Row, Select, Text, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..directory.tables import DirectoryServiceRow
from ..hearings.tables import HearingRow
from ..lawyers.repository import helping
from ..proceedings.tables import ProceedingRow
from ..referrals.tables import ReferralRow

SHELTER = ["shelter", "emergency-shelter"]
"""Codes of taxonomy terms: a shelter, and what is narrower."""
SHOWN = (
    HearingRow.id.label("hearing_id"),
    ProceedingRow.case_id,
    ProceedingRow.case_number,
    HearingRow.status,
    HearingRow.starts_at,
    HearingRow.ends_at,
    HearingRow.starts_local,
    HearingRow.time_zone,
    HearingRow.transport,
    HearingRow.childcare,
    HearingRow.support_person,
    HearingRow.version,
)


def _cases(caller: Caller) -> Select[UUID]:
    """Cases for which the caller's organization has accepted a referral for shelter, the consent still standing."""
    return (
        select(ReferralRow.case_id)
        .join(DirectoryServiceRow, DirectoryServiceRow.id == ReferralRow.service_id)
        .where(
            ReferralRow.owner_organization_id == caller.organization(),
            DirectoryServiceRow.taxonomy_terms.op("&&")(literal(SHELTER, ARRAY(Text))),
            helping(),
        )
    )


def visible_to(caller: Caller) -> Select[*tuple[Any, ...]]:
    """Hearings of those cases, as far as a shelter is concerned."""
    query = select(*SHOWN).join(ProceedingRow, ProceedingRow.id == HearingRow.proceeding_id)
    return query.where(ProceedingRow.case_id.in_(_cases(caller)))


async def get(session: AsyncSession, caller: Caller, hearing_id: UUID) -> Row[Any] | None:
    """One that the caller may see."""
    return (await session.execute(visible_to(caller).where(HearingRow.id == hearing_id))).one_or_none()


async def lock(session: AsyncSession, caller: Caller, hearing_id: UUID) -> HearingRow | None:
    """The hearing of one that the caller may see, held against other changes until the transaction ends."""
    seen = visible_to(caller).with_only_columns(HearingRow.id).where(HearingRow.id == hearing_id)
    query = select(HearingRow).where(HearingRow.id.in_(seen)).with_for_update(key_share=True)
    return await session.scalar(query, execution_options={"populate_existing": True})


async def list_by_start(
    session: AsyncSession, caller: Caller, *, since: datetime, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Earliest first."""
    query = visible_to(caller).where(HearingRow.starts_at >= since)
    if after is not None:
        query = query.where(func.row(HearingRow.starts_at, HearingRow.id) > func.row(*after))
    return (await session.execute(query.order_by(HearingRow.starts_at, HearingRow.id).limit(limit))).all()
