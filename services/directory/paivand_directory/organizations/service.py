"""Use cases of organizations: joining the network, and keeping the entry right."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.codes import OrganizationStatus, Role
from paivand_contracts.directory import OrganizationChanged, OrganizationFacts
from paivand_contracts.problems import ProblemType
from paivand_kit import outbox
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version, expected_version
from paivand_kit.problems import ProblemError, not_found
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from . import repository, rules
from .schemas import OrganizationPatch, OrganizationPut
from .tables import OrganizationRow

exists_unscoped = repository.exists_unscoped
get_unscoped = repository.get_unscoped
visible_to = repository.visible_to


def visible_ids(caller: Caller) -> Select[UUID]:
    """The organizations whose entries the caller can see; other features scope their reads by it."""
    return repository.visible_to(caller).with_only_columns(OrganizationRow.id)


async def get(session: AsyncSession, caller: Caller, organization_id: UUID) -> OrganizationRow:
    """Raises `not_found` unless the caller can see it."""
    row = await repository.get_organization(session, caller, organization_id)
    if row is None:
        raise not_found("organization")
    return row


async def admit(
    session: AsyncSession, caller: Caller, organization_id: UUID, body: OrganizationPut, if_match: str | None
) -> tuple[OrganizationRow, bool]:
    """The organization as sent, and whether it is new. The same once more changes nothing.

    Raises:
        ProblemError: `precondition-required` or `stale`, when it is there already and differs.
    """
    values = body.model_dump()
    added = await repository.add(session, organization_id, values)
    if added is not None:
        await announce(session, [added])
        return added, True
    row = await _locked(session, caller, organization_id)
    differing = _differing(row, values)
    if differing:
        check_version(expected_version(if_match), row.version)
    _leave_to_membership(row, differing)
    return await _changed(session, row, values), False


async def change(
    session: AsyncSession, caller: Caller, organization_id: UUID, body: OrganizationPatch, expected: int | None
) -> OrganizationRow:
    """Changes what this caller may change; 403 names what it may not."""
    row = await _locked(session, caller, organization_id)
    values = body.model_dump(exclude_unset=True)
    open_to_caller = rules.changeable_fields(
        is_manager_of_it=Role.MANAGER in caller.roles and caller.organization_id == row.id,
        is_coordinator=Role.COORDINATOR in caller.roles,
    )
    if not open_to_caller:
        raise ProblemError(ProblemType.FORBIDDEN, "Only its own manager or a coordinator may change an organization.")
    if refused := sorted(values.keys() - open_to_caller):
        raise ProblemError(ProblemType.FORBIDDEN, f"Your role may not change: {', '.join(refused)}.")
    check_version(expected, row.version)
    _leave_to_membership(row, _differing(row, values))
    return await _changed(session, row, values)


async def follow_membership(
    session: AsyncSession, organization_id: UUID, *, name: str, description: str, status: OrganizationStatus
) -> None:
    """Makes a member's entry active or suspended, and makes the entry when there is none."""
    values = {"name": name, "description": description, "status": status, "is_vetted": True}
    added = await repository.add(session, organization_id, values)
    if added is not None:
        await announce(session, [added])
        return
    row = await repository.lock_unscoped(session, organization_id)
    await _changed(session, row, {"status": status, "is_vetted": True})


def _leave_to_membership(row: OrganizationRow, differing: dict[str, Any]) -> None:
    """Otherwise one coordinator alone could let in whom two have not vetted."""
    if (row.is_vetted or row.status == OrganizationStatus.APPLIED) and "status" in differing:
        raise ProblemError(ProblemType.CONFLICT, "This organization's status follows its membership: change that.")


async def _locked(session: AsyncSession, caller: Caller, organization_id: UUID) -> OrganizationRow:
    row = await repository.lock_organization(session, caller, organization_id)
    if row is None:
        raise not_found("organization")
    return row


async def lock_own(
    session: AsyncSession, caller: Caller, organization_id: UUID, expected: int | None
) -> OrganizationRow:
    """The caller's own, kept from changes by others; 403 for one that it can only read."""
    row = await _locked(session, caller, organization_id)
    if row.id != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, "Only its own manager may change this.")
    check_version(expected, row.version)
    return row


async def touch(session: AsyncSession, row: OrganizationRow) -> OrganizationRow:
    """The next version of a locked organization, of which what hangs on it has changed. The others are told."""
    changed = await repository.change(session, row, {})
    await announce(session, [changed])
    return changed


def _differing(row: OrganizationRow, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(row, name) != value}


async def _changed(session: AsyncSession, row: OrganizationRow, values: dict[str, Any]) -> OrganizationRow:
    differing = _differing(row, values)
    if not differing:
        return row
    changed = await repository.change(session, row, differing)
    await announce(session, [changed])
    return changed


async def announce(session: AsyncSession, rows: Sequence[OrganizationRow]) -> None:
    """Tells the other services of new or changed organizations."""
    events = [
        OrganizationChanged(
            subject=str(row.id),
            data=OrganizationFacts(
                organization_id=row.id, name=row.name, status=OrganizationStatus(row.status), version=row.version
            ),
        )
        for row in rows
    ]
    if events:
        await outbox.emit(session, *events)
