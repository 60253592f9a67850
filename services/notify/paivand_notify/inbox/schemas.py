"""What the inbox sends."""

from datetime import date, datetime
from uuid import UUID

from paivand_contracts.codes import Priority, ReferralStatus
from paivand_contracts.hearings import HearingStatus
from pydantic import BaseModel, ConfigDict, Field

from .rules import Kind, SubjectType


class InboxEntry(BaseModel):
    """One thing a team must know. Number and state only; what it is about tells the rest."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    position: int = Field(description="Rises with each entry; the event id of the stream.")
    kind: Kind = Field(description="What happened.")
    subject_type: SubjectType = Field(description="What it is about.")
    subject_id: UUID = Field(description="Id of the referral, the capacity, the member organization or the hearing.")
    referral_id: UUID | None = Field(description="The referral, when it is about one.")
    referral_number: str | None = Field(
        description="Its number, when it is about a referral.", examples=["R-7K2M-9QXD-4D"]
    )
    status: ReferralStatus | HearingStatus | None = Field(description="State of the referral or hearing then.")
    times: str | None = Field(
        description="When a hearing is, and was to be, on the clocks of its court.",
        examples=["2026-12-01 09:30 → 2026-12-10 14:00 (Asia/Dushanbe)"],
    )
    due_on: date | None = Field(
        description="For a membership: the day on which it ends unless its agreements are signed anew."
    )
    priority: Priority
    text: str = Field(examples=["Referral R-7K2M-9QXD-4D: accepted"])
    created_at: datetime
    read_at: datetime | None = Field(description="When a colleague first read it; the mark is the whole team's.")
    read_by: str | None = Field(description="Subject id of that colleague.")
