"""Outbox and relay: what is committed arrives, in the order of commits, once, whatever fails."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from paivand_contracts.directory import directory_event
from paivand_contracts.envelope import OutboxPage, OutboxRead, outbox_read_subject
from paivand_kit import outbox
from paivand_kit.consumer import EventConsumer
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_kit.messaging import Messaging
from paivand_kit.relay import SEQUENCE, Relay
from paivand_kit.settings import ServiceSettings
from paivand_local.testing import NatsServer, PostgresServer
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.factories.waiting import until
from tests.kit.conftest import changed, effects, emit, record

pytestmark = pytest.mark.integration


@pytest.fixture
async def consumer(database: Database, consuming: Messaging) -> AsyncIterator[None]:
    """The referral service follows the directory's events."""
    job = EventConsumer(
        service="referral",
        producer="directory",
        events=directory_event,
        handle=record,
        database=database,
        messaging=consuming,
    )
    async with running(job.run()):
        yield


@pytest.fixture
async def relay(database: Database, producing: Messaging) -> AsyncIterator[None]:
    async with running(Relay("directory", database, producing).run()):
        yield


async def sequences(database: Database, subject: str) -> list[int | None]:
    """Sequence numbers of a test's events, in the order of their names."""
    query = text("SELECT sequence FROM outbox WHERE event ->> 'subject' = :subject ORDER BY event #>> '{data,name}'")
    async with database.transaction() as session:
        return list(await session.scalars(query, {"subject": subject}))


class TestOrder:
    async def test_events_arrive_once_and_in_order(
        self, database: Database, relay: None, consumer: None, subject: str
    ) -> None:
        await emit(database, subject, 50)
        expected = [str(number) for number in range(50)]
        assert await until(lambda: _when(database, subject, 50)) == expected

    async def test_long_transaction_is_not_skipped(
        self, database: Database, relay: None, consumer: None, subject: str
    ) -> None:
        async with database.transaction() as session:
            await outbox.emit(session, changed(subject, "a"))
            # Commits while the one with the earlier position is still running.
            await emit(database, subject, 3)
            assert await sequences(database, subject) == [None, None, None]
        assert await until(lambda: _when(database, subject, 4)) == ["a", "0", "1", "2"]
        numbers = await sequences(database, subject)
        assert sorted(numbers) == list(range(min(numbers), min(numbers) + 4))

    async def test_events_from_another_cluster_are_not_stuck(
        self, database: Database, producing: Messaging, consumer: None, subject: str
    ) -> None:
        """A dump restored into a new cluster brings transaction ids that this one reaches only much later."""
        await emit(database, subject, 2)
        move = text("UPDATE outbox SET transaction_id = '9000000000'::xid8 WHERE event ->> 'subject' = :subject")
        async with database.transaction() as session:
            await session.execute(move, {"subject": subject})
        async with running(Relay("directory", database, producing).run()):
            assert await until(lambda: _when(database, subject, 2)) == ["0", "1"]

    async def test_two_that_number_at_once_stay_dense(self, database: Database, subject: str) -> None:
        """Two leaders for a moment: the second must not number what the first has numbered since its snapshot."""
        await emit(database, subject, 3)
        async with database.engine.connect() as first, database.engine.connect() as second:
            await first.execute(SEQUENCE, {"batch": 100})
            waiting = asyncio.create_task(second.execute(SEQUENCE, {"batch": 100}))
            await until(lambda: _is_anybody_waiting(database))
            await first.commit()
            before = await sequences(database, subject)
            await waiting
            await second.commit()
            assert await sequences(database, subject) == before
            last = (await first.execute(text("SELECT last_sequence FROM outbox_relay"))).scalar_one()
        assert before == [last - 2, last - 1, last]


