"""What goes over the wire for tasks."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from paivand_kit.inputs import Input, absent
from pydantic import BaseModel, ConfigDict, Field

from ..lawyers.schemas import Account
from ..proceedings.rules import Stage
from .rules import Kind, Status

DueOn = Annotated[date, Field(ge=date(2000, 1, 1), description="Last day for it.", examples=["2026-12-01"])]


class TaskCreate(Input):
    """Something to do in a proceeding."""

    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    kind: Kind = Field(description="What is to be done.", examples=["prepare-person"])
    due_on: DueOn
    assignee: Account | None = Field(
        default=None,
        description="Account of whoever does it (`sub`).",
        examples=["4f6c2b0e-3a3b-4a57-9a0e-0d2f6f1c9b11"],
    )
    hearing_id: UUID | None = Field(
        default=None, description="The hearing that it is for.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"]
    )


class TasksFromTemplate(Input):
    """What a stage asks for."""

    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    stage: Stage = Field(description="The stage that began.", examples=["trial"])
    began_on: DueOn = Field(description="When it began; days are counted from it.", examples=["2026-11-24"])
    assignee: Account | None = Field(
        default=None,
        description="Account of whoever does them (`sub`).",
        examples=["4f6c2b0e-3a3b-4a57-9a0e-0d2f6f1c9b11"],
    )


class TaskPatch(Input):
    """Changes of a task. Only what is sent changes."""

    status: Status = absent("What became of it.")
    due_on: DueOn = absent("Last day for it.")
    assignee: Account | None = Field(default=None, description="Account of whoever does it (`sub`).")


class Task(BaseModel):
    """A task."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Id of the task.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b40"])
    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    hearing_id: UUID | None = Field(
        description="The hearing that it is for.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"]
    )
    kind: Kind = Field(description="What is to be done.", examples=["prepare-person"])
    stage: Stage | None = Field(description="The stage whose template asked for it.", examples=["trial"])
    assignee: str | None = Field(
        description="Account of whoever does it.", examples=["4f6c2b0e-3a3b-4a57-9a0e-0d2f6f1c9b11"]
    )
    due_on: date = Field(description="Last day for it.", examples=["2026-12-01"])
    status: Status = Field(description="What became of it.", examples=["open"])
    done_at: datetime | None = Field(description="When it was done (UTC).", examples=["2026-11-24T10:00:00Z"])
    done_by: str | None = Field(
        description="Account of whoever did it.", examples=["4f6c2b0e-3a3b-4a57-9a0e-0d2f6f1c9b11"]
    )
    version: int = Field(description="Rises by one with each change; the ETag.", examples=[1])
    created_at: datetime = Field(description="When it was recorded (UTC).", examples=["2026-11-24T10:00:00Z"])
    updated_at: datetime = Field(description="When it last changed (UTC).", examples=["2026-11-24T10:00:00Z"])
