"""HTTP interface of capacity."""

from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import CountCapacity, ManageServices, ReadDirectory
from ..services import service as services
from . import repository, service
from .repository import Row
from .schemas import Capacity, CapacityChange, CapacityCreate, CapacityPatch

router = APIRouter(prefix="/directory/v1", tags=["capacity"], route_class=IdempotentRoute)


@router.get("/services/{service_id}/capacities", response_model=Page[Capacity])
async def list_capacities(
    service_id: UUID, session: Session, caller: ReadDirectory, page: PageQuery
) -> dict[str, object]:
    """What a service has, and how much of it is free at this moment."""
    await services.get(session, caller, service_id)
    rows = await repository.list_of_service(session, caller, service_id, after=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, key=lambda row: (row["id"],))


@router.post("/services/{service_id}/capacities", response_model=Capacity, status_code=201)
async def add_capacity(
    service_id: UUID, body: CapacityCreate, session: Session, caller: ManageServices, response: Response
) -> Row:
    """Says what a service of the caller's own organization has of one unit."""
    row = await service.add(session, caller, service_id, body)
    response.headers["Location"] = f"{router.prefix}/capacities/{row['id']}"
    return tagged(row, response)


@router.get("/capacities/{capacity_id}", response_model=Capacity)
async def read_capacity(capacity_id: UUID, session: Session, caller: ReadDirectory, response: Response) -> Row:
    """One capacity at this moment, with its ETag."""
    return tagged(await service.get(session, caller, capacity_id), response)


@router.patch("/capacities/{capacity_id}", response_model=Capacity)
async def change_capacity(
    capacity_id: UUID,
    body: CapacityPatch,
    session: Session,
    caller: CountCapacity,
    expected: IfMatch,
    response: Response,
) -> Row:
    """Counts anew what a service of the caller's own organization has; that confirms the figures."""
    return tagged(await service.change(session, caller, capacity_id, body, expected), response)


@router.get("/capacities/{capacity_id}/history", response_model=Page[CapacityChange])
async def list_capacity_history(
    capacity_id: UUID, session: Session, caller: CountCapacity, page: PageQuery
) -> dict[str, object]:
    """How the figures of one's own capacity have changed, oldest first: occupancy over time."""
    await service.get_own(session, caller, capacity_id)
    rows = await repository.list_history(session, capacity_id, after=page.last(int) or 0, limit=page.limit + 1)
    return page.page(rows, key=lambda row: (row.version,))
