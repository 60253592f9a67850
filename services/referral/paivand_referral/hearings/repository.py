"""SQL of the hearings. Reads start from `visible_to`, or say `_unscoped`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import ColumnElement, Row, Select, exists, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ..lawyers.tables import LawyerRow
from ..proceedings.repository import is_current, of_record
from ..proceedings.tables import ProceedingRow
from .rules import NEAR
from .tables import HearingHistoryRow, HearingRow

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """Which hearings a list shows."""

    proceeding_id: UUID | None = None
    lawyer: str | None = None
    court: str | None = None
    day: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str | None = None
    needs_attention: bool = False


def has_lawyer() -> ColumnElement[bool]:
    """Whether somebody by name is of record today."""
    return exists().where(
        LawyerRow.proceeding_id == HearingRow.proceeding_id, LawyerRow.subject.is_not(None), is_current()
    )


def needing_attention(now: datetime) -> ColumnElement[bool]:
    """What `rules.attention` says, in SQL."""
    lacks = or_(HearingRow.interpreter == "needed", HearingRow.transport == "needed", ~has_lawyer())
    return (HearingRow.status == "scheduled") & HearingRow.starts_at.between(now, now + NEAR) & lacks


def visible_to(caller: Caller) -> Select[HearingRow]:
    """Those of the organization's own cases, and those of proceedings in which the caller is of record."""
    is_own = HearingRow.organization_id == caller.organization()
    return select(HearingRow).where(is_own | HearingRow.proceeding_id.in_(of_record(caller)))


def _whole(query: Select[HearingRow]) -> Select[Any]:
    """With what a reader sees beside the row itself."""
    following = aliased(HearingRow)
    follows = select(following.id).where(following.follows_id == HearingRow.id).scalar_subquery()
    joined = query.join(ProceedingRow, ProceedingRow.id == HearingRow.proceeding_id)
    return joined.add_columns(
        ProceedingRow.case_number, follows.label("next_hearing_id"), has_lawyer().label("has_lawyer")
    )


async def get(session: AsyncSession, caller: Caller, hearing_id: UUID) -> Row[Any] | None:
    """The hearing with what belongs to it, if the caller may see it."""
    return (await session.execute(_whole(visible_to(caller)).where(HearingRow.id == hearing_id))).one_or_none()


async def lock(session: AsyncSession, caller: Caller, hearing_id: UUID) -> HearingRow | None:
    """The hearing, if the caller may see it, held against other changes until the transaction ends.

    Like all these locks FOR NO KEY UPDATE: rows that refer to it, such as reminders, are written meanwhile without
    waiting. Whoever waited there for us, holding what our change needs, would be a deadlock.
    """
    query = visible_to(caller).where(HearingRow.id == hearing_id)
    return await session.scalar(query.with_for_update(key_share=True), execution_options={"populate_existing": True})


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    named = {"proceeding_id": wanted.proceeding_id, "court": wanted.court, "status": wanted.status}
    where += [getattr(HearingRow, name) == value for name, value in named.items() if value is not None]
    if wanted.lawyer is not None:
        theirs = select(LawyerRow.proceeding_id).where(LawyerRow.subject == wanted.lawyer, is_current())
        where.append(HearingRow.proceeding_id.in_(theirs))
    if wanted.day is not None:
        # The day of the court; the instants, which the indexes know, lie within a day of it everywhere.
        begin = datetime.combine(wanted.day, time())
        where.append(HearingRow.starts_local.between(begin, begin + A_DAY - timedelta(microseconds=1)))
        around = begin.replace(tzinfo=UTC)
        where.append(HearingRow.starts_at.between(around - A_DAY, around + 2 * A_DAY))
    if wanted.since is not None:
        where.append(HearingRow.starts_at >= wanted.since)
    if wanted.until is not None:
        where.append(HearingRow.starts_at < wanted.until)
    if wanted.needs_attention:
        where.append(needing_attention(now))
    return where


async def list_by_start(
    session: AsyncSession,
    caller: Caller,
    wanted: Wanted,
    *,
    now: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Earliest first. Own ones and those of record each read their own index before they are merged."""
    where = _conditions(wanted, now)
    if after is not None:
        where.append(func.row(HearingRow.starts_at, HearingRow.id) > func.row(*after))
    order = (HearingRow.starts_at, HearingRow.id)
    own = select(HearingRow.id).where(HearingRow.organization_id == caller.organization(), *where)
    record = of_record(caller).distinct().subquery()
    each = (
        select(HearingRow.id)
        .where(HearingRow.proceeding_id == record.c.proceeding_id, *where)
        .order_by(*order)
        .limit(limit)
        .lateral()
    )
    theirs = select(each.c.id).select_from(record).join(each, true())
    ids = own.order_by(*order).limit(limit).union(theirs).subquery()
    query = _whole(visible_to(caller)).where(HearingRow.id.in_(select(ids.c.id)))
    return (await session.execute(query.order_by(*order).limit(limit))).all()


async def add(session: AsyncSession, row: HearingRow) -> None:
    """Writes a new hearing."""
    session.add(row)
    # The answer and the history show the times that the database gave it.
    await session.flush()


async def exists_following(session: AsyncSession, hearing_id: UUID) -> bool:
    """Whether another hearing already continues a locked one."""
    query = select(HearingRow.id).where(HearingRow.follows_id == hearing_id)
    return (await session.scalar(query)) is not None


async def change(session: AsyncSession, row: HearingRow, values: dict[str, Any]) -> HearingRow:
    """The next version of a locked row."""
    statement = (
        update(HearingRow)
        .where(HearingRow.id == row.id)
        .values(**values, version=HearingRow.version + 1, updated_at=func.now())
        .returning(HearingRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()


async def note(
    session: AsyncSession, row: HearingRow, action: str, state: dict[str, Any], caller: Caller | None
) -> None:
    """Writes the history entry of the row's present version."""
    by = {
        "organization_id": caller.organization() if caller else None,
        "subject": caller.subject if caller else "system",
    }
    values = {"version": row.version, "action": action, "state": state}
    await session.execute(insert(HearingHistoryRow).values(hearing_id=row.id, **values, **by))


async def list_history_unscoped(
    session: AsyncSession, hearing_id: UUID, *, after: int, limit: int
) -> Sequence[HearingHistoryRow]:
    """Oldest first. The caller must have been found to see the hearing."""
    entry = HearingHistoryRow
    query = select(entry).where(entry.hearing_id == hearing_id, entry.version > after)
    return (await session.scalars(query.order_by(entry.version).limit(limit))).all()


async def claim_outdated_unscoped(session: AsyncSession, *, edition: str, limit: int) -> Sequence[HearingRow]:
    """Hearings to come whose instant was computed with another edition of the zones; other replicas skip them."""
    query = select(HearingRow).where(
        HearingRow.status == "scheduled", HearingRow.starts_at > func.now(), HearingRow.zones_edition != edition
    )
    return (await session.scalars(query.limit(limit).with_for_update(skip_locked=True, key_share=True))).all()


async def mark_current(session: AsyncSession, rows: Sequence[HearingRow], *, edition: str) -> None:
    """Not a new version: their instants have not moved."""
    ids = [row.id for row in rows]
    await session.execute(update(HearingRow).where(HearingRow.id.in_(ids)).values(zones_edition=edition))


async def case_number_unscoped(session: AsyncSession, proceeding_id: UUID) -> str:
    """Number of the case of a hearing's proceeding."""
    query = select(ProceedingRow.case_number).where(ProceedingRow.id == proceeding_id)
    return (await session.scalars(query)).one()
