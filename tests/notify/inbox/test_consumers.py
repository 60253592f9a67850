"""What a batch of referral events causes, in one transaction."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from paivand_kit.database import Database
from paivand_notify.inbox.consumers import handle_referral_events
from paivand_notify.inbox.repository import list_newest
from paivand_notify.inbox.tables import InboxEntryRow
from sqlalchemy import text

from tests.factories.referral_events import EVENTS, an_event

pytestmark = pytest.mark.integration


async def entries_of(database: Database, audience: Any) -> list[InboxEntryRow]:
    async with database.transaction() as session:
        return await list_newest(session, [audience], is_unread=None, before=None, limit=100)


async def test_batch_makes_one_entry_for_each_who_must_know(database: Database) -> None:
    requester, owner = uuid4(), uuid4()
    events = [an_event(kind, requester=requester, owner=owner) for kind in EVENTS]
    async with database.transaction() as session:
        await handle_referral_events(session, events)
    owners, requesters = await entries_of(database, owner), await entries_of(database, requester)
    assert [row.kind for row in reversed(owners)] == [
        *("requested", "cancelled", "entered-in-error", "overdue", "consent-ended", "consent-renewed")
    ]
    assert [row.kind for row in reversed(requesters)] == [
        *("accepted", "rejected", "started", "held", "resumed", "completed", "failed", "entered-in-error"),
        "consent-ended",
    ]
    [overdue] = [event for event in events if event.type.endswith("overdue.v1")]
    coordinators = await entries_of(database, None)
    assert [row.referral_number for row in coordinators if row.event_id == overdue.id] == [overdue.data.number]


async def test_same_event_again_adds_nothing(database: Database) -> None:
    owner = uuid4()
    event = an_event("overdue", owner=owner)
    for _ in range(2):
        async with database.transaction() as session:
            await handle_referral_events(session, [event])
    assert len(await entries_of(database, owner)) == 1
    assert len([row for row in await entries_of(database, None) if row.event_id == event.id]) == 1


async def test_entries_are_announced_at_the_commit(database: Database) -> None:
    heard = asyncio.Event()
    async with database.engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        await raw.add_listener("inbox", lambda *_: heard.set())
        async with database.transaction() as session:
            await handle_referral_events(session, [an_event("requested")])
            await session.execute(text("SELECT 1"))
            assert not heard.is_set()
        async with asyncio.timeout(10):
            await heard.wait()
        await connection.invalidate()


async def test_event_with_anything_but_a_number_is_refused_whole(database: Database) -> None:
    owner = uuid4()
    events = [an_event("requested", owner=owner), an_event("requested", owner=owner, number="Zarina Karimova")]
    with pytest.raises(ValueError, match="neither a number nor a day"):
        async with database.transaction() as session:
            await handle_referral_events(session, events)
    assert await entries_of(database, owner) == []
