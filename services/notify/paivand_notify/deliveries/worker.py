"""Takes due deliveries of one channel from the queue and sends them. Every replica runs one per channel."""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from opentelemetry.trace import SpanKind
from paivand_kit.database import Database
from paivand_kit.jobs import wait
from paivand_kit.leadership import run_every
from paivand_kit.listener import Listener
from paivand_kit.telemetry import context_of, meter, observe, tracer

from ..channels import DELIVERIES
from . import repository
from .rules import Channel, DeliveryStatus, Outcome, Result, pause_before_next
from .tables import DeliveryRow

log = logging.getLogger(__name__)
Send = Callable[[DeliveryRow], Awaitable[Outcome]]
LAG_SECONDS = 15.0

sent = meter.create_counter("paivand.deliveries", description="Attempts to deliver, by channel and result.")
duration = meter.create_histogram("paivand.delivery.duration", unit="s", description="Time of one attempt to deliver.")


class Worker:
    """Sends with bounded concurrency; a target has few of the places, and gets new ones when its last are done."""

    def __init__(
        self,
        channel: Channel,
        send: Send,
        database: Database,
        listener: Listener,
        *,
        pauses: Sequence[float],
        places: int,
        places_per_target: int,
        lease_seconds: float,
        poll_seconds: float,
    ) -> None:
        self._channel, self._send, self._database = channel, send, database
        self._pauses, self._places, self._places_per_target = pauses, places, places_per_target
        self._lease_seconds, self._poll_seconds = lease_seconds, poll_seconds
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._busy: Counter[UUID] = Counter()
        self._lag: float | None = None
        listener.on(DELIVERIES, self._wake.set)
        observe(f"paivand.deliveries.{channel}.lag", "Age of the oldest due delivery.", lambda: self._lag, unit="s")

    async def run(self) -> None:
        """Works until cancelled. What was under way then is sent again when its lease ends."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._work())
                tasks.create_task(run_every(LAG_SECONDS, f"{self._channel} lag", self._measure_lag))
        finally:
            for task in self._running:
                task.cancel()

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.start_due()
            except Exception as error:
                log.warning("%s queue not readable, trying again: %s", self._channel, type(error).__name__)
            await wait(self._wake, self._poll_seconds)

    async def start_due(self) -> None:
        """Leases what is due and starts to send it, as far as there are places."""
        free = self._places - len(self._running)
        if free <= 0:
            return
        async with self._database.transaction() as session:
            claimed = await repository.claim_unscoped(
                session,
                self._channel,
                slots=free,
                per_target=self._places_per_target,
                busy_targets=list(self._busy),
                lease_seconds=self._lease_seconds,
            )
        for delivery in claimed:
            self._busy[delivery.target_id] += 1
            task = asyncio.create_task(self._deliver(delivery))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def finish(self) -> None:
        """Waits for what is under way."""
        await asyncio.gather(*self._running)

    async def _deliver(self, delivery: DeliveryRow) -> None:
        name, parent = f"deliver {self._channel}", context_of(delivery.traceparent)
        try:
            with tracer.start_as_current_span(name, context=parent, kind=SpanKind.PRODUCER) as span:
                outcome = await self._attempt(delivery)
                span.set_attribute("paivand.delivery.result", outcome.result)
                await self._settle(delivery, outcome)
        except Exception as error:
            # Not settled: the lease ends and it is sent again.
            log.error("delivery not settled: %s", type(error).__name__, exc_info=error)
        finally:
            self._busy -= Counter([delivery.target_id])
            self._wake.set()

    async def _attempt(self, delivery: DeliveryRow) -> Outcome:
        started = time.perf_counter()
        try:
            # Half the lease: nobody else may take the delivery while it is being sent.
            async with asyncio.timeout(self._lease_seconds / 2):
                outcome = await self._send(delivery)
        except TimeoutError:
            outcome = Outcome(Result.RETRY, "timeout")
        except Exception as error:
            log.error("%s not sent", self._channel, exc_info=error)
            outcome = Outcome(Result.RETRY, "fault")
        attributes = {"channel": self._channel.value, "result": outcome.result.value}
        sent.add(1, attributes)
        duration.record(time.perf_counter() - started, attributes)
        return outcome

    async def _settle(self, delivery: DeliveryRow, outcome: Outcome) -> None:
        status, pause = DeliveryStatus.DEAD, None
        if outcome.result == Result.DELIVERED:
            status = DeliveryStatus.DELIVERED
        elif outcome.result == Result.RETRY:
            pause = pause_before_next(delivery.attempts, self._pauses, chance=random.random())  # noqa: S311 - jitter
            status = DeliveryStatus.DEAD if pause is None else DeliveryStatus.PENDING
        if status == DeliveryStatus.DEAD:
            log.warning("%s dead after %d attempts: %s", self._channel, delivery.attempts, outcome.reason)
        async with self._database.transaction() as session:
            if not await repository.settle_unscoped(session, delivery, outcome, status=status, pause=pause):
                log.warning("lease of a %s delivery ended before it was settled", self._channel)

    async def _measure_lag(self) -> None:
        async with self._database.transaction() as session:
            self._lag = await repository.get_oldest_due_age_unscoped(session, self._channel)
