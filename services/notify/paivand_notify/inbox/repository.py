"""SQL of the inbox."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, column, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from .rules import Audience
from .tables import InboxEntryRow

_table = cast(Table, InboxEntryRow.__table__)
NAMES = [
    *("id", "event_id", "organization_id", "kind"),
    *("subject_type", "subject_id", "reference", "status", "priority", "times"),
]
# All entries in one JSON parameter: a VALUES list would be another statement for each number of rows, and writing it
# out took longer than running it.
_entries = (
    func.jsonb_to_recordset(bindparam("entries", type_=JSONB))
    .table_valued(*(column(name, _table.c[name].type) for name in NAMES))
    .render_derived(with_types=True)
)
ADD = insert(_table).from_select(NAMES, select(*_entries.c)).on_conflict_do_nothing()


def _visible_to(audience: Audience) -> Select[InboxEntryRow]:
    return select(InboxEntryRow).where(InboxEntryRow.organization_id == audience)


async def lock_order(session: AsyncSession) -> None:
    """Waits until no other consumer writes entries, and keeps others from it until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("inbox order", 0))))


async def add(session: AsyncSession, entries: Sequence[dict[str, Any]]) -> None:
    """Writes entries in one statement and in this order; an entry that is there already stays."""
    await session.execute(ADD, {"entries": entries})


async def list_newest(
    session: AsyncSession, audiences: Sequence[Audience], *, is_unread: bool | None, before: int | None, limit: int
) -> list[InboxEntryRow]:
    """Entries of these audiences, newest first; of each its own index range, since an OR could not keep the order."""
    rows: list[InboxEntryRow] = []
    for audience in audiences:
        query = _visible_to(audience).order_by(InboxEntryRow.position.desc()).limit(limit)
        if before is not None:
            query = query.where(InboxEntryRow.position < before)
        if is_unread is not None:
            query = query.where(InboxEntryRow.read_at.is_(None) if is_unread else InboxEntryRow.read_at.is_not(None))
        rows += (await session.execute(query)).scalars()
    return sorted(rows, key=lambda row: row.position, reverse=True)[:limit]


async def list_after(
    session: AsyncSession, audiences: Sequence[Audience], *, after: int, limit: int
) -> list[InboxEntryRow]:
    """Entries of these audiences past a position, oldest first."""
    rows: list[InboxEntryRow] = []
    for audience in audiences:
        query = _visible_to(audience).where(InboxEntryRow.position > after)
        rows += (await session.execute(query.order_by(InboxEntryRow.position).limit(limit))).scalars()
    return sorted(rows, key=lambda row: row.position)[:limit]


async def list_after_unscoped(session: AsyncSession, *, after: int, limit: int) -> list[InboxEntryRow]:
    """Everybody's entries past a position, oldest first; the live feed hands each to its own audience."""
    query = select(InboxEntryRow).where(InboxEntryRow.position > after).order_by(InboxEntryRow.position).limit(limit)
    return list((await session.execute(query)).scalars())


async def get_latest_position(session: AsyncSession) -> int:
    """Position of the newest entry; 0 when there is none."""
    return (await session.execute(select(func.coalesce(func.max(InboxEntryRow.position), 0)))).scalar_one()


async def get(session: AsyncSession, audiences: Sequence[Audience], entry_id: UUID) -> InboxEntryRow | None:
    """One entry, if it is in one of these audiences' inboxes."""
    query = select(InboxEntryRow).where(InboxEntryRow.id == entry_id, _is_in(audiences))
    return (await session.execute(query)).scalar_one_or_none()


async def mark_read(
    session: AsyncSession, audiences: Sequence[Audience], entry_id: UUID, *, subject: str
) -> InboxEntryRow | None:
    """The entry, read; the first reader stays noted."""
    statement = (
        update(InboxEntryRow)
        .where(InboxEntryRow.id == entry_id, _is_in(audiences))
        .values(
            read_at=func.coalesce(InboxEntryRow.read_at, func.now()),
            read_by=func.coalesce(InboxEntryRow.read_by, subject),
        )
        .returning(InboxEntryRow)
    )
    return (await session.execute(statement)).scalar_one_or_none()


def _is_in(audiences: Sequence[Audience]) -> Any:
    return or_(*(InboxEntryRow.organization_id == audience for audience in audiences))
