"""Use cases of capacity: what a service has, how much of it is free, and the lock under which that changes."""

from dataclasses import dataclass, replace
from uuid import UUID

from paivand_contracts.capacity import HoldExpired, HoldFacts
from paivand_contracts.problems import ProblemType
from paivand_kit import outbox
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..services import service as services
from . import repository, rules
from .repository import Row
from .rules import Figures
from .schemas import CapacityCreate, CapacityPatch

NAME_TAKEN = "The service has a capacity of this unit and name already."


@dataclass(frozen=True, slots=True)
class Locked:
    """A capacity that nobody else changes until the transaction ends, without holds whose time has passed."""

    id: UUID
    service_id: UUID
    organization_id: UUID
    is_open: bool
    """Whether the service and its organization take part in the network now."""
    version: int
    figures: Figures


async def get(session: AsyncSession, caller: Caller, capacity_id: UUID) -> Row:
    """Raises `not_found` unless the caller can see it."""
    row = await repository.read(session, caller, capacity_id)
    if row is None:
        raise not_found("capacity")
    return row


async def get_own(session: AsyncSession, caller: Caller, capacity_id: UUID) -> Row:
    """One of the caller's organization; 403 for one that it can only read."""
    row = await get(session, caller, capacity_id)
    _check_owner(caller, row["organization_id"])
    return row


async def add(session: AsyncSession, caller: Caller, service_id: UUID, body: CapacityCreate) -> Row:
    """Says what a service of the caller's organization has."""
    service = await services.get(session, caller, service_id)
    _check_owner(caller, service.organization_id)
    place = body.service_at_location_id
    if place is not None and not await repository.is_place_of(session, place, service_id):
        raise invalid("/service_at_location_id", "own_place", "Send the id of one of the places of this service.")
    figures = _counted(Figures(body.maximum, 0, 0, 0), body.maximum, body.available)
    values = body.model_dump(include={"unit", "name", "maximum", "confirm_within", "service_at_location_id"})
    capacity_id = await repository.add(session, service_id, {**values, "confirmed": figures.confirmed})
    if capacity_id is None:
        raise ProblemError(ProblemType.CONFLICT, NAME_TAKEN)
    await repository.record(session, capacity_id, 1, figures, "counted", caller.subject)
    return await get(session, caller, capacity_id)


async def change(
    session: AsyncSession, caller: Caller, capacity_id: UUID, body: CapacityPatch, expected: int | None
) -> Row:
    """Counts anew, or renames.

    Raises:
        ProblemError: `stale` also when a hold has changed the figures that the caller had read.
    """
    await get_own(session, caller, capacity_id)
    locked = await lock_unscoped(session, capacity_id)
    check_version(expected, locked.version)
    sent = body.model_dump(exclude_unset=True)
    if not sent:
        return await get(session, caller, capacity_id)
    is_counted = not sent.keys().isdisjoint({"maximum", "available"})
    figures = _counted(locked.figures, sent.get("maximum"), sent.get("available"))
    described = await repository.describe(
        session,
        capacity_id,
        name=sent.get("name"),
        confirm_within=sent.get("confirm_within"),
        is_counted=is_counted,
    )
    if not described:
        raise ProblemError(ProblemType.CONFLICT, NAME_TAKEN)
    await record(session, locked, figures, "counted" if is_counted else "described", caller.subject)
    return await get(session, caller, capacity_id)


async def lock_unscoped(session: AsyncSession, capacity_id: UUID) -> Locked:
    """Locks a capacity whoever owns it. To lock it is also to settle it: holds whose time has passed are closed."""
    owner = await repository.lock_unscoped(session, capacity_id)
    if owner is None:
        raise not_found("capacity")
    row = await repository.settle(session, capacity_id)
    locked = Locked(
        id=capacity_id,
        service_id=owner["service_id"],
        organization_id=owner["organization_id"],
        is_open=owner["is_open"],
        version=row["version"],
        figures=Figures(row["maximum"], row["confirmed"], row["held"], row["promised"]),
    )
    if row["expired"]:
        before = replace(locked, version=locked.version - 1)
        await record(session, before, locked.figures, "expired", "system")
        facts = [HoldFacts(service_id=locked.service_id, **hold) for hold in row["expired"]]
        await outbox.emit(session, *(HoldExpired(subject=str(hold.hold_id), data=hold) for hold in facts))
    return locked


async def record(session: AsyncSession, locked: Locked, figures: Figures, change: str, subject: str) -> None:
    """Writes a change of the figures as the next version."""
    await repository.record(session, locked.id, locked.version + 1, figures, change, subject)


def _counted(present: Figures, maximum: int | None, available: int | None) -> Figures:
    try:
        return rules.counted(present, maximum=maximum, available=available)
    except rules.BrokenRuleError as broken:
        raise invalid(f"/{broken.field}", broken.rule, broken.detail) from None


def _check_owner(caller: Caller, organization_id: UUID) -> None:
    if organization_id != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, "Only the organization that offers a service may say what it has.")
