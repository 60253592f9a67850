"""Use cases of people. Keycloak follows by a job of the same transaction."""

from uuid import UUID

from paivand_contracts.envelope import new_id
from paivand_contracts.membership import PersonFacts, PersonRemoved
from paivand_contracts.problems import ProblemType
from paivand_kit import outbox
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..keycloak import service as keycloak
from . import repository
from .rules import PersonRole, PersonStatus
from .schemas import PersonCreate
from .tables import PersonRow

get_unscoped = repository.get_unscoped
list_present_unscoped = repository.list_present_unscoped


async def invite(session: AsyncSession, caller: Caller, body: PersonCreate) -> PersonRow:
    """Invites somebody to the caller's organization; `conflict` when the address is in use."""
    return await _invite(session, caller.organization(), body.email, body.role)


async def invite_first_manager(session: AsyncSession, organization_id: UUID, email: str) -> PersonRow:
    """Invites the one who shall run a new member."""
    return await _invite(session, organization_id, email, PersonRole.MANAGER)


async def _invite(session: AsyncSession, organization_id: UUID, email: str, role: PersonRole) -> PersonRow:
    # Keycloak keeps addresses in small letters.
    values = {"id": new_id(), "organization_id": organization_id, "email": email.lower(), "role": role}
    row = await repository.add(session, values)
    if row is None:
        raise ProblemError(ProblemType.CONFLICT, "This address cannot be invited: somebody here has it already.")
    await keycloak.enqueue(session, organization_id, row.id)
    return row


async def get(session: AsyncSession, caller: Caller, person_id: UUID) -> PersonRow:
    """Raises `not_found` for anybody who is not of the caller's organization."""
    row = await repository.get_person(session, caller, person_id)
    if row is None:
        raise not_found("person")
    return row


async def remove(session: AsyncSession, caller: Caller, person_id: UUID, expected: int | None) -> None:
    """Ends a person's access. A manager does not remove oneself, so that one always stays."""
    row = await repository.lock_person(session, caller, person_id)
    if row is None or row.status == PersonStatus.REMOVED:
        raise not_found("person")
    check_version(expected, row.version)
    if row.user_id == caller.subject:
        raise ProblemError(ProblemType.CONFLICT, "Another manager of your organization must remove you.")
    await repository.change(session, row, {"status": PersonStatus.REMOVED})
    await keycloak.enqueue(session, row.organization_id, row.id)
    if row.user_id is not None:
        facts = PersonFacts(organization_id=row.organization_id, user_id=row.user_id)
        await outbox.emit(session, PersonRemoved(subject=str(row.id), data=facts))


async def note_invited(session: AsyncSession, row: PersonRow, user_id: str) -> None:
    """The invitation is out."""
    await repository.settle(session, row, PersonStatus.INVITED, user_id)


async def refuse(session: AsyncSession, row: PersonRow) -> None:
    """The address belongs to an account that cannot become this organization's."""
    await repository.settle(session, row, PersonStatus.REFUSED, None)
