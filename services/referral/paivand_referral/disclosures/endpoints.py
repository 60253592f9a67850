"""HTTP of the disclosures."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery

from ..permissions import ReadDisclosures
from . import service
from .schemas import Disclosure

router = APIRouter(prefix="/referral/v1/cases/{case_id}/disclosures", tags=["consents"], route_class=IdempotentRoute)


@router.get("", response_model=Page[Disclosure])
async def list_disclosures(
    case_id: UUID,
    caller: ReadDisclosures,
    session: Session,
    page: PageQuery,
    consent_id: Annotated[UUID | None, Query(description="Only what stands on this consent.")] = None,
) -> dict[str, Any]:
    """Who was shown what of a case, and on which consent, newest first. Read it out to the person who asks."""
    rows = await service.list_of_case(
        session, caller, case_id, consent_id=consent_id, before=page.last(UUID), limit=page.limit + 1
    )
    return page.page(rows, lambda row: (row["id"],))
