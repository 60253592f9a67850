"""What the inbox sends."""

from datetime import datetime
from uuid import UUID

from paivand_contracts.codes import Priority, ReferralStatus
from pydantic import BaseModel, ConfigDict, Field

from .rules import Kind


class InboxEntry(BaseModel):
    """One thing a team must know about one referral. Number and state only; the referral itself tells the rest."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    position: int = Field(description="Rises with each entry; the event id of the stream.")
    kind: Kind = Field(description="What happened.")
    referral_id: UUID
    referral_number: str = Field(examples=["R-7K2M-9QXD-4D"])
    status: ReferralStatus = Field(description="State of the referral then.")
    priority: Priority
    text: str = Field(examples=["Referral R-7K2M-9QXD-4D: accepted"])
    created_at: datetime
    read_at: datetime | None = Field(description="When a colleague first read it; the mark is the whole team's.")
    read_by: str | None = Field(description="Subject id of that colleague.")
