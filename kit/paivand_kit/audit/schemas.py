"""What goes over the wire for the audit trail."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from .trail import Access

FIELDS = ("object_id", "case_id", "subject", "organization_id", "action")


class AuditEntry(BaseModel):
    """One deed. Never says anything about a person."""

    model_config = ConfigDict(from_attributes=True)

    position: int = Field(description="Rises with each entry.", examples=[1207])
    at: datetime = Field(description="When it was done (UTC).")
    subject: str = Field(description="The account that did it (OIDC `sub`); `system` for the service itself.")
    organization_id: UUID | None = Field(description="The organization it acted for.")
    client_id: str = Field(description="The OAuth client it used.", examples=["paivand"])
    access: Access = Field(
        description="FHIR AuditEvent.action: C created, R read, U updated, D deleted, E executed.", examples=["E"]
    )
    action: str = Field(description="Name of the operation.", examples=["accept"])
    object_type: str = Field(description="Collection of the object, as in its path.", examples=["referrals"])
    object_id: UUID | None = Field(description="Id of the object.")
    case_id: UUID | None = Field(description="The case that it concerns.")
    consent_id: UUID | None = Field(description="The consent that it stands on.")
    trace_id: str | None = Field(description="The trace of the request.", examples=["4bf92f3577b34da6a3ce929d0e0e4736"])


class Question:
    """Which entries. All that is given must fit."""

    def __init__(self, **given: Any) -> None:
        self.fields = {name: given[name] for name in FIELDS if given[name] is not None}
        self.since: datetime | None = given["since"]
        self.until: datetime | None = given["until"]


Code = Annotated[str | None, Query(max_length=60, pattern="^[a-z_-]+$", description="Only this operation.")]
Account = Annotated[str | None, Query(max_length=100, pattern="^[!-~]+$", description="Only by this account.")]
Since = Annotated[AwareDatetime | None, Query(alias="from", description="Not before this time.")]
Until = Annotated[AwareDatetime | None, Query(description="Before this time.")]


async def asked(
    object_id: Annotated[UUID | None, Query(description="Only of this object.")] = None,
    case_id: Annotated[UUID | None, Query(description="Only of this case.")] = None,
    subject: Account = None,
    organization_id: Annotated[UUID | None, Query(description="Only by this organization.")] = None,
    action: Code = None,
    since: Since = None,
    until: Until = None,
) -> Question:
    """The question in the URL: ids, codes and times only."""
    return Question(
        object_id=object_id,
        case_id=case_id,
        subject=subject,
        organization_id=organization_id,
        action=action,
        since=since,
        until=until,
    )
