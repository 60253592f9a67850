"""Use cases of the hearings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from paivand_contracts import hearings as events
from paivand_contracts.envelope import new_id, now
from paivand_contracts.hearings import HearingStatus, HearingType
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.outbox import emit
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..lawyers import service as lawyers
from ..proceedings import service as proceedings
from ..proceedings.tables import ProceedingRow
from . import repository, rules, zones
from .repository import Wanted
from .rules import Action, Arrangement, Interpreter
from .schemas import HearingCreate, HearingPatch, HearingState, NextDate
from .tables import HearingRow

EVENT_OF: Mapping[Action, Callable[..., events.HearingEventBase]] = {
    Action.ADJOURN: events.HearingAdjourned,
    Action.HOLD: events.HearingHeld,
    Action.VACATE: events.HearingVacated,
    Action.CANCEL: events.HearingCancelled,
}
CONTINUED = (HearingStatus.ADJOURNED, HearingStatus.HELD)
KEPT = ("hearing_type", "time_zone", "duration_minutes", "court", "room", "attendance", "language", "measures")
"""What the next hearing takes over from the one that it continues."""


async def schedule(session: AsyncSession, caller: Caller, new: HearingCreate) -> UUID:
    """A new hearing of an open proceeding.

    Raises:
        ProblemError: `invalid` for a proceeding that is not there or a time that the clocks do not show,
            `transition-not-allowed` for a closed one, `conflict` when another hearing already continues the same.
    """
    try:
        proceeding = await proceedings.lock_open(session, caller, new.proceeding_id)
    except ProblemError as refused:
        if refused.kind is ProblemType.NOT_FOUND:
            raise invalid("/proceeding_id", "unknown", "There is no such proceeding, or it is not yours.") from None
        raise
    if new.follows_id is not None:
        await _check_follows(session, caller, new.follows_id, proceeding.id)
    values = new.model_dump(exclude={"proceeding_id", "starts_at"})
    row = await set_down(session, caller, proceeding, values, new.starts_at)
    return row.id


async def _check_follows(session: AsyncSession, caller: Caller, follows_id: UUID, proceeding_id: UUID) -> None:
    former = await repository.lock(session, caller, follows_id)
    if former is None or former.proceeding_id != proceeding_id:
        raise invalid("/follows_id", "unknown", "The proceeding has no such hearing.")
    if former.status not in CONTINUED:
        raise invalid("/follows_id", "status", "Only an adjourned or held hearing is continued by another.")
    if await repository.exists_following(session, follows_id):
        raise ProblemError(ProblemType.CONFLICT, "Another hearing already continues that one.")


async def set_down(
    session: AsyncSession,
    caller: Caller | None,
    proceeding: ProceedingRow,
    values: dict[str, Any],
    starts_at: datetime,
    *,
    place: str = "/starts_at",
) -> HearingRow:
    """A scheduled hearing of a locked proceeding; without a caller, by the court itself."""
    row = HearingRow(
        id=new_id(),
        proceeding_id=proceeding.id,
        organization_id=proceeding.organization_id,
        status=HearingStatus.SCHEDULED,
        version=1,
        **values,
        **times(starts_at, values["time_zone"], values["duration_minutes"], place),
    )
    await repository.add(session, row)
    await note(session, row, "schedule", caller)
    facts = await facts_of(session, row, case_number=proceeding.case_number)
    await emit(session, events.HearingScheduled(subject=str(row.id), data=facts))
    return row


def times(said: datetime, time_zone: str, duration_minutes: int, place: str = "/starts_at") -> dict[str, Any]:
    """The columns of a hearing's time.

    Raises:
        ProblemError: `invalid` for a time that the clocks never show, or show twice.
    """
    try:
        start = rules.start_of(said, zones.zone(time_zone))
    except rules.LocalTimeError as fault:
        raise invalid(place, "local-time", str(fault)) from None
    return {
        "starts_local": start.local,
        "fold": start.fold,
        "starts_at": start.at,
        "ends_at": start.at + timedelta(minutes=duration_minutes),
        "zones_edition": zones.EDITION,
    }


async def read(session: AsyncSession, caller: Caller, hearing_id: UUID) -> dict[str, Any]:
    """One that the caller may see; 404 for any other."""
    found = await repository.get(session, caller, hearing_id)
    if found is None:
        raise not_found("hearing")
    return shown(found, now())


def shown(found: Any, at: datetime) -> dict[str, Any]:
    """A hearing as it is shown, with what it lacks at that time."""
    row: HearingRow = found.HearingRow
    lacks = rules.attention(
        status=HearingStatus(row.status),
        starts_at=row.starts_at,
        interpreter=Interpreter(row.interpreter),
        transport=Arrangement(row.transport),
        has_lawyer=found.has_lawyer,
        now=at,
    )
    columns = {column.name: getattr(row, column.name) for column in HearingRow.__table__.columns}
    beside = {"case_number": found.case_number, "next_hearing_id": found.next_hearing_id, "attention": lacks}
    return {**columns, **beside}


async def change(
    session: AsyncSession, caller: Caller, hearing_id: UUID, expected: int | None, patch: HearingPatch
) -> dict[str, Any]:
    """A scheduled hearing after changes.

    Raises:
        ProblemError: `not-found`, `stale`, `transition-not-allowed` when it is not scheduled any more, `invalid`.
    """
    row = await _lock(session, caller, hearing_id)
    _check_scheduled(row, expected)
    values = patch.model_dump(exclude_unset=True)
    said, before = values.pop("starts_at", None), row.starts_at
    zone = values.get("time_zone", row.time_zone)
    duration = values.get("duration_minutes", row.duration_minutes)
    if said is None:
        said = row.starts_local if zone != row.time_zone else row.starts_at
    values |= times(said, zone, duration)
    changed = await repository.change(session, row, values)
    await note(session, changed, "change", caller)
    moved = before if before != changed.starts_at else None
    await emit(session, await event_of(session, events.HearingChanged, changed, previous=moved))
    return await read(session, caller, hearing_id)


async def arrange(
    session: AsyncSession, caller: Caller, row: HearingRow, expected: int | None, values: dict[str, Any]
) -> None:
    """What is arranged for a locked hearing that the caller may accompany.

    Raises:
        ProblemError: `stale`, `transition-not-allowed` when it is not scheduled any more.
    """
    _check_scheduled(row, expected)
    changed = await repository.change(session, row, values)
    await note(session, changed, "arrange", caller)
    await emit(session, await event_of(session, events.HearingChanged, changed))


def _check_scheduled(row: HearingRow, expected: int | None) -> None:
    check_version(expected, row.version)
    if row.status != HearingStatus.SCHEDULED:
        raise _ended(row)


async def list_own(
    session: AsyncSession,
    caller: Caller,
    since: datetime,
    until: datetime,
    *,
    at: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Any]:
    """Scheduled hearings in which the caller is of record by name, earliest first."""
    wanted = Wanted(lawyer=caller.subject, since=since, until=until, status=HearingStatus.SCHEDULED)
    return await repository.list_by_start(session, caller, wanted, now=at, after=after, limit=limit)


async def act(
    session: AsyncSession,
    caller: Caller,
    hearing_id: UUID,
    action: Action,
    expected: int | None,
    *,
    reason: str | None = None,
    outcome: str | None = None,
    following: NextDate | None = None,
) -> dict[str, Any]:
    """What became of a scheduled hearing; with a next date, the hearing that continues it is scheduled too."""
    row = await _lock(session, caller, hearing_id)
    target = _decide(row, action, expected)
    changed = await repository.change(session, row, {"status": target, "reason": reason, "outcome": outcome})
    await note(session, changed, action.value, caller)
    following_row = None
    if following is not None:
        following_row = await _follow(session, caller, changed, following)
    await emit(session, await event_of(session, EVENT_OF[action], changed, following=following_row))
    return await read(session, caller, hearing_id)


def _decide(row: HearingRow, action: Action, expected: int | None) -> HearingStatus:
    try:
        target = rules.decide(HearingStatus(row.status), action, starts_at=row.starts_at, now=now())
    except rules.NotNow:
        check_version(expected, row.version)
        raise _ended(row) from None
    except rules.TooEarly:
        check_version(expected, row.version)
        raise ProblemError(
            ProblemType.TRANSITION_NOT_ALLOWED,
            "It has not begun yet, so it cannot have been held.",
            allowed=[each.value for each in Action if each is not Action.HOLD],
        ) from None
    check_version(expected, row.version)
    return target


def _ended(row: HearingRow) -> ProblemError:
    return ProblemError(
        ProblemType.TRANSITION_NOT_ALLOWED,
        f"A hearing that is {row.status} does not change any more; schedule one that follows it.",
        allowed=[],
    )


async def _lock(session: AsyncSession, caller: Caller, hearing_id: UUID) -> HearingRow:
    """The proceeding first, so that it is not closed meanwhile; then the hearing as it is then."""
    found = await repository.get(session, caller, hearing_id)
    if found is None:
        raise not_found("hearing")
    await proceedings.lock_open(session, caller, found.HearingRow.proceeding_id)
    row = await repository.lock(session, caller, hearing_id)
    if row is None:
        raise not_found("hearing")
    return row


async def _follow(session: AsyncSession, caller: Caller, former: HearingRow, said: NextDate) -> HearingRow:
    proceeding = await proceedings.read(session, caller, former.proceeding_id)
    stated = said.model_dump(exclude={"starts_at"}, exclude_none=True)
    values = {**carried_over(former), **stated}
    return await set_down(session, caller, proceeding, values, said.starts_at, place="/next/starts_at")


def carried_over(former: HearingRow) -> dict[str, Any]:
    """What the next hearing takes over; what was booked for the day must be booked again."""
    arrangements = ("transport", "childcare", "support_person")
    return {
        **{name: getattr(former, name) for name in KEPT},
        **{name: rules.anew(Arrangement(getattr(former, name))) for name in arrangements},
        "interpreter": rules.interpreter_anew(Interpreter(former.interpreter)),
        "follows_id": former.id,
    }


async def facts_of(
    session: AsyncSession,
    row: HearingRow,
    *,
    case_number: str,
    previous: datetime | None = None,
    following: HearingRow | None = None,
) -> events.HearingFacts:
    """What an event says of a hearing."""
    return events.HearingFacts(
        hearing_id=row.id,
        proceeding_id=row.proceeding_id,
        case_number=case_number,
        hearing_type=HearingType(row.hearing_type),
        status=HearingStatus(row.status),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        previous_starts_at=previous,
        next_hearing_id=following.id if following else None,
        next_starts_at=following.starts_at if following else None,
        organization_id=row.organization_id,
        lawyer_organization_ids=await lawyers.organizations_of_unscoped(session, row.proceeding_id),
        version=row.version,
    )


async def event_of(
    session: AsyncSession,
    event: Callable[..., events.HearingEventBase],
    row: HearingRow,
    *,
    previous: datetime | None = None,
    following: HearingRow | None = None,
) -> events.HearingEventBase:
    """The event about a hearing as it is now."""
    number = await repository.case_number_unscoped(session, row.proceeding_id)
    facts = await facts_of(session, row, case_number=number, previous=previous, following=following)
    return event(subject=str(row.id), data=facts)


async def note(session: AsyncSession, row: HearingRow, action: str, caller: Caller | None) -> None:
    """Writes the history entry of the row's present version; without a caller, by the network or the court."""
    state = HearingState.model_validate(row).model_dump(mode="json")
    await repository.note(session, row, action, state, caller)


