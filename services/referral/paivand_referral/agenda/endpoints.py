"""HTTP of the agenda."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from pydantic import AwareDatetime

from ..permissions import ReadHearings
from . import service
from .schemas import AgendaEntry

router = APIRouter(prefix="/referral/v1/me", tags=["hearings"], route_class=IdempotentRoute)


@router.get("/agenda", response_model=Page[AgendaEntry])
async def read_agenda(
    caller: ReadHearings,
    session: Session,
    page: PageQuery,
    since: Annotated[AwareDatetime, Query(alias="from", description="From when.")],
    until: Annotated[AwareDatetime, Query(alias="to", description="Until when, at most a year later.")],
) -> dict[str, Any]:
    """What you have before you: hearings in which you are of record, and open tasks that are yours."""
    after = page.after(datetime, UUID)
    key = (after[0], after[1]) if after else None
    entries = await service.read_agenda(session, caller, since, until, after=key, limit=page.limit + 1)
    return page.page(entries, lambda entry: (entry.at, entry.id))
