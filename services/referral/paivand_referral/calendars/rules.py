"""What a calendar shows of hearings: one entry for each chain of adjournments, which moves. Pure: no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from paivand_contracts.hearings import HearingStatus


@dataclass(frozen=True)
class Sitting:
    """One hearing as it stands."""

    id: UUID
    case_number: str
    hearing_type: str
    status: HearingStatus
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str | None
    follows_id: UUID | None
    version: int
    updated_at: datetime


@dataclass(frozen=True)
class Event:
    """A hearing through all its adjournments: the same entry of the calendar, wherever it has moved to."""

    id: UUID
    """That of the first hearing of the chain."""
    sitting: Sitting
    """The last one, which says when it is and whether it takes place."""
    sequence: int
    """Rises with every change of any hearing of the chain."""
    updated_at: datetime

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place: also one that was adjourned to a day that nobody knows yet."""
        return self.sitting.status not in (HearingStatus.SCHEDULED, HearingStatus.HELD)


@dataclass(frozen=True)
class DueDay:
    """The last day of a deadline."""

    id: UUID
    case_number: str
    due_on: date
    is_cancelled: bool
    version: int
    updated_at: datetime


def events_of(sittings: Iterable[Sitting]) -> list[Event]:
    """The entries of a calendar. A hearing that continues one that was held is another entry: both took place."""
    known = {each.id: each for each in sittings}
    moved_to = {each.follows_id: each for each in known.values() if _is_moved(known, each)}
    firsts = [each for each in known.values() if not _is_moved(known, each)]
    return [_event(_chain(first, moved_to)) for first in sorted(firsts, key=lambda each: each.id)]


def _is_moved(known: Mapping[UUID, Sitting], sitting: Sitting) -> bool:
    former = known.get(sitting.follows_id) if sitting.follows_id else None
    return former is not None and former.status is HearingStatus.ADJOURNED


def _chain(first: Sitting, moved_to: Mapping[UUID | None, Sitting]) -> list[Sitting]:
    chain = [first]
    while (following := moved_to.get(chain[-1].id)) is not None:
        chain.append(following)
    return chain


def _event(chain: Sequence[Sitting]) -> Event:
    return Event(
        chain[0].id,
        chain[-1],
        sequence=sum(each.version for each in chain) - 1,
        updated_at=max(each.updated_at for each in chain),
    )
