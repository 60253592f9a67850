"""The only place with SQL on feeds. Runs for the operator, in no caller's scope."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..capacity.tables import CapacityHistoryRow, CapacityRow
from ..organizations.tables import OrganizationRow
from ..services.tables import ServiceRow

AT_ONCE = 1000
CONFIRM_WITHIN = timedelta(hours=24)
"""What a service promises that came by import, until its manager says otherwise."""
Values = dict[str, Any]


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Parts that fit into one statement."""
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


async def list_present_unscoped(
    session: AsyncSession, table: type[Base], names: Sequence[str], ids: Sequence[UUID]
) -> dict[UUID, Values]:
    """These columns of the rows that are there already, by id."""
    columns = table.__table__.c
    found: dict[UUID, Values] = {}
    for part in chunks(ids):
        query = select(columns.id, *(columns[name] for name in names)).where(columns.id.in_(part))
        found |= {row["id"]: dict(row) for row in (await session.execute(query)).mappings()}
    return found


async def upsert(session: AsyncSession, table: type[Base], rows: Sequence[Values]) -> set[UUID]:
    """Adds the rows, or changes those that differ; gives the ids of both. All rows have the same columns."""
    columns = table.__table__.c
    names = [name for name in rows[0] if name != "id"]
    statement = insert(table.__table__)  # pyright: ignore[reportArgumentType] - a Table
    new = statement.excluded
    changes: Values = {name: new[name] for name in names}
    if "version" in columns:
        changes |= {"version": columns.version + 1, "last_modified": func.now()}
    statement = statement.on_conflict_do_update(
        index_elements=["id"],
        set_=changes,
        where=or_(*(columns[name].is_distinct_from(new[name]) for name in names)),
    ).returning(columns.id)
    changed: set[UUID] = set()
    for part in chunks(rows):
        changed.update(await session.scalars(statement, list(part)))
    return changed


async def list_confirmed_unscoped(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each capacity that is there was last confirmed."""
    found: dict[UUID, datetime] = {}
    for part in chunks(ids):
        query = select(CapacityRow.id, CapacityRow.confirmed_at).where(CapacityRow.id.in_(part))
        found |= {row.id: row.confirmed_at for row in await session.execute(query)}
    return found


async def add_capacities(session: AsyncSession, rows: Sequence[Values]) -> set[UUID]:
    """Adds capacities with the first entry of their history; the ids of those whose name was free."""
    added: set[UUID] = set()
    for part in chunks(rows):
        whole = [
            row | {"confirm_within": CONFIRM_WITHIN, "confirm_by": row["confirmed_at"] + CONFIRM_WITHIN} for row in part
        ]
        statement = insert(CapacityRow).on_conflict_do_nothing().returning(CapacityRow.id)
        fresh = set(await session.scalars(statement, whole))
        history = [
            {"capacity_id": row["id"], "version": 1, "change": "counted", "held": 0, "subject": "import"}
            | {"maximum": row["maximum"], "confirmed": row["confirmed"]}
            for row in part
            if row["id"] in fresh
        ]
        if history:
            await session.execute(insert(CapacityHistoryRow), history)
        added |= fresh
    return added


async def confirm(session: AsyncSession, capacity_id: UUID, at: datetime) -> None:
    """The figures of a locked capacity were counted then."""
    values = {"confirmed_at": at, "confirm_by": literal(at) + CapacityRow.confirm_within, "is_asked_to_confirm": False}
    await session.execute(update(CapacityRow).where(CapacityRow.id == capacity_id).values(values))


async def list_changed_organizations_unscoped(session: AsyncSession, ids: set[UUID]) -> list[OrganizationRow]:
    """To tell of them."""
    return list(await session.scalars(select(OrganizationRow).where(OrganizationRow.id.in_(ids)))) if ids else []


async def list_changed_services_unscoped(session: AsyncSession, ids: set[UUID]) -> list[ServiceRow]:
    """To tell of them."""
    found: list[ServiceRow] = []
    for part in chunks(list(ids)):
        found += await session.scalars(select(ServiceRow).where(ServiceRow.id.in_(part)))
    return found


async def list_organization_ids_unscoped(session: AsyncSession) -> list[UUID]:
    """All, for an export."""
    return list(await session.scalars(select(OrganizationRow.id).order_by(OrganizationRow.name, OrganizationRow.id)))
