"""The process's one LISTEN connection: wakes whoever waits for rows that another process may have committed."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from .jobs import wait

log = logging.getLogger(__name__)
CHECK_SECONDS = 30.0
RETRY_SECONDS = 1.0


async def announce(session: AsyncSession, *channels: str) -> None:
    """Wakes the listeners when the session's transaction commits.

    NOTIFY makes commits wait for each other. Use it where that costs nothing, as in a consumer's transactions, of which
    the cursor's lock lets only one run at a time.
    """
    await session.execute(select(*(func.pg_notify(channel, "") for channel in channels)))


class Listener:
    """Calls back on each NOTIFY, and once after every (re)connection, when some may have been missed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._callbacks: dict[str, list[Callable[[], None]]] = {}

    def on(self, channel: str, callback: Callable[[], None]) -> None:
        """Registers a callback; only before `run`."""
        self._callbacks.setdefault(channel, []).append(callback)

    async def run(self) -> None:
        """Listens until cancelled."""
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("not listening, will connect again: %s", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        async with self._engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            raw = cast(Any, (await connection.get_raw_connection()).driver_connection)
            lost = asyncio.Event()
            raw.add_termination_listener(partial(_set, lost))
            try:
                for channel in self._callbacks:
                    await raw.add_listener(channel, self._on_notify)
                for channel in self._callbacks:
                    self._call(channel)
                while not await wait(lost, CHECK_SECONDS):
                    # A peer that vanished without a word is found out by asking.
                    await connection.execute(text("SELECT 1"))
            finally:
                await plain.invalidate()

    def _on_notify(self, _connection: object, _pid: int, channel: str, _payload: object) -> None:
        self._call(channel)

    def _call(self, channel: str) -> None:
        for callback in self._callbacks[channel]:
            callback()


def _set(event: asyncio.Event, _connection: object) -> None:
    event.set()
