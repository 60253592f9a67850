"""The only place with SQL on the queue."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from .tables import KeycloakJobRow

Earlier = aliased(KeycloakJobRow)


async def add(session: AsyncSession, organization_id: UUID, person_id: UUID | None) -> None:
    """A new job."""
    await session.execute(insert(KeycloakJobRow).values(organization_id=organization_id, person_id=person_id))


async def claim_due_unscoped(session: AsyncSession) -> KeycloakJobRow | None:
    """A due job that no earlier one of its organization stands before, locked; other replicas skip it."""
    waits = exists().where(
        Earlier.organization_id == KeycloakJobRow.organization_id,
        Earlier.position < KeycloakJobRow.position,
        Earlier.done_at.is_(None),
    )
    query = select(KeycloakJobRow).where(KeycloakJobRow.done_at.is_(None), KeycloakJobRow.due_at <= func.now(), ~waits)
    query = query.order_by(KeycloakJobRow.due_at).limit(1)
    return await session.scalar(query.with_for_update(skip_locked=True, of=KeycloakJobRow))


async def finish(session: AsyncSession, job: KeycloakJobRow) -> None:
    """Marks a job as done."""
    changes = {"done_at": func.now(), "attempts": job.attempts + 1, "error": None}
    await session.execute(update(KeycloakJobRow).where(KeycloakJobRow.position == job.position).values(changes))


async def postpone(session: AsyncSession, job: KeycloakJobRow, error: str, pause: timedelta) -> None:
    """Leaves a job for later."""
    changes = {"due_at": func.now() + pause, "attempts": job.attempts + 1, "error": error}
    await session.execute(update(KeycloakJobRow).where(KeycloakJobRow.position == job.position).values(changes))
