"""HTTP of the proceedings."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ReadProceedings, WriteProceedings
from . import repository, schemas, service
from .rules import Action, Kind, Status
from .tables import ProceedingRow

router = APIRouter(prefix="/referral/v1/proceedings", tags=["proceedings"], route_class=IdempotentRoute)


@router.post("", status_code=201, response_model=schemas.Proceeding)
async def record_proceeding(
    new: schemas.ProceedingCreate, caller: WriteProceedings, session: Session, response: Response
) -> ProceedingRow:
    """Records a proceeding of one of your cases. Others in it are codes, never names."""
    row = await service.record(session, caller, new)
    response.headers["Location"] = f"/referral/v1/proceedings/{row.id}"
    return tagged(row, response)


@router.get("", response_model=Page[schemas.Proceeding])
async def list_proceedings(
    caller: ReadProceedings,
    session: Session,
    page: PageQuery,
    case_id: Annotated[UUID | None, Query(description="Only of this case.")] = None,
    status: Annotated[Status | None, Query(description="Only with this state.")] = None,
    kind: Annotated[Kind | None, Query(description="Only of this branch of law.")] = None,
) -> dict[str, Any]:
    """Those of your organization's cases and those in which you are of record, newest first."""
    wanted = {name: value for name, value in (("status", status), ("kind", kind)) if value is not None}
    where = repository.having(**wanted) + ([repository.in_case(case_id)] if case_id else [])
    before = page.last(UUID)
    rows = await repository.list_newest(session, caller, where=where, before=before, limit=page.limit + 1)
    return page.page(rows, lambda row: (row.id,))


@router.get("/{proceeding_id}", response_model=schemas.Proceeding)
async def read_proceeding(
    proceeding_id: UUID, caller: ReadProceedings, session: Session, response: Response
) -> ProceedingRow:
    """One proceeding. The ETag is what a change needs in If-Match."""
    return tagged(await service.read(session, caller, proceeding_id), response)


@router.patch("/{proceeding_id}", response_model=schemas.Proceeding)
async def change_proceeding(
    proceeding_id: UUID,
    patch: schemas.ProceedingPatch,
    caller: WriteProceedings,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> ProceedingRow:
    """Changes the record: stage, authority, the others in it."""
    return tagged(await service.change(session, caller, proceeding_id, expected, patch), response)


@router.post("/{proceeding_id}/suspend", response_model=schemas.Proceeding)
async def suspend(
    proceeding_id: UUID,
    said: schemas.Reasoned,
    caller: WriteProceedings,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> ProceedingRow:
    """Says that it pauses, and why."""
    row = await service.act(session, caller, proceeding_id, Action.SUSPEND, expected, reason=said.reason)
    return tagged(row, response)


@router.post("/{proceeding_id}/resume", response_model=schemas.Proceeding)
async def resume(
    proceeding_id: UUID, caller: WriteProceedings, expected: IfMatch, session: Session, response: Response
) -> ProceedingRow:
    """Says that it goes on."""
    return tagged(await service.act(session, caller, proceeding_id, Action.RESUME, expected), response)


@router.post("/{proceeding_id}/close", response_model=schemas.Proceeding)
async def close(
    proceeding_id: UUID,
    said: schemas.Close,
    caller: WriteProceedings,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> ProceedingRow:
    """Says how it ended. Refused while a hearing is still scheduled."""
    row = await service.act(session, caller, proceeding_id, Action.CLOSE, expected, outcome=said.outcome)
    return tagged(row, response)


@router.post("/{proceeding_id}/reopen", response_model=schemas.Proceeding)
async def reopen(
    proceeding_id: UUID,
    said: schemas.Reasoned,
    caller: WriteProceedings,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> ProceedingRow:
    """Opens a closed one again, and says why."""
    row = await service.act(session, caller, proceeding_id, Action.REOPEN, expected, reason=said.reason)
    return tagged(row, response)


@router.get("/{proceeding_id}/history", response_model=Page[schemas.ProceedingHistoryEntry])
async def list_history(
    proceeding_id: UUID, caller: ReadProceedings, session: Session, page: PageQuery
) -> dict[str, Any]:
    """Everything that was done to it, oldest first."""
    await service.read(session, caller, proceeding_id)
    rows = await repository.list_history_unscoped(
        session, proceeding_id, after=page.last(int) or 0, limit=page.limit + 1
    )
    return page.page(rows, lambda entry: (entry.version,))


@router.put("/{proceeding_id}/links/{linked_id}", status_code=204)
async def link(
    proceeding_id: UUID, linked_id: UUID, body: schemas.LinkPut, caller: WriteProceedings, session: Session
) -> None:
    """Links two proceedings of your cases, so that nobody represents both sides."""
    await service.link(session, caller, proceeding_id, linked_id, body.side)


@router.get("/{proceeding_id}/links", response_model=list[schemas.Link])
async def list_links(proceeding_id: UUID, caller: ReadProceedings, session: Session) -> Any:
    """The proceedings that are linked with it and that you may see."""
    await service.read(session, caller, proceeding_id)
    return await repository.list_links(session, caller, proceeding_id)
