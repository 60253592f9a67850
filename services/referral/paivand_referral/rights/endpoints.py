"""HTTP of the rights checklist."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ReadProceedings, Supervise, WriteProceedings
from . import schemas, service
from .rules import Right

router = APIRouter(prefix="/referral/v1", tags=["rights"], route_class=IdempotentRoute)


@router.get("/proceedings/{proceeding_id}/rights", response_model=list[schemas.RightCheck])
async def list_rights(proceeding_id: UUID, caller: ReadProceedings, session: Session) -> Any:
    """The rights of the victim in a proceeding, and what was done about each."""
    return await service.list_checks(session, caller, proceeding_id)


@router.put("/proceedings/{proceeding_id}/rights/{right}", response_model=schemas.RightCheck)
async def say_of_right(
    proceeding_id: UUID,
    right: Right,
    said: schemas.RightPut,
    caller: WriteProceedings,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> schemas.RightCheck:
    """Says what was done about a right, and what shows it. Before the first time the version is 0."""
    check = await service.put(session, caller, proceeding_id, right, expected, said)
    return tagged(check, response)


@router.get("/rights/missed", response_model=Page[schemas.MissedRights])
async def list_missed_rights(caller: Supervise, session: Session, page: PageQuery) -> dict[str, Any]:
    """Proceedings in which the time for a right has passed and nobody said what became of it (managers)."""
    rows = await service.list_missed(session, caller, before=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda row: (row.proceeding_id,))
