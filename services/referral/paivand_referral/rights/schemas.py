"""What goes over the wire for the rights checklist."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from paivand_kit.inputs import Input
from pydantic import BaseModel, Field, model_validator

from ..proceedings.rules import Stage
from .rules import Evidence, Right, Status, needs_evidence


class RightPut(Input):
    """What was done about a right."""

    status: Status = Field(description="What was done about it.", examples=["given"])
    evidence: Evidence | None = Field(
        default=None, description="What shows it; needed when it was given or refused.", examples=["signed-form"]
    )
    given_on: date | None = Field(default=None, description="On which day.", examples=["2026-11-24"])

    @model_validator(mode="after")
    def _shows_it(self) -> Self:
        if needs_evidence(self.status) and self.evidence is None:
            raise ValueError("say what shows it (`evidence`)")
        return self


class RightCheck(BaseModel):
    """One line of the checklist."""

    right: Right = Field(description="The right.", examples=["compensation"])
    status: Status = Field(description="What was done about it.", examples=["open"])
    evidence: Evidence | None = Field(description="What shows it.", examples=["signed-form"])
    given_on: date | None = Field(description="On which day.", examples=["2026-11-24"])
    due_by: Stage = Field(description="The last stage in which there is time for it.", examples=["trial"])
    is_missed: bool = Field(description="Its time has passed and nothing was said of it.", examples=[False])
    version: int = Field(description="Rises by one with each change; 0 before the first. The ETag.", examples=[0])
    updated_at: datetime | None = Field(description="When it last changed (UTC).", examples=["2026-11-24T10:00:00Z"])


class MissedRights(BaseModel):
    """A proceeding in which something was missed."""

    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    number: str = Field(description="Its number.", examples=["P-7K2M-9QXD-4D"])
    case_number: str = Field(description="Number of the pseudonymous case.", examples=["C-7K2M-9QXD-4D"])
    stage: Stage = Field(description="How far it has come.", examples=["trial"])
    missed: list[Right] = Field(description="What was missed.", examples=[["information", "legal-aid"]])
