"""HTTP interface of what hangs on services and organizations: one pair of endpoints for each list, made from a table.

A list is read in pages and replaced as a whole, under the version of what it hangs on.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Path, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.inputs import Input
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, etag
from pydantic import BaseModel, Field

from ..organizations import service as organizations
from ..permissions import ChangeOrganizations, ManageServices, ReadDirectory
from ..services import service as services
from . import schemas, service

router = APIRouter(prefix="/directory/v1", tags=["details"], route_class=IdempotentRoute)
Each = TypeVar("Each", bound=BaseModel)
MOST = 100


class DetailsPut(Input, Generic[Each]):
    """The whole list; what is not in it is gone. All members can read it: never write where a shelter is."""

    items: list[Each] = Field(max_length=MOST, description="In the order in which they are shown.")


class Details(BaseModel, Generic[Each]):
    """The whole list, as it is now."""

    items: list[Each] = Field(description="In the order in which they were given.")


Shape = tuple[type[BaseModel], type[BaseModel]]
"""What comes in, and what goes out."""
ON_BOTH: Mapping[str, Shape] = {
    "contacts": (schemas.ContactInput, schemas.Contact),
    "funding": (schemas.FundingInput, schemas.Funding),
    "phones": (schemas.PhoneInput, schemas.Phone),
}
ON_SERVICES: Mapping[str, Shape] = {
    **ON_BOTH,
    "additional_urls": (schemas.UrlInput, schemas.Url),
    "cost_options": (schemas.CostOptionInput, schemas.CostOption),
    "languages": (schemas.LanguageInput, schemas.Language),
    "required_documents": (schemas.RequiredDocumentInput, schemas.RequiredDocument),
    "schedules": (schemas.ScheduleInput, schemas.Schedule),
    "service_areas": (schemas.ServiceAreaInput, schemas.ServiceArea),
}
ON_ORGANIZATIONS: Mapping[str, Shape] = {
    **ON_BOTH,
    "additional_websites": (schemas.UrlInput, schemas.Url),
    "organization_identifiers": (schemas.OrganizationIdentifierInput, schemas.OrganizationIdentifier),
}


@dataclass(frozen=True)
class Parent:
    """What details hang on: how it is found, kept from changes by others, and given its next version."""

    path: str
    column: str
    kinds: Mapping[str, service.Kind]
    get: Callable[..., Awaitable[Any]]
    lock_own: Callable[..., Awaitable[Any]]
    touch: Callable[..., Awaitable[Any]]
    permission: Any


SERVICES = Parent(
    "services", "service_id", service.OF_SERVICE, services.get, services.lock_own, services.touch, ManageServices
)
ORGANIZATIONS = Parent(
    "organizations",
    "organization_id",
    service.OF_ORGANIZATION,
    organizations.get,
    organizations.lock_own,
    organizations.touch,
    ChangeOrganizations,
)


def _add(parent: Parent, name: str, shape: Shape) -> None:
    kind, words = parent.kinds[name], name.replace("_", " ")
    key = Annotated[UUID, Path(alias=parent.column)]

    async def read(
        parent_id: Any, session: Session, caller: ReadDirectory, page: PageQuery, response: Response
    ) -> dict[str, Any]:
        row = await parent.get(session, caller, parent_id)
        response.headers["ETag"] = etag(row.version)
        return await service.read_page(session, kind, parent.column, parent_id, page)

    async def replace(
        parent_id: Any, body: Any, session: Session, caller: Any, expected: IfMatch, response: Response
    ) -> dict[str, Any]:
        row = await parent.lock_own(session, caller, parent_id, expected)
        await service.replace(session, {name: kind}, parent.column, parent_id, {name: body.model_dump()["items"]})
        response.headers["ETag"] = etag((await parent.touch(session, row)).version)
        found = await service.read(session, {name: kind}, parent.column, [parent_id])
        return {"items": found[parent_id][name]}

    # What differs from list to list is said to FastAPI here; in the signatures no type checker would understand it.
    read.__annotations__["parent_id"] = replace.__annotations__["parent_id"] = key
    replace.__annotations__["body"] = DetailsPut[shape[0]]
    replace.__annotations__["caller"] = parent.permission
    path = f"/{parent.path}/{{{parent.column}}}/{name}"
    router.add_api_route(
        path,
        read,
        response_model=Page[shape[1]],
        name=f"list_{parent.path}_{name}",
        description=f"The {words}, in the order in which they were given. The ETag is that of the {parent.path[:-1]}.",
    )
    router.add_api_route(
        path,
        replace,
        methods=["PUT"],
        response_model=Details[shape[1]],
        name=f"replace_{parent.path}_{name}",
        description=f"Replaces the {words} of the caller's own organization, under the {parent.path[:-1]}'s ETag.",
    )


for _parent, _shapes in ((SERVICES, ON_SERVICES), (ORGANIZATIONS, ON_ORGANIZATIONS)):
    for _name, _shape in _shapes.items():
        _add(_parent, _name, _shape)
