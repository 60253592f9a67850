"""The only place with SQL on the queue."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import KeycloakJobRow


async def add(session: AsyncSession, organization_id: UUID, person_id: UUID | None) -> None:
    """A new job."""
    await session.execute(insert(KeycloakJobRow).values(organization_id=organization_id, person_id=person_id))


async def claim_due_unscoped(session: AsyncSession) -> KeycloakJobRow | None:
    """The job that is due for longest, locked; other replicas skip it."""
    query = select(KeycloakJobRow).where(KeycloakJobRow.done_at.is_(None), KeycloakJobRow.due_at <= func.now())
    query = query.order_by(KeycloakJobRow.due_at, KeycloakJobRow.position).limit(1)
    return await session.scalar(query.with_for_update(skip_locked=True))


async def lock_organization_unscoped(session: AsyncSession, organization_id: UUID) -> None:
    """Waits until nobody else does a job of this organization, and keeps others from it until the transaction ends."""
    key = func.hashtextextended(f"keycloak {organization_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def finish(session: AsyncSession, job: KeycloakJobRow) -> None:
    """Marks a job as done."""
    changes = {"done_at": func.now(), "attempts": job.attempts + 1, "error": None}
    await session.execute(update(KeycloakJobRow).where(KeycloakJobRow.position == job.position).values(changes))


async def postpone(session: AsyncSession, job: KeycloakJobRow, error: str, pause: timedelta) -> None:
    """Leaves a job for later."""
    changes = {"due_at": func.now() + pause, "attempts": job.attempts + 1, "error": error}
    await session.execute(update(KeycloakJobRow).where(KeycloakJobRow.position == job.position).values(changes))
