"""Jobs end when they are told to, and not unnoticed before."""

import asyncio
import logging

import pytest
from paivand_kit.jobs import running


async def test_job_that_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed.append(1)
                if len(swallowed) == 2:
                    raise

    async with running(stubborn()) as tasks:
        await asyncio.sleep(0)
    assert tasks[0].cancelled()
    assert len(swallowed) == 2


async def test_early_end_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def short() -> None:
        raise ValueError

    with caplog.at_level(logging.CRITICAL, "paivand_kit.jobs"):
        async with running(short()) as tasks:
            await asyncio.wait(tasks)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError]
