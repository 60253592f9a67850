"""Keeps the projection by the directory's events."""

from collections.abc import Sequence
from typing import Annotated, Any, cast

from paivand_contracts.directory import DirectoryEvent, OrganizationChanged
from paivand_contracts.membership import PersonRemoved
from pydantic import Field, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from ..calendars import service as calendars
from . import repository

_AnyEvent = Annotated[DirectoryEvent | PersonRemoved, Field(discriminator="type")]
directory_event: TypeAdapter[Any] = TypeAdapter(cast(Any, _AnyEvent))


async def handle_directory_events(session: AsyncSession, events: Sequence[DirectoryEvent | PersonRemoved]) -> None:
    """Takes over what the directory states, in its order. Who leaves a member follows no calendar of it any more."""
    for event in events:
        if isinstance(event, OrganizationChanged):
            await repository.put_organization(session, event.data)
        elif isinstance(event, PersonRemoved):
            await calendars.end_of_person(session, event.data.user_id, event.data.organization_id)
        else:
            await repository.put_service(session, event.data)
