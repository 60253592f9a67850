"""Capacity and holds: codes, the events of the directory about them, and what it is asked over NATS."""

# Narrowing a field in a subclass is safe, since the models are frozen.
# pyright: reportIncompatibleVariableOverride=false

from enum import StrEnum
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter

from .directory import DirectoryEventBase
from .envelope import Message
from .problems import ProblemType


class CapacityUnit(StrEnum):
    """What is counted (HSDS `unit`)."""

    BED = "bed"
    FAMILY_ROOM = "family-room"
    APPOINTMENT_SLOT = "appointment-slot"
    CASELOAD = "caseload"


class HoldStatus(StrEnum):
    """State of a hold. Held and confirmed ones take room; of the others nothing is left."""

    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    EXPIRED = "expired"


class HoldFacts(Message):
    """State of a hold. Nothing in it tells for whom the room is."""

    hold_id: UUID = Field(description="Id of the hold, chosen by the one who placed it.")
    capacity_id: UUID = Field(description="The capacity that it takes from.")
    service_id: UUID = Field(description="The service that the capacity belongs to.")
    organization_id: UUID = Field(description="The organization for which room is kept.")
    quantity: int = Field(ge=1, description="How many units.")
    until: AwareDatetime = Field(description="From this moment on a hold that was not confirmed counts no more.")
    status: HoldStatus = Field(description="State after the event.")
    version: int = Field(ge=1, description="Rises by one with each change; the ETag.")


class StaleFacts(Message):
    """Figures that nobody has confirmed for longer than the service promised."""

    capacity_id: UUID = Field(description="Id of the capacity.")
    service_id: UUID = Field(description="The service that it belongs to.")
    organization_id: UUID = Field(description="The organization that should look and confirm.")
    confirmed_at: AwareDatetime = Field(description="When the figures were last confirmed.")


class HoldEventBase(DirectoryEventBase):
    """Common to the events of holds."""

    data: HoldFacts


class HoldPlaced(HoldEventBase):
    """Room is kept until a time."""

    type: Literal["paivand.directory.hold.placed.v1"] = "paivand.directory.hold.placed.v1"


class HoldConfirmed(HoldEventBase):
    """The room is taken."""

    type: Literal["paivand.directory.hold.confirmed.v1"] = "paivand.directory.hold.confirmed.v1"


class HoldReleased(HoldEventBase):
    """The room is free again."""

    type: Literal["paivand.directory.hold.released.v1"] = "paivand.directory.hold.released.v1"


class HoldExpired(HoldEventBase):
    """The time of a hold passed without confirmation. It counted no more from `until` on; this is the news of it."""

    type: Literal["paivand.directory.hold.expired.v1"] = "paivand.directory.hold.expired.v1"


class CapacityStale(DirectoryEventBase):
    """Figures are older than the service promised. Said once, until they are confirmed."""

    type: Literal["paivand.directory.capacity.stale.v1"] = "paivand.directory.capacity.stale.v1"
    data: StaleFacts


CapacityEvent = Annotated[
    HoldPlaced | HoldConfirmed | HoldReleased | HoldExpired | CapacityStale, Field(discriminator="type")
]
capacity_event: TypeAdapter[Any] = TypeAdapter(cast(Any, CapacityEvent))

PLACE_HOLD = "paivand.directory.request.hold.place.v1"
CONFIRM_HOLD = "paivand.directory.request.hold.confirm.v1"
RELEASE_HOLD = "paivand.directory.request.hold.release.v1"


class HoldRequest(Message):
    """Common to the requests about a hold. A request sent again does nothing again and gets the same answer."""

    hold_id: UUID = Field(description="Id of the hold; the asker chooses it and keeps it when it asks again.")
    organization_id: UUID = Field(description="The organization for which room is kept.")
    answer_by: AwareDatetime = Field(description="When the asker stops waiting; later nothing is done any more.")


class PlaceHold(HoldRequest):
    """Request: keep room until a time."""

    capacity_id: UUID = Field(description="The capacity to take from.")
    quantity: int = Field(ge=1, le=1000, description="How many units, all or none.")
    until: AwareDatetime = Field(description="How long to keep them.")


class ConfirmHold(HoldRequest):
    """Request: the held room is taken."""


class ReleaseHold(HoldRequest):
    """Request: the room, held or taken, is free again."""


class HoldAnswer(Message):
    """Reply to the requests about a hold: the hold as it is now, or why it was not done."""

    hold: HoldFacts | None = Field(default=None, description="The hold after the request; absent when refused.")
    problem: ProblemType | None = Field(default=None, description="Why it was refused.")
    detail: str | None = Field(default=None, description="The same in words.")
