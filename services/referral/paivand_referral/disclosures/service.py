"""Use cases of the disclosures."""

from collections.abc import Collection, Sequence
from uuid import UUID

from paivand_contracts.envelope import now
from paivand_kit.caller import Caller
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from ..cases import service as cases
from . import repository


async def note_reading(session: AsyncSession, caller: Caller, referral_id: UUID, categories: Collection[str]) -> None:
    """Notes what the caller, of the organization that was asked, sees of a referral."""
    await repository.add_reading_unscoped(session, referral_id, subject=caller.subject, categories=categories, at=now())


async def list_of_case(
    session: AsyncSession, caller: Caller, case_id: UUID, *, consent_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[RowMapping]:
    """What was disclosed of an own case, newest first; 404 for anybody else's."""
    await cases.read_case(session, caller, case_id)
    return await repository.list_newest(session, caller, case_id, consent_id=consent_id, before=before, limit=limit)