async def recompute(session: AsyncSession, *, limit: int) -> int:
    """Moves the instants of hearings to come to what the present edition of the zones says; how many were looked at.

    The local time stands. A hearing whose instant moves is told like any other change.
    """
    rows = await repository.claim_outdated_unscoped(session, edition=zones.EDITION, limit=limit)
    unmoved: list[HearingRow] = []
    for row in rows:
        at, before = rules.instant_of(row.starts_local, row.fold, zones.zone(row.time_zone)), row.starts_at
        if at == before:
            unmoved.append(row)
            continue
        ends_at = at + timedelta(minutes=row.duration_minutes)
        values = {"starts_at": at, "ends_at": ends_at, "zones_edition": zones.EDITION}
        changed = await repository.change(session, row, values)
        await note(session, changed, "rezone", None)
        await emit(session, await event_of(session, events.HearingChanged, changed, previous=before))
    if unmoved:
        await repository.mark_current(session, unmoved, edition=zones.EDITION)
    return len(rows)


async def belongs_to(session: AsyncSession, caller: Caller, hearing_id: UUID, proceeding_id: UUID) -> bool:
    """Whether it is a hearing of that proceeding, and the caller's to see."""
    found = await repository.get(session, caller, hearing_id)
    return found is not None and found.HearingRow.proceeding_id == proceeding_id
