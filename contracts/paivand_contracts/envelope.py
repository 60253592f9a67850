"""The envelope of every event: CloudEvents 1.0, structured JSON mode.

The envelope carries two extension attributes: `sequence`, the dense number that the producer's relay gives
each event in commit order, by which a consumer notices a gap; and `traceparent` (W3C Trace Context).
"""

from datetime import UTC, datetime
from typing import Any, Literal, get_args
from uuid import UUID

import uuid_utils.compat as uuid_utils
from pydantic import BaseModel, ConfigDict, Field


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 section 5.7): unique, and in the order of creation."""
    return uuid_utils.uuid7()


def now() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


class Message(BaseModel):
    """Base of everything that crosses a service border: frozen, and unknown fields of newer versions are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Message):
    """One fact, past tense. Subclasses narrow `type`, `source` and `data`; the NATS subject equals the type."""

    specversion: Literal["1.0"] = Field(default="1.0", description="Version of the CloudEvents specification.")
    id: UUID = Field(default_factory=new_id, description="Unique id of the event; consumers handle each id once.")
    source: str = Field(description="The service that states the fact.", examples=["/paivand/referral"])
    type: str = Field(description="What happened; also the NATS subject.")
    subject: str = Field(description="Id of the object that the fact is about.")
    time: datetime = Field(default_factory=now, description="When it happened (UTC).")
    datacontenttype: Literal["application/json"] = Field(
        default="application/json", description="Media type of `data`."
    )
    sequence: int | None = Field(default=None, description="Place in the producer's order of commits, dense from 1.")
    traceparent: str | None = Field(default=None, description="W3C trace context of the request that caused it.")
    data: Any = Field(description="The state of the object after the event.")


def events_of(union: Any) -> list[type[Event]]:
    """The models in a discriminated union of events."""
    return list(get_args(get_args(union)[0]))


def subject_of(event: type[Event]) -> str:
    """The NATS subject of an event: its type."""
    return str(event.model_fields["type"].default)


class OutboxRead(Message):
    """Request: the producer's events after a sequence number. Subject `paivand.<producer>.request.outbox.read.v1`."""

    after: int = Field(ge=0, description="Highest sequence already handled.")
    limit: int = Field(default=200, ge=1, le=500, description="At most so many events in the answer.")


class OutboxPage(Message):
    """Reply to `OutboxRead`: events as raw CloudEvents documents, ascending by `sequence`."""

    events: list[dict[str, Any]] = Field(description="The events, none when the asker has seen all.")
    last_sequence: int = Field(description="Highest sequence the producer has given out.")


def outbox_read_subject(producer: str) -> str:
    """NATS subject on which a producer answers `OutboxRead`. One word longer than an event, so no stream takes it."""
    return f"paivand.{producer}.request.outbox.read.v1"
