"""A queue to work on, and workers that a test steers by hand."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from paivand_kit.database import Database
from paivand_kit.listener import Listener
from paivand_notify.deliveries.rules import Channel, Outcome, Result
from paivand_notify.deliveries.service import Target, enqueue
from paivand_notify.deliveries.tables import DeliveryRow
from paivand_notify.deliveries.worker import Send, Worker
from sqlalchemy import text

from tests.factories.referral_events import an_event


class Queue:
    """Puts deliveries in and looks at them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def fill(
        self,
        count: int,
        *,
        target_id: UUID | None = None,
        organization_id: UUID | None = None,
        traceparent: str | None = None,
    ) -> UUID:
        """So many deliveries to one target; its id."""
        target = Target(Channel.WEBHOOK, target_id or uuid4(), organization_id)
        async with self.database.transaction() as session:
            await enqueue(session, [(an_event("accepted", traceparent=traceparent), target) for _ in range(count)])
        return target.id

    async def rows(self, target_id: UUID) -> list[DeliveryRow]:
        async with self.database.transaction() as session:
            found = await session.scalars(
                text("SELECT id FROM deliveries WHERE target_id = :id ORDER BY id"), {"id": target_id}
            )
            return [row for each in found.all() if (row := await session.get(DeliveryRow, each))]

    async def make_due(self) -> None:
        """Time passes: every pause and lease ends."""
        async with self.database.transaction() as session:
            await session.execute(text("UPDATE deliveries SET next_attempt_at = now() WHERE status = 'pending'"))


@pytest.fixture
def queue(database: Database, empty_queue: None) -> Queue:
    return Queue(database)


Make = Callable[..., Worker]


@pytest.fixture
def make_worker(database: Database) -> Make:
    def make(send: Send, *, places: int = 8, places_per_target: int = 4, lease_seconds: float = 60) -> Worker:
        return Worker(
            Channel.WEBHOOK,
            send,
            database,
            Listener(database.engine),
            pauses=[10, 10],
            places=places,
            places_per_target=places_per_target,
            lease_seconds=lease_seconds,
            poll_seconds=0.05,
        )

    return make


class Recipient:
    """Takes deliveries as a sender does, notes them, and answers what it is told."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        self.taken: list[UUID] = []
        self.outcome = outcome or Outcome(Result.DELIVERED, "http-status", 204)
        self.before: Callable[[DeliveryRow], Awaitable[None]] | None = None

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        self.taken.append(delivery.id)
        if self.before:
            await self.before(delivery)
        return self.outcome


@pytest.fixture
def recipient() -> Recipient:
    return Recipient()
