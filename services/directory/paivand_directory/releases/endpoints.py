"""HTTP interface of releases."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from paivand_kit.audit.trail import AuditedRoute
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery

from ..permissions import AskForPlaces, ManageLocations
from . import repository, service
from .schemas import Release, ReleasedLocation, ReleaseRequest

PREFIX = "/directory/v1/locations/{location_id}"
router = APIRouter(prefix=PREFIX, tags=["locations"], route_class=IdempotentRoute)
# Without a key: an answer that is kept for repeats would keep the address. Each asking is recorded, a repeated one too.
questions = APIRouter(prefix=PREFIX, tags=["locations"], route_class=AuditedRoute)


@questions.post("/release", response_model=ReleasedLocation)
async def release_location(
    location_id: UUID, body: ReleaseRequest, session: Session, caller: AskForPlaces
) -> dict[str, Any]:
    """Tells the exact place to the organization whose referral a service there has accepted. Each time is recorded."""
    return await service.release(session, caller, location_id, body.referral_id)


@router.get("/releases", response_model=Page[Release])
async def list_releases(
    location_id: UUID, session: Session, caller: ManageLocations, page: PageQuery
) -> dict[str, Any]:
    """Who was told of a location of the caller's own organization, and for which referral; the oldest first."""
    rows = await repository.list_releases(session, caller, location_id, after=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, key=lambda row: (row.id,))
