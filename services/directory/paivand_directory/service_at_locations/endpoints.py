"""HTTP interface of services at locations."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ManageLocations, ReadDirectory
from . import repository, service
from .schemas import ServiceAtLocation, ServiceAtLocationCreate, ServiceAtLocationPatch

router = APIRouter(
    prefix="/directory/v1/service_at_locations", tags=["services at locations"], route_class=IdempotentRoute
)


@router.get("", response_model=Page[ServiceAtLocation])
async def list_service_at_locations(
    session: Session,
    caller: ReadDirectory,
    page: PageQuery,
    service_id: UUID | None = None,
    location_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> dict[str, Any]:
    """In the order of their creation. Conditions narrow each other."""
    conditions = {"service_id": service_id, "location_id": location_id, "organization_id": organization_id}
    given = {name: value for name, value in conditions.items() if value is not None}
    rows = await repository.list_service_at_locations(
        session, caller, given, after=page.last(UUID), limit=page.limit + 1
    )
    found = page.page(rows, key=lambda row: (row.id,))
    return found | {"items": await service.shown(session, caller, found["items"])}


@router.get("/{service_at_location_id}", response_model=ServiceAtLocation)
async def read_service_at_location(
    service_at_location_id: UUID, session: Session, caller: ReadDirectory, response: Response
) -> dict[str, Any]:
    """One, with its ETag."""
    found = await service.get(session, caller, service_at_location_id)
    return tagged(found, response)


@router.post("", response_model=ServiceAtLocation, status_code=201)
async def create_service_at_location(
    body: ServiceAtLocationCreate, session: Session, caller: ManageLocations, response: Response
) -> dict[str, Any]:
    """Says that a service of the caller's organization is given at one of its locations."""
    found = await service.add(session, caller, body)
    response.headers["Location"] = f"{router.prefix}/{found['id']}"
    return tagged(found, response)


@router.patch("/{service_at_location_id}", response_model=ServiceAtLocation)
async def change_service_at_location(
    service_at_location_id: UUID,
    body: ServiceAtLocationPatch,
    session: Session,
    caller: ManageLocations,
    expected: IfMatch,
    response: Response,
) -> dict[str, Any]:
    """Changes the fields sent."""
    found = await service.change(session, caller, service_at_location_id, body, expected)
    return tagged(found, response)


@router.delete("/{service_at_location_id}", status_code=204)
async def delete_service_at_location(
    service_at_location_id: UUID, session: Session, caller: ManageLocations, expected: IfMatch
) -> None:
    """The service is not given there any more."""
    await service.remove(session, caller, service_at_location_id, expected)
