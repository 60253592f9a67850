"""HTTP of the court files."""

from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.preconditions import IfMatch, tagged

from ..identities.door import Index
from ..permissions import ReadProceedings, WriteProceedings
from ..vault.door import OpenVault
from . import service
from .schemas import CourtFile, CourtFilePut

router = APIRouter(prefix="/referral/v1/proceedings", tags=["proceedings"], route_class=IdempotentRoute)


@router.get("/{proceeding_id}/court-file", response_model=CourtFile)
async def read_court_file(
    proceeding_id: UUID, caller: ReadProceedings, session: Session, vault: OpenVault, response: Response
) -> CourtFile:
    """The court's own number of a proceeding."""
    file = await service.read(session, vault, caller, proceeding_id)
    return tagged(file, response)


@router.put("/{proceeding_id}/court-file", response_model=CourtFile)
async def put_court_file(
    proceeding_id: UUID,
    said: CourtFilePut,
    caller: WriteProceedings,
    expected: IfMatch,
    session: Session,
    vault: OpenVault,
    index: Index,
    response: Response,
) -> CourtFile:
    """Writes the court's own number, so that the court's lists find the proceeding. It is stored sealed."""
    file = await service.put(session, vault, index, caller, proceeding_id, expected, said)
    return tagged(file, response)
