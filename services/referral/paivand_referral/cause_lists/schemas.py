"""What goes over the wire for cause lists."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from paivand_contracts.hearings import HearingType
from paivand_contracts.problems import InvalidField
from paivand_kit.inputs import Input, Line
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from ..hearings.schemas import Court, Room, StartsAt, TimeZone

MOST_LINES = 10_000


class LineStatus(StrEnum):
    """What the court says of a hearing."""

    SCHEDULED = "scheduled"
    VACATED = "vacated"


class CauseListLine(Input):
    """One hearing of the court."""

    file_number: Line = Field(description="The court's file number.", examples=["1-482/2026"])
    starts_at: StartsAt
    hearing_type: HearingType = Field(default=HearingType.OTHER, description="What it is for.", examples=["testimony"])
    room: Room | None = None
    status: LineStatus = Field(default=LineStatus.SCHEDULED, description="Whether it is on.", examples=["scheduled"])
    previous_starts_at: StartsAt | None = Field(
        default=None, description="When it would have begun, if it was moved.", examples=["2026-11-30T09:30"]
    )


class CauseListCreate(Input):
    """A court's list, as lines or as CSV."""

    court: Court
    time_zone: TimeZone
    # Lines are checked one by one, so that good ones can be kept.
    lines: Annotated[list[JsonValue], Field(min_length=1, max_length=MOST_LINES)] | None = Field(
        default=None,
        description="Objects with `file_number`, `starts_at`, and if known `hearing_type`, `room`, `status` "
        "(`scheduled` or `vacated`), `previous_starts_at`. A body of JSON may have 10,000 members and elements in all: "
        "send a longer list as CSV.",
        examples=[[{"file_number": "1-482/2026", "starts_at": "2026-12-01T09:30", "room": "Room 4"}]],
    )
    csv: Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)] | None = Field(
        default=None,
        description="The same as CSV (RFC 4180): a first line with the names of the columns, then one line each.",
        examples=["file_number,starts_at,room\r\n1-482/2026,2026-12-01T09:30,Room 4\r\n"],
    )
    dry_run: bool = Field(default=False, description="Only check the lines.", examples=[False])
    keep_good_lines: bool = Field(
        default=False, description="Take the good lines when others are bad; else all or none.", examples=[True]
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.lines is None) == (self.csv is None):
            raise ValueError("send `lines` or `csv`")
        return self


class CauseList(BaseModel):
    """What became of the lines, as lines. Whether a line concerns a case is told to nobody who sends lists."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID | None = Field(description="Id of the list; null after a dry run.", examples=[None])
    received: int = Field(description="Lines that came.", examples=[120])
    accepted: int = Field(description="Lines that were taken, or would be.", examples=[119])
    problems: list[InvalidField] = Field(description="What is wrong with the others.")


class CauseListReport(BaseModel):
    """A list, for the coordinators."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Id of the list.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b50"])
    organization_id: UUID = Field(
        description="Whose system sent it.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b33"]
    )
    accepted: int = Field(description="Lines that were taken.", examples=[119])
    unmatched: int | None = Field(
        description="Lines that concern no case here. Null until all are handled, and for lists under 20 lines: so few "
        "would tell of single files.",
        examples=[101],
    )
    created_at: datetime = Field(description="When it came (UTC).", examples=["2026-11-24T10:00:00Z"])