class TestReplicas:
    async def test_two_relays_carry_each_event_once(
        self,
        database: Database,
        producing: Messaging,
        settings: Callable[[str], ServiceSettings],
        kit_postgres: PostgresServer,
        consumer: None,
        subject: str,
    ) -> None:
        other_database, other_messaging = Database(kit_postgres.url("directory")), Messaging(settings("directory"))
        relays = [Relay("directory", database, producing), Relay("directory", other_database, other_messaging)]
        async with running(other_messaging.run(), *(relay.run() for relay in relays)):
            await asyncio.gather(emit(database, subject, 60), emit(other_database, subject, 60, first=60))
            done = await until(lambda: _when(database, subject, 120))
        await other_database.close()
        assert sorted(done, key=int) == [str(number) for number in range(120)]

    async def test_second_relay_takes_over(
        self,
        database: Database,
        producing: Messaging,
        settings: Callable[[str], ServiceSettings],
        kit_postgres: PostgresServer,
        consumer: None,
        subject: str,
    ) -> None:
        other_database, other_messaging = Database(kit_postgres.url("directory")), Messaging(settings("directory"))
        async with running(Relay("directory", database, producing).run()):
            await emit(database, subject, 1)
            await until(lambda: _when(database, subject, 1))
            other = running(other_messaging.run(), Relay("directory", other_database, other_messaging).run())
            await other.__aenter__()
        await emit(database, subject, 1, first=1)
        assert await until(lambda: _when(database, subject, 2)) == ["0", "1"]
        await other.__aexit__(None, None, None)
        await other_database.close()


class TestFaults:
    async def test_events_wait_while_nats_is_down(
        self, database: Database, relay: None, consumer: None, kit_nats: NatsServer, subject: str
    ) -> None:
        await emit(database, subject, 5)
        await asyncio.to_thread(kit_nats.stop)
        try:
            await emit(database, subject, 5, first=5)
        finally:
            await asyncio.to_thread(kit_nats.start)
        await emit(database, subject, 5, first=10)
        expected = [str(number) for number in range(15)]
        assert await until(lambda: _when(database, subject, 15), seconds=40) == expected

    async def test_losing_the_jetstream_store_loses_nothing(
        self, database: Database, relay: None, consumer: None, kit_nats: NatsServer, subject: str
    ) -> None:
        await emit(database, subject, 5)
        await until(lambda: _when(database, subject, 5))
        await emit(database, subject, 5, first=5)
        await asyncio.to_thread(kit_nats.stop)
        await emit(database, subject, 5, first=10)
        await asyncio.to_thread(kit_nats.wipe)
        await asyncio.to_thread(kit_nats.start)
        await emit(database, subject, 5, first=15)
        expected = [str(number) for number in range(20)]
        assert await until(lambda: _when(database, subject, 20), seconds=40) == expected

    async def test_lost_database_connections_lose_nothing(
        self, database: Database, relay: None, consumer: None, kit_postgres: PostgresServer, subject: str
    ) -> None:
        await emit(database, subject, 5)
        await until(lambda: _when(database, subject, 5))
        await _cut_connections(kit_postgres)
        fresh = Database(kit_postgres.url("directory"))
        await emit(fresh, subject, 5, first=5)
        assert await until(lambda: _when(fresh, subject, 10)) == [str(number) for number in range(10)]
        await fresh.close()


class TestCatchUp:
    async def test_answers_pages_in_order(
        self, database: Database, relay: None, consuming: Messaging, subject: str
    ) -> None:
        await emit(database, subject, 5)
        await until(lambda: _all_numbered(database, subject))
        first = (await sequences(database, subject))[0]
        assert first is not None
        asked = OutboxRead(after=first - 1, limit=3)
        page = await consuming.request(outbox_read_subject("directory"), asked, OutboxPage)
        assert [event["sequence"] for event in page.events] == [first, first + 1, first + 2]
        assert [event["data"]["name"] for event in page.events] == ["0", "1", "2"]
        assert page.last_sequence == first + 4


async def _when(database: Database, subject: str, count: int) -> list[str] | None:
    done = await effects(database, subject)
    return done if len(done) >= count else None


async def _all_numbered(database: Database, subject: str) -> bool:
    return None not in await sequences(database, subject)


async def _is_anybody_waiting(database: Database) -> bool:
    async with database.transaction() as session:
        return bool(await session.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")))


async def _cut_connections(server: PostgresServer) -> None:
    owner = Database(server.url("directory"))
    async with owner.engine.connect() as connection:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = user"
        )
        await connection.execute(text(others))
    await owner.close()


async def test_an_event_cannot_be_changed_or_taken_back_by_its_service(database: Database, subject: str) -> None:
    await emit(database, subject, 1)
    for statement in ("UPDATE outbox SET event = '{}'", "UPDATE outbox SET event_type = 'x'", "DELETE FROM outbox"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.transaction() as session:
                await session.execute(text(statement))
