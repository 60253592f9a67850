"""HTTP of the overdue referrals."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.row_scope import as_service

from ..permissions import SeeOverdue
from . import repository
from .schemas import OverdueReferral

router = APIRouter(prefix="/referral/v1/overdue", tags=["overdue"], route_class=IdempotentRoute)


@router.get("", response_model=Page[OverdueReferral])
async def list_overdue(_: SeeOverdue, session: Session, page: PageQuery) -> dict[str, Any]:
    """The network's unanswered referrals whose time has passed, oldest first (coordinators).

    Says whom to call, and nothing of the case.
    """
    async with as_service(session):
        rows = await repository.list_overdue_unscoped(session, after=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda row: (row["id"],))
