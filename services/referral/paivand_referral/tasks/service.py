"""Use cases of the tasks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import new_id, now
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..hearings import service as hearings
from ..proceedings import service as proceedings
from ..proceedings.tables import ProceedingRow
from . import repository, rules
from .rules import Kind, Status
from .schemas import TaskCreate, TaskPatch, TasksFromTemplate
from .tables import TaskRow


async def _proceeding(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> ProceedingRow:
    try:
        return await proceedings.lock_open(session, caller, proceeding_id)
    except ProblemError as refused:
        if refused.kind is ProblemType.NOT_FOUND:
            raise invalid("/proceeding_id", "unknown", "There is no such proceeding, or it is not yours.") from None
        raise


def _row(proceeding: ProceedingRow, kind: Kind, due_on: date, assignee: str | None, **more: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "proceeding_id": proceeding.id,
        "organization_id": proceeding.organization_id,
        "kind": kind,
        "due_on": due_on,
        "assignee": assignee,
        "status": Status.OPEN,
        **more,
    }


async def add(session: AsyncSession, caller: Caller, new: TaskCreate) -> TaskRow:
    """A new task of an open proceeding.

    Raises:
        ProblemError: `invalid` for a proceeding or hearing that is not there, `transition-not-allowed` when it is
            closed.
    """
    proceeding = await _proceeding(session, caller, new.proceeding_id)
    if new.hearing_id is not None and not await hearings.belongs_to(session, caller, new.hearing_id, proceeding.id):
        raise invalid("/hearing_id", "unknown", "The proceeding has no such hearing.")
    row = _row(proceeding, new.kind, new.due_on, new.assignee, hearing_id=new.hearing_id)
    return (await repository.add(session, [row]))[0]


async def add_from_template(session: AsyncSession, caller: Caller, asked: TasksFromTemplate) -> Sequence[TaskRow]:
    """What a stage asks for and is not on the list yet."""
    proceeding = await _proceeding(session, caller, asked.proceeding_id)
    known = {Kind(kind) for kind in await repository.open_kinds_unscoped(session, proceeding.id)}
    wanted = rules.from_template(asked.stage, asked.began_on, known)
    rows = [_row(proceeding, kind, day, asked.assignee, stage=asked.stage) for kind, day in wanted.items()]
    return await repository.add(session, rows) if rows else []


async def read(session: AsyncSession, caller: Caller, task_id: UUID) -> TaskRow:
    """One that the caller may see; 404 for any other."""
    row = await repository.get(session, caller, task_id)
    if row is None:
        raise not_found("task")
    return row


async def change(
    session: AsyncSession, caller: Caller, task_id: UUID, expected: int | None, patch: TaskPatch
) -> TaskRow:
    """A task after changes.

    Raises:
        ProblemError: `not-found`, `stale`, `transition-not-allowed` from done to cancelled or back.
    """
    await proceedings.lock_any(session, caller, (await read(session, caller, task_id)).proceeding_id)
    row = await repository.lock(session, caller, task_id)
    if row is None:
        raise not_found("task")
    check_version(expected, row.version)
    values = patch.model_dump(exclude_unset=True)
    if (target := values.get("status")) is not None:
        if not rules.may_become(Status(row.status), target):
            raise ProblemError(ProblemType.TRANSITION_NOT_ALLOWED, f"A task that is {row.status} cannot become so.")
        is_done = target is Status.DONE
        values |= {"done_at": now() if is_done else None, "done_by": caller.subject if is_done else None}
    return await repository.change(session, row, values)


async def list_own(
    session: AsyncSession,
    caller: Caller,
    since: datetime,
    until: datetime,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[TaskRow]:
    """Open tasks of the caller in the proceedings that they may see, most urgent first."""
    where = repository.having(assignee=caller.subject, status=Status.OPEN)
    where += repository.due_between(since, until)
    if after is not None:
        where.append(repository.due_after(after[0], after[1]))
    return await repository.list_by_due(session, caller, where=where, after=None, limit=limit)
