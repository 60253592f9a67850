"""Who is told what about a hearing, and when. Pure: no clock, no I/O."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Recipient(StrEnum):
    """As what an organization is told."""

    LAWYER = "lawyer"
    COMPANION = "companion"
    """The case's organization: it accompanies the person and books interpreter and transport."""


class Kind(StrEnum):
    """Why somebody is told; the last word of the event's type."""

    APPROACHING = "approaching"
    UNACKNOWLEDGED = "unacknowledged"
    UNPREPARED = "unprepared"


REMIND_BEFORE: dict[Recipient, list[timedelta]] = {
    Recipient.LAWYER: [timedelta(days=7), timedelta(days=2), timedelta(hours=2)],
    Recipient.COMPANION: [timedelta(days=7), timedelta(days=2), timedelta(hours=2)],
}
NEAR = timedelta(hours=72)
LATEST = timedelta(hours=1)
"""So long before a hearing a manager can still do something about it."""


@dataclass(frozen=True, order=True)
class Planned:
    """One organization to be told at a time."""

    due_at: datetime
    organization_id: UUID
    kind: Kind
    minutes_before: int = 0


def plan(
    *,
    starts_at: datetime,
    now: datetime,
    companion: UUID,
    lawyers: Collection[UUID],
    before: Mapping[Recipient, Sequence[timedelta]],
    acknowledge_within: timedelta,
) -> list[Planned]:
    """All that is still to be said of a scheduled hearing. What lies in the past is not made up for.

    An organization that is both lawyer and companion is told once each time.
    """
    if starts_at <= now:
        return []
    wanted = {(companion, each) for each in before.get(Recipient.COMPANION, ())}
    wanted |= {(lawyer, each) for lawyer in lawyers for each in before.get(Recipient.LAWYER, ())}
    planned = [
        Planned(starts_at - each, organization_id, Kind.APPROACHING, int(each.total_seconds() // 60))
        for organization_id, each in wanted
        if starts_at - each > now
    ]
    planned += [Planned(max(now, starts_at - NEAR), each, Kind.UNPREPARED) for each in {companion, *lawyers}]
    confirm_by = min(now + acknowledge_within, starts_at - LATEST)
    if confirm_by > now:
        planned += [Planned(confirm_by, each, Kind.UNACKNOWLEDGED) for each in set(lawyers)]
    return sorted(planned)
