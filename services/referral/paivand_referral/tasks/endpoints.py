"""HTTP of the tasks."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from paivand_contracts.envelope import now
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ReadProceedings, WriteProceedings
from . import repository, schemas, service
from .rules import Status
from .tables import TaskRow

router = APIRouter(prefix="/referral/v1/tasks", tags=["tasks"], route_class=IdempotentRoute)


@router.post("", status_code=201, response_model=schemas.Task)
async def add_task(new: schemas.TaskCreate, caller: WriteProceedings, session: Session, response: Response) -> TaskRow:
    """Puts something to do on the list of a proceeding."""
    row = await service.add(session, caller, new)
    response.headers["Location"] = f"/referral/v1/tasks/{row.id}"
    return tagged(row, response)


@router.post("/from-template", status_code=201, response_model=list[schemas.Task])
async def add_tasks_from_template(asked: schemas.TasksFromTemplate, caller: WriteProceedings, session: Session) -> Any:
    """Puts what a stage asks for on the list; what is there already is not doubled."""
    return await service.add_from_template(session, caller, asked)


@router.get("", response_model=Page[schemas.Task])
async def list_tasks(
    caller: ReadProceedings,
    session: Session,
    page: PageQuery,
    proceeding_id: Annotated[UUID | None, Query(description="Only of this proceeding.")] = None,
    assignee: Annotated[str | None, Query(max_length=64, description="Only of this account (`sub`).")] = None,
    status: Annotated[Status | None, Query(description="Only with this state.")] = None,
    overdue: Annotated[bool, Query(description="Only those that should be done by now.")] = False,
) -> dict[str, Any]:
    """Tasks of the proceedings that you may see, most urgent first."""
    where = repository.having(proceeding_id=proceeding_id, assignee=assignee, status=status)
    if overdue:
        where += [*repository.having(status=Status.OPEN), repository.due_before(now().date())]
    after = page.after(str, UUID)
    key = (_day(after[0]), after[1]) if after else None
    rows = await repository.list_by_due(session, caller, where=where, after=key, limit=page.limit + 1)
    return page.page(rows, lambda row: (row.due_on.isoformat(), row.id))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.max


@router.get("/{task_id}", response_model=schemas.Task)
async def read_task(task_id: UUID, caller: ReadProceedings, session: Session, response: Response) -> TaskRow:
    """One task. The ETag is what a change needs in If-Match."""
    return tagged(await service.read(session, caller, task_id), response)


@router.patch("/{task_id}", response_model=schemas.Task)
async def change_task(
    task_id: UUID,
    patch: schemas.TaskPatch,
    caller: WriteProceedings,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> TaskRow:
    """Says that it is done, gives it to somebody else, or another day."""
    return tagged(await service.change(session, caller, task_id, expected, patch), response)
