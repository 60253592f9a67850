"""What goes over the wire for calendar feeds."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from paivand_kit.inputs import Input
from pydantic import BaseModel, ConfigDict, Field


class FeedScope(StrEnum):
    """Whose hearings a feed shows."""

    LAWYER = "lawyer"
    ORGANIZATION = "organization"


class CalendarFeedCreate(Input):
    """A new address to follow a calendar by."""

    scope: FeedScope = Field(
        description="`lawyer`: where you are of record. `organization`: all that your organization may see (managers).",
        examples=["lawyer"],
    )
    shows_place: bool = Field(
        default=False,
        description="Also give court and room. Think of who runs the calendar program before you say yes.",
        examples=[False],
    )


class CalendarFeed(BaseModel):
    """An address that somebody follows a calendar by, without the address."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Id of the feed.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2c01"])
    scope: FeedScope = Field(description="Whose hearings it shows.", examples=["lawyer"])
    subject: str | None = Field(
        description="Account of the lawyer; null for the organization's.",
        examples=["4f6c2b0e-3a3b-4a57-9a0e-0d2f6f1c9b11"],
    )
    shows_place: bool = Field(description="Whether it gives court and room.", examples=[False])
    last_used_at: datetime | None = Field(
        description="When a calendar program last asked (UTC). Nobody can have been there after that.",
        examples=["2026-11-24T10:00:00Z"],
    )
    version: int = Field(description="The ETag, which the deletion needs.", examples=[1])
    created_at: datetime = Field(description="When it was made (UTC).", examples=["2026-11-24T10:00:00Z"])


class CalendarFeedWithAddress(CalendarFeed):
    """The answer to the creation: the only time that the address is shown."""

    url: str | None = Field(
        description="Add it to your calendar program as a subscription. Whoever has it sees the calendar; null when "
        "the request is repeated.",
        examples=["https://paivand.example/referral/v1/calendar/nN0c…43 characters….ics"],
    )
