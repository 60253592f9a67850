"""How other features ask for Keycloak to follow them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from . import repository


async def enqueue(session: AsyncSession, organization_id: UUID, person_id: UUID | None = None) -> None:
    """Has Keycloak follow an organization, or one of its people, once the transaction is committed."""
    await repository.add(session, organization_id, person_id)
