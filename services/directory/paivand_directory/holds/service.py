"""Use cases of holds. The lock of the capacity makes them follow one another; so nothing is promised twice."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from paivand_contracts.capacity import HoldConfirmed, HoldFacts, HoldPlaced, HoldReleased, HoldStatus
from paivand_contracts.envelope import now
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..capacity import service as capacities
from ..capacity.service import Locked
from . import repository, rules
from .repository import Row
from .rules import Action

LONGEST = timedelta(days=14)
EVENTS = {Action.CONFIRM: HoldConfirmed, Action.RELEASE: HoldReleased}


@dataclass(frozen=True, slots=True)
class Wish:
    """A hold as somebody wants it. The id makes it one and the same, however often it is asked for."""

    id: UUID
    capacity_id: UUID
    organization_id: UUID
    quantity: int
    until: datetime

    def is_like(self, row: Row) -> bool:
        """Whether this is what was asked for before."""
        asked = (row["capacity_id"], row["organization_id"], row["quantity"], row["until"])
        return asked == (self.capacity_id, self.organization_id, self.quantity, self.until)


async def get(session: AsyncSession, caller: Caller, hold_id: UUID) -> Row:
    """Raises `not_found` unless it is kept for the caller's organization, or by it."""
    row = await repository.read(session, caller, hold_id)
    if row is None:
        raise not_found("hold")
    return row


async def place_as_owner(session: AsyncSession, caller: Caller, wish: Wish) -> tuple[Row, bool]:
    """Keeps room in what the caller's own organization offers; and whether the hold is new."""
    await capacities.get_own(session, caller, wish.capacity_id)
    return await _place(session, wish, caller.subject, by_owner=True)


async def place_unscoped(session: AsyncSession, wish: Wish, subject: str) -> Row:
    """Keeps room for another service, which has seen to who may ask."""
    row, _ = await _place(session, wish, subject, by_owner=False)
    return row


async def _place(session: AsyncSession, wish: Wish, subject: str, *, by_owner: bool) -> tuple[Row, bool]:
    locked = await capacities.lock_unscoped(session, wish.capacity_id)
    refusal = _refusal(wish, locked, by_owner=by_owner)
    if refusal is None:
        placed = await repository.add(session, HoldPlaced(subject=str(wish.id), data=_facts(wish, locked)))
        if placed is not None:
            figures = replace(locked.figures, held=locked.figures.held + wish.quantity)
            await capacities.record(session, locked, figures, "placed", subject)
            return placed, True
    # Who asks again gets what it got before, also when there is no more room by now.
    before = await repository.get_unscoped(session, wish.id)
    if before is not None:
        return _same(wish, before), False
    raise refusal or ProblemError(ProblemType.CONFLICT, "The organization does not take part in the network now.")


def _refusal(wish: Wish, locked: Locked, *, by_owner: bool) -> ProblemError | None:
    if not locked.is_open and not by_owner:
        return not_found("capacity")
    if wish.until > now() + LONGEST or wish.until <= now():
        return invalid("/until", "hold_time", "Send a time that lies ahead, at most 14 days.")
    if wish.quantity > locked.figures.available:
        return ProblemError(ProblemType.NO_ROOM, f"Only {locked.figures.available} are available now.")
    return None


def _facts(wish: Wish, locked: Locked) -> HoldFacts:
    return HoldFacts(
        hold_id=wish.id,
        capacity_id=wish.capacity_id,
        service_id=locked.service_id,
        organization_id=wish.organization_id,
        quantity=wish.quantity,
        until=wish.until,
        status=HoldStatus.HELD,
        version=1,
    )


def _same(wish: Wish, row: Row) -> Row:
    if not wish.is_like(row):
        raise ProblemError(ProblemType.CONFLICT, "This id belongs to another hold. Use a new id for a new hold.")
    return row


async def act_as_owner(
    session: AsyncSession, caller: Caller, hold_id: UUID, action: Action, expected: int | None
) -> Row:
    """Confirms or releases a hold on what the caller's organization offers; 403 for whom it is only kept."""
    row = await get(session, caller, hold_id)
    if row["owner_organization_id"] != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, "Only the organization that offers a service may do this.")
    return await _act(session, row, action, caller.subject, expected)


async def act_unscoped(
    session: AsyncSession, hold_id: UUID, organization_id: UUID, action: Action, subject: str
) -> Row:
    """Confirms or releases a hold for the organization for which it is kept."""
    row = await repository.get_unscoped(session, hold_id)
    if row is None or row["organization_id"] != organization_id:
        raise not_found("hold")
    return await _act(session, row, action, subject, None)


async def _act(session: AsyncSession, seen: Row, action: Action, subject: str, expected: int | None) -> Row:
    locked = await capacities.lock_unscoped(session, seen["capacity_id"])
    row = await _present(session, seen["id"])
    check_version(expected, row["version"])
    before = HoldStatus(row["status"])
    after = rules.outcome(before, action)
    if after is None:
        raise ProblemError(ProblemType.TRANSITION_NOT_ALLOWED, f"The hold is {before}; it cannot be confirmed now.")
    if after == before:
        return row
    facts = HoldFacts(**{**row, "hold_id": row["id"], "status": after, "version": row["version"] + 1})
    changed = await repository.change(session, EVENTS[action](subject=str(row["id"]), data=facts))
    figures = replace(
        locked.figures,
        confirmed=locked.figures.confirmed + rules.confirmed_by(before, after, row["quantity"]),
        held=locked.figures.held + rules.held_by(before, after, row["quantity"]),
    )
    await capacities.record(session, locked, figures, after, subject)
    return changed


async def _present(session: AsyncSession, hold_id: UUID) -> Row:
    row = await repository.get_unscoped(session, hold_id)
    if row is None:
        raise not_found("hold")
    return row
