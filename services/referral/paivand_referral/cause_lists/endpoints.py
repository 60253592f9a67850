"""HTTP of the cause lists."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery

from ..identities.door import Index
from ..permissions import SeeCauseLists, StateCauseLists
from . import schemas, service

router = APIRouter(prefix="/referral/v1/cause-lists", tags=["cause lists"], route_class=IdempotentRoute)


@router.post("", status_code=202, response_model=schemas.CauseList)
async def state_cause_list(
    new: schemas.CauseListCreate, caller: StateCauseLists, session: Session, index: Index
) -> schemas.CauseList:
    """Takes a court's list of up to 10,000 hearings, as lines or CSV (systems of courts).

    The answer speaks of lines only. Whether one concerns a case is not told: what it says is done after the answer,
    and told to those whose case it is.
    """
    return await service.take_in(session, index, caller, new)


@router.get("", response_model=Page[schemas.CauseListReport])
async def list_cause_lists(_: SeeCauseLists, session: Session, page: PageQuery) -> dict[str, Any]:
    """Lists that came, newest first, with how many lines concern no case here (coordinators)."""
    after = page.after(datetime, UUID)
    before = (after[0], after[1]) if after else None
    rows = await service.list_reports(session, before=before, limit=page.limit + 1)
    return page.page(rows, lambda row: (row["created_at"], row["id"]))
