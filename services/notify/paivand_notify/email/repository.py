"""SQL of the e-mail subscriptions."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import DepartureRow, EmailSubscriptionRow


async def put(session: AsyncSession, subject: str, values: dict[str, Any]) -> EmailSubscriptionRow:
    """The subject's subscription with these values, made if there is none."""
    statement = insert(EmailSubscriptionRow).values(subject=subject, **values)
    changed = {name: value for name, value in values.items() if name != "id"}
    upsert = statement.on_conflict_do_update(
        index_elements=[EmailSubscriptionRow.subject], set_={**changed, "updated_at": func.now()}
    ).returning(EmailSubscriptionRow)
    return (await session.execute(upsert, execution_options={"populate_existing": True})).scalar_one()


async def get(session: AsyncSession, subject: str) -> EmailSubscriptionRow | None:
    """The subject's subscription."""
    query = select(EmailSubscriptionRow).where(EmailSubscriptionRow.subject == subject)
    return (await session.execute(query)).scalar_one_or_none()


async def delete_of(session: AsyncSession, subject: str) -> UUID | None:
    """Deletes the subject's subscription; its id, if there was one."""
    statement = delete(EmailSubscriptionRow).where(EmailSubscriptionRow.subject == subject)
    return (await session.execute(statement.returning(EmailSubscriptionRow.id))).scalar_one_or_none()


async def delete_of_organizations_unscoped(session: AsyncSession, organization_ids: Collection[UUID]) -> Sequence[UUID]:
    """Deletes the subscriptions of everybody in these organizations; their ids."""
    statement = delete(EmailSubscriptionRow).where(EmailSubscriptionRow.organization_id.in_(organization_ids))
    return (await session.scalars(statement.returning(EmailSubscriptionRow.id))).all()


async def delete_of_person_unscoped(session: AsyncSession, subject: str, organization_id: UUID) -> Sequence[UUID]:
    """Deletes what an account asked for as one of this organization; its id, if there was one."""
    statement = delete(EmailSubscriptionRow).where(
        EmailSubscriptionRow.subject == subject, EmailSubscriptionRow.organization_id == organization_id
    )
    return (await session.scalars(statement.returning(EmailSubscriptionRow.id))).all()


async def note_departure(session: AsyncSession, subject: str, organization_id: UUID) -> None:
    """Notes that an account left this organization now."""
    statement = insert(DepartureRow).values(subject=subject, organization_id=organization_id)
    changed = {"organization_id": organization_id, "left_at": func.now()}
    await session.execute(statement.on_conflict_do_update(index_elements=[DepartureRow.subject], set_=changed))


async def has_left_unscoped(
    session: AsyncSession, subject: str, organization_id: UUID | None, *, within: timedelta
) -> bool:
    """Whether an account left this organization so lately that a token from before may still be good."""
    query = select(DepartureRow.subject).where(
        DepartureRow.subject == subject,
        DepartureRow.organization_id == organization_id,
        DepartureRow.left_at > func.now() - within,
    )
    return await session.scalar(query) is not None


async def delete_departures_before_unscoped(session: AsyncSession, *, age: timedelta) -> None:
    """Forgets departures longer ago than that."""
    await session.execute(delete(DepartureRow).where(DepartureRow.left_at < func.now() - age))


async def get_unscoped(session: AsyncSession, subscription_id: UUID) -> EmailSubscriptionRow | None:
    """Any subscription, for the sender."""
    return await session.get(EmailSubscriptionRow, subscription_id)


async def list_of_audiences_unscoped(
    session: AsyncSession, organization_ids: Collection[UUID], *, with_coordinators: bool
) -> list[EmailSubscriptionRow]:
    """Subscriptions of people in these organizations, and of coordinators."""
    conditions: list[ColumnElement[bool]] = [EmailSubscriptionRow.organization_id.in_(organization_ids)]
    if with_coordinators:
        conditions.append(EmailSubscriptionRow.is_coordinator.is_(True))
    return list((await session.execute(select(EmailSubscriptionRow).where(or_(*conditions)))).scalars())
