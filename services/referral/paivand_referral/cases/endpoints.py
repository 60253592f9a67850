"""HTTP of the cases."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery

from ..permissions import ReadCases, WriteCases
from ..vault.door import OpenVault
from . import repository, service
from .schemas import Case, CaseCreate
from .tables import CaseRow

router = APIRouter(prefix="/referral/v1/cases", tags=["cases"], route_class=IdempotentRoute)


@router.post("", status_code=201, response_model=Case)
async def open_case(
    new: CaseCreate, caller: WriteCases, session: Session, vault: OpenVault, response: Response
) -> CaseRow:
    """Opens a pseudonymous case and gives it its number.

    Say what is needed to find help, never who the person is.
    """
    case = await service.open_case(session, vault, caller, new)
    response.headers["Location"] = f"/referral/v1/cases/{case.id}"
    return case


@router.get("", response_model=Page[Case])
async def list_cases(caller: ReadCases, session: Session, page: PageQuery) -> dict[str, Any]:
    """Your organization's cases, newest first."""
    rows = await repository.list_newest(session, caller, before=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda case: (case.id,))


@router.get("/{case_id}", response_model=Case)
async def read_case(case_id: UUID, caller: ReadCases, session: Session) -> CaseRow:
    """One of your organization's cases."""
    return await service.read_case(session, caller, case_id)
