"""SQL of the e-mail subscriptions."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import EmailSubscriptionRow


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
