"""Holds on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from paivand_contracts.capacity import HoldStatus
from paivand_kit.inputs import Input
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class HoldPut(Input):
    """Room to keep."""

    quantity: Annotated[int, Field(ge=1, le=1000)] = Field(description="How many units, all or none.")
    until: AwareDatetime = Field(description="How long to keep them, at most 14 days.")


class Hold(BaseModel):
    """Room that is, or was, kept for an organization."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    capacity_id: UUID
    organization_id: UUID = Field(description="The organization for which room is kept.")
    quantity: int
    until: datetime = Field(description="From this moment on a hold that was not confirmed counts no more.")
    status: HoldStatus
    version: int = Field(description="Rises by one with each change; the ETag.")
    placed_at: datetime
    last_modified: datetime
