"""The use case of the agenda."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import now
from paivand_contracts.problems import InvalidField, ProblemType
from paivand_kit.caller import Caller
from paivand_kit.problems import ProblemError
from sqlalchemy.ext.asyncio import AsyncSession

from ..hearings import service as hearings
from ..tasks import service as tasks
from .schemas import AgendaEntry, EntryKind

LONGEST = timedelta(days=366)


async def read_agenda(
    session: AsyncSession,
    caller: Caller,
    since: datetime,
    until: datetime,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[AgendaEntry]:
    """The caller's scheduled hearings and open tasks in that time, in its order.

    Raises:
        ProblemError: `invalid` for a time that ends before it begins or is longer than a year.
    """
    if not since < until <= since + LONGEST:
        fault = InvalidField(parameter="to", rule="period", detail="Name a time after `from`, within a year of it.")
        raise ProblemError(ProblemType.INVALID, "The period is not valid.", errors=[fault])
    at = now()
    hearing_rows = await hearings.list_own(session, caller, since, until, at=at, after=after, limit=limit)
    task_rows = await tasks.list_own(session, caller, since, until, after=after, limit=limit)
    entries = [_hearing(hearings.shown(row, at)) for row in hearing_rows] + [_task(row) for row in task_rows]
    return sorted(entries, key=lambda entry: (entry.at, entry.id))[:limit]


def _hearing(shown: dict[str, Any]) -> AgendaEntry:
    return AgendaEntry(
        kind=EntryKind.HEARING,
        id=shown["id"],
        proceeding_id=shown["proceeding_id"],
        at=shown["starts_at"],
        ends_at=shown["ends_at"],
        code=shown["hearing_type"],
        status=shown["status"],
        attention=shown["attention"],
    )


def _task(row: Any) -> AgendaEntry:
    return AgendaEntry(
        kind=EntryKind.TASK,
        id=row.id,
        proceeding_id=row.proceeding_id,
        at=datetime.combine(row.due_on, time(), UTC),
        ends_at=None,
        code=row.kind,
        status=row.status,
        attention=[],
    )
