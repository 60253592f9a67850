"""The only place with SQL on details. They have no scope of their own: ask for those of parents that may be seen."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import new_id
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import DetailRow


async def list_details_unscoped(
    session: AsyncSession, table: type[DetailRow], parent: str, ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """All of these parents, in the order in which they were given."""
    if not ids:
        return []
    columns = table.__table__.c
    found = await session.execute(select(*columns).where(columns[parent].in_(ids)).order_by(columns.id))
    return [dict(row._mapping) for row in found]


async def list_page_unscoped(
    session: AsyncSession, table: type[DetailRow], parent: str, parent_id: UUID, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Some of one parent, in the order in which they were given."""
    columns = table.__table__.c
    query = select(*columns).where(columns[parent] == parent_id).order_by(columns.id).limit(limit)
    if after is not None:
        query = query.where(columns.id > after)
    return [dict(row._mapping) for row in await session.execute(query)]


async def remove(session: AsyncSession, table: type[DetailRow], parent: str, parent_id: UUID) -> None:
    """All of one parent, and what hangs on them."""
    await session.execute(delete(table).where(table.__table__.c[parent] == parent_id))


async def add(session: AsyncSession, table: type[DetailRow], rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """The ids of the new rows, in their order."""
    ids = [new_id() for _ in rows]
    await session.execute(insert(table), [{"id": each, **row} for each, row in zip(ids, rows, strict=True)])
    return ids
