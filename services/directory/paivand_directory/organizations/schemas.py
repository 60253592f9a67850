"""Organizations on the wire (HSDS `organization` and membership status). No addresses: some must stay hidden."""

from datetime import datetime
from uuid import UUID

from paivand_contracts.codes import OrganizationStatus
from paivand_kit.inputs import EmailAddress, Input, Line, Prose, WebAddress, absent
from pydantic import BaseModel, ConfigDict, Field

DESCRIPTION = "Who it is and whom it helps. All members can read it: never write where a shelter is."


class OrganizationPut(Input):
    """A whole organization, as the coordinator admits or replaces it."""

    name: Line = Field(examples=["Mehrubon shelter"])
    alternate_name: Line | None = None
    description: Prose = Field(description=DESCRIPTION)
    email: EmailAddress | None = None
    website: WebAddress | None = None
    status: OrganizationStatus = OrganizationStatus.ACTIVE


class OrganizationPatch(Input):
    """The fields to change; null clears one that may be empty. Only coordinators change `status`, and only that."""

    name: Line = absent()
    alternate_name: Line | None = absent()
    description: Prose = absent(DESCRIPTION)
    email: EmailAddress | None = absent()
    website: WebAddress | None = absent()
    status: OrganizationStatus = absent()


class Organization(BaseModel):
    """A member organization."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    alternate_name: str | None
    description: str
    email: str | None
    website: str | None
    status: OrganizationStatus = Field(description="A suspended organization and its services are not found by others.")
    version: int = Field(description="Rises by one with each change; the ETag.")
    last_modified: datetime
