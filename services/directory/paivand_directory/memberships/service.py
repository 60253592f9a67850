"""Use cases of memberships."""

from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_contracts.codes import OrganizationStatus
from paivand_contracts.envelope import new_id, now
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..keycloak import service as keycloak
from ..organizations import service as organizations
from ..people import service as people
from . import repository, rules
from .rules import Action, AgreementKind, MembershipStatus
from .schemas import AgreementCreate, MembershipCreate, MembershipPatch
from .tables import MembershipRow

get_unscoped = repository.get_unscoped
HAS_ACCESS = (MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED)


async def apply(session: AsyncSession, caller: Caller, body: MembershipCreate) -> MembershipRow:
    """A new application.

    Raises:
        ProblemError: `invalid` for an organization that the directory does not know, `conflict` for one that has a
            membership already.
    """
    if body.organization_id and not await organizations.exists_unscoped(session, body.organization_id):
        raise invalid("/organization_id", "unknown", "The directory has no such organization.")
    values = body.model_dump(exclude={"organization_id", "reason"})
    row = await repository.add(
        session, {"id": body.organization_id or new_id(), "status": MembershipStatus.APPLIED, **values}
    )
    if row is None:
        raise ProblemError(ProblemType.CONFLICT, "This organization has a membership already.")
    await repository.note(session, row, "apply", body.reason, caller.subject)
    return row


async def get(session: AsyncSession, caller: Caller, membership_id: UUID) -> MembershipRow:
    """Raises `not_found` unless the caller can see it."""
    row = await repository.get_membership(session, caller, membership_id)
    if row is None:
        raise not_found("membership")
    return row


async def act(
    session: AsyncSession, caller: Caller, membership_id: UUID, action: Action, expected: int | None, reason: str
) -> MembershipRow:
    """The membership after a coordinator's action."""
    row = await _locked(session, caller, membership_id)
    target = _decide(row, caller, action, expected, now())
    return await _move(session, row, action.value, target, reason, caller.subject)


def _decide(row: MembershipRow, caller: Caller, action: Action, expected: int | None, at: datetime) -> MembershipStatus:
    status = MembershipStatus(row.status)
    try:
        target = rules.decide(
            status,
            action,
            is_reviewer=row.reviewed_by == caller.subject,
            is_covered=rules.is_covered(row.expires_on, at.date()),
        )
    except rules.SecondPersonNeeded as refused:
        raise ProblemError(
            ProblemType.FORBIDDEN,
            "You reviewed this application: another coordinator must activate it.",
            allowed=[allowed.value for allowed in refused.allowed],
        ) from None
    except rules.NotNow as refused:
        check_version(expected, row.version)
        raise ProblemError(
            ProblemType.TRANSITION_NOT_ALLOWED,
            f"A membership that is {status} cannot take `{action}`.",
            allowed=[allowed.value for allowed in refused.allowed],
        ) from None
    except rules.AgreementsMissing:
        check_version(expected, row.version)
        needed = " and ".join(AgreementKind)
        raise ProblemError(ProblemType.CONFLICT, f"First the agreements must be signed and valid: {needed}.") from None
    check_version(expected, row.version)
    return target


async def _move(
    session: AsyncSession, row: MembershipRow, action: str, target: MembershipStatus, reason: str, subject: str
) -> MembershipRow:
    before = MembershipStatus(row.status)
    values: dict[str, Any] = {"status": target}
    if target is MembershipStatus.UNDER_REVIEW:
        values["reviewed_by"] = subject
    changed = await repository.change(session, row, values)
    await repository.note(session, changed, action, reason, subject)
    if target in HAS_ACCESS or before in HAS_ACCESS:
        await _follow(session, changed, is_first=before is MembershipStatus.UNDER_REVIEW)
    return changed


async def _follow(session: AsyncSession, row: MembershipRow, *, is_first: bool) -> None:
    """Entry and accounts follow the membership: in the same transaction, Keycloak by a job of that transaction."""
    is_active = row.status == MembershipStatus.ACTIVE
    status = OrganizationStatus.ACTIVE if is_active else OrganizationStatus.SUSPENDED
    await organizations.follow_membership(session, row.id, name=row.name, description=row.description, status=status)
    await keycloak.enqueue(session, row.id)
    if is_first:
        await people.invite_first_manager(session, row.id, row.manager_email)


async def correct(
    session: AsyncSession, caller: Caller, membership_id: UUID, expected: int | None, body: MembershipPatch
) -> MembershipRow:
    """Names another first manager in an application."""
    row = await _locked(session, caller, membership_id)
    check_version(expected, row.version)
    if not rules.is_application(MembershipStatus(row.status)):
        raise ProblemError(ProblemType.CONFLICT, "It is decided already: managers invite each other now.")
    changed = await repository.change(session, row, {"manager_email": body.manager_email})
    await repository.note(session, changed, "correct", body.reason, caller.subject)
    return changed


async def sign(
    session: AsyncSession, caller: Caller, membership_id: UUID, expected: int | None, body: AgreementCreate
) -> MembershipRow:
    """Records a signature; the membership then lasts as long as the agreements do."""
    row = await _locked(session, caller, membership_id)
    check_version(expected, row.version)
    today = now().date()
    if row.status == MembershipStatus.WITHDRAWN:
        raise ProblemError(ProblemType.TRANSITION_NOT_ALLOWED, "A withdrawn membership signs no more.", allowed=[])
    if body.signed_on > today:
        raise invalid("/signed_on", "future", "It cannot have been signed in the future.")
    if body.expires_on <= max(today, body.signed_on):
        raise invalid("/expires_on", "past", "Name a day after today on which the agreement ends.")
    await repository.put_agreement(session, row.id, body.model_dump())
    agreements = await repository.list_agreements_unscoped(session, row.id)
    until = rules.covered_until((AgreementKind(each.kind), each.expires_on) for each in agreements)
    changed = await repository.change(session, row, {"expires_on": until, "is_warned": False})
    await repository.note(session, changed, "sign", f"{body.kind} {body.agreement_version}", caller.subject)
    return changed


async def suspend_ended(session: AsyncSession, row: MembershipRow) -> None:
    """Suspends a locked, active membership whose agreements have ended."""
    await _move(session, row, Action.SUSPEND.value, MembershipStatus.SUSPENDED, "An agreement has ended.", "directory")


async def _locked(session: AsyncSession, caller: Caller, membership_id: UUID) -> MembershipRow:
    row = await repository.lock_membership(session, caller, membership_id)
    if row is None:
        raise not_found("membership")
    return row
