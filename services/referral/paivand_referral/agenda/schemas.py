"""What goes over the wire for the agenda."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from ..hearings.rules import Attention


class EntryKind(StrEnum):
    """What an entry is."""

    HEARING = "hearing"
    TASK = "task"


class AgendaEntry(BaseModel):
    """One entry of the agenda."""

    kind: EntryKind = Field(description="What it is.", examples=["hearing"])
    id: UUID = Field(description="Id of the hearing or task.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"])
    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    at: datetime = Field(
        description="When it begins (UTC); of a task, the beginning of the last day for it.",
        examples=["2026-12-01T04:30:00Z"],
    )
    ends_at: datetime | None = Field(
        description="When a hearing is expected to end (UTC).", examples=["2026-12-01T06:00:00Z"]
    )
    code: str = Field(description="Type of the hearing, or kind of the task.", examples=["testimony"])
    status: str = Field(description="State of the hearing or task.", examples=["scheduled"])
    attention: list[Attention] = Field(description="What a near hearing still lacks.", examples=[["no-transport"]])
