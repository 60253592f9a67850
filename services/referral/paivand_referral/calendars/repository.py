"""SQL of the calendar feeds, and of what they show. Reads start from `visible_to`, or say `_unscoped`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_contracts.codes import OrganizationStatus, Role
from paivand_contracts.hearings import HearingStatus
from paivand_kit.caller import Caller
from sqlalchemy import Select, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..directory.tables import DirectoryOrganizationRow
from ..hearings.repository import visible_to as hearings_visible_to
from ..hearings.tables import HearingRow
from ..proceedings.repository import of_record
from ..proceedings.tables import ProceedingRow
from .rules import Sitting
from .tables import CalendarFeedRow


def visible_to(caller: Caller) -> Select[CalendarFeedRow]:
    """The caller's own feeds; for a manager all of the organization's."""
    query = select(CalendarFeedRow).where(CalendarFeedRow.organization_id == caller.organization())
    return query if Role.MANAGER in caller.roles else query.where(CalendarFeedRow.subject == caller.subject)


async def add(session: AsyncSession, row: CalendarFeedRow) -> None:
    """Writes a new feed."""
    session.add(row)
    # The answer shows the times that the database gave it.
    await session.flush()


async def list_newest(
    session: AsyncSession, caller: Caller, *, before: UUID | None, limit: int
) -> Sequence[CalendarFeedRow]:
    """Newest first."""
    query = visible_to(caller).order_by(CalendarFeedRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(CalendarFeedRow.id < before)
    return (await session.scalars(query)).all()


async def get(session: AsyncSession, caller: Caller, feed_id: UUID, *, lock: bool = False) -> CalendarFeedRow | None:
    """One feed that the caller may see."""
    query = visible_to(caller).where(CalendarFeedRow.id == feed_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def remove(session: AsyncSession, row: CalendarFeedRow) -> None:
    """Deletes a feed: its address leads nowhere from now on."""
    await session.execute(delete(CalendarFeedRow).where(CalendarFeedRow.id == row.id))


async def remove_of_person_unscoped(session: AsyncSession, subject: str, organization_id: UUID) -> None:
    """Deletes what an account made in an organization: its own feeds, and those whose address it was shown."""
    await session.execute(
        delete(CalendarFeedRow).where(
            CalendarFeedRow.organization_id == organization_id, CalendarFeedRow.created_by == subject
        )
    )


async def find_unscoped(session: AsyncSession, token_digest: bytes) -> CalendarFeedRow | None:
    """The feed behind an address, while its organization takes part."""
    query = (
        select(CalendarFeedRow)
        .join(DirectoryOrganizationRow, DirectoryOrganizationRow.id == CalendarFeedRow.organization_id)
        .where(
            CalendarFeedRow.token_digest == token_digest,
            DirectoryOrganizationRow.status == OrganizationStatus.ACTIVE,
        )
    )
    return await session.scalar(query)


async def note_use(session: AsyncSession, row: CalendarFeedRow, content_digest: bytes) -> datetime:
    """Notes that a feed was read, and what it showed; since when it shows this."""
    is_same = CalendarFeedRow.content_digest == content_digest
    statement = (
        update(CalendarFeedRow)
        .where(CalendarFeedRow.id == row.id)
        .values(
            last_used_at=func.now(),
            content_changed_at=case((is_same, CalendarFeedRow.content_changed_at), else_=func.now()),
            content_digest=content_digest,
        )
        .returning(CalendarFeedRow.content_changed_at)
    )
    return (await session.execute(statement)).scalar_one()


async def list_sittings(
    session: AsyncSession, reader: Caller, *, of_record_only: bool, since: datetime, limit: int
) -> list[Sitting]:
    """All hearings of the proceedings that the reader may see and in which something happens after a time.

    Whole proceedings, so that a chain of adjournments is never seen without its beginning.
    """
    seen: Select[Any] = hearings_visible_to(reader).with_only_columns(HearingRow.proceeding_id)
    if of_record_only:
        seen = select(HearingRow.proceeding_id).where(HearingRow.proceeding_id.in_(of_record(reader)))
    alive = seen.where(HearingRow.starts_at > since)
    query = (
        select(HearingRow, ProceedingRow.case_number)
        .join(ProceedingRow, ProceedingRow.id == HearingRow.proceeding_id)
        .where(HearingRow.proceeding_id.in_(alive))
        .order_by(HearingRow.starts_at.desc())
        .limit(limit)
    )
    return [_sitting(row, number) for row, number in await session.execute(query)]


def _sitting(row: HearingRow, case_number: str) -> Sitting:
    return Sitting(
        id=row.id,
        case_number=case_number,
        hearing_type=row.hearing_type,
        status=HearingStatus(row.status),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        place=", ".join(each for each in (row.court, row.room) if each) or None,
        follows_id=row.follows_id,
        version=row.version,
        updated_at=row.updated_at,
    )
