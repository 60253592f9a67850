"""People on the wire."""

from datetime import datetime
from uuid import UUID

from paivand_kit.inputs import EmailAddress, Input
from pydantic import BaseModel, ConfigDict, Field

from .rules import PersonRole, PersonStatus


class PersonCreate(Input):
    """Somebody to invite."""

    email: EmailAddress
    role: PersonRole = PersonRole.MEMBER


class Person(BaseModel):
    """Somebody of the own organization."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    role: PersonRole
    status: PersonStatus = Field(
        description="`pending` until the invitation is sent; `refused`: the address has an account of somebody else."
    )
    version: int = Field(description="Rises by one with each change; the ETag.")
    last_modified: datetime
