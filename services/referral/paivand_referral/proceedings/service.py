"""Use cases of the proceedings."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import new_id
from paivand_contracts.problems import ProblemType
from paivand_kit.audit import trail as audit
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..cases import service as cases
from ..lawyers import rules as lawyers
from ..lawyers.rules import Representation
from ..numbers import new_number
from . import repository, rules
from .rules import Action, Side, Status
from .schemas import ProceedingCreate, ProceedingPatch, ProceedingState
from .tables import ProceedingRow


async def record(session: AsyncSession, caller: Caller, new: ProceedingCreate) -> ProceedingRow:
    """A new proceeding of one of the organization's cases.

    Raises:
        ProblemError: `invalid`, when the organization has no such case.
    """
    try:
        case = await cases.read_case(session, caller, new.case_id)
    except ProblemError:
        raise invalid("/case_id", "unknown", "Your organization has no such case.") from None
    row = ProceedingRow(
        id=new_id(),
        number=new_number("P"),
        case_number=case.number,
        organization_id=case.organization_id,
        status=Status.OPEN,
        **_columns(new.model_dump(mode="python")),
    )
    await repository.add(session, row)
    audit.note(session, case_id=row.case_id)
    await _note(session, row, "create", caller)
    return row


async def read(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> ProceedingRow:
    """One that the caller may see; 404 for any other."""
    row = await repository.get(session, caller, proceeding_id)
    if row is None:
        raise not_found("proceeding")
    return row


async def lock_open(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> ProceedingRow:
    """One that takes changes, held until the transaction ends, so that nobody closes it meanwhile.

    Raises:
        ProblemError: `not-found`; `transition-not-allowed` when it is closed.
    """
    row = await lock_any(session, caller, proceeding_id)
    if not rules.takes_changes(Status(row.status)):
        raise ProblemError(
            ProblemType.TRANSITION_NOT_ALLOWED,
            "The proceeding is closed. Reopen it first.",
            allowed=[Action.REOPEN.value],
        )
    return row


async def lock_any(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> ProceedingRow:
    """One that the caller may see, closed or not, held until the transaction ends; 404 for any other."""
    row = await repository.lock(session, caller, proceeding_id)
    if row is None:
        raise not_found("proceeding")
    audit.note(session, case_id=row.case_id)
    return row


async def change(
    session: AsyncSession, caller: Caller, proceeding_id: UUID, expected: int | None, patch: ProceedingPatch
) -> ProceedingRow:
    """The record after changes."""
    row, linked = await lock_with_linked(session, caller, proceeding_id)
    check_version(expected, row.version)
    changed = await repository.change(session, row, _columns(patch.model_dump(exclude_unset=True)))
    if "parties" in patch.model_fields_set:
        await _check_lawyers(session, linked)
    await _note(session, changed, "change", caller)
    return changed


async def lock_with_linked(
    session: AsyncSession, caller: Caller, proceeding_id: UUID
) -> tuple[ProceedingRow, list[UUID]]:
    """Like `lock_open`, and holds the linked ones too; their ids, its own among them."""
    await read(session, caller, proceeding_id)
    linked = await repository.lock_linked_unscoped(session, [proceeding_id])
    return await lock_open(session, caller, proceeding_id), linked


async def check_conflict(session: AsyncSession, proceeding_id: UUID, candidates: Iterable[Representation]) -> None:
    """Passes when none of them stands on the other side too. Hold the proceeding and its linked ones first.

    Raises:
        ProblemError: `conflict`.
    """
    opposing = await repository.opposing_unscoped(session, proceeding_id)
    try:
        for candidate in candidates:
            lawyers.check_conflict(candidate, opposing)
    except lawyers.ConflictOfInterest:
        raise ProblemError(
            ProblemType.CONFLICT,
            "Conflict of interest: a lawyer or organization would stand on both sides of this proceeding or of linked "
            "ones.",
        ) from None


async def _check_lawyers(session: AsyncSession, proceeding_ids: Iterable[UUID]) -> None:
    for each in proceeding_ids:
        await check_conflict(session, each, await repository.representations_unscoped(session, each))


async def put_court_file(
    session: AsyncSession, caller: Caller, proceeding_id: UUID, expected: int | None, sealed: bytes, token: bytes
) -> ProceedingRow:
    """The proceeding with the court's number, sealed, and its blind index."""
    row = await lock_open(session, caller, proceeding_id)
    check_version(expected, row.version)
    changed = await repository.change(session, row, {"court_file_number": sealed, "court_file_index": token})
    await _note(session, changed, "file", caller)
    return changed


async def act(
    session: AsyncSession,
    caller: Caller,
    proceeding_id: UUID,
    action: Action,
    expected: int | None,
    *,
    reason: str | None = None,
    outcome: str | None = None,
) -> ProceedingRow:
    """The proceeding after an action on it as a whole."""
    row = await lock_any(session, caller, proceeding_id)
    try:
        target = rules.decide(Status(row.status), action)
    except rules.NotNow as refused:
        check_version(expected, row.version)
        raise ProblemError(
            ProblemType.TRANSITION_NOT_ALLOWED,
            f"A proceeding that is {row.status} cannot take `{action}`.",
            allowed=[allowed.value for allowed in refused.allowed],
        ) from None
    check_version(expected, row.version)
    if target is Status.CLOSED and await repository.exists_scheduled(session, row.id):
        raise ProblemError(
            ProblemType.CONFLICT, "A hearing is still scheduled. Record what became of it, or vacate it, then close."
        )
    values = {"status": target, "reason": reason, "outcome": outcome}
    changed = await repository.change(session, row, values)
    await _note(session, changed, action.value, caller)
    return changed


async def link(session: AsyncSession, caller: Caller, proceeding_id: UUID, linked_id: UUID, side: Side) -> None:
    """Links two proceedings of the organization's cases.

    Raises:
        ProblemError: `not-found`, `forbidden` for a lawyer of record, `conflict` for one with itself or when
            somebody would represent both sides.
    """
    if proceeding_id == linked_id:
        raise ProblemError(ProblemType.CONFLICT, "A proceeding is not linked with itself.")
    for each in (proceeding_id, linked_id):
        row = await read(session, caller, each)
        require_owner(row, caller, "link proceedings")
        audit.note(session, case_id=row.case_id)
    ends = (proceeding_id, linked_id)
    await repository.lock_linked_unscoped(session, ends)
    await repository.put_link(session, proceeding_id, linked_id, side.value)
    await _check_lawyers(session, ends)


def require_owner(row: ProceedingRow, caller: Caller, what: str) -> None:
    """Raises `forbidden` for a lawyer of record of another organization."""
    if row.organization_id != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, f"Only the organization of the case can {what}.")


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """Parties as they are stored: JSON knows no UUID."""
    if "parties" in values:
        stored = [party | {"represented_by": _text(party["represented_by"])} for party in values["parties"]]
        values = values | {"parties": stored}
    return values


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


async def _note(session: AsyncSession, row: ProceedingRow, action: str, caller: Caller) -> None:
    state = ProceedingState.model_validate(row).model_dump(mode="json")
    await repository.note(session, row, action, state, caller)
