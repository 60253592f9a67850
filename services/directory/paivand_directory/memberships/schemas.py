"""Memberships on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from paivand_kit.inputs import EmailAddress, Input, Line, Prose
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .rules import AgreementKind, MembershipStatus

Reason = Annotated[Prose, Field(description="Why. It stays in the history; no word about a survivor.")]
AgreementVersion = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[!-~]+$")]


class MembershipCreate(Input):
    """An application, as a coordinator enters it for the organization."""

    organization_id: UUID | None = Field(
        default=None, description="Of an organization that the directory has already; otherwise it gets a new id."
    )
    name: Line = Field(examples=["Panoh shelter"])
    description: Prose = Field(description="Who it is and whom it helps, for all members to read.")
    manager_email: EmailAddress = Field(description="Who shall run its data and people; invited on activation.")
    reason: Reason


class MembershipPatch(Input):
    """What can be put right before activation."""

    manager_email: EmailAddress
    reason: Reason


class Move(Input):
    """Body of every action."""

    reason: Reason


class AgreementCreate(Input):
    """An agreement that the organization has signed."""

    kind: AgreementKind
    agreement_version: AgreementVersion = Field(description="Which wording was signed.", examples=["2026-1"])
    signed_on: date
    expires_on: date = Field(description="From this day on it holds no more.")


class Agreement(BaseModel):
    """A signed agreement."""

    model_config = ConfigDict(from_attributes=True)

    kind: AgreementKind
    agreement_version: str
    signed_on: date
    expires_on: date


class Membership(BaseModel):
    """A membership."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Also the id of the organization.")
    name: str
    description: str
    manager_email: str
    status: MembershipStatus
    reviewed_by: str | None = Field(description="Account of the coordinator who reviewed; another one must activate.")
    expires_on: date | None = Field(description="When the first needed agreement ends; null while one is missing.")
    version: int = Field(description="Rises by one with each change; the ETag.")
    last_modified: datetime


class MembershipHistoryEntry(BaseModel):
    """One thing that was done."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    action: str
    status: MembershipStatus = Field(description="State after it.")
    reason: str
    subject: str = Field(description="Account of the coordinator; `directory` when it happened by itself.")
    at: datetime
