"""From the sender's answer to the recipient's open stream, at half of the peak load."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.load import load
from tests.factories.waiting import until
from tests.system.actors import Actor

if TYPE_CHECKING:
    from tests.bench.__main__ import Bench

PROBES = 200


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    p50: float
    p99: float


async def commit_to_stream(bench: "Bench", *, rate: float) -> Latency:
    """Sends a probe now and then beside the load, and waits for it on the lawyer's stream."""
    shelter, lawyer = Actor(bench.stack.site, "zarina"), Actor(bench.stack.site, "dilnoza")
    arrived: dict[str, float] = {}

    async def follow() -> None:
        async with lawyer.stream() as stream:
            async for entry in stream:
                arrived[entry["referral_id"]] = time.perf_counter()

    following = asyncio.create_task(follow())
    loading = asyncio.create_task(
        asyncio.to_thread(
            load,
            bench.stack.url,
            folder=bench.folder,
            token=shelter.token,
            method="POST",
            path="/referral/v1/referrals",
            body=bench.body,
            connections=32,
            seconds=30,
            rate=rate,
        )
    )
    await asyncio.sleep(3)
    answered: dict[str, float] = {}
    for _ in range(PROBES):
        referral = await shelter.post("/referral/v1/referrals", bench.body)
        answered[referral["id"]] = time.perf_counter()
        await asyncio.sleep(0.08)
    reached = await loading
    print(f"load beside the probes: {reached.rate:.0f} a second, wanted {rate:.0f}")  # noqa: T201
    await until(lambda: answered.keys() <= arrived.keys(), seconds=60)
    following.cancel()
    waits = sorted((arrived[one] - answered[one]) * 1000 for one in answered)
    return Latency(statistics.median(waits), waits[int(len(waits) * 0.99)])
