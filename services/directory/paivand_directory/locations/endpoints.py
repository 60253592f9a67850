"""HTTP interface of locations."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.json_limits import LimitedRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ManageLocations, ReadDirectory
from . import repository, service
from .schemas import Location, LocationCreate, LocationPatch, NearbyLocations, NearbyQuery

router = APIRouter(prefix="/directory/v1/locations", tags=["locations"], route_class=IdempotentRoute)
# A question that is asked by POST, to keep it out of the URL, changes nothing: no key, and no answer is kept.
questions = APIRouter(prefix=router.prefix, tags=["locations"], route_class=LimitedRoute)


@router.get("", response_model=Page[Location])
async def list_locations(
    session: Session, caller: ReadDirectory, page: PageQuery, organization_id: UUID | None = None
) -> dict[str, Any]:
    """Locations in the order of their creation. Other organizations' redacted ones show their district only."""
    rows = await repository.list_locations(
        session, caller, organization_id=organization_id, after=page.last(UUID), limit=page.limit + 1
    )
    found = page.page(rows, key=lambda row: (row.id,))
    return found | {"items": await service.shown(session, caller, found["items"])}


@router.get("/{location_id}", response_model=Location)
async def read_location(
    location_id: UUID, session: Session, caller: ReadDirectory, response: Response
) -> dict[str, Any]:
    """One location as far as the caller may see it, with its ETag."""
    found = await service.get(session, caller, location_id)
    return tagged(found, response)


@questions.post("/nearby", response_model=NearbyLocations)
async def find_nearby_locations(body: NearbyQuery, session: Session, caller: ReadDirectory) -> dict[str, Any]:
    """Locations around a point, the nearest first. Distances to redacted ones are to the middle of a coarse cell."""
    return {"items": await service.nearby(session, caller, body)}


@router.post("", response_model=Location, status_code=201)
async def create_location(
    body: LocationCreate, session: Session, caller: ManageLocations, response: Response
) -> dict[str, Any]:
    """Adds a location of the caller's own organization."""
    found = await service.add(session, caller, body)
    response.headers["Location"] = f"{router.prefix}/{found['id']}"
    return tagged(found, response)


@router.patch("/{location_id}", response_model=Location)
async def change_location(
    location_id: UUID,
    body: LocationPatch,
    session: Session,
    caller: ManageLocations,
    expected: IfMatch,
    response: Response,
) -> dict[str, Any]:
    """Changes the fields sent, of a location of the caller's own organization."""
    found = await service.change(session, caller, location_id, body, expected)
    return tagged(found, response)


@router.delete("/{location_id}", status_code=204)
async def delete_location(location_id: UUID, session: Session, caller: ManageLocations, expected: IfMatch) -> None:
    """Deletes a location of the caller's own organization for good; 409 while a service is given there."""
    await service.remove(session, caller, location_id, expected)
