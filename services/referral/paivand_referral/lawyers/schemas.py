"""What goes over the wire for lawyers of record."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from paivand_kit.inputs import Input, absent
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from .rules import PowerOfAttorney

Account = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z-]+$"),
    Field(description="Account of the lawyer (`sub`).", examples=["4f6c2b0e-3a3b-4a57-9a0e-0d2f6f1c9b11"]),
]
FIRST_DAY = date(1990, 1, 1)


class LawyerCreate(Input):
    """Somebody who represents the person from now on."""

    organization_id: UUID = Field(
        description="Your own organization, or one that has accepted a referral of the case.",
        examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b30"],
    )
    subject: Account | None = Field(
        default=None,
        description="Account of the lawyer (`sub`). Without it the organization's managers name somebody.",
        examples=["4f6c2b0e-3a3b-4a57-9a0e-0d2f6f1c9b11"],
    )
    from_on: date = Field(ge=FIRST_DAY, description="First day of record.", examples=["2026-11-24"])
    until_on: date | None = Field(default=None, description="Last day of record, if known.", examples=["2027-03-31"])
    power_of_attorney: PowerOfAttorney = Field(
        default=PowerOfAttorney.REQUESTED, description="What the person has signed.", examples=["signed"]
    )
    substitutes_id: UUID | None = Field(
        default=None,
        description="The lawyer of record in whose place this one acts.",
        examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b35"],
    )

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until_on is not None and self.until_on < self.from_on:
            raise ValueError("until_on lies before from_on")
        return self


class LawyerPatch(Input):
    """Changes of a lawyer of record. Only what is sent changes."""

    subject: Account = absent("Account of the lawyer (`sub`).")
    until_on: date | None = Field(default=None, description="Last day of record.", examples=["2027-03-31"])
    power_of_attorney: PowerOfAttorney = absent("What the person has signed.")


class Lawyer(BaseModel):
    """A lawyer of record."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Id of this record.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b35"])
    proceeding_id: UUID = Field(description="The proceeding.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b32"])
    organization_id: UUID = Field(
        description="The lawyer's organization.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b30"]
    )
    subject: str | None = Field(
        description="Account of the lawyer; null until the organization names somebody.",
        examples=["4f6c2b0e-3a3b-4a57-9a0e-0d2f6f1c9b11"],
    )
    from_on: date = Field(description="First day of record.", examples=["2026-11-24"])
    until_on: date | None = Field(description="Last day of record.", examples=["2027-03-31"])
    power_of_attorney: PowerOfAttorney = Field(description="What the person has signed.", examples=["signed"])
    substitutes_id: UUID | None = Field(
        description="The lawyer in whose place this one acts.", examples=["019b3b2a-7d4e-7c11-9a55-0d6f4c1e2b36"]
    )
    version: int = Field(description="Rises by one with each change; the ETag.", examples=[1])
    created_at: datetime = Field(description="When it was recorded (UTC).", examples=["2026-11-24T10:00:00Z"])
    updated_at: datetime = Field(description="When it last changed (UTC).", examples=["2026-11-24T10:00:00Z"])
