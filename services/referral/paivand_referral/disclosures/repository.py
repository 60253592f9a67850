"""SQL of the disclosures. Those of a new referral are written by the statement that creates it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import new_id
from paivand_kit.caller import Caller
from sqlalchemy import RowMapping, Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ..directory.tables import DirectoryOrganizationRow, DirectoryServiceRow
from .tables import DisclosureRow

# Again on the same day it is found in the unique index, and nothing is written.
ADD_READING = text("""
    INSERT INTO disclosures (id, case_id, organization_id, referral_id, consent_id, kind, categories,
        recipient_organization_id, recipient_service_id, subject, on_day, at)
    SELECT :id, case_id, requester_organization_id, id, consent_id, 'read', CAST(:categories AS text[]),
        owner_organization_id, service_id, :subject, (CAST(:at AS timestamptz) AT TIME ZONE 'UTC')::date,
        CAST(:at AS timestamptz)
    FROM referrals WHERE id = :referral_id
    ON CONFLICT (referral_id, subject, kind, on_day) WHERE on_day IS NOT NULL DO NOTHING
""")


def visible_to(caller: Caller) -> Select[*tuple[Any, ...]]:
    """What was disclosed of the caller's own cases, with the recipients' names."""
    columns = DisclosureRow.__table__.c
    return (
        select(
            *columns,
            DirectoryOrganizationRow.name.label("recipient_organization_name"),
            DirectoryServiceRow.name.label("recipient_service_name"),
        )
        .outerjoin(DirectoryOrganizationRow, DirectoryOrganizationRow.id == columns.recipient_organization_id)
        .outerjoin(DirectoryServiceRow, DirectoryServiceRow.id == columns.recipient_service_id)
        .where(columns.organization_id == caller.organization())
    )


async def add_reading_unscoped(
    session: AsyncSession, referral_id: UUID, *, subject: str, categories: Collection[str], at: datetime
) -> None:
    """Notes that an account of the owner read a referral, once a day. The caller must have been found to be a party."""
    parameters = {"id": new_id(), "referral_id": referral_id, "subject": subject, "categories": list(categories)}
    await session.execute(ADD_READING, {**parameters, "at": at})


async def list_newest(
    session: AsyncSession, caller: Caller, case_id: UUID, *, consent_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[RowMapping]:
    """What was disclosed of one of the caller's cases, newest first."""
    query = visible_to(caller).where(DisclosureRow.case_id == case_id).order_by(DisclosureRow.id.desc()).limit(limit)
    if consent_id is not None:
        query = query.where(DisclosureRow.consent_id == consent_id)
    if before is not None:
        query = query.where(DisclosureRow.id < before)
    return (await session.execute(query)).mappings().all()
