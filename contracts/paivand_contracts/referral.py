"""Events of the referral service. Ids, codes and times only: never a word about the person."""

# Narrowing a field in a subclass is safe, since the models are frozen.
# pyright: reportIncompatibleVariableOverride=false

from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import Field, TypeAdapter

from .codes import Priority, ReferralStatus
from .envelope import Event, Message


class ReferralFacts(Message):
    """What the parties' systems need in order to know which referral moved, and to where."""

    referral_id: UUID = Field(description="Id of the referral.")
    number: str = Field(description="Referral number with check character.", examples=["R-7K2M-9QXD-4D"])
    status: ReferralStatus = Field(description="State after the event.")
    priority: Priority = Field(description="How soon an answer is needed.")
    requester_organization_id: UUID = Field(description="The organization that asks.")
    owner_organization_id: UUID = Field(description="The organization that is asked.")
    service_id: UUID = Field(description="The service that is asked for, one of the owner's.")
    part_of: UUID | None = Field(default=None, description="The referral that this one continues after a redirect.")
    respond_by: datetime = Field(description="When the owner must have accepted or rejected.")
    version: int = Field(ge=1, description="Rises by one with each change; the ETag.")


class ReferralEventBase(Event):
    """Common to all referral events."""

    source: Literal["/paivand/referral"] = "/paivand/referral"
    data: ReferralFacts


class ReferralRequested(ReferralEventBase):
    """A requester asked a service to take a case."""

    type: Literal["paivand.referral.referral.requested.v1"] = "paivand.referral.referral.requested.v1"


class ReferralAccepted(ReferralEventBase):
    """The owner will take the case."""

    type: Literal["paivand.referral.referral.accepted.v1"] = "paivand.referral.referral.accepted.v1"


class ReferralRejected(ReferralEventBase):
    """The owner cannot take the case."""

    type: Literal["paivand.referral.referral.rejected.v1"] = "paivand.referral.referral.rejected.v1"


class ReferralStarted(ReferralEventBase):
    """The owner has begun to help."""

    type: Literal["paivand.referral.referral.started.v1"] = "paivand.referral.referral.started.v1"


class ReferralHeld(ReferralEventBase):
    """Help pauses for a stated reason."""

    type: Literal["paivand.referral.referral.held.v1"] = "paivand.referral.referral.held.v1"


class ReferralResumed(ReferralEventBase):
    """Help goes on after a pause."""

    type: Literal["paivand.referral.referral.resumed.v1"] = "paivand.referral.referral.resumed.v1"


class ReferralCompleted(ReferralEventBase):
    """Help was given; the outcome is recorded."""

    type: Literal["paivand.referral.referral.completed.v1"] = "paivand.referral.referral.completed.v1"


class ReferralFailed(ReferralEventBase):
    """Help ended without its aim, for a stated reason."""

    type: Literal["paivand.referral.referral.failed.v1"] = "paivand.referral.referral.failed.v1"


class ReferralCancelled(ReferralEventBase):
    """The requester took the request back."""

    type: Literal["paivand.referral.referral.cancelled.v1"] = "paivand.referral.referral.cancelled.v1"


class ReferralEnteredInError(ReferralEventBase):
    """The referral should never have been there."""

    type: Literal["paivand.referral.referral.entered-in-error.v1"] = "paivand.referral.referral.entered-in-error.v1"


class ReferralOverdue(ReferralEventBase):
    """`respond_by` passed without an answer. Said once."""

    type: Literal["paivand.referral.referral.overdue.v1"] = "paivand.referral.referral.overdue.v1"


class ReferralConsentEnded(ReferralEventBase):
    """The consent that the referral stands on was withdrawn or has expired: stop using what was shown.

    `status` is the state after it: `cancelled` when it was only requested, `on-hold` when it was accepted, unchanged
    when it was closed.
    """

    type: Literal["paivand.referral.referral.consent-ended.v1"] = "paivand.referral.referral.consent-ended.v1"


class ReferralConsentRenewed(ReferralEventBase):
    """The referral stands on another consent: the owner sees the case again and can resume."""

    type: Literal["paivand.referral.referral.consent-renewed.v1"] = "paivand.referral.referral.consent-renewed.v1"


ReferralEvent = Annotated[
    ReferralRequested
    | ReferralAccepted
    | ReferralRejected
    | ReferralStarted
    | ReferralHeld
    | ReferralResumed
    | ReferralCompleted
    | ReferralFailed
    | ReferralCancelled
    | ReferralEnteredInError
    | ReferralOverdue
    | ReferralConsentEnded
    | ReferralConsentRenewed,
    Field(discriminator="type"),
]
referral_event: TypeAdapter[Any] = TypeAdapter(cast(Any, ReferralEvent))


class CaseRef(Message):
    """Which case."""

    case_id: UUID = Field(description="Id of the case.")


class CaseErased(Event):
    """The person of a case was erased: whoever keeps anything under this id deletes it."""

    source: Literal["/paivand/referral"] = "/paivand/referral"
    type: Literal["paivand.referral.case.erased.v1"] = "paivand.referral.case.erased.v1"
    data: CaseRef
