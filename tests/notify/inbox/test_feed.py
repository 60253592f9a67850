"""The live feed inside a process: order, gaps, and slow readers."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_kit.listener import Listener
from paivand_notify.inbox import repository
from paivand_notify.inbox.consumers import handle_referral_events
from paivand_notify.inbox.feed import HELD_ENTRIES, Feed
from sqlalchemy import text

from tests.factories.referral_events import an_event
from tests.factories.waiting import until

pytestmark = pytest.mark.integration


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[Feed]:
    listener = Listener(database.engine)
    feed = Feed(database, listener, per_subject=100, per_process=200)
    async with running(listener.run(), feed.run()):
        await until(lambda: feed._position is not None)
        yield feed


async def state(database: Database, owner: UUID, count: int) -> list[str]:
    events = [an_event("requested", owner=owner) for _ in range(count)]
    async with database.transaction() as session:
        await handle_referral_events(session, events)
    return [event.data.number for event in events]


async def test_reader_that_fell_behind_misses_nothing(database: Database, feed: Feed) -> None:
    owner = uuid4()
    subscription = feed.open("slow", [owner])
    await subscription.start(after=None)
    entries = subscription.entries(until=time.time() + 60)
    numbers = await state(database, owner, 1)
    seen = [(await anext(entries)).referral_number]
    for _ in range(3):
        numbers += await state(database, owner, HELD_ENTRIES)
    await until(lambda: subscription._is_behind)
    async with asyncio.timeout(20):
        seen += [(await anext(entries)).referral_number for _ in range(len(numbers) - 1)]
    assert seen == numbers
    assert len(subscription._held) <= HELD_ENTRIES


async def test_stalled_reader_delays_nobody(database: Database, feed: Feed) -> None:
    owner = uuid4()
    stalled, swift = feed.open("stalled", [owner]), feed.open("swift", [owner])
    seen: list[str] = []

    async def follow() -> None:
        async for entry in swift.entries(until=time.time() + 60):
            seen.append(entry.referral_number)  # noqa: PERF401 - seen while it goes on

    await swift.start(after=None)
    async with running(follow()):
        numbers: list[str] = []
        for _ in range(3):
            numbers += await state(database, owner, HELD_ENTRIES)
        await until(lambda: len(seen) == len(numbers))
    assert seen == numbers
    assert stalled._is_behind


async def test_goes_on_after_the_listening_connection_is_cut(database: Database, feed: Feed) -> None:
    owner = uuid4()
    subscription = feed.open("any", [owner])
    await subscription.start(after=None)
    entries = subscription.entries(until=time.time() + 60)
    [first] = await state(database, owner, 1)
    assert (await anext(entries)).referral_number == first
    async with database.transaction() as session:
        await session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"))
    [second] = await state(database, owner, 1)
    async with asyncio.timeout(20):
        assert (await anext(entries)).referral_number == second


async def test_stream_of_another_organization_gets_nothing(database: Database, feed: Feed) -> None:
    owner, other = uuid4(), uuid4()
    entries = feed.open("other", [other]).entries(until=time.time() + 60)
    await state(database, owner, 3)
    [own] = await state(database, other, 1)
    assert (await anext(entries)).referral_number == own


async def test_positions_rise_in_the_order_of_commits(database: Database) -> None:
    """What the resume by position depends on: a batch is written under the consumer's cursor lock."""
    owner = uuid4()
    numbers = [number for _ in range(5) for number in await state(database, owner, 3)]
    async with database.transaction() as session:
        rows = await repository.list_after(session, [owner], after=0, limit=100)
    assert [row.referral_number for row in rows] == numbers
