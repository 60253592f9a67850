"""Use cases of the reminders."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from paivand_contracts import hearings as events
from paivand_contracts.envelope import now
from paivand_contracts.hearings import HearingLack, HearingStatus, HearingType
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.outbox import emit
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, not_found
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from ..deadlines import service as deadlines
from ..deadlines.rule_sets import load
from . import repository
from .rules import Kind, Planned, Recipient, plan
from .tables import AcknowledgementRow

EVENT_OF: Mapping[Kind, Callable[..., events.HearingNoticeBase]] = {
    Kind.APPROACHING: events.HearingApproaching,
    Kind.UNACKNOWLEDGED: events.HearingUnacknowledged,
    Kind.UNPREPARED: events.HearingUnprepared,
}


async def plan_anew(
    session: AsyncSession, *, before: Mapping[Recipient, Sequence[timedelta]], within: timedelta, limit: int
) -> int:
    """Plans the reminders of hearings that changed; how many there were."""
    hearings = await repository.claim_to_plan_unscoped(session, limit=limit)
    at = now()
    planned: list[tuple[UUID, datetime, Planned]] = [
        (each["id"], each["starts_at"], one)
        for each in hearings
        if each["is_scheduled"]
        for one in plan(
            starts_at=each["starts_at"],
            now=at,
            companion=each["organization_id"],
            lawyers=each["lawyers"],
            before=before,
            acknowledge_within=within,
        )
    ]
    if hearings:
        hearing_ids = [each["id"] for each in hearings]
        await repository.replace_unscoped(session, hearing_ids, planned)
        await deadlines.follow_hearings(session, load(), hearing_ids)
    return len(hearings)


async def say_due(session: AsyncSession, *, limit: int) -> int:
    """Says what is due, in the transaction that notes that it was said; how many rows were taken."""
    rows = await repository.fire_unscoped(session, limit=limit)
    said = [(row, _event(row)) for row in rows]
    if spoken := [event for _, event in said if event]:
        await emit(session, *spoken)
    if unsaid := [row for row, event in said if event is None]:
        keys = [{name: str(row[name]) for name in repository.KEY} for row in unsaid]
        await repository.unsay_unscoped(session, keys)
    return len(rows)


def _event(row: RowMapping) -> events.HearingNoticeBase | None:
    """What is said; None when there is nothing to say any more."""
    kind, lacks = Kind(row["kind"]), _lacks(row)
    if not row["still_stands"]:
        return None
    if kind is Kind.UNACKNOWLEDGED and row["is_acknowledged"]:
        return None
    if kind is Kind.UNPREPARED and not lacks:
        return None
    facts = events.NoticeFacts(
        hearing_id=row["hearing_id"],
        case_number=row["case_number"],
        hearing_type=HearingType(row["hearing_type"]),
        starts_at=row["starts_at"],
        time_zone=row["time_zone"],
        organization_id=row["organization_id"],
        lacks=lacks,
    )
    return EVENT_OF[kind](subject=str(row["hearing_id"]), data=facts)


def _lacks(row: RowMapping) -> list[HearingLack]:
    lacks = {
        HearingLack.NO_LAWYER: not row["has_lawyer"],
        HearingLack.NO_INTERPRETER: row["interpreter"] == "needed",
        HearingLack.NO_TRANSPORT: row["transport"] == "needed",
    }
    return [lack for lack, is_so in lacks.items() if is_so]


async def acknowledge(
    session: AsyncSession, caller: Caller, hearing_id: UUID, expected: int | None
) -> AcknowledgementRow:
    """Confirms, for a lawyer's organization, that the date is known there.

    Raises:
        ProblemError: `not-found`, `forbidden` for who is not of record, `stale`, `transition-not-allowed` when it does
            not take place any more.
    """
    row = await repository.get_hearing(session, caller, hearing_id)
    if row is None:
        raise not_found("hearing")
    if not await repository.is_of_record(session, caller, row.proceeding_id):
        raise ProblemError(ProblemType.FORBIDDEN, "Only a lawyer of record confirms a date.")
    check_version(expected, row.version)
    if row.status != HearingStatus.SCHEDULED:
        raise ProblemError(
            ProblemType.TRANSITION_NOT_ALLOWED, f"A hearing that is {row.status} needs no confirmation.", allowed=[]
        )
    return await repository.acknowledge(session, caller, row)
