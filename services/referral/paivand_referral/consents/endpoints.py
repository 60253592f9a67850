"""HTTP of the consents."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import tagged

from ..permissions import ReadConsents, RecordConsents
from . import service
from .schemas import Consent, ConsentCreate
from .tables import ConsentRow

router = APIRouter(prefix="/referral/v1/cases/{case_id}/consents", tags=["consents"], route_class=IdempotentRoute)


@router.post("", status_code=201, response_model=Consent)
async def record_consent(
    case_id: UUID, new: ConsentCreate, caller: RecordConsents, session: Session, response: Response
) -> ConsentRow:
    """Records what the person agreed to: for what, which data, to whom, until when.

    Terms never change later: other terms are another consent.
    """
    consent = await service.record(session, caller, case_id, new)
    response.headers["Location"] = f"/referral/v1/cases/{case_id}/consents/{consent.id}"
    return tagged(consent, response)


@router.get("", response_model=Page[Consent])
async def list_consents(case_id: UUID, caller: ReadConsents, session: Session, page: PageQuery) -> dict[str, Any]:
    """Everything that the person agreed to, newest first; also what came with a referral."""
    rows = await service.list_of_case(session, caller, case_id, before=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda consent: (consent.id,))


@router.get("/{consent_id}", response_model=Consent)
async def read_consent(
    case_id: UUID, consent_id: UUID, caller: ReadConsents, session: Session, response: Response
) -> ConsentRow:
    """One consent. The ETag is what a withdrawal needs in If-Match."""
    consent = await service.read(session, caller, case_id, consent_id)
    return tagged(consent, response)
