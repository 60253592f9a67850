"""What runs beside the requests of a service: started together, watched, and stopped for sure."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)
Job = Coroutine[Any, Any, None]


@asynccontextmanager
async def running(*jobs: Job) -> AsyncGenerator[Sequence["asyncio.Task[None]"]]:
    """Runs the jobs, each meant to run until cancelled, and cancels them after the block."""
    tasks = [asyncio.create_task(job) for job in jobs]
    for task in tasks:
        task.add_done_callback(_note_end)
    try:
        yield tasks
    finally:
        await stop(tasks)


async def stop(tasks: Sequence["asyncio.Future[Any]"]) -> None:
    """Cancels until all have ended. Once is not enough: nats-py swallows a cancellation that meets a flush."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1)


async def wait(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event came within that time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _note_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled():
        name = getattr(task.get_coro(), "__qualname__", "?")
        log.critical("a job of the service has ended: %s", name, exc_info=task.exception())
