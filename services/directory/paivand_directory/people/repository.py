"""The only place with SQL on people. Reads start from `visible_to`, or say `_unscoped`."""

from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import Select, case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .rules import PRESENT, PersonStatus
from .tables import PersonRow

IS_PRESENT = text("status IN ('pending', 'invited')")


def visible_to(caller: Caller) -> Select[PersonRow]:
    """The own organization's people, and nobody else."""
    return select(PersonRow).where(PersonRow.organization_id == caller.organization())


async def list_people(session: AsyncSession, caller: Caller, *, before: UUID | None, limit: int) -> list[PersonRow]:
    """Newest first, without those who were removed."""
    query = visible_to(caller).where(PersonRow.status != PersonStatus.REMOVED)
    if before is not None:
        query = query.where(PersonRow.id < before)
    return list(await session.scalars(query.order_by(PersonRow.id.desc()).limit(limit)))


async def get_person(session: AsyncSession, caller: Caller, person_id: UUID) -> PersonRow | None:
    """One of the own organization."""
    return await session.scalar(visible_to(caller).where(PersonRow.id == person_id))


async def lock_person(session: AsyncSession, caller: Caller, person_id: UUID) -> PersonRow | None:
    """One of the own organization, kept from changes by others until the transaction ends."""
    return await session.scalar(visible_to(caller).where(PersonRow.id == person_id).with_for_update())


async def get_unscoped(session: AsyncSession, person_id: UUID) -> PersonRow:
    """One as it is now."""
    return (await session.scalars(select(PersonRow).where(PersonRow.id == person_id))).one()


async def list_present_unscoped(session: AsyncSession, organization_id: UUID) -> list[PersonRow]:
    """An organization's people but for the removed and refused."""
    query = select(PersonRow).where(PersonRow.organization_id == organization_id, PersonRow.status.in_(PRESENT))
    return list(await session.scalars(query.order_by(PersonRow.id)))


async def settle(session: AsyncSession, row: PersonRow, status: PersonStatus, user_id: str | None) -> None:
    """What became of an invitation. Who was removed meanwhile stays so, but with the account to take away."""
    is_pending = PersonRow.status == PersonStatus.PENDING
    statement = (
        update(PersonRow)
        .where(PersonRow.id == row.id)
        .values(
            status=case((is_pending, status), else_=PersonRow.status),
            user_id=func.coalesce(user_id, PersonRow.user_id),
            version=PersonRow.version + 1,
            last_modified=func.now(),
        )
        .returning(PersonRow)
    )
    (await session.scalars(statement, execution_options={"populate_existing": True})).one()


async def add(session: AsyncSession, values: dict[str, Any]) -> PersonRow | None:
    """The new row; None when somebody present has the address."""
    statement = insert(PersonRow).values(**values)
    statement = statement.on_conflict_do_nothing(index_elements=["email"], index_where=IS_PRESENT)
    return await session.scalar(statement.returning(PersonRow))


async def change(session: AsyncSession, row: PersonRow, values: dict[str, Any]) -> PersonRow:
    """The next version of a locked row."""
    statement = (
        update(PersonRow)
        .where(PersonRow.id == row.id)
        .values(**values, version=PersonRow.version + 1, last_modified=func.now())
        .returning(PersonRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()
