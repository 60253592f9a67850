"""Use cases of the deadlines."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import new_id, now
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from ..hearings.zones import zone
from ..proceedings import service as proceedings
from . import repository
from .rule_sets import HEARING, RuleSet, RuleSets, newest
from .rules import Period, UncoveredYearError, compute
from .schemas import DeadlineCreate, DeadlinePatch, DeadlineStatus
from .tables import DeadlineRow

_period: TypeAdapter[Period] = TypeAdapter(Period)


async def add(session: AsyncSession, caller: Caller, sets: RuleSets, new: DeadlineCreate) -> DeadlineRow:
    """A deadline, counted by the newest rule set of its jurisdiction.

    Raises:
        ProblemError: `invalid` for what is not there, or cannot be counted.
    """
    try:
        await proceedings.lock_open(session, caller, new.proceeding_id)
    except ProblemError as refused:
        if refused.kind is ProblemType.NOT_FOUND:
            raise invalid("/proceeding_id", "unknown", "There is no such proceeding, or it is not yours.") from None
        raise
    rule_set = newest(sets, new.jurisdiction)
    if rule_set is None:
        raise invalid("/jurisdiction", "unknown", "There is no rule set of that code.")
    row = DeadlineRow(
        id=new_id(),
        proceeding_id=new.proceeding_id,
        jurisdiction=rule_set.jurisdiction,
        rule_set_version=rule_set.version,
        rule=new.rule,
        hearing_id=new.hearing_id,
        status=DeadlineStatus.OPEN,
        created_by=caller.subject,
        **_counted(rule_set, _period_of(rule_set, new), await _triggered_on(session, caller, new)),
    )
    row.due_on = row.computed_on
    await repository.add(session, row)
    return row


def _period_of(rule_set: RuleSet, new: DeadlineCreate) -> Period:
    if new.period is not None:
        try:
            return Period(**new.period.model_dump())
        except ValueError as fault:
            raise invalid("/period/roll", "direction", f"{str(fault).capitalize()}.") from None
    rule = rule_set.rule(new.rule or "")
    if rule is None:
        raise invalid("/rule", "unknown", "The rule set has no such rule.")
    if (rule.trigger == HEARING) != (new.hearing_id is not None):
        raise invalid("/hearing_id", "trigger", f"This rule is counted from: {rule.trigger}.")
    return rule.period


async def _triggered_on(session: AsyncSession, caller: Caller, new: DeadlineCreate) -> date:
    if new.triggered_on is not None:
        return new.triggered_on
    hearing = await repository.get_hearing(session, caller, new.hearing_id) if new.hearing_id else None
    if hearing is None or hearing.proceeding_id != new.proceeding_id:
        raise invalid("/hearing_id", "unknown", "The proceeding has no such hearing.")
    return hearing.starts_local.date()


def _counted(rule_set: RuleSet, period: Period, triggered_on: date) -> dict[str, Any]:
    try:
        computed = compute(triggered_on, period, rule_set.calendar)
    except (UncoveredYearError, OverflowError, ValueError):
        covered = f"{rule_set.calendar.covers_from} to {rule_set.calendar.covers_to}"
        raise invalid("/triggered_on", "calendar", f"The rule set knows the holidays of {covered} only.") from None
    return {
        "period": _period.dump_python(period, mode="json"),
        "triggered_on": triggered_on,
        "computed_on": computed.due_on,
        "is_provisional": computed.is_provisional,
        "steps": [{**asdict(step), "on": step.on.isoformat()} for step in computed.steps],
    }


def shown(row: DeadlineRow, sets: RuleSets) -> dict[str, Any]:
    """A deadline as it is shown: missed, once its day is over where the court is."""
    columns = {column.name: getattr(row, column.name) for column in DeadlineRow.__table__.columns}
    today = now().astimezone(zone(sets[row.jurisdiction, row.rule_set_version].zone)).date()
    is_missed = row.status == DeadlineStatus.OPEN and row.due_on < today
    return columns | ({"status": DeadlineStatus.MISSED} if is_missed else {})


async def read(session: AsyncSession, caller: Caller, deadline_id: UUID) -> DeadlineRow:
    """One that the caller may see; 404 for any other."""
    row = await repository.get(session, caller, deadline_id)
    if row is None:
        raise not_found("deadline")
    return row


async def change(
    session: AsyncSession, caller: Caller, deadline_id: UUID, expected: int | None, patch: DeadlinePatch
) -> DeadlineRow:
    """A deadline with another day, met, or cancelled. Raises `not-found`, `stale`, `transition-not-allowed`."""
    row = await repository.get(session, caller, deadline_id, lock=True)
    if row is None:
        raise not_found("deadline")
    check_version(expected, row.version)
    if row.status != DeadlineStatus.OPEN:
        raise ProblemError(
            ProblemType.TRANSITION_NOT_ALLOWED, f"A deadline that is {row.status} does not change any more.", allowed=[]
        )
    values = patch.model_dump(exclude_none=True, exclude={"is_cancelled"})
    if patch.met_on is not None:
        values["status"] = DeadlineStatus.MET
    elif patch.is_cancelled:
        values["status"] = DeadlineStatus.CANCELLED
    return await repository.change(session, row, values)


async def follow_hearings(session: AsyncSession, sets: RuleSets, hearing_ids: Sequence[UUID]) -> None:
    """Counts anew what hangs on hearings that moved, by the rules that it was counted by. An override stays."""
    for row, hearing in await repository.list_following_unscoped(session, hearing_ids):
        triggered_on = hearing.starts_local.date()
        if (hearing.id, triggered_on) == (row.hearing_id, row.triggered_on):
            continue
        rule_set = sets[row.jurisdiction, row.rule_set_version]
        values = _counted(rule_set, _period.validate_python(row.period), triggered_on) | {"hearing_id": hearing.id}
        if row.override_reason is None:
            values["due_on"] = values["computed_on"]
        await repository.change(session, row, values)
