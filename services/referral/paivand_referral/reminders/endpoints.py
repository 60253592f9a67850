"""HTTP of the reminders."""

from uuid import UUID

from fastapi import APIRouter
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.preconditions import IfMatch

from ..permissions import AcknowledgeHearings
from . import service
from .schemas import Acknowledgement
from .tables import AcknowledgementRow

router = APIRouter(prefix="/referral/v1/hearings", tags=["hearings"], route_class=IdempotentRoute)


@router.post("/{hearing_id}/acknowledge", response_model=Acknowledgement)
async def acknowledge_hearing(
    hearing_id: UUID, caller: AcknowledgeHearings, expected: IfMatch, session: Session
) -> AcknowledgementRow:
    """Confirms that you know of the date, as lawyer of record. Unconfirmed dates are told to your manager."""
    return await service.acknowledge(session, caller, hearing_id, expected)
