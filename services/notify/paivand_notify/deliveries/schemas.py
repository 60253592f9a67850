"""What is said of a delivery."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from .rules import Channel, DeliveryStatus


class Delivery(BaseModel):
    """One event on its way to one webhook or e-mail subscription."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="For a webhook also its `webhook-id` header, the same at each attempt.")
    channel: Channel
    target_id: UUID = Field(description="The webhook, or the e-mail subscription.")
    event_id: UUID
    event_type: str = Field(examples=["paivand.referral.referral.accepted.v1"])
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime = Field(description="While pending: when it is tried next, at the latest.")
    last_reason: str | None = Field(description="Code of how the last attempt ended.", examples=["http-status"])
    last_http_status: int | None = Field(description="Status that the webhook answered last.")
    created_at: datetime
    settled_at: datetime | None = Field(description="When it arrived or was given up.")
