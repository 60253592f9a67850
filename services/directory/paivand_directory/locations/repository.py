"""The only place with SQL on locations. Reads start from `visible_to`.

Searches use what everybody may see: a condition or an order by a hidden column would tell what the answer hides.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_contracts.envelope import new_id
from paivand_kit.caller import Caller
from sqlalchemy import ColumnElement, Float, Select, cast, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..organizations import service as organizations
from .tables import LocationRow

KM_PER_DEGREE = 111.2
EARTH_DIAMETER_KM = 12742


def visible_to(caller: Caller) -> Select[LocationRow]:
    """Locations of the organizations that the caller can see. What of each may be shown is for `rules.is_open`."""
    query = select(LocationRow)
    if Role.COORDINATOR in caller.roles:
        return query
    return query.where(LocationRow.organization_id.in_(organizations.visible_ids(caller)))


async def list_locations(
    session: AsyncSession, caller: Caller, *, organization_id: UUID | None, after: UUID | None, limit: int
) -> list[LocationRow]:
    """By id, which is the order of their creation."""
    query = visible_to(caller).order_by(LocationRow.id).limit(limit)
    if organization_id is not None:
        query = query.where(LocationRow.organization_id == organization_id)
    if after is not None:
        query = query.where(LocationRow.id > after)
    return list(await session.scalars(query))


async def list_by_ids(session: AsyncSession, caller: Caller, ids: Sequence[UUID]) -> list[LocationRow]:
    """Those of them that the caller can see."""
    return list(await session.scalars(visible_to(caller).where(LocationRow.id.in_(ids)))) if ids else []


def distance_km(latitude: float, longitude: float) -> ColumnElement[float]:
    """Great-circle distance to the approximate place (haversine)."""
    from_latitude = func.radians(cast(latitude, Float))
    to_latitude = func.radians(LocationRow.approximate_latitude)
    northward = func.power(func.sin((to_latitude - from_latitude) / 2), 2)
    turn = func.radians(LocationRow.approximate_longitude) - func.radians(cast(longitude, Float))
    eastward = func.cos(from_latitude) * func.cos(to_latitude) * func.power(func.sin(turn / 2), 2)
    chord = func.asin(func.sqrt(func.least(1.0, northward + eastward)))
    return literal(EARTH_DIAMETER_KM, Float) * chord


async def list_nearby(
    session: AsyncSession, caller: Caller, *, latitude: float, longitude: float, within_km: float, limit: int
) -> list[tuple[LocationRow, float]]:
    """The nearest first; equally far ones (all redacted ones of a cell are) by id."""
    distance = distance_km(latitude, longitude)
    reach = within_km / KM_PER_DEGREE
    query = (
        visible_to(caller)
        .add_columns(distance.label("distance_km"))
        .where(LocationRow.approximate_latitude.between(latitude - reach, latitude + reach), distance <= within_km)
        .order_by(distance, LocationRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def get_location(session: AsyncSession, caller: Caller, location_id: UUID) -> LocationRow | None:
    """One that the caller can see."""
    return await session.scalar(visible_to(caller).where(LocationRow.id == location_id))


async def lock_location(session: AsyncSession, caller: Caller, location_id: UUID) -> LocationRow | None:
    """One that the caller can see, kept from changes by others until the transaction ends."""
    query = visible_to(caller).where(LocationRow.id == location_id)
    return await session.scalar(query.with_for_update(of=LocationRow))


async def add(session: AsyncSession, organization_id: UUID, values: dict[str, Any]) -> LocationRow:
    """The new row."""
    statement = insert(LocationRow).values(id=new_id(), organization_id=organization_id, **values)
    return (await session.scalars(statement.returning(LocationRow))).one()


async def change(session: AsyncSession, row: LocationRow, values: dict[str, Any]) -> LocationRow:
    """The next version of a locked row."""
    statement = (
        update(LocationRow)
        .where(LocationRow.id == row.id)
        .values(**values, version=LocationRow.version + 1, last_modified=func.now())
        .returning(LocationRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()


async def remove(session: AsyncSession, row: LocationRow) -> None:
    """Deletes a locked row and its details."""
    await session.execute(delete(LocationRow).where(LocationRow.id == row.id))
