"""One replica at a time, and another one as soon as the first is gone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_kit.leadership import lead, run_every
from paivand_local.testing import PostgresServer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.factories.waiting import until

pytestmark = pytest.mark.integration


@pytest.fixture
async def other(kit_postgres: PostgresServer) -> AsyncIterator[Database]:
    """Another replica's connections."""
    database = Database(kit_postgres.url("directory"))
    yield database
    await database.close()


class Work:
    """Work that notes whether it is being done, and by which database connection."""

    def __init__(self) -> None:
        self.is_running = False
        self.times = 0
        self.pid: int | None = None

    async def __call__(self, connection: AsyncConnection) -> None:
        self.pid = await connection.scalar(text("SELECT pg_backend_pid()"))
        self.times += 1
        self.is_running = True
        try:
            await asyncio.Event().wait()
        finally:
            self.is_running = False


async def test_second_waits_until_the_first_is_gone(database: Database, other: Database) -> None:
    first, second = Work(), Work()
    async with running(lead(database.engine, "test.job", first)):
        await until(lambda: first.is_running)
        waiting = running(lead(other.engine, "test.job", second), lead(other.engine, "test.another", Work()))
        await waiting.__aenter__()
        await _asked_for_lock_in_vain(other)
        assert not second.is_running
    await until(lambda: second.is_running)
    assert not first.is_running
    await waiting.__aexit__(None, None, None)


async def test_leader_stops_when_its_lock_is_gone(database: Database, other: Database) -> None:
    """The work does not use the connection, so nothing but the connection's end can tell it."""
    work = Work()
    async with running(lead(database.engine, "test.job", work)):
        await until(lambda: work.is_running)
        async with other.engine.connect() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": work.pid})
        await until(lambda: work.times == 2 and work.is_running)


async def test_failed_work_is_started_again(database: Database) -> None:
    attempts: list[int] = []

    async def work(_: AsyncConnection) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise ValueError
        await asyncio.Event().wait()

    async with running(lead(database.engine, "test.failing", work)):
        await until(lambda: len(attempts) == 2)


async def test_timed_job_survives_its_own_faults() -> None:
    rounds: list[int] = []

    async def work() -> None:
        rounds.append(1)
        raise ValueError

    async with running(run_every(0.01, "test", work)):
        await until(lambda: len(rounds) >= 3)


async def _asked_for_lock_in_vain(database: Database) -> None:
    """Until the other replica's connections are idle after a try for the lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_try_advisory_lock%' AND state = 'idle'"
    )

    async def asked() -> bool:
        async with database.engine.connect() as connection:
            return int(await connection.scalar(query) or 0) >= 1

    await until(asked)
