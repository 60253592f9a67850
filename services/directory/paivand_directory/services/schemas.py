"""Services on the wire (HSDS `service`). No addresses: the place of a shelter is nobody's to read here."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from paivand_contracts.codes import ServiceStatus
from paivand_contracts.taxonomy import KnownTermCode, TermCode
from paivand_kit.inputs import EmailAddress, Input, Line, Prose, WebAddress, absent
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ..search.schemas import TYPED

TermCodes = Annotated[list[KnownTermCode], Field(min_length=1, max_length=30)]
Age = Annotated[int, Field(ge=0, le=130)]

TERMS = "Codes from `/directory/v1/taxonomy_terms`; HSDS says the same by `attributes`."
DESCRIPTION = "What is offered. All members can read it: never write where a shelter is."


class ServiceCreate(Input):
    """A service that the caller's organization offers."""

    name: Line = Field(examples=["Emergency shelter for women with children"])
    taxonomy_terms: TermCodes = Field(description=TERMS, examples=[["emergency-shelter", "childcare"]])
    alternate_name: Line | None = None
    description: Prose | None = Field(default=None, description=DESCRIPTION)
    url: WebAddress | None = None
    email: EmailAddress | None = None
    status: ServiceStatus = ServiceStatus.ACTIVE
    interpretation_services: Prose | None = None
    application_process: Prose | None = None
    fees_description: Prose | None = None
    eligibility_description: Prose | None = None
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    alert: Line | None = Field(default=None, description="Short-term news, e.g. full this week.")


class ServicePatch(Input):
    """The fields to change; null clears one that may be empty."""

    name: Line = absent()
    taxonomy_terms: TermCodes = absent(TERMS)
    alternate_name: Line | None = absent()
    description: Prose | None = absent(DESCRIPTION)
    url: WebAddress | None = absent()
    email: EmailAddress | None = absent()
    status: ServiceStatus = absent()
    interpretation_services: Prose | None = absent()
    application_process: Prose | None = absent()
    fees_description: Prose | None = absent()
    eligibility_description: Prose | None = absent()
    minimum_age: Age | None = absent()
    maximum_age: Age | None = absent()
    alert: Line | None = absent()


class Service(BaseModel):
    """A service of a member organization."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organization_id: UUID
    name: str
    alternate_name: str | None
    description: str | None
    url: str | None
    email: str | None
    status: ServiceStatus = Field(description="Referrals go to active services only.")
    interpretation_services: str | None
    application_process: str | None
    fees_description: str | None
    eligibility_description: str | None
    minimum_age: int | None
    maximum_age: int | None
    alert: str | None
    taxonomy_terms: list[str] = Field(description=TERMS)
    version: int = Field(description="Rises by one with each change; the ETag.")
    last_modified: datetime


class ServiceSearch(Input):
    """What is looked for. Conditions narrow each other."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")] = Field(
        description=TYPED, examples=["shelter for wemen"]
    )
    taxonomy_term: TermCode | None = Field(default=None, description="A code; finds its narrower terms too.")
    organization_id: UUID | None = Field(default=None, description="Only services of this organization.")
    status: ServiceStatus | None = Field(default=None, description="Only services in this state.")
    limit: int = Field(default=20, ge=1, le=50, description="At most so many.")


class FoundService(BaseModel):
    """A service that was found."""

    service: Service
    is_exact: bool = Field(description="All words occur as they were typed; else some were taken to be mistyped.")


class ServicesFound(BaseModel):
    """The best first: what has the words as typed, then what has others like them; in each, names before texts."""

    items: list[FoundService]
    is_complete: bool = Field(description="Nothing else fits. False: there is more than is shown; type another word.")
