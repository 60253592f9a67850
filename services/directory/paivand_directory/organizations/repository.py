"""The only place with SQL on organizations. Reads start from `visible_to`, or say `_unscoped`."""

from typing import Any
from uuid import UUID

from paivand_contracts.codes import OrganizationStatus, Role
from paivand_kit.caller import Caller
from sqlalchemy import Select, cast, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import TSQUERY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..search.rules import TextQuery
from .tables import OrganizationRow


def visible_to(caller: Caller) -> Select[OrganizationRow]:
    """Active organizations, one's own in any state, and all for a coordinator."""
    query = select(OrganizationRow)
    if Role.COORDINATOR in caller.roles:
        return query
    return query.where(
        or_(OrganizationRow.status == OrganizationStatus.ACTIVE, OrganizationRow.id == caller.organization_id)
    )


async def list_organizations(
    session: AsyncSession,
    caller: Caller,
    *,
    words: TextQuery | None,
    status: OrganizationStatus | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[OrganizationRow]:
    """By name."""
    query = visible_to(caller).order_by(OrganizationRow.name, OrganizationRow.id).limit(limit)
    if words is not None:
        query = query.where(OrganizationRow.search.bool_op("@@")(cast(words.near, TSQUERY)))
    if status is not None:
        query = query.where(OrganizationRow.status == status)
    if after is not None:
        query = query.where(tuple_(OrganizationRow.name, OrganizationRow.id) > tuple_(*after))
    return list(await session.scalars(query))


async def get_organization(session: AsyncSession, caller: Caller, organization_id: UUID) -> OrganizationRow | None:
    """One that the caller can see."""
    return await session.scalar(visible_to(caller).where(OrganizationRow.id == organization_id))


async def lock_organization(session: AsyncSession, caller: Caller, organization_id: UUID) -> OrganizationRow | None:
    """One that the caller can see, kept from changes by others until the transaction ends."""
    return await session.scalar(visible_to(caller).where(OrganizationRow.id == organization_id).with_for_update())


async def get_unscoped(session: AsyncSession, organization_id: UUID) -> OrganizationRow:
    """One that is known to be there, as it is now."""
    query = select(OrganizationRow).where(OrganizationRow.id == organization_id)
    return (await session.scalars(query, execution_options={"populate_existing": True})).one()


async def lock_unscoped(session: AsyncSession, organization_id: UUID) -> OrganizationRow:
    """One that is known to be there, kept from changes by others until the transaction ends."""
    query = select(OrganizationRow).where(OrganizationRow.id == organization_id).with_for_update()
    return (await session.scalars(query, execution_options={"populate_existing": True})).one()


async def exists_unscoped(session: AsyncSession, organization_id: UUID) -> bool:
    """Whether it has joined the network."""
    return await session.scalar(select(OrganizationRow.id).where(OrganizationRow.id == organization_id)) is not None


async def add(session: AsyncSession, organization_id: UUID, values: dict[str, Any]) -> OrganizationRow | None:
    """The new row; None when there is one of this id, perhaps since a moment."""
    statement = insert(OrganizationRow).values(id=organization_id, **values).on_conflict_do_nothing()
    return await session.scalar(statement.returning(OrganizationRow))


async def change(session: AsyncSession, row: OrganizationRow, values: dict[str, Any]) -> OrganizationRow:
    """The next version of a locked row."""
    statement = (
        update(OrganizationRow)
        .where(OrganizationRow.id == row.id)
        .values(**values, version=OrganizationRow.version + 1, last_modified=func.now())
        .returning(OrganizationRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()
