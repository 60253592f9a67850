"""What goes over the wire for erasures and legal holds."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from paivand_kit.inputs import Input, Line
from pydantic import BaseModel, ConfigDict, Field


class ErasureReason(StrEnum):
    """Why a person's data are erased."""

    PERSON_ASKED = "person-asked"
    RETENTION_OVER = "retention-over"
    ENTERED_IN_ERROR = "entered-in-error"
    COURT_ORDER = "court-order"


class HoldReason(StrEnum):
    """Why the law forbids to erase."""

    INVESTIGATION = "investigation"
    COURT_PROCEEDING = "court-proceeding"
    COURT_ORDER = "court-order"
    OTHER = "other"


class Erase(Input):
    """An erasure that cannot be undone."""

    number: Line = Field(
        description="The case's number, typed by hand, so that nobody erases another one by mistake.",
        examples=["C-7K2M-9QXD-4D"],
    )
    reason: ErasureReason = Field(description="Why.", examples=["person-asked"])


class Erasure(BaseModel):
    """The receipt: what was destroyed, when, and what is left in old backups until when."""

    model_config = ConfigDict(from_attributes=True)

    case_id: UUID = Field(description="Id of the case.")
    number: str = Field(description="Number of the case.", examples=["C-7K2M-9QXD-4D"])
    reason: ErasureReason = Field(description="Why.", examples=["person-asked"])
    erased_at: datetime = Field(description="When the case's key was destroyed (UTC).")
    key_fingerprint: str = Field(
        description="SHA-256 of the wrapped key that was destroyed.", examples=["9f86d081884c7d65…"]
    )
    wrapping_key: str = Field(
        description="Which wrapping key it was under. Backups from before the erasure are closed for good when the "
        "operators retire that key.",
        examples=["2026-11-24-1f0c9a3b"],
    )
    identities: int = Field(description="How many identities were deleted with it.", examples=[1])
    index_tokens: int = Field(description="How many index entries were deleted with it.", examples=[7])


class LegalHoldPut(Input):
    """A hold that forbids to erase a case."""

    reason: HoldReason = Field(description="Why.", examples=["court-proceeding"])


class LegalHold(BaseModel):
    """A hold that forbids to erase a case."""

    model_config = ConfigDict(from_attributes=True)

    case_id: UUID = Field(description="Id of the case.")
    reason: HoldReason = Field(description="Why.", examples=["court-proceeding"])
    set_at: datetime = Field(description="Since when (UTC).")
