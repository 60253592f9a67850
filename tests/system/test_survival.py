"""What was acknowledged stays, and everybody is told once, whatever is killed."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest
from paivand_local.stack import Stack

from tests.factories.waiting import until
from tests.system.actors import REFERRALS
from tests.system.conftest import People

CLIENTS = 4


class Load:
    """Clients that send referral after referral; each keeps its key until the request is acknowledged."""

    def __init__(self, people: People, body: dict) -> None:
        self._people, self._body = people, body
        self.acknowledged: list[str] = []
        self.failures = 0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        stopping = asyncio.Event()
        clients = [asyncio.create_task(self._send_until(stopping)) for _ in range(CLIENTS)]
        try:
            yield
        finally:
            stopping.set()
            await asyncio.wait(clients, timeout=20)
        for client in clients:
            client.result()

    async def _send_until(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            key = str(uuid4())
            while not stopping.is_set():
                try:
                    answer = await self._people.shelter.try_post(REFERRALS, self._body, key=key)
                except httpx.TransportError:
                    self.failures += 1
                    continue
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["id"])
                    break
                assert answer.status_code in (500, 502, 503, 504), answer.text
                assert answer.headers["content-type"] == "application/problem+json"
                self.failures += 1
                await asyncio.sleep(0.02)

    async def more(self, count: int = 25) -> None:
        """Waits until so many more were acknowledged."""
        goal = len(self.acknowledged) + count
        await until(lambda: self._reached(goal), seconds=60)

    async def _reached(self, goal: int) -> bool:
        return len(self.acknowledged) >= goal

    async def everything_arrived_once(self) -> None:
        """Each acknowledged referral is there, and has exactly one entry in the owner's inbox."""
        assert len(set(self.acknowledged)) == len(self.acknowledged)
        entries = await until(self._all_entries, seconds=60)
        assert {entries[referral_id] for referral_id in self.acknowledged} == {1}
        for referral_id in self.acknowledged[:: max(1, len(self.acknowledged) // 50)]:
            assert (await self._people.lawyer.get(f"{REFERRALS}/{referral_id}"))["status"] == "requested"
        sent = await self._all_sent()
        assert set(self.acknowledged) <= sent

    async def _all_entries(self) -> Counter[str] | None:
        if (await self._people.lawyer.client.get("/notify/v1/inbox")).status_code == 503:
            return None  # It is not back yet, and says so.
        entries = await self._people.lawyer.inbox()
        counted = Counter(entry["referral_id"] for entry in entries if entry["kind"] == "requested")
        return counted if counted.keys() >= set(self.acknowledged) else None

    async def _all_sent(self) -> set[str]:
        found: set[str] = set()
        cursor: dict[str, str] = {}
        while True:
            page = await self._people.shelter.get(REFERRALS, box="outbox", limit=200, **cursor)
            found |= {item["id"] for item in page["items"]}
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}


async def kill(stack: Stack, part: str) -> None:
    """kill -9; returns when the supervisor has started it again."""
    old = await asyncio.to_thread(stack.kill, part)

    async def started() -> bool:
        return await asyncio.to_thread(stack.pid, part) not in (0, old)

    await until(started, seconds=60)


@pytest.fixture
async def load(people: People) -> Load:
    return Load(people, await people.request_of(people.lawyer))


async def test_each_service_killed_in_turn_under_load(stack: Stack, load: Load) -> None:
    async with load.running():
        await load.more()
        for service in ("referral", "notify", "directory", "referral"):
            await kill(stack, service)
            await load.more()
    await load.everything_arrived_once()


async def test_jetstream_deleted_and_nats_killed_under_load(stack: Stack, load: Load) -> None:
    async with load.running():
        await load.more()
        # Moved away at once, since the server still writes to it; after its end nothing does.
        store = (stack.site.state_dir / "nats").rename(stack.site.state_dir / "nats.lost")
        await kill(stack, "nats")
        shutil.rmtree(store)
        await load.more()
    await load.everything_arrived_once()


async def test_postgres_killed_under_load(stack: Stack, load: Load) -> None:
    async with load.running():
        await load.more()
        await kill(stack, "postgres")
        await load.more()
    await load.everything_arrived_once()
