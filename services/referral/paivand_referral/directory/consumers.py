"""Keeps the projection by the directory's events."""

from collections.abc import Sequence

from paivand_contracts.directory import DirectoryEvent, OrganizationChanged
from sqlalchemy.ext.asyncio import AsyncSession

from . import repository


async def handle_directory_events(session: AsyncSession, events: Sequence[DirectoryEvent]) -> None:
    """Takes over what the directory states, in its order."""
    for event in events:
        if isinstance(event, OrganizationChanged):
            await repository.put_organization(session, event.data)
        else:
            await repository.put_service(session, event.data)
