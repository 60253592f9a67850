"""What a court itself states of its hearings; the caller has found and locked what is meant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paivand_contracts import hearings as events
from paivand_contracts.hearings import HearingStatus
from paivand_kit.outbox import emit
from sqlalchemy.ext.asyncio import AsyncSession

from ..proceedings.tables import ProceedingRow
from . import repository, service
from .rules import Reason
from .tables import HearingRow


@dataclass(frozen=True)
class Stated:
    """A hearing, in the court's words."""

    hearing_type: str
    starts_at: datetime
    time_zone: str
    court: str
    room: str | None


async def schedule(session: AsyncSession, proceeding: ProceedingRow, stated: Stated) -> HearingRow:
    """Sets down a hearing. What the person needs there is for the case's organization to say."""
    values: dict[str, Any] = {
        "hearing_type": stated.hearing_type,
        "time_zone": stated.time_zone,
        "court": stated.court,
        "room": stated.room,
        "duration_minutes": 60,
        "attendance": [],
        "measures": {},
        "interpreter": "not-needed",
        "transport": "not-needed",
        "childcare": "not-needed",
        "support_person": "not-needed",
    }
    return await service.set_down(session, None, proceeding, values, stated.starts_at)


async def move(session: AsyncSession, row: HearingRow, stated: Stated) -> None:
    """Another time or room on the same day."""
    values = service.times(stated.starts_at, stated.time_zone, row.duration_minutes)
    values |= {"time_zone": stated.time_zone, "court": stated.court, "room": stated.room or row.room}
    before = row.starts_at
    changed = await repository.change(session, row, values)
    moved = before if before != changed.starts_at else None
    await service.note(session, changed, "change", None)
    await emit(session, await service.event_of(session, events.HearingChanged, changed, previous=moved))


async def adjourn(session: AsyncSession, proceeding: ProceedingRow, row: HearingRow, stated: Stated) -> None:
    """Another day: the hearing ends as adjourned, and the next one follows it."""
    values = {"status": HearingStatus.ADJOURNED, "reason": Reason.OTHER}
    changed = await repository.change(session, row, values)
    await service.note(session, changed, "adjourn", None)
    following = service.carried_over(changed) | {"court": stated.court, "time_zone": stated.time_zone}
    if stated.room is not None:
        following["room"] = stated.room
    added = await service.set_down(session, None, proceeding, following, stated.starts_at)
    await emit(session, await service.event_of(session, events.HearingAdjourned, changed, following=added))


async def vacate(session: AsyncSession, row: HearingRow) -> None:
    """The court took it off its list."""
    values = {"status": HearingStatus.VACATED, "reason": Reason.OTHER}
    changed = await repository.change(session, row, values)
    await service.note(session, changed, "vacate", None)
    await emit(session, await service.event_of(session, events.HearingVacated, changed))
