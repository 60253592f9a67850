"""HTTP interface of eligibility."""

from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.json_limits import LimitedRoute
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ManageServices, ReadDirectory
from . import service
from .schemas import Eligibility, EligibilityCheck, EligibilityPut, EligibilityVerdict

router = APIRouter(prefix="/directory/v1/services", tags=["eligibility"], route_class=IdempotentRoute)
# A question that is asked by POST, to keep it out of the URL, changes nothing: no key, and no answer is kept.
questions = APIRouter(prefix=router.prefix, tags=["eligibility"], route_class=LimitedRoute)


@router.get("/{service_id}/eligibility", response_model=Eligibility)
async def read_eligibility(
    service_id: UUID, session: Session, caller: ReadDirectory, response: Response
) -> Eligibility:
    """Whom a service is for, with the ETag of its conditions."""
    return tagged(await service.get(session, caller, service_id), response)


@router.put("/{service_id}/eligibility", response_model=Eligibility)
async def put_eligibility(
    service_id: UUID,
    body: EligibilityPut,
    session: Session,
    caller: ManageServices,
    expected: IfMatch,
    response: Response,
) -> Eligibility:
    """States whom a service of one's own organization is for; replaces what was stated before."""
    return tagged(await service.put(session, caller, service_id, body, expected), response)


@questions.post("/{service_id}/eligibility-check", response_model=EligibilityVerdict)
async def check_eligibility(
    service_id: UUID, body: EligibilityCheck, session: Session, caller: ReadDirectory
) -> EligibilityVerdict:
    """Judges one service for a person of whom so much is known, condition by condition. Nothing is kept."""
    return await service.check(session, caller, service_id, body.profile)
