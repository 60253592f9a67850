"""HTTP of the accompaniments."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from paivand_contracts.envelope import now
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged
from pydantic import AwareDatetime

from ..permissions import Accompany
from . import repository, schemas, service

router = APIRouter(prefix="/referral/v1/accompaniments", tags=["hearings"], route_class=IdempotentRoute)
A_DAY = timedelta(days=1)


@router.get("", response_model=Page[schemas.Accompaniment])
async def list_accompaniments(
    caller: Accompany,
    session: Session,
    page: PageQuery,
    since: Annotated[
        AwareDatetime | None, Query(alias="from", description="Those that begin then or later; else since yesterday.")
    ] = None,
) -> dict[str, Any]:
    """Hearings of the people whom your shelter has taken in: when, and what must be arranged. Nothing of the matter."""
    after = page.after(datetime, UUID)
    rows = await repository.list_by_start(
        session,
        caller,
        since=since or now() - A_DAY,
        after=(after[0], after[1]) if after else None,
        limit=page.limit + 1,
    )
    return page.page(rows, lambda row: (row.starts_at, row.hearing_id))


@router.get("/{hearing_id}", response_model=schemas.Accompaniment)
async def read_accompaniment(hearing_id: UUID, caller: Accompany, session: Session, response: Response) -> Any:
    """One of them. The ETag is what a change needs in If-Match."""
    return tagged(await service.read(session, caller, hearing_id), response)


@router.patch("/{hearing_id}", response_model=schemas.Accompaniment)
async def arrange(
    hearing_id: UUID,
    patch: schemas.AccompanimentPatch,
    caller: Accompany,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> Any:
    """Says what is arranged: transport, childcare, somebody who comes along."""
    return tagged(await service.arrange(session, caller, hearing_id, expected, patch), response)
