"""Use cases of the delivery queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import Event, new_id
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.database import Database
from paivand_kit.listener import announce
from paivand_kit.pagination import PageRequest
from paivand_kit.problems import ProblemError, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..channels import DELIVERIES
from . import repository
from .rules import Channel
from .tables import DeliveryRow

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Target:
    """Where something goes to. `organization_id` says whose managers may see the delivery."""

    channel: Channel
    id: UUID
    organization_id: UUID | None


async def enqueue(session: AsyncSession, wanted: Sequence[tuple[Event, Target]]) -> None:
    """Queues each event for its target, in the session's transaction."""
    if wanted:
        await repository.add(session, [_delivery(event, target) for event, target in wanted])


def _delivery(event: Event, target: Target) -> dict[str, Any]:
    return {
        "id": new_id(),
        "channel": target.channel,
        "target_id": target.id,
        "organization_id": target.organization_id,
        "event_id": event.id,
        "event_type": event.type,
        # The sequence counts all events of the network, which is nobody's business outside.
        "event": event.model_dump(mode="json", exclude_none=True, exclude={"sequence", "traceparent"}),
        "traceparent": event.traceparent,
    }


async def read_page_of_target(
    session: AsyncSession, caller: Caller, target_id: UUID, page: PageRequest
) -> dict[str, Any]:
    """Deliveries of a webhook of the caller's organization, newest first."""
    rows = await repository.list_of_target(session, caller, target_id, before=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda row: (row.id,))


async def read_dead_page(session: AsyncSession, caller: Caller, page: PageRequest) -> dict[str, Any]:
    """Dead letters of the caller's organization, newest first."""
    rows = await repository.list_dead(session, caller, before=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda row: (row.id,))


async def redeliver(session: AsyncSession, caller: Caller, delivery_id: UUID) -> DeliveryRow:
    """Sends a dead letter again, under the same id.

    Raises:
        ProblemError: `not-found`; `conflict` when it is not dead.
    """
    delivery = await repository.revive(session, caller, delivery_id)
    if delivery is None:
        if await repository.get(session, caller, delivery_id) is None:
            raise not_found("dead letter")
        raise ProblemError(ProblemType.CONFLICT, "The delivery is not dead: it has arrived or is still being tried.")
    await announce(session, DELIVERIES)
    return delivery


async def drop_pending(session: AsyncSession, target_id: UUID) -> None:
    """Nothing more goes to a target that is no more."""
    await repository.delete_pending_of_target_unscoped(session, target_id)


async def forget_delivered(database: Database) -> None:
    """Deletes what arrived a month ago. Safe in several replicas."""
    async with database.transaction() as session:
        await repository.delete_delivered_before_unscoped(session, age=KEPT)
