"""Capacity on the wire (HSDS `service_capacity` and `unit`)."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from paivand_contracts.capacity import CapacityUnit
from paivand_kit.inputs import Input, Line, absent
from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0, le=100_000)]
Promise = Annotated[timedelta, Field(ge=timedelta(minutes=5), le=timedelta(days=90))]

WITHIN = "The service promises to confirm its figures at least so often (ISO 8601); older ones are marked as stale."
AVAILABLE = "How many can be given away now; what is held for somebody is not among them."


PLACE = "The service at a location where the room is; null: at all of its locations together."


class CapacityCreate(Input):
    """What a service has of one unit."""

    unit: CapacityUnit
    service_at_location_id: UUID | None = Field(default=None, description=PLACE)
    name: Line = Field(description="Tells it from others of the same unit.", examples=["Women's ward"])
    maximum: Count
    available: Count | None = Field(default=None, description=f"{AVAILABLE} All, unless said.")
    confirm_within: Promise = Field(default=timedelta(hours=24), description=WITHIN)


class CapacityPatch(Input):
    """The fields to change. Counting (`maximum`, `available`), even the same as before, confirms the figures."""

    name: Line = absent()
    maximum: Count = absent("With `maximum` alone, what is confirmed and held stays.")
    available: Count = absent(f"{AVAILABLE} All others are taken to be in use.")
    confirm_within: Promise = absent(WITHIN)


class Capacity(BaseModel):
    """How much room there is. confirmed + held + available = maximum."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    service_id: UUID
    service_at_location_id: UUID | None = Field(description=PLACE)
    unit: CapacityUnit
    name: str
    maximum: int
    confirmed: int = Field(description="In use: through confirmed holds, or because the service counted so.")
    held: int = Field(description="Kept for somebody until a time.")
    available: int = Field(description=AVAILABLE)
    confirm_within: timedelta = Field(description=WITHIN)
    confirmed_at: datetime = Field(description="When the service last counted.")
    is_stale: bool = Field(description="Nobody has counted for longer than the service promised.")
    version: int = Field(description="Rises with each change, those by holds among them; the ETag.")


class CapacityChange(BaseModel):
    """The figures after one change."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    at: datetime
    change: str = Field(description="counted, placed, confirmed, released or expired.")
    maximum: int
    confirmed: int
    held: int
    available: int
    subject: str = Field(description="Who did it (Keycloak's user id), or `referral`, or `system`.")
