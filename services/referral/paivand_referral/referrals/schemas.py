"""What goes over the wire for referrals."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from paivand_contracts.codes import Priority, ReferralStatus
from paivand_kit.inputs import Input, Prose
from pydantic import BaseModel, ConfigDict, Field

from ..cases.schemas import CaseProfile
from ..consents.rules import ConsentEnd
from ..consents.schemas import Moment
from .rules import Action, ConsentScope


class RejectReason(StrEnum):
    """Why a service cannot take a case."""

    NO_CAPACITY = "no-capacity"
    NOT_ELIGIBLE = "not-eligible"
    OUT_OF_AREA = "out-of-area"
    LANGUAGE = "language"
    NOT_SAFE = "not-safe"
    DUPLICATE = "duplicate"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why help pauses."""

    WAITING_FOR_PERSON = "waiting-for-person"
    WAITING_FOR_DOCUMENTS = "waiting-for-documents"
    WAITING_FOR_PARTNER = "waiting-for-partner"
    NOT_SAFE = "not-safe"
    OTHER = "other"


class FailReason(StrEnum):
    """Why help ended without its aim."""

    LOST_CONTACT = "lost-contact"
    PERSON_DECLINED = "person-declined"
    NOT_POSSIBLE = "not-possible"
    OTHER = "other"


class CancelReason(StrEnum):
    """Why a requester takes a request back."""

    PERSON_DECLINED = "person-declined"
    HELP_FOUND_ELSEWHERE = "help-found-elsewhere"
    NO_LONGER_NEEDED = "no-longer-needed"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a completed referral."""

    HELP_GIVEN = "help-given"
    HELP_PARTLY_GIVEN = "help-partly-given"
    REFERRED_ONWARD = "referred-onward"
    NO_HELP_NEEDED = "no-help-needed"


class GivenConsent(Input):
    """What the person agreed to, said with the request; it becomes a record of the case."""

    given_at: Moment = Field(description="When the person agreed (RFC 3339); not in the future.")
    scope: Annotated[list[ConsentScope], Field(min_length=1, max_length=3)] = Field(
        description="`referral`: the pseudonymous case may be shown to the service (always needed). "
        "`summary`: the summary too. `redirect`: the service may pass the request on to another one.",
        examples=[["referral", "summary"]],
    )


class ReferralCreate(Input):
    """A request to a service to take a case."""

    case_id: UUID = Field(description="One of your organization's cases.")
    service_id: UUID = Field(description="An active service of the directory.")
    priority: Priority = Field(description="How soon an answer is needed; sets `respond_by`.")
    summary: Prose | None = Field(
        default=None, description="What the service must know to decide. No names; needs the consent scope `summary`."
    )
    consent: GivenConsent | None = Field(
        default=None,
        description="What the person agreed to. This or `consent_id`: no referral without consent.",
    )
    consent_id: UUID | None = Field(
        default=None, description="A recorded consent of the case that covers this service and what it is shown."
    )


class Note(Input):
    """An optional note to the other party."""

    note: Prose | None = Field(default=None, description="For the other party. No names.")


class Reject(Note):
    """Why the service cannot take the case."""

    reason: RejectReason


class Redirect(Reject):
    """Reject, and pass the request on to another service, if the consent covers it."""

    service_id: UUID = Field(description="The active service that is asked instead.")


class Hold(Note):
    """Why help pauses."""

    reason: HoldReason


class Fail(Note):
    """Why help ended without its aim."""

    reason: FailReason


class Cancel(Note):
    """Why the request is taken back."""

    reason: CancelReason


class Complete(Note):
    """What came of it."""

    outcome: Outcome


class Output(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(from_attributes=True)


class StatedConsent(Output):
    """The consent that a referral stands on."""

    id: UUID = Field(description="Id of the consent in the case.")
    given_at: datetime = Field(description="When the person agreed (UTC).")
    scope: list[ConsentScope] = Field(description="What they agreed to, in short.", examples=[["referral", "summary"]])


class ReferralItem(Output):
    """A referral in a list."""

    id: UUID = Field(description="Id of the referral.")
    number: str = Field(
        description="Number with check character, safe to read on the phone.", examples=["R-7K2M-9QXD-4D"]
    )
    status: ReferralStatus = Field(description="FHIR Task status.")
    priority: Priority
    case_id: UUID
    case: CaseProfile | None = Field(description="Null for the other party once the consent has ended.")
    service_id: UUID
    service_name: str
    requester_organization_id: UUID
    requester_organization_name: str | None = Field(description="Null while the directory has not stated it yet.")
    owner_organization_id: UUID
    owner_organization_name: str
    respond_by: datetime = Field(description="When the owner must have accepted or rejected (UTC).")
    overdue_at: datetime | None = Field(description="When it was found that `respond_by` had passed.")
    reason: str | None = Field(description="Code of the last reason given.")
    outcome: str | None = Field(description="Code of the outcome, once completed.")
    part_of: UUID | None = Field(description="The referral that this one continues after a redirect.")
    redirected_to: UUID | None = Field(description="The referral that continues this one after a redirect.")
    consent_ended: ConsentEnd | None = Field(
        description="Set once the consent was withdrawn or has expired: the other party sees number and state only."
    )
    version: int = Field(description="Rises by one with each change; also the ETag.")
    created_at: datetime
    updated_at: datetime


class Referral(ReferralItem):
    """A referral with its free text, for the two parties."""

    summary: str | None = Field(description="Null for the other party once the consent has ended.")
    note: str | None = Field(description="Last note of the party that acted.")
    consent: StatedConsent


class HistoryEntry(Output):
    """One change of a referral."""

    version: int
    action: Action | str = Field(
        description="What was done: `request`, an action, `overdue`, or `consent-withdrawn`, `consent-expired`, "
        "`renew-consent`."
    )
    status: ReferralStatus = Field(description="State after it.")
    reason: str | None
    note: str | None
    outcome: str | None
    organization_id: UUID = Field(description="The organization that acted.")
    at: datetime
