"""Use cases of the accompaniments."""

from typing import Any
from uuid import UUID

from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller
from paivand_kit.problems import not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..hearings import service as hearings
from . import repository
from .schemas import AccompanimentPatch


async def read(session: AsyncSession, caller: Caller, hearing_id: UUID) -> Any:
    """One of a case that the caller's shelter has taken in; 404 for any other."""
    row = await repository.get(session, caller, hearing_id)
    if row is None:
        raise not_found("accompaniment")
    return row


async def arrange(
    session: AsyncSession, caller: Caller, hearing_id: UUID, expected: int | None, patch: AccompanimentPatch
) -> Any:
    """What is arranged, as a new version of the hearing.

    Raises:
        ProblemError: `not-found`, `stale`, `transition-not-allowed` when it will not take place.
    """
    row = await repository.lock(session, caller, hearing_id)
    if row is None:
        raise not_found("accompaniment")
    await hearings.arrange(session, caller, row, expected, patch.model_dump(exclude_unset=True))
    seen = await read(session, caller, hearing_id)
    audit.note(session, case_id=seen.case_id)
    return seen
