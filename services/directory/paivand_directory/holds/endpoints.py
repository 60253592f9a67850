"""HTTP interface of holds, for the organization that offers the room."""

from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..capacity import service as capacities
from ..permissions import ManageHolds
from . import repository, service
from .repository import Row
from .rules import Action
from .schemas import Hold, HoldPut
from .service import Wish

router = APIRouter(prefix="/directory/v1", tags=["holds"], route_class=IdempotentRoute)


@router.get("/capacities/{capacity_id}/holds", response_model=Page[Hold])
async def list_holds(capacity_id: UUID, session: Session, caller: ManageHolds, page: PageQuery) -> dict[str, object]:
    """The holds on a capacity of one's own organization, in the order of their ids."""
    await capacities.get_own(session, caller, capacity_id)
    rows = await repository.list_of_capacity(session, capacity_id, after=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, key=lambda row: (row["id"],))


@router.put(
    "/capacities/{capacity_id}/holds/{hold_id}",
    response_model=Hold,
    responses={201: {"model": Hold, "description": "The room is kept"}},
)
async def place_hold(
    capacity_id: UUID, hold_id: UUID, body: HoldPut, session: Session, caller: ManageHolds, response: Response
) -> Row:
    """Keeps room in what one's own organization offers, under an id of one's own choice (a new UUID).

    The same again changes nothing and gets the hold as it is now; 409 `no-room` when there is not enough.
    """
    wish = Wish(hold_id, capacity_id, caller.organization(), body.quantity, body.until)
    row, is_new = await service.place_as_owner(session, caller, wish)
    if is_new:
        response.status_code = 201
        response.headers["Location"] = f"{router.prefix}/holds/{hold_id}"
    return tagged(row, response)


@router.get("/holds/{hold_id}", response_model=Hold)
async def read_hold(hold_id: UUID, session: Session, caller: ManageHolds, response: Response) -> Row:
    """One hold, with its ETag: on what one's own organization offers, or kept for it."""
    return tagged(await service.get(session, caller, hold_id), response)


@router.post("/holds/{hold_id}/confirm", response_model=Hold)
async def confirm_hold(
    hold_id: UUID, session: Session, caller: ManageHolds, expected: IfMatch, response: Response
) -> Row:
    """The held room is taken (owner)."""
    return tagged(await service.act_as_owner(session, caller, hold_id, Action.CONFIRM, expected), response)


@router.post("/holds/{hold_id}/release", response_model=Hold)
async def release_hold(
    hold_id: UUID, session: Session, caller: ManageHolds, expected: IfMatch, response: Response
) -> Row:
    """The room, held or taken, is free again (owner)."""
    return tagged(await service.act_as_owner(session, caller, hold_id, Action.RELEASE, expected), response)
