"""A consumer does each event's work once, in order, and lets nothing stop the events behind."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from paivand_contracts.directory import directory_event
from paivand_contracts.envelope import Event
from paivand_kit.consumer import EventConsumer
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_kit.messaging import Messaging
from paivand_kit.outbox import OutboxRow
from paivand_kit.relay import PUBLISHED, SEQUENCE, Relay
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories.waiting import until
from tests.kit.conftest import changed, effects, emit, record

pytestmark = pytest.mark.integration
Handle = Callable[[AsyncSession, Sequence[Event]], Any]
Following = Callable[[Handle], AbstractAsyncContextManager[Any]]


@pytest.fixture
async def relay(database: Database, producing: Messaging) -> AsyncIterator[None]:
    async with running(Relay("directory", database, producing).run()):
        yield


@pytest.fixture
def following(database: Database, consuming: Messaging) -> Following:
    """Runs the referral service's consumer of directory events with the given handler."""

    def follow(handle: Handle) -> AbstractAsyncContextManager[Any]:
        consumer = EventConsumer(
            service="referral",
            producer="directory",
            events=directory_event,
            handle=handle,
            database=database,
            messaging=consuming,
        )
        return running(consumer.run())

    return follow


async def done(database: Database, subject: str, count: int) -> list[str] | None:
    """The effects, once there are so many."""
    found = await effects(database, subject)
    return found if len(found) >= count else None


async def dead_letters(database: Database, subject: str) -> list[str]:
    query = text("SELECT error FROM consumer_dead_letters WHERE event ->> 'subject' = :subject")
    async with database.transaction() as session:
        return list(await session.scalars(query, {"subject": subject}))


class TestPoison:
    async def test_bad_event_goes_aside_and_the_others_pass(
        self, database: Database, relay: None, following: Following, subject: str
    ) -> None:
        async def handle(session: AsyncSession, events: Sequence[Any]) -> None:
            await record(session, events)
            if any(event.subject == subject and event.data.name == "2" for event in events):
                raise RuntimeError("cannot be handled")

        await emit(database, subject, 5)
        async with following(handle):
            assert await until(lambda: done(database, subject, 4)) == ["0", "1", "3", "4"]
        assert await dead_letters(database, subject) == ["RuntimeError"]

    async def test_event_of_a_shape_that_we_do_not_know_goes_aside(
        self, database: Database, relay: None, following: Following, subject: str
    ) -> None:
        event = changed(subject, "0").model_dump(mode="json") | {"data": {"organization_id": "not-a-uuid"}}
        async with database.transaction() as session:
            await session.execute(insert(OutboxRow).values(event_type=event["type"], event=event))
        await emit(database, subject, 1, first=1)
        async with following(record):
            assert await until(lambda: done(database, subject, 1)) == ["1"]
        assert await dead_letters(database, subject) == ["ValidationError"]

    async def test_event_of_a_newer_type_is_passed_over(
        self, database: Database, relay: None, following: Following, subject: str
    ) -> None:
        newer = "paivand.directory.location.changed.v1"
        event = changed(subject, "0").model_dump(mode="json") | {"type": newer}
        async with database.transaction() as session:
            await session.execute(insert(OutboxRow).values(event_type=newer, event=event))
        await emit(database, subject, 1, first=1)
        async with following(record):
            assert await until(lambda: done(database, subject, 1)) == ["1"]
        assert await dead_letters(database, subject) == []


