"""SQL of the cause lists. They belong to no case; what they change is found by blind index, for the network itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..hearings.tables import HearingRow
from ..proceedings.tables import ProceedingRow
from ..vault.tables import CaseKeyRow
from .tables import CauseListLineRow, CauseListRow


async def add(session: AsyncSession, values: dict[str, Any], lines: Sequence[dict[str, Any]]) -> None:
    """Writes a list and its lines."""
    await session.execute(insert(CauseListRow).values(**values))
    if lines:
        await session.execute(insert(CauseListLineRow), list(lines))


async def list_newest_unscoped(
    session: AsyncSession, *, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[CauseListRow]:
    """All lists, newest first: figures only."""
    row = CauseListRow
    query = select(row).order_by(row.created_at.desc(), row.id.desc()).limit(limit)
    if before is not None:
        query = query.where(func.row(row.created_at, row.id) < func.row(*before))
    return (await session.scalars(query)).all()


async def claim_lines_unscoped(session: AsyncSession, *, limit: int) -> Sequence[CauseListLineRow]:
    """Lines in their order, locked until the transaction ends, which deletes them.

    Other replicas wait, and skip nothing: a later line may correct an earlier one.
    """
    query = select(CauseListLineRow).order_by(CauseListLineRow.position).limit(limit).with_for_update(key_share=True)
    return (await session.scalars(query)).all()


async def forget_lines(session: AsyncSession, lines: Iterable[CauseListLineRow]) -> None:
    """They are handled."""
    positions = [line.position for line in lines]
    await session.execute(delete(CauseListLineRow).where(CauseListLineRow.position.in_(positions)))


async def count_handled(session: AsyncSession, cause_list_id: UUID, *, handled: int, unmatched: int) -> None:
    """Adds to the figures of a list."""
    row = CauseListRow
    values = {"handled": row.handled + handled, "unmatched": row.unmatched + unmatched}
    await session.execute(update(row).where(row.id == cause_list_id).values(values))


async def matching_unscoped(session: AsyncSession, tokens: Iterable[bytes]) -> Sequence[ProceedingRow]:
    """Proceedings that go on and have these file numbers, held against changes. An erased case has none any more."""
    query = (
        select(ProceedingRow)
        .join(CaseKeyRow, CaseKeyRow.case_id == ProceedingRow.case_id)
        .where(ProceedingRow.court_file_index.in_(list(tokens)), CaseKeyRow.wrapped.is_not(None))
        .where(ProceedingRow.status != "closed")
        .order_by(ProceedingRow.id)
        .with_for_update(of=ProceedingRow, key_share=True)
    )
    return (await session.scalars(query)).all()


async def scheduled_unscoped(session: AsyncSession, proceeding_id: UUID) -> Sequence[HearingRow]:
    """Hearings of a locked proceeding that are to take place, held against changes."""
    query = select(HearingRow).where(HearingRow.proceeding_id == proceeding_id, HearingRow.status == "scheduled")
    query = query.order_by(HearingRow.starts_at).with_for_update(key_share=True)
    return (await session.scalars(query, execution_options={"populate_existing": True})).all()
