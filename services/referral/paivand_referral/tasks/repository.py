"""SQL of the tasks. Reads start from the proceedings that the caller may see."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import ColumnElement, DateTime, Select, cast, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..proceedings.repository import of_record
from .tables import TaskRow


def visible_to(caller: Caller) -> Select[TaskRow]:
    """Those of the organization's own cases, and those of proceedings in which the caller is of record."""
    is_own = TaskRow.organization_id == caller.organization()
    return select(TaskRow).where(is_own | TaskRow.proceeding_id.in_(of_record(caller)))


async def get(session: AsyncSession, caller: Caller, task_id: UUID) -> TaskRow | None:
    """One that the caller may see."""
    return await session.scalar(visible_to(caller).where(TaskRow.id == task_id))


async def lock(session: AsyncSession, caller: Caller, task_id: UUID) -> TaskRow | None:
    """The same, held against other changes until the transaction ends."""
    query = visible_to(caller).where(TaskRow.id == task_id).with_for_update(key_share=True)
    return await session.scalar(query, execution_options={"populate_existing": True})


def having(**values: Any) -> list[ColumnElement[bool]]:
    """With these values in these columns; None leaves a column open."""
    return [getattr(TaskRow, name) == value for name, value in values.items() if value is not None]


def due_before(day: date) -> ColumnElement[bool]:
    """That should be done before a day."""
    return TaskRow.due_on < day


def due_between(since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    """Whose last day begins in that time (UTC)."""
    begins = func.timezone("UTC", cast(TaskRow.due_on, DateTime(timezone=False)))
    days = TaskRow.due_on.between(since.date(), until.date())
    return [days, begins >= since, begins < until]


def due_after(at: datetime, task_id: UUID) -> ColumnElement[bool]:
    """That come after another entry of an agenda: a later day, or the same moment and a later id."""
    begins = func.timezone("UTC", cast(TaskRow.due_on, DateTime(timezone=False)))
    return func.row(begins, TaskRow.id) > func.row(at, task_id)


async def list_by_due(
    session: AsyncSession,
    caller: Caller,
    *,
    where: Sequence[ColumnElement[bool]],
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[TaskRow]:
    """Most urgent first."""
    query = visible_to(caller).where(*where).order_by(TaskRow.due_on, TaskRow.id).limit(limit)
    if after is not None:
        query = query.where(func.row(TaskRow.due_on, TaskRow.id) > func.row(*after))
    return (await session.scalars(query)).all()


async def open_kinds_unscoped(session: AsyncSession, proceeding_id: UUID) -> set[str]:
    """What is on the list of a locked proceeding already."""
    query = select(TaskRow.kind).where(TaskRow.proceeding_id == proceeding_id, TaskRow.status == "open")
    return set((await session.scalars(query)).all())


async def add(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> Sequence[TaskRow]:
    """Writes new tasks."""
    return (await session.scalars(insert(TaskRow).returning(TaskRow), rows)).all()


async def change(session: AsyncSession, row: TaskRow, values: dict[str, Any]) -> TaskRow:
    """The next version of a locked row."""
    statement = (
        update(TaskRow)
        .where(TaskRow.id == row.id)
        .values(**values, version=TaskRow.version + 1, updated_at=func.now())
        .returning(TaskRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()
