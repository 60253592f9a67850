"""Use cases of the lawyers of record."""

from uuid import UUID

from paivand_contracts.codes import Role
from paivand_contracts.envelope import new_id
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..proceedings import service as proceedings
from ..proceedings.tables import ProceedingRow
from . import repository
from .rules import Representation
from .schemas import LawyerCreate, LawyerPatch
from .tables import LawyerRow

organizations_of_unscoped = repository.organizations_of_unscoped


async def appoint(session: AsyncSession, caller: Caller, proceeding_id: UUID, new: LawyerCreate) -> LawyerRow:
    """A new lawyer of record.

    The case's organization appoints from itself and from those that accepted a referral of the case; the manager of an
    organization that is of record appoints from it, e.g. a substitute.

    Raises:
        ProblemError: `not-found`, `forbidden`, `invalid`, or `conflict` when it would represent both sides.
    """
    proceeding, _ = await proceedings.lock_with_linked(session, caller, proceeding_id)
    await _check_may_appoint(session, caller, proceeding, new.organization_id)
    if new.substitutes_id is not None:
        substituted = await repository.get(session, caller, new.substitutes_id)
        if substituted is None or substituted.proceeding_id != proceeding_id:
            raise invalid("/substitutes_id", "unknown", "The proceeding has no such lawyer of record.")
    await proceedings.check_conflict(session, proceeding_id, [Representation(new.organization_id, new.subject)])
    row = LawyerRow(id=new_id(), proceeding_id=proceeding_id, created_by=caller.subject, **new.model_dump())
    await repository.add(session, row)
    return row


async def _check_may_appoint(
    session: AsyncSession, caller: Caller, proceeding: ProceedingRow, organization_id: UUID
) -> None:
    own = caller.organization()
    if proceeding.organization_id != own:
        if Role.MANAGER not in caller.roles or organization_id != own:
            raise ProblemError(
                ProblemType.FORBIDDEN,
                "Lawyers are appointed by the organization of the case, and of their own people by managers of the "
                "organization of record.",
            )
    elif organization_id != own and not await repository.is_helping_unscoped(
        session, proceeding.case_id, organization_id
    ):
        raise invalid("/organization_id", "no-referral", "That organization has accepted no referral of this case.")


async def read(session: AsyncSession, caller: Caller, lawyer_id: UUID) -> LawyerRow:
    """One of a proceeding that the caller may see; 404 for any other."""
    row = await repository.get(session, caller, lawyer_id)
    if row is None:
        raise not_found("lawyer of record")
    return row


async def change(
    session: AsyncSession, caller: Caller, lawyer_id: UUID, expected: int | None, patch: LawyerPatch
) -> LawyerRow:
    """The record after changes: who does it, until when, what is signed.

    Raises:
        ProblemError: `not-found`, `forbidden`, `invalid`, or `conflict` when it would represent both sides.
    """
    row = await read(session, caller, lawyer_id)
    # The proceeding first, as everywhere: two that lock in two orders would wait for each other.
    proceeding, _ = await proceedings.lock_with_linked(session, caller, row.proceeding_id)
    row = await repository.lock(session, caller, lawyer_id) or row
    is_own = caller.organization() in (proceeding.organization_id, row.organization_id)
    if not is_own or (proceeding.organization_id != caller.organization() and Role.MANAGER not in caller.roles):
        raise ProblemError(ProblemType.FORBIDDEN, "This needs the organization of the case, or the lawyer's manager.")
    check_version(expected, row.version)
    if patch.until_on is not None and patch.until_on < row.from_on:
        raise invalid("/until_on", "period", "It lies before `from_on`.")
    if "subject" in patch.model_fields_set:
        candidate = Representation(row.organization_id, patch.subject)
        await proceedings.check_conflict(session, row.proceeding_id, [candidate])
    return await repository.change(session, row, patch.model_dump(exclude_unset=True))
