"""Runs a job in one replica at a time, by a PostgreSQL session advisory lock.

The lock lives with its connection: when the process dies the server frees it, and another replica takes over.
"""

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .jobs import stop

log = logging.getLogger(__name__)
STANDBY_SECONDS = 1.0
Work = Callable[[AsyncConnection], Awaitable[None]]


async def lead(engine: AsyncEngine, name: str, work: Work) -> None:
    """Waits until this replica leads, then runs `work` with the connection that holds the lock; again after a fault.

    `work` is expected to run until cancelled. Two leaders are possible for the moment in which a connection is lost
    unnoticed, so `work` must stay correct then (it may do a thing twice, never half).
    """
    key = zlib.crc32(name.encode())
    while True:
        try:
            async with engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                # The lock is in the database: there is no event to wait for.
                while not await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):  # noqa: ASYNC110
                    await asyncio.sleep(STANDBY_SECONDS)
                log.info("leading: %s", name)
                try:
                    await _work_while_connected(work, connection)
                finally:
                    # A pooled connection must not take the lock with it.
                    await plain.invalidate()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("%s stopped, will start again: %s", name, type(error).__name__, exc_info=error)
            await asyncio.sleep(STANDBY_SECONDS)


async def _work_while_connected(work: Work, connection: AsyncConnection) -> None:
    """Stops `work` when the connection ends, and the lock with it, even if `work` never speaks on it."""
    raw = cast(Any, (await connection.get_raw_connection()).driver_connection)
    lost = asyncio.Event()

    def on_termination(_: object) -> None:
        lost.set()

    raw.add_termination_listener(on_termination)
    working, losing = asyncio.ensure_future(work(connection)), asyncio.create_task(lost.wait())
    try:
        await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ConnectionResetError
        working.result()
    finally:
        losing.cancel()
        await stop([working])


async def run_every(seconds: float, name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Runs `work` again and again, in every replica; a fault is logged and the next round comes as usual."""
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("%s failed, will run again: %s", name, type(error).__name__, exc_info=error)
        await asyncio.sleep(seconds)
