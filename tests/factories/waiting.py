"""Waiting for what other tasks and servers do."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any


async def until(condition: Callable[[], Any | Awaitable[Any]], *, seconds: float = 20) -> Any:
    """The first true value of `condition`, asked again and again. Fails when it takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        assert time.monotonic() < deadline, f"not true within {seconds} s: {inspect.getsource(condition).strip()}"
        await asyncio.sleep(0.02)
