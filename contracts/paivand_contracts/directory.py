"""Events of the directory service: what members may see of organizations and services (HSDS field names)."""

# Narrowing a field in a subclass is safe, since the models are frozen.
# pyright: reportIncompatibleVariableOverride=false

from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import Field, TypeAdapter

from .codes import OrganizationStatus, ServiceStatus
from .envelope import Event, Message


class OrganizationFacts(Message):
    """State of an organization after the event."""

    organization_id: UUID = Field(description="Id of the organization, in the directory and in Keycloak.")
    name: str = Field(description="Its public name.", examples=["Mehrubon shelter"])
    status: OrganizationStatus = Field(description="Whether it takes part in the network.")
    version: int = Field(ge=1, description="Rises by one with each change; a projection ignores older ones.")


class ServiceFacts(Message):
    """State of a service after the event."""

    service_id: UUID = Field(description="Id of the service.")
    organization_id: UUID = Field(description="The organization that offers it.")
    name: str = Field(description="Its public name.", examples=["Emergency shelter for women with children"])
    status: ServiceStatus = Field(description="Referrals go to active services only.")
    taxonomy_terms: list[str] = Field(description="Codes of the taxonomy terms that the service covers.")
    version: int = Field(ge=1, description="Rises by one with each change; a projection ignores older ones.")


class DirectoryEventBase(Event):
    """Common to all directory events."""

    source: Literal["/paivand/directory"] = "/paivand/directory"


class OrganizationChanged(DirectoryEventBase):
    """An organization was added or changed."""

    type: Literal["paivand.directory.organization.changed.v1"] = "paivand.directory.organization.changed.v1"
    data: OrganizationFacts


class ServiceChanged(DirectoryEventBase):
    """A service was added or changed."""

    type: Literal["paivand.directory.service.changed.v1"] = "paivand.directory.service.changed.v1"
    data: ServiceFacts


DirectoryEvent = Annotated[OrganizationChanged | ServiceChanged, Field(discriminator="type")]
directory_event: TypeAdapter[Any] = TypeAdapter(cast(Any, DirectoryEvent))
