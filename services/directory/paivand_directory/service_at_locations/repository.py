"""The only place with SQL on services at locations. Reads start from `visible_to`."""

from typing import Any
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_contracts.envelope import new_id
from paivand_kit.caller import Caller
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..organizations import service as organizations
from .tables import ServiceAtLocationRow


def visible_to(caller: Caller) -> Select[ServiceAtLocationRow]:
    """Those of the organizations that the caller can see."""
    query = select(ServiceAtLocationRow)
    if Role.COORDINATOR in caller.roles:
        return query
    return query.where(ServiceAtLocationRow.organization_id.in_(organizations.visible_ids(caller)))


async def list_service_at_locations(
    session: AsyncSession, caller: Caller, conditions: dict[str, UUID], *, after: UUID | None, limit: int
) -> list[ServiceAtLocationRow]:
    """By id, which is the order of their creation. `conditions`: column -> value."""
    query = visible_to(caller).filter_by(**conditions).order_by(ServiceAtLocationRow.id).limit(limit)
    if after is not None:
        query = query.where(ServiceAtLocationRow.id > after)
    return list(await session.scalars(query))


async def get_service_at_location(session: AsyncSession, caller: Caller, id_: UUID) -> ServiceAtLocationRow | None:
    """One that the caller can see."""
    return await session.scalar(visible_to(caller).where(ServiceAtLocationRow.id == id_))


async def lock_service_at_location(session: AsyncSession, caller: Caller, id_: UUID) -> ServiceAtLocationRow | None:
    """One that the caller can see, kept from changes by others until the transaction ends."""
    query = visible_to(caller).where(ServiceAtLocationRow.id == id_)
    return await session.scalar(query.with_for_update(of=ServiceAtLocationRow))


async def add(session: AsyncSession, organization_id: UUID, values: dict[str, Any]) -> ServiceAtLocationRow | None:
    """The new row; None when the service is given there already."""
    statement = insert(ServiceAtLocationRow).values(id=new_id(), organization_id=organization_id, **values)
    statement = statement.on_conflict_do_nothing(index_elements=["service_id", "location_id"])
    return await session.scalar(statement.returning(ServiceAtLocationRow))


async def change(session: AsyncSession, row: ServiceAtLocationRow, values: dict[str, Any]) -> ServiceAtLocationRow:
    """The next version of a locked row."""
    statement = (
        update(ServiceAtLocationRow)
        .where(ServiceAtLocationRow.id == row.id)
        .values(**values, version=ServiceAtLocationRow.version + 1, last_modified=func.now())
        .returning(ServiceAtLocationRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()


async def remove(session: AsyncSession, row: ServiceAtLocationRow) -> None:
    """Deletes a locked row and its details."""
    await session.execute(delete(ServiceAtLocationRow).where(ServiceAtLocationRow.id == row.id))
