"""Services at locations on the wire (HSDS `service_at_location`)."""

from datetime import datetime
from uuid import UUID

from paivand_kit.inputs import Input, Prose, absent
from pydantic import BaseModel, Field

from ..details.schemas import Contact, Phone, Schedule
from ..locations.schemas import Contacts, Phones, Schedules

HIDDEN = "Hidden from other organizations when the location is redacted."


class ServiceAtLocationCreate(Input):
    """A service that is given at a location; both are of the caller's organization."""

    service_id: UUID
    location_id: UUID
    description: Prose | None = Field(default=None, description=HIDDEN)
    contacts: Contacts = Field(default=[], description=HIDDEN)
    phones: Phones = Field(default=[], description=HIDDEN)
    schedules: Schedules = Field(default=[], description=HIDDEN)


class ServiceAtLocationPatch(Input):
    """The fields to change; a list replaces the whole list."""

    description: Prose | None = absent(HIDDEN)
    contacts: Contacts = absent(HIDDEN)
    phones: Phones = absent(HIDDEN)
    schedules: Schedules = absent(HIDDEN)


class ServiceAtLocation(BaseModel):
    """A service that is given at a location, as far as the caller may see it."""

    id: UUID
    organization_id: UUID
    service_id: UUID
    location_id: UUID
    description: str | None = Field(description=HIDDEN)
    contacts: list[Contact] = Field(description=HIDDEN)
    phones: list[Phone] = Field(description=HIDDEN)
    schedules: list[Schedule] = Field(description=HIDDEN)
    version: int = Field(description="Rises by one with each change; the ETag.")
    last_modified: datetime