class TestOnce:
    async def test_failed_work_is_undone_and_done_again(
        self, database: Database, relay: None, following: Following, subject: str
    ) -> None:
        failures = iter([True, True])

        async def handle(session: AsyncSession, events: Sequence[Any]) -> None:
            await record(session, events)
            if next(failures, False):
                raise ConnectionResetError

        await emit(database, subject, 3)
        async with following(handle):
            assert await until(lambda: done(database, subject, 3)) == ["0", "1", "2"]
        assert await dead_letters(database, subject) == []

    async def test_redelivered_message_is_not_handled_again(
        self, database: Database, relay: None, producing: Messaging, following: Following, subject: str
    ) -> None:
        await emit(database, subject, 1)
        async with following(record):
            await until(lambda: done(database, subject, 1))
            query = text("SELECT event, sequence FROM outbox WHERE event ->> 'subject' = :subject")
            async with database.transaction() as session:
                event, sequence = (await session.execute(query, {"subject": subject})).one()
            # Another Nats-Msg-Id: JetStream takes it for a new message.
            stream = await producing.jetstream()
            body = json.dumps(event | {"sequence": sequence}).encode()
            await stream.publish(event["type"], body, headers={"Nats-Msg-Id": f"{subject}-again"})
            await emit(database, subject, 1, first=1)
            assert await until(lambda: done(database, subject, 2)) == ["0", "1"]

    async def test_two_replicas_share_nothing_but_the_cursor(
        self, database: Database, relay: None, following: Following, subject: str
    ) -> None:
        async with following(record), following(record):
            await emit(database, subject, 40)
            assert await until(lambda: done(database, subject, 40)) == [str(number) for number in range(40)]

    async def test_message_that_no_relay_has_sent_is_dropped(
        self, database: Database, relay: None, producing: Messaging, following: Following, subject: str
    ) -> None:
        stream = await producing.jetstream()
        async with following(record):
            for body in (b"", b"\xff", b"[]", b"{}", b'{"id": 1, "sequence": "x"}'):
                await stream.publish("paivand.directory.organization.changed.v1", body)
            await emit(database, subject, 1)
            assert await until(lambda: done(database, subject, 1)) == ["0"]

    @pytest.mark.parametrize(
        "forged",
        [
            pytest.param({"id": "x"}, id="id that cannot be noted"),
            pytest.param({"type": "paivand.directory.service.changed.v1"}, id="type that its subject does not name"),
            pytest.param({"type": None}, id="no type"),
        ],
    )
    async def test_message_with_the_next_number_that_is_no_event_takes_nobodys_place(
        self, database: Database, relay: None, producing: Messaging, following: Following, subject: str, forged: Any
    ) -> None:
        stream = await producing.jetstream()
        async with following(record):
            await emit(database, subject, 1)
            await until(lambda: done(database, subject, 1))
            async with database.transaction() as session:
                last = await session.scalar(text("SELECT last_sequence FROM outbox_relay"))
            event = changed(subject, "forged").model_dump(mode="json") | {"sequence": (last or 0) + 1} | forged
            await stream.publish("paivand.directory.organization.changed.v1", json.dumps(event).encode())
            await emit(database, subject, 1, first=1)
            assert await until(lambda: done(database, subject, 2)) == ["0", "1"]


class TestProducerAway:
    async def test_what_is_in_the_stream_is_handled(
        self, database: Database, producing: Messaging, following: Following, subject: str
    ) -> None:
        async with following(record), running(Relay("directory", database, producing).run()):
            await emit(database, f"{subject}-before", 1)
            await until(lambda: done(database, f"{subject}-before", 1))
        async with running(Relay("directory", database, producing).run()):
            await emit(database, subject, 3)
            await until(lambda: _is_published(database))
        # Nobody answers `outbox.read` now.
        async with following(record):
            assert await until(lambda: done(database, subject, 3)) == ["0", "1", "2"]

    async def test_lost_message_is_read_from_the_outbox(
        self, database: Database, producing: Messaging, following: Following, subject: str
    ) -> None:
        async with following(record):
            relay = Relay("directory", database, producing)
            async with running(relay.run()):
                await emit(database, f"{subject}-before", 1)
                await until(lambda: done(database, f"{subject}-before", 1))
            # As if published and then lost with the store: the relay will not send it again.
            await emit(database, subject, 1)
            await _pretend_to_publish(database)
            async with running(Relay("directory", database, producing).run()):
                await emit(database, subject, 1, first=1)
                assert await until(lambda: done(database, subject, 2)) == ["0", "1"]


async def _is_published(database: Database) -> bool:
    query = text("SELECT published_sequence = last_sequence FROM outbox_relay")
    unnumbered = text("SELECT NOT EXISTS (SELECT FROM outbox WHERE sequence IS NULL)")
    async with database.transaction() as session:
        return bool(await session.scalar(query) and await session.scalar(unnumbered))


async def _pretend_to_publish(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(SEQUENCE, {"batch": 100})
    async with database.engine.begin() as connection:
        last = await connection.scalar(text("SELECT last_sequence FROM outbox_relay"))
        await connection.execute(PUBLISHED, {"sequence": last})


class TestRestore:
    async def test_a_producer_that_was_restored_to_an_older_state_is_reported(
        self,
        database: Database,
        relay: None,
        following: Following,
        subject: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """The numbers that it gives out anew were handled here already, so its events would be passed over."""
        await emit(database, subject)
        async with following(record):
            await until(lambda: done(database, subject, 1))
        await move_cursor(database, 1000)
        try:
            async with following(record):
                await until(lambda: any("older state" in entry.message for entry in caplog.records))
        finally:
            await move_cursor(database, -1000)


async def move_cursor(database: Database, by: int) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE consumer_cursors SET sequence = sequence + :by"), {"by": by})
