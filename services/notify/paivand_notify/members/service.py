"""Use cases of the projection."""

from collections.abc import Sequence
from uuid import UUID

from paivand_contracts.codes import OrganizationStatus
from paivand_contracts.directory import OrganizationFacts
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.problems import ProblemError
from sqlalchemy.ext.asyncio import AsyncSession

from . import repository


async def follow(session: AsyncSession, facts: Sequence[OrganizationFacts]) -> Sequence[UUID]:
    """Takes over what the directory states, in its order; the ids of those that do not take part now."""
    newest = {each.organization_id: each for each in sorted(facts, key=lambda each: each.version)}
    if not newest:
        return []
    rows = [
        {"id": each.organization_id, "is_active": each.status == OrganizationStatus.ACTIVE, "version": each.version}
        for each in newest.values()
    ]
    await repository.put(session, rows)
    return await repository.list_inactive_unscoped(session, list(newest))


async def check_active(session: AsyncSession, caller: Caller) -> None:
    """Refuses what a token from before a suspension would leave behind. Who was not heard of yet may go on.

    Raises:
        ProblemError: `forbidden`, when the caller's organization takes part no more.
    """
    organization = await repository.lock_shared(session, caller)
    if organization is not None and not organization.is_active:
        raise ProblemError(ProblemType.FORBIDDEN, "Your organization does not take part in the network now.")
