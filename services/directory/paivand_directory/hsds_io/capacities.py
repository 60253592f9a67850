"""What a feed says of capacity. It is counted as a manager counts: nothing is taken from whom it was promised."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import now
from sqlalchemy.ext.asyncio import AsyncSession

from ..capacity import service as capacity
from ..capacity.rules import BrokenRuleError, Figures, counted
from . import repository

Values = dict[str, Any]
Refusal = tuple[UUID, str, str, str]
"""Id of a row, field, rule, detail."""
SUBJECT = "import"


async def take_over(session: AsyncSession, rows: Sequence[Values]) -> tuple[set[UUID], list[Refusal]]:
    """Adds what is new, counts anew what the feed knows better than we do; their ids, and what was refused."""
    present = await repository.list_confirmed_unscoped(session, [row["id"] for row in rows])
    new = [_new(row) for row in rows if row["id"] not in present]
    added = await repository.add_capacities(session, new)
    refused: list[Refusal] = [
        (row["id"], "description", "duplicate", "the service has a capacity of this unit and name already")
        for row in new
        if row["id"] not in added
    ]
    changed = set(added)
    for row in rows:
        if row["id"] in present and row["updated"] is not None and row["updated"] > present[row["id"]]:
            refusal = await _count(session, row)
            if refusal:
                refused.append(refusal)
            else:
                changed.add(row["id"])
    return changed, refused


def _new(row: Values) -> Values:
    most = row["available"] if row["maximum"] is None else row["maximum"]
    figures = {"maximum": most, "confirmed": most - row["available"], "confirmed_at": row["updated"] or now()}
    name = row["description"] or row["unit"]
    return {"id": row["id"], "service_id": row["service_id"], "unit": row["unit"], "name": name, **figures}


async def _count(session: AsyncSession, row: Values) -> Refusal | None:
    locked = await capacity.lock_unscoped(session, row["id"])
    try:
        figures: Figures = counted(locked.figures, maximum=row["maximum"], available=row["available"])
    except BrokenRuleError as broken:
        return row["id"], broken.field, broken.rule, broken.detail
    await capacity.record(session, locked, figures, "counted", SUBJECT)
    await repository.confirm(session, row["id"], row["updated"])
    return None
