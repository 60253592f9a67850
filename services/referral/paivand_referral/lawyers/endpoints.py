"""HTTP of the lawyers of record."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ReadProceedings, WriteProceedings
from ..proceedings import service as proceedings
from . import repository, schemas, service
from .tables import LawyerRow

router = APIRouter(prefix="/referral/v1", tags=["proceedings"], route_class=IdempotentRoute)


@router.post("/proceedings/{proceeding_id}/lawyers", status_code=201, response_model=schemas.Lawyer)
async def appoint_lawyer(
    proceeding_id: UUID, new: schemas.LawyerCreate, caller: WriteProceedings, session: Session, response: Response
) -> LawyerRow:
    """Puts a lawyer on record, after a check for conflicts of interest.

    From your own organization, or from one that has accepted a referral of the case.
    """
    row = await service.appoint(session, caller, proceeding_id, new)
    response.headers["Location"] = f"/referral/v1/lawyers/{row.id}"
    return tagged(row, response)


@router.get("/proceedings/{proceeding_id}/lawyers", response_model=list[schemas.Lawyer])
async def list_lawyers(proceeding_id: UUID, caller: ReadProceedings, session: Session) -> Any:
    """All who are or were of record, oldest first."""
    await proceedings.read(session, caller, proceeding_id)
    return await repository.list_of(session, caller, proceeding_id)


@router.get("/lawyers/{lawyer_id}", response_model=schemas.Lawyer)
async def read_lawyer(lawyer_id: UUID, caller: ReadProceedings, session: Session, response: Response) -> LawyerRow:
    """One lawyer of record. The ETag is what a change needs in If-Match."""
    return tagged(await service.read(session, caller, lawyer_id), response)


@router.patch("/lawyers/{lawyer_id}", response_model=schemas.Lawyer)
async def change_lawyer(
    lawyer_id: UUID,
    patch: schemas.LawyerPatch,
    caller: WriteProceedings,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> LawyerRow:
    """Names the lawyer, ends the mandate, or records the power of attorney."""
    return tagged(await service.change(session, caller, lawyer_id, expected, patch), response)
