"""Use case: telling the exact place of a redacted location."""

from typing import Any
from uuid import UUID

from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.problems import ProblemError, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..locations import service as locations
from . import repository, rules


async def release(session: AsyncSession, caller: Caller, location_id: UUID, referral_id: UUID) -> dict[str, Any]:
    """The whole location, recorded in the same transaction: no answer without its record.

    Raises:
        ProblemError: `not_found`, when the location is not the caller's to see, or the referral not one of theirs to
            a service there; `conflict`, when the referral is not accepted, or not any more.
    """
    row = (await locations.list_by_ids(session, caller, [location_id])).get(location_id)
    if row is None:
        raise not_found("location")
    parties = await repository.lock_parties(session, caller, referral_id, location_id)
    if parties is None:
        raise not_found("referral to a service at this location")
    if not rules.may_be_told(parties.status):
        raise ProblemError(ProblemType.CONFLICT, "The place is told while the referral is accepted or in progress.")
    record = await repository.record(
        session,
        caller,
        location_id=location_id,
        owner_organization_id=row.organization_id,
        referral_id=referral_id,
    )
    whole = await locations.whole(session, row)
    return {"release_id": record.id, "released_at": record.released_at, "location": whole}
