"""HTTP of the deadlines."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, etag

from ..permissions import ReadDeadlines, WriteDeadlines
from . import repository, service
from .rule_sets import load
from .schemas import Deadline, DeadlineCreate, DeadlinePatch
from .tables import DeadlineRow

router = APIRouter(prefix="/referral/v1/deadlines", tags=["deadlines"], route_class=IdempotentRoute)


def _shown(row: DeadlineRow, response: Response) -> dict[str, Any]:
    response.headers["ETag"] = etag(row.version)
    return service.shown(row, load())


@router.post("", status_code=201, response_model=Deadline)
async def add_deadline(
    new: DeadlineCreate, caller: WriteDeadlines, session: Session, response: Response
) -> dict[str, Any]:
    """Counts a deadline and keeps it with every step of the count."""
    row = await service.add(session, caller, load(), new)
    response.headers["Location"] = f"{router.prefix}/{row.id}"
    return _shown(row, response)


@router.get("", response_model=Page[Deadline])
async def list_deadlines(
    caller: ReadDeadlines,
    session: Session,
    page: PageQuery,
    proceeding_id: Annotated[UUID | None, Query(description="Only those of one proceeding.")] = None,
) -> dict[str, Any]:
    """The deadlines of the proceedings that you may see, the next one first."""
    key = page.after(str, UUID)
    after = (date.fromisoformat(key[0]), key[1]) if key else None
    rows = await repository.list_by_day(session, caller, proceeding_id=proceeding_id, after=after, limit=page.limit + 1)
    shown = [service.shown(row, load()) for row in rows]
    return page.page(shown, lambda row: (row["due_on"].isoformat(), row["id"]))


@router.get("/{deadline_id}", response_model=Deadline)
async def read_deadline(
    deadline_id: UUID, caller: ReadDeadlines, session: Session, response: Response
) -> dict[str, Any]:
    """One deadline, with the explanation of its day."""
    return _shown(await service.read(session, caller, deadline_id), response)


@router.patch("/{deadline_id}", response_model=Deadline)
async def change_deadline(
    deadline_id: UUID,
    patch: DeadlinePatch,
    caller: WriteDeadlines,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> dict[str, Any]:
    """Sets another day with its reason, or says that it was met or is not due any more."""
    return _shown(await service.change(session, caller, deadline_id, expected, patch), response)
