"""The only place with SQL on memberships. Reads start from `visible_to`, or say `_unscoped`."""

from datetime import date
from typing import Any
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_kit.caller import Caller
from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from .rules import MembershipStatus
from .tables import AgreementRow, MembershipHistoryRow, MembershipRow


def visible_to(caller: Caller) -> Select[MembershipRow]:
    """All for a coordinator, one's own for everybody else."""
    query = select(MembershipRow)
    return query if Role.COORDINATOR in caller.roles else query.where(MembershipRow.id == caller.organization_id)


async def list_memberships(
    session: AsyncSession, caller: Caller, *, status: MembershipStatus | None, before: UUID | None, limit: int
) -> list[MembershipRow]:
    """Newest first."""
    query = visible_to(caller).order_by(MembershipRow.id.desc()).limit(limit)
    if status is not None:
        query = query.where(MembershipRow.status == status)
    if before is not None:
        query = query.where(MembershipRow.id < before)
    return list(await session.scalars(query))


async def get_membership(session: AsyncSession, caller: Caller, membership_id: UUID) -> MembershipRow | None:
    """One that the caller can see."""
    return await session.scalar(visible_to(caller).where(MembershipRow.id == membership_id))


async def lock_membership(session: AsyncSession, caller: Caller, membership_id: UUID) -> MembershipRow | None:
    """One that the caller can see, kept from changes by others until the transaction ends."""
    return await session.scalar(visible_to(caller).where(MembershipRow.id == membership_id).with_for_update())


async def get_unscoped(session: AsyncSession, membership_id: UUID) -> MembershipRow | None:
    """One as it is now."""
    return await session.scalar(select(MembershipRow).where(MembershipRow.id == membership_id))


async def claim_ending_unscoped(session: AsyncSession, *, until: date, limit: int) -> list[MembershipRow]:
    """Active ones whose agreements end until that day and that were not warned, locked; other replicas skip them."""
    query = select(MembershipRow).where(MembershipRow.status == MembershipStatus.ACTIVE)
    query = query.where(MembershipRow.expires_on <= until, ~MembershipRow.is_warned)
    query = query.order_by(MembershipRow.expires_on).limit(limit).with_for_update(skip_locked=True)
    return list(await session.scalars(query))


async def claim_ended_unscoped(session: AsyncSession, *, today: date, limit: int) -> list[MembershipRow]:
    """Active ones without a valid agreement, locked; other replicas skip them."""
    query = select(MembershipRow).where(MembershipRow.status == MembershipStatus.ACTIVE)
    query = query.where(MembershipRow.expires_on <= today)
    query = query.order_by(MembershipRow.expires_on).limit(limit).with_for_update(skip_locked=True)
    return list(await session.scalars(query))


async def add(session: AsyncSession, values: dict[str, Any]) -> MembershipRow | None:
    """The new row; None when the organization has a membership already."""
    statement = upsert(MembershipRow).values(**values).on_conflict_do_nothing()
    return await session.scalar(statement.returning(MembershipRow))


async def change(session: AsyncSession, row: MembershipRow, values: dict[str, Any]) -> MembershipRow:
    """The next version of a locked row."""
    statement = (
        update(MembershipRow)
        .where(MembershipRow.id == row.id)
        .values(**values, version=MembershipRow.version + 1, last_modified=func.now())
        .returning(MembershipRow)
    )
    return (await session.scalars(statement, execution_options={"populate_existing": True})).one()


async def mark_warned(session: AsyncSession, rows: list[MembershipRow]) -> None:
    """Not a new version: nobody's decision about the membership is touched by it."""
    ids = [row.id for row in rows]
    await session.execute(update(MembershipRow).where(MembershipRow.id.in_(ids)).values(is_warned=True))


async def note(session: AsyncSession, row: MembershipRow, action: str, reason: str, subject: str) -> None:
    """Writes the history entry of the row's present version."""
    values = {"version": row.version, "action": action, "status": row.status, "reason": reason, "subject": subject}
    await session.execute(insert(MembershipHistoryRow).values(membership_id=row.id, **values))


async def list_history_unscoped(
    session: AsyncSession, membership_id: UUID, *, after: int, limit: int
) -> list[MembershipHistoryRow]:
    """Oldest first."""
    query = select(MembershipHistoryRow).where(
        MembershipHistoryRow.membership_id == membership_id, MembershipHistoryRow.version > after
    )
    return list(await session.scalars(query.order_by(MembershipHistoryRow.version).limit(limit)))


async def put_agreement(session: AsyncSession, membership_id: UUID, values: dict[str, Any]) -> None:
    """Adds a signature; one of the same kind and day is corrected."""
    statement = upsert(AgreementRow).values(membership_id=membership_id, **values)
    corrected = {name: statement.excluded[name] for name in ("agreement_version", "expires_on")}
    key = ["membership_id", "kind", "signed_on"]
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_=corrected))


async def list_agreements_unscoped(session: AsyncSession, membership_id: UUID) -> list[AgreementRow]:
    """All that were ever signed, oldest first."""
    query = select(AgreementRow).where(AgreementRow.membership_id == membership_id)
    return list(await session.scalars(query.order_by(AgreementRow.signed_on, AgreementRow.kind)))
