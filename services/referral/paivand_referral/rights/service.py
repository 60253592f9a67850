"""Use cases of the rights checklist."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import now
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import invalid
from sqlalchemy.ext.asyncio import AsyncSession

from ..proceedings import service as proceedings
from ..proceedings.rules import Stage
from ..proceedings.rules import Status as ProceedingStatus
from ..proceedings.tables import ProceedingRow
from . import repository, rules
from .rules import Right, Status
from .schemas import MissedRights, RightCheck, RightPut
from .tables import RightRow

DUE = [
    (stage, is_closed, rules.due_in(stage, ProceedingStatus.CLOSED if is_closed else ProceedingStatus.OPEN))
    for stage in Stage
    for is_closed in (False, True)
]


async def list_checks(session: AsyncSession, caller: Caller, proceeding_id: UUID) -> list[RightCheck]:
    """The whole checklist of a proceeding that the caller may see."""
    proceeding = await proceedings.read(session, caller, proceeding_id)
    said = {row.right: row for row in await repository.list_of(session, caller, proceeding_id)}
    return [_check(proceeding, right, said.get(right)) for right in Right]


def _check(proceeding: ProceedingRow, right: Right, row: RightRow | None) -> RightCheck:
    status = Status(row.status) if row else Status.OPEN
    return RightCheck.model_validate(
        {
            "right": right,
            "status": status,
            "evidence": row.evidence if row else None,
            "given_on": row.given_on if row else None,
            "due_by": rules.DUE_BY[right],
            "is_missed": rules.is_missed(right, status, Stage(proceeding.stage), ProceedingStatus(proceeding.status)),
            "version": row.version if row else 0,
            "updated_at": row.updated_at if row else None,
        }
    )


async def put(
    session: AsyncSession, caller: Caller, proceeding_id: UUID, right: Right, expected: int | None, said: RightPut
) -> RightCheck:
    """Says what was done about a right. Possible in a closed proceeding too: the paper may come late.

    Raises:
        ProblemError: `not-found`, `stale`, `invalid` for a day in the future.
    """
    proceeding = await proceedings.lock_any(session, caller, proceeding_id)
    present = {row.right: row for row in await repository.list_of(session, caller, proceeding_id)}.get(right)
    check_version(expected, present.version if present else 0)
    if said.given_on is not None and said.given_on > now().date():
        raise invalid("/given_on", "future", "It cannot have been given in the future.")
    values = {**said.model_dump(), "recorded_by": caller.subject}
    return _check(proceeding, right, await repository.put(session, proceeding_id, right, values))


async def list_missed(
    session: AsyncSession, caller: Caller, *, before: UUID | None, limit: int
) -> Sequence[MissedRights]:
    """Proceedings in which something was missed, newest first."""
    due = [(repository.at(stage, is_closed=closed), frozenset(rights)) for stage, closed, rights in DUE]
    found = await repository.list_with_open(session, caller, due, before=before, limit=limit)
    return [_missed(row.ProceedingRow, row.said) for row in found]


def _missed(row: ProceedingRow, said: list[str]) -> MissedRights:
    due = rules.due_in(Stage(row.stage), ProceedingStatus(row.status))
    values: dict[str, Any] = {name: getattr(row, name) for name in ("number", "case_number", "stage")}
    return MissedRights(
        **values, proceeding_id=row.id, missed=[right for right in Right if right in due and right not in said]
    )
