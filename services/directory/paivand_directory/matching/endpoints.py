"""HTTP interface of matching."""

from fastapi import APIRouter
from paivand_contracts.matching import MatchAnswer
from paivand_kit.database import Session
from paivand_kit.json_limits import LimitedRoute

from ..permissions import ReadDirectory
from . import service
from .schemas import MatchQuery

# A question that is asked by POST, to keep it out of the URL, changes nothing: no key, and no answer is kept.
router = APIRouter(prefix="/directory/v1", tags=["matching"], route_class=LimitedRoute)


@router.post("/match", response_model=MatchAnswer)
async def find_match(body: MatchQuery, session: Session, caller: ReadDirectory) -> MatchAnswer:
    """Who can take such a person at this moment, the best first and each explained; and who nearly could, and why not.

    A hold on one of the `capacities` makes sure of the room.
    """
    return await service.match(session, body)
