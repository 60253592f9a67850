"""Events of the referral service about hearings. Ids, codes and times only: nothing of what is tried, or whom."""

# Narrowing a field in a subclass is safe, since the models are frozen.
# pyright: reportIncompatibleVariableOverride=false

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import Field, TypeAdapter

from .envelope import Event, Message


class HearingStatus(StrEnum):
    """State of a hearing. Only `scheduled` will take place."""

    SCHEDULED = "scheduled"
    ADJOURNED = "adjourned"
    HELD = "held"
    VACATED = "vacated"
    CANCELLED = "cancelled"


class HearingType(StrEnum):
    """What a hearing is for."""

    FIRST_APPEARANCE = "first-appearance"
    INTERVIEW = "interview"
    PRELIMINARY = "preliminary"
    DETENTION = "detention"
    TESTIMONY = "testimony"
    TRIAL = "trial"
    JUDGMENT = "judgment"
    SENTENCING = "sentencing"
    COMPENSATION = "compensation"
    APPEAL = "appeal"
    ENFORCEMENT = "enforcement"
    MEDIATION = "mediation"
    OTHER = "other"


class HearingFacts(Message):
    """What calendars and teams need in order to know which hearing moved, from when to when."""

    hearing_id: UUID = Field(description="Id of the hearing.")
    proceeding_id: UUID = Field(description="The proceeding that it belongs to.")
    case_number: str = Field(description="Number of the pseudonymous case.", examples=["C-7K2M-9QXD-4D"])
    hearing_type: HearingType = Field(description="What it is for.")
    status: HearingStatus = Field(description="State after the event.")
    starts_at: datetime = Field(description="When it begins, or would have begun (UTC).")
    ends_at: datetime = Field(description="When it is expected to end (UTC).")
    time_zone: str = Field(description="IANA time zone of the court.", examples=["Asia/Dushanbe"])
    previous_starts_at: datetime | None = Field(default=None, description="When it would have begun before the change.")
    next_hearing_id: UUID | None = Field(default=None, description="The hearing that follows in its place.")
    next_starts_at: datetime | None = Field(default=None, description="When that one begins (UTC).")
    organization_id: UUID = Field(description="The organization that owns the case.")
    lawyer_organization_ids: list[UUID] = Field(description="The organizations whose lawyers are of record.")
    version: int = Field(ge=1, description="Rises by one with each change; the ETag, and SEQUENCE in calendars.")


class HearingEventBase(Event):
    """Common to all hearing events."""

    source: Literal["/paivand/referral"] = "/paivand/referral"
    data: HearingFacts


class HearingScheduled(HearingEventBase):
    """A hearing was set down."""

    type: Literal["paivand.referral.hearing.scheduled.v1"] = "paivand.referral.hearing.scheduled.v1"


class HearingChanged(HearingEventBase):
    """Its time, place or needs changed; `previous_starts_at` is there when the time did."""

    type: Literal["paivand.referral.hearing.changed.v1"] = "paivand.referral.hearing.changed.v1"


class HearingAdjourned(HearingEventBase):
    """It did not take place then; `next_hearing_id` is there when a new date is known."""

    type: Literal["paivand.referral.hearing.adjourned.v1"] = "paivand.referral.hearing.adjourned.v1"


class HearingHeld(HearingEventBase):
    """It took place."""

    type: Literal["paivand.referral.hearing.held.v1"] = "paivand.referral.hearing.held.v1"


class HearingVacated(HearingEventBase):
    """The court took it off its list."""

    type: Literal["paivand.referral.hearing.vacated.v1"] = "paivand.referral.hearing.vacated.v1"


class HearingCancelled(HearingEventBase):
    """It was entered by mistake, or is not needed any more."""

    type: Literal["paivand.referral.hearing.cancelled.v1"] = "paivand.referral.hearing.cancelled.v1"


class HearingLack(StrEnum):
    """What a hearing that is near still lacks."""

    NO_LAWYER = "no-lawyer"
    NO_INTERPRETER = "no-interpreter"
    NO_TRANSPORT = "no-transport"


class NoticeFacts(Message):
    """What one organization is told of a hearing to come, once."""

    hearing_id: UUID = Field(description="Id of the hearing.")
    case_number: str = Field(description="Number of the pseudonymous case.", examples=["C-7K2M-9QXD-4D"])
    hearing_type: HearingType = Field(description="What it is for.")
    starts_at: datetime = Field(description="When it begins (UTC).")
    time_zone: str = Field(description="IANA time zone of the court.", examples=["Asia/Dushanbe"])
    organization_id: UUID = Field(description="The organization that is told.")
    lacks: list[HearingLack] = Field(default=[], description="What it still lacks.")


class HearingNoticeBase(Event):
    """Common to what time alone brings about."""

    source: Literal["/paivand/referral"] = "/paivand/referral"
    data: NoticeFacts


class HearingApproaching(HearingNoticeBase):
    """It is some days or hours away: a reminder."""

    type: Literal["paivand.referral.hearing.approaching.v1"] = "paivand.referral.hearing.approaching.v1"


class HearingUnacknowledged(HearingNoticeBase):
    """None of the organization's lawyers has confirmed this date in time: for its manager."""

    type: Literal["paivand.referral.hearing.unacknowledged.v1"] = "paivand.referral.hearing.unacknowledged.v1"


class HearingUnprepared(HearingNoticeBase):
    """It is within 72 hours and lacks a lawyer, an interpreter or transport."""

    type: Literal["paivand.referral.hearing.unprepared.v1"] = "paivand.referral.hearing.unprepared.v1"


HearingEvent = Annotated[
    HearingScheduled
    | HearingChanged
    | HearingAdjourned
    | HearingHeld
    | HearingVacated
    | HearingCancelled
    | HearingApproaching
    | HearingUnacknowledged
    | HearingUnprepared,
    Field(discriminator="type"),
]
hearing_event: TypeAdapter[Any] = TypeAdapter(cast(Any, HearingEvent))
