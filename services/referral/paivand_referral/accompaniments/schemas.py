"""What goes over the wire for accompaniments. No court, no type, no language: nothing of what is tried."""

from datetime import datetime
from uuid import UUID

from paivand_contracts.hearings import HearingStatus
from paivand_kit.inputs import Input, absent
from pydantic import BaseModel, ConfigDict, Field

from ..hearings.rules import Arrangement


class AccompanimentPatch(Input):
    """What is arranged. Only what is sent changes."""

    transport: Arrangement = absent("Safe transport.")
    childcare: Arrangement = absent("Childcare.")
    support_person: Arrangement = absent("Somebody who accompanies the person.")


class Accompaniment(BaseModel):
    """When the person must be somewhere, and what they need for it."""

    model_config = ConfigDict(from_attributes=True)

    hearing_id: UUID = Field(description="Id of the hearing.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"])
    case_number: str = Field(description="Number of the pseudonymous case.", examples=["C-7K2M-9QXD-4D"])
    status: HearingStatus = Field(description="Whether it will take place.", examples=["scheduled"])
    starts_at: datetime = Field(description="When it begins (UTC).", examples=["2026-12-01T04:30:00Z"])
    ends_at: datetime = Field(description="When it is expected to end (UTC).", examples=["2026-12-01T06:00:00Z"])
    starts_local: datetime = Field(description="What the clock there shows then.", examples=["2026-12-01T09:30:00"])
    time_zone: str = Field(description="IANA time zone there.", examples=["Asia/Dushanbe"])
    transport: Arrangement = Field(description="Safe transport.", examples=["needed"])
    childcare: Arrangement = Field(description="Childcare.", examples=["arranged"])
    support_person: Arrangement = Field(description="Somebody who accompanies the person.", examples=["needed"])
    version: int = Field(description="Rises by one with each change; the ETag.", examples=[1])
