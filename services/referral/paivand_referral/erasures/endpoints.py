"""HTTP of the erasures."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute

from ..permissions import EraseCases, HoldCases, ReadCases
from . import service
from .schemas import Erase, Erasure, LegalHold, LegalHoldPut
from .tables import ErasureRow, LegalHoldRow

router = APIRouter(prefix="/referral/v1/cases/{case_id}", tags=["erasures"], route_class=IdempotentRoute)


@router.post("/erase", response_model=Erasure)
async def erase(case_id: UUID, wanted: Erase, caller: EraseCases, session: Session) -> dict[str, Any]:
    """Erases the person for good: identity, summaries and notes can be read by nobody any more. Statistics stay.

    For managers. 409 while the case is on legal hold. The case has no version that could be stale; the number that
    you type says which case you mean.
    """
    return await service.erase(session, caller, case_id, wanted)


@router.get("/erasure", response_model=Erasure)
async def read_erasure(case_id: UUID, caller: ReadCases, session: Session) -> ErasureRow:
    """The receipt of an erasure."""
    return await service.read_receipt(session, caller, case_id)


@router.put("/legal-hold", response_model=LegalHold)
async def put_legal_hold(case_id: UUID, hold: LegalHoldPut, caller: HoldCases, session: Session) -> dict[str, Any]:
    """Forbids to erase the case, for a reason of the law. For managers."""
    return await service.put_hold(session, caller, case_id, hold)


@router.get("/legal-hold", response_model=LegalHold)
async def read_legal_hold(case_id: UUID, caller: ReadCases, session: Session) -> LegalHoldRow:
    """The legal hold on the case, while there is one."""
    return await service.read_hold(session, caller, case_id)


@router.delete("/legal-hold", status_code=204)
async def end_legal_hold(case_id: UUID, caller: HoldCases, session: Session) -> None:
    """Ends the legal hold. For managers."""
    await service.end_hold(session, caller, case_id)
