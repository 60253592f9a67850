"""Tells endless answers that the process is about to stop."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def on_terminate(callback: Callable[[], None]) -> Iterator[None]:
    """Calls back on SIGTERM, in the running event loop, for the time of the block.

    The server ends the application's lifespan only when all answers are complete, so a stream that waited for the
    lifespan to end would keep the process alive for ever. The server's own handler is called by the event loop through
    its wake-up socket, which this leaves alone. Outside the main thread, where no signal comes, it does nothing.
    """
    loop = asyncio.get_running_loop()

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(callback)
        if callable(before):
            before(number, frame)

    try:
        before = signal.signal(signal.SIGTERM, handle)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
