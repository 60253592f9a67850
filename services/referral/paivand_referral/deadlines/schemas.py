"""What goes over the wire for deadlines."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from paivand_kit.inputs import Input
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .rule_sets import Code
from .rules import Direction, Roll, StepKind, Unit


class DeadlineStatus(StrEnum):
    """What became of a deadline."""

    OPEN = "open"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


class OverrideReason(StrEnum):
    """Why another day counts than the rules say."""

    COURT_ORDER = "court-order"
    EXTENSION = "extension"
    HOLIDAY_ANNOUNCED = "holiday-announced"
    RULE_IS_WRONG = "rule-is-wrong"


class PeriodSaid(Input):
    """A period, for what the rule set has no rule for."""

    count: int = Field(ge=1, le=1000, description="How many.", examples=[10])
    unit: Unit = Field(description="Of what.", examples=["working-days"])
    direction: Direction = Field(default=Direction.AFTER, description="After or before the event.", examples=["after"])
    includes_trigger_day: bool = Field(default=False, description="The event's own day counts.", examples=[False])
    roll: Roll = Field(default=Roll.NONE, description="What becomes of an end on a day of rest.", examples=["none"])
    is_suspended_in_vacations: bool = Field(
        default=False, description="Days of court vacations do not count.", examples=[False]
    )


class DeadlineCreate(Input):
    """A deadline that an event has started. Name a rule or the period itself, and the day or the hearing."""

    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    jurisdiction: Code = Field(description="Code of the rule set.", examples=["tj"])
    rule: Code | None = Field(default=None, description="Code of one of its rules.", examples=["appeal"])
    period: PeriodSaid | None = Field(default=None, description="Or a period of your own.")
    triggered_on: date | None = Field(default=None, description="Day of the event.", examples=["2026-11-24"])
    hearing_id: UUID | None = Field(
        default=None,
        description="Or the hearing that it is counted from: it moves with it.",
        examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"],
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.rule is None) == (self.period is None):
            raise ValueError("name either a rule or a period")
        if (self.triggered_on is None) == (self.hearing_id is None):
            raise ValueError("name either the day of the event or the hearing")
        return self


class DeadlinePatch(Input):
    """What becomes of a deadline. Only what is sent changes."""

    due_on: date | None = Field(default=None, description="Another day counts.", examples=["2026-12-10"])
    override_reason: OverrideReason | None = Field(default=None, description="Why.", examples=["court-order"])
    met_on: date | None = Field(default=None, description="The day on which it was met.", examples=["2026-12-01"])
    is_cancelled: bool = Field(default=False, description="Nothing is due any more.", examples=[False])

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.due_on is None) != (self.override_reason is None):
            raise ValueError("another day needs its reason")
        return self


class Step(BaseModel):
    """One step of the count."""

    kind: StepKind = Field(description="What is done.", examples=["count"])
    on: date = Field(description="The day that it came to.", examples=["2026-12-08"])
    detail: str = Field(description="Why, in words.", examples=["Does not count: Constitution Day."])


class Deadline(BaseModel):
    """A deadline, and how it was counted."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Id of the deadline.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2c11"])
    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    jurisdiction: str = Field(description="Code of the rule set.", examples=["tj"])
    rule_set_version: int = Field(description="Its version then; that one never changes.", examples=[1])
    rule: str | None = Field(description="Code of the rule; null for a period of your own.", examples=["appeal"])
    hearing_id: UUID | None = Field(
        description="The hearing that it is counted from.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b37"]
    )
    triggered_on: date = Field(description="Day of the event.", examples=["2026-11-24"])
    computed_on: date = Field(description="The last day by the rules.", examples=["2026-12-08"])
    is_provisional: bool = Field(
        description="A holiday that matters to it is only estimated: look again once it is announced.", examples=[False]
    )
    steps: list[Step] = Field(description="How that day was found.")
    due_on: date = Field(description="The last day that counts.", examples=["2026-12-08"])
    override_reason: str | None = Field(description="Why it is not the computed one.", examples=["court-order"])
    status: DeadlineStatus = Field(description="`missed` once the day is over.", examples=["open"])
    met_on: date | None = Field(description="The day on which it was met.", examples=["2026-12-01"])
    version: int = Field(description="Rises by one with each change; the ETag.", examples=[1])
    created_at: datetime = Field(description="When it was recorded (UTC).", examples=["2026-11-24T10:00:00Z"])
    updated_at: datetime = Field(description="When it last changed (UTC).", examples=["2026-11-24T10:00:00Z"])
