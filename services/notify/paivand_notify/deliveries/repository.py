"""SQL of the delivery queue."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import new_id
from paivand_kit.caller import Caller
from sqlalchemy import Select, Update, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .rules import Channel, DeliveryStatus, Outcome
from .tables import DeliveryRow

# How far a claim looks along the due rows for targets that are not busy.
HORIZON = 1000


def visible_to(caller: Caller) -> Select[DeliveryRow]:
    """Deliveries to the webhooks and people of the caller's own organization."""
    return select(DeliveryRow).where(DeliveryRow.organization_id == caller.organization())


async def add(session: AsyncSession, deliveries: Sequence[dict[str, Any]]) -> None:
    """Queues deliveries; one that is there already (same event and target) stays."""
    await session.execute(insert(DeliveryRow).on_conflict_do_nothing(), deliveries)


async def claim_unscoped(
    session: AsyncSession,
    channel: Channel,
    *,
    slots: int,
    per_target: int,
    busy_targets: Collection[UUID],
    lease_seconds: float,
) -> list[DeliveryRow]:
    """Leases due deliveries, oldest first, at most so many of one target; passes over rows that others hold."""
    due = (
        select(DeliveryRow.id, DeliveryRow.target_id, DeliveryRow.next_attempt_at)
        .where(*_is_due(channel), DeliveryRow.target_id.not_in(busy_targets))
        .order_by(DeliveryRow.next_attempt_at)
        .limit(HORIZON)
        .subquery()
    )
    place = func.row_number().over(partition_by=due.c.target_id, order_by=due.c.next_attempt_at).label("place")
    ranked = select(due.c.id, due.c.next_attempt_at, place).subquery()
    fair = select(ranked.c.id).where(ranked.c.place <= per_target).order_by(ranked.c.next_attempt_at).limit(slots)
    # Asked again here: a row that another worker leased between the two looks is no longer due.
    query = select(DeliveryRow.id).where(DeliveryRow.id.in_(fair), *_is_due(channel))
    locked = query.with_for_update(skip_locked=True).cte("locked")
    statement = (
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(select(locked.c.id)))
        .values(
            lease_id=new_id(),
            attempts=DeliveryRow.attempts + 1,
            next_attempt_at=func.now() + timedelta(seconds=lease_seconds),
        )
        .returning(DeliveryRow)
        .execution_options(synchronize_session=False)
    )
    return list((await session.execute(statement)).scalars())


def _is_due(channel: Channel) -> tuple[Any, ...]:
    return (
        DeliveryRow.channel == channel,
        DeliveryRow.status == text("'pending'"),  # a literal, so that every plan may use the partial index
        DeliveryRow.next_attempt_at <= func.now(),
    )


async def settle_unscoped(
    session: AsyncSession, delivery: DeliveryRow, outcome: Outcome, *, status: DeliveryStatus, pause: float | None
) -> bool:
    """Notes how an attempt ended; False when the lease had ended and another worker has the delivery now."""
    values: dict[str, Any] = {
        "status": status,
        "lease_id": None,
        "last_reason": outcome.reason,
        "last_http_status": outcome.http_status,
    }
    if pause is None:
        values["settled_at"] = func.now()
    else:
        values["next_attempt_at"] = func.now() + timedelta(seconds=pause)
    statement = _update().where(DeliveryRow.id == delivery.id, DeliveryRow.lease_id == delivery.lease_id)
    return (
        await session.execute(statement.values(**values).returning(DeliveryRow.id))
    ).scalar_one_or_none() is not None


async def get_oldest_due_age_unscoped(session: AsyncSession, channel: Channel) -> float:
    """Seconds for which the oldest due delivery has been due; 0 when none is."""
    age = func.extract("epoch", func.now() - func.min(DeliveryRow.next_attempt_at))
    return float((await session.execute(select(age).where(*_is_due(channel)))).scalar_one() or 0.0)


async def list_of_target(
    session: AsyncSession, caller: Caller, target_id: UUID, *, before: UUID | None, limit: int
) -> list[DeliveryRow]:
    """Deliveries of one target of the caller's organization, newest first."""
    query = visible_to(caller).where(DeliveryRow.target_id == target_id)
    if before is not None:
        query = query.where(DeliveryRow.id < before)
    return list((await session.execute(query.order_by(DeliveryRow.id.desc()).limit(limit))).scalars())


async def list_dead(session: AsyncSession, caller: Caller, *, before: UUID | None, limit: int) -> list[DeliveryRow]:
    """Dead deliveries of the caller's organization, newest first."""
    query = visible_to(caller).where(DeliveryRow.status == text("'dead'"))
    if before is not None:
        query = query.where(DeliveryRow.id < before)
    return list((await session.execute(query.order_by(DeliveryRow.id.desc()).limit(limit))).scalars())


async def revive(session: AsyncSession, caller: Caller, delivery_id: UUID) -> DeliveryRow | None:
    """A dead delivery of the caller's organization, pending again with all its attempts before it."""
    statement = (
        _update()
        .where(
            DeliveryRow.id == delivery_id,
            DeliveryRow.organization_id == caller.organization(),
            DeliveryRow.status == DeliveryStatus.DEAD,
        )
        .values(status=DeliveryStatus.PENDING, attempts=0, next_attempt_at=func.now(), settled_at=None)
        .returning(DeliveryRow)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def get(session: AsyncSession, caller: Caller, delivery_id: UUID) -> DeliveryRow | None:
    """One delivery of the caller's organization."""
    query = visible_to(caller).where(DeliveryRow.id == delivery_id)
    return (await session.execute(query)).scalar_one_or_none()


async def delete_pending_of_target_unscoped(session: AsyncSession, target_id: UUID) -> None:
    """Drops what was still to go to a target that is no more."""
    await session.execute(
        delete(DeliveryRow).where(DeliveryRow.target_id == target_id, DeliveryRow.status == text("'pending'"))
    )


async def delete_delivered_before_unscoped(session: AsyncSession, *, age: timedelta) -> None:
    """Forgets deliveries that arrived longer ago than that."""
    await session.execute(
        delete(DeliveryRow).where(DeliveryRow.status == text("'delivered'"), DeliveryRow.settled_at < func.now() - age)
    )


def _update() -> Update:
    return update(DeliveryRow).execution_options(synchronize_session=False)
