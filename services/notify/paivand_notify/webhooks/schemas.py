"""What goes over the wire about webhooks."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from paivand_contracts.envelope import Event, subject_of
from paivand_kit.inputs import Input, Line, absent
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from ..inbox.news import told_events

EVENT_TYPES = [subject_of(event) for event in told_events()]


def _known(event_type: str) -> str:
    if event_type not in EVENT_TYPES:
        raise ValueError("not an event type of this service")
    return event_type


EventType = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*EVENT_TYPES]})]
EventTypes = Annotated[list[EventType], Field(min_length=1, max_length=len(EVENT_TYPES))]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^https?://[!-~]+$")]
Secret = Annotated[str, StringConstraints(max_length=120, pattern=r"^whsec_[A-Za-z0-9+/=]+$")]
URL_TEXT = "https, a public address, no user name in it. It must not carry anything about a person."
TYPES_TEXT = "Only these events; null: all of referrals that your organization sent or received, and all of its own."


class WebhookStatus(StrEnum):
    """`disabled` by a manager, by the endpoint itself (410 Gone), or when the organization was suspended."""

    ACTIVE = "active"
    DISABLED = "disabled"


class WebhookCreate(Input):
    """A webhook to add."""

    url: Url = Field(description=URL_TEXT, examples=["https://cases.example.org/hooks/paivand"])
    event_types: EventTypes | None = Field(default=None, description=TYPES_TEXT)
    description: Line | None = Field(default=None, examples=["Case system of the legal aid centre"])
    secret: Secret | None = Field(
        default=None, description="`whsec_` and 24 to 64 random bytes in base64; left out, one is made."
    )


class WebhookPatch(Input):
    """What is to change; leave out the rest."""

    url: Url = absent(URL_TEXT)
    event_types: EventTypes | None = Field(default=None, description=TYPES_TEXT)
    description: Line | None = None
    status: WebhookStatus = absent("`active` sends again after it was disabled.")


class Webhook(BaseModel):
    """A webhook, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    url: str
    event_types: list[str] | None
    description: str | None
    status: WebhookStatus
    previous_secret_until: datetime | None = Field(description="Until then the previous secret signs along.")
    version: int
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(Webhook):
    """The only answer that shows the secret. When the request is repeated with its key, the secret is null there."""

    secret: str | None = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class WebhookFacts(BaseModel):
    """Data of a test event."""

    webhook_id: UUID


class WebhookPinged(Event):
    """The test event: nothing has happened, and the webhook works."""

    source: str = "/paivand/notify"
    type: Literal["paivand.notify.webhook.pinged.v1"] = "paivand.notify.webhook.pinged.v1"  # pyright: ignore[reportIncompatibleVariableOverride] - frozen
    data: Any
