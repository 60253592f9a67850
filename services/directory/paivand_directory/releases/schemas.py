"""Releases on the wire."""

from datetime import datetime
from uuid import UUID

from paivand_kit.inputs import Input
from pydantic import BaseModel, ConfigDict, Field

from ..locations.schemas import Location


class ReleaseRequest(Input):
    """For which referral the place must be known."""

    referral_id: UUID = Field(description="A referral of the caller's organization to a service that is given there.")


class ReleasedLocation(BaseModel):
    """The whole location. Keep it no longer than the referral needs it."""

    release_id: UUID = Field(description="Under which the release is recorded.")
    released_at: datetime
    location: Location


class Release(BaseModel):
    """One time that somebody was told."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    location_id: UUID
    referral_id: UUID
    organization_id: UUID = Field(description="The organization that was told.")
    subject: str = Field(description="The account that asked.")
    released_at: datetime
