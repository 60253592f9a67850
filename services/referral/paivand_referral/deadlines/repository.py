"""SQL of the deadlines. Reads start from the proceedings that the caller may see, or say `_unscoped`."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ..hearings.repository import visible_to as hearings_visible_to
from ..hearings.tables import HearingRow
from ..proceedings.repository import visible_to as proceedings_visible_to
from ..proceedings.tables import ProceedingRow
from .tables import DeadlineRow


def visible_to(caller: Caller) -> Select[DeadlineRow]:
    """Those of the proceedings that the caller may see."""
    seen = proceedings_visible_to(caller).with_only_columns(ProceedingRow.id)
    return select(DeadlineRow).where(DeadlineRow.proceeding_id.in_(seen))


async def get_hearing(session: AsyncSession, caller: Caller, hearing_id: UUID) -> HearingRow | None:
    """A hearing that the caller may see."""
    return await session.scalar(hearings_visible_to(caller).where(HearingRow.id == hearing_id))


async def add(session: AsyncSession, row: DeadlineRow) -> None:
    """Writes a new deadline."""
    session.add(row)
    # The answer shows the times that the database gave it.
    await session.flush()


async def get(session: AsyncSession, caller: Caller, deadline_id: UUID, *, lock: bool = False) -> DeadlineRow | None:
    """One that the caller may see."""
    query = visible_to(caller).where(DeadlineRow.id == deadline_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def list_by_day(
    session: AsyncSession, caller: Caller, *, proceeding_id: UUID | None, after: tuple[date, UUID] | None, limit: int
) -> Sequence[DeadlineRow]:
    """The next one first."""
    query = visible_to(caller).order_by(DeadlineRow.due_on, DeadlineRow.id).limit(limit)
    if proceeding_id is not None:
        query = query.where(DeadlineRow.proceeding_id == proceeding_id)
    if after is not None:
        query = query.where(func.row(DeadlineRow.due_on, DeadlineRow.id) > func.row(*after))
    return (await session.scalars(query)).all()


async def change(session: AsyncSession, row: DeadlineRow, values: dict[str, Any]) -> DeadlineRow:
    """The next version of a row."""
    statement = (
        update(DeadlineRow)
        .where(DeadlineRow.id == row.id)
        .values(**values, version=DeadlineRow.version + 1, updated_at=func.now())
        .returning(DeadlineRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()


async def list_following_unscoped(
    session: AsyncSession, hearing_ids: Sequence[UUID]
) -> Sequence[tuple[DeadlineRow, HearingRow]]:
    """Open deadlines counted from these hearings, each with the hearing that takes its place by now."""
    here, following = aliased(HearingRow), aliased(HearingRow)
    query = (
        select(DeadlineRow, func.coalesce(following.id, here.id))
        .join(here, here.id == DeadlineRow.hearing_id)
        .outerjoin(following, (following.follows_id == here.id) & (here.status == "adjourned"))
        .where(DeadlineRow.hearing_id.in_(hearing_ids), DeadlineRow.status == "open")
        .with_for_update(of=DeadlineRow)
    )
    found = (await session.execute(query)).all()
    hearings = await session.scalars(select(HearingRow).where(HearingRow.id.in_([each[1] for each in found])))
    by_id = {each.id: each for each in hearings}
    return [(row, by_id[hearing_id]) for row, hearing_id in found]
