"""What goes over the wire for reminders."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Acknowledgement(BaseModel):
    """An organization knows of a hearing's date. When the hearing moves, it is asked again."""

    model_config = ConfigDict(from_attributes=True)

    hearing_id: UUID = Field(description="The hearing.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"])
    organization_id: UUID = Field(
        description="The lawyer's organization.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b30"]
    )
    starts_at: datetime = Field(description="The time that was confirmed (UTC).", examples=["2026-12-01T04:30:00Z"])
    at: datetime = Field(description="When it was confirmed (UTC).", examples=["2026-11-24T10:00:00Z"])
