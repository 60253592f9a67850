"""SQL of the webhooks."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from sqlalchemy import Select, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import WebhookRow


def visible_to(caller: Caller) -> Select[WebhookRow]:
    """The webhooks of the caller's own organization."""
    return select(WebhookRow).where(WebhookRow.organization_id == caller.organization())


async def add(session: AsyncSession, webhook: WebhookRow) -> None:
    """Writes a new webhook and reads what the database adds."""
    session.add(webhook)
    await session.flush()  # the answer shows times that the database makes
    await session.refresh(webhook)


async def lock_organization(session: AsyncSession, organization_id: UUID) -> None:
    """Lets one request at a time add webhooks for an organization, so that the count before it holds."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(organization_id), 0))))


async def count(session: AsyncSession, caller: Caller) -> int:
    """How many webhooks the caller's organization has."""
    query = select(func.count()).select_from(visible_to(caller).subquery())
    return (await session.execute(query)).scalar_one()


async def list_newest(session: AsyncSession, caller: Caller, *, before: UUID | None, limit: int) -> list[WebhookRow]:
    """The webhooks of the caller's organization, newest first."""
    query = visible_to(caller).order_by(WebhookRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(WebhookRow.id < before)
    return list((await session.execute(query)).scalars())


async def get(session: AsyncSession, caller: Caller, webhook_id: UUID) -> WebhookRow | None:
    """One webhook of the caller's organization."""
    query = visible_to(caller).where(WebhookRow.id == webhook_id)
    return (await session.execute(query)).scalar_one_or_none()


async def lock(session: AsyncSession, caller: Caller, webhook_id: UUID) -> WebhookRow | None:
    """One webhook of the caller's organization, for a change."""
    query = visible_to(caller).where(WebhookRow.id == webhook_id).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def change(session: AsyncSession, webhook: WebhookRow, values: dict[str, Any]) -> None:
    """Writes new values into a locked webhook and raises its version."""
    changed = {**values, "version": WebhookRow.version + 1, "updated_at": func.now()}
    await session.execute(update(WebhookRow).where(WebhookRow.id == webhook.id).values(**changed))
    await session.refresh(webhook)


async def remove(session: AsyncSession, webhook: WebhookRow) -> None:
    """Deletes a locked webhook."""
    await session.delete(webhook)


async def get_unscoped(session: AsyncSession, webhook_id: UUID) -> WebhookRow | None:
    """Any webhook, for the sender."""
    return await session.get(WebhookRow, webhook_id)


async def disable_unscoped(session: AsyncSession, webhook_id: UUID) -> None:
    """Disables a webhook whose endpoint is gone."""
    statement = update(WebhookRow).where(WebhookRow.id == webhook_id)
    await session.execute(statement.values(status="disabled", version=WebhookRow.version + 1, updated_at=func.now()))


async def disable_of_organizations_unscoped(
    session: AsyncSession, organization_ids: Collection[UUID]
) -> Sequence[UUID]:
    """Disables all webhooks of these organizations; their ids."""
    statement = update(WebhookRow).where(WebhookRow.organization_id.in_(organization_ids))
    changed = {"status": "disabled", "version": WebhookRow.version + 1, "updated_at": func.now()}
    statement = statement.where(WebhookRow.status == text("'active'")).values(**changed).returning(WebhookRow.id)
    return (await session.scalars(statement, execution_options={"synchronize_session": False})).all()


async def list_active_unscoped(session: AsyncSession, organization_ids: Collection[UUID]) -> list[WebhookRow]:
    """Active webhooks of these organizations."""
    query = select(WebhookRow).where(WebhookRow.organization_id.in_(organization_ids))
    return list((await session.execute(query.where(WebhookRow.status == text("'active'")))).scalars())
