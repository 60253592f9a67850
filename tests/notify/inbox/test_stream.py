"""The live stream of a running service: real granian, PostgreSQL and NATS."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from paivand_contracts.codes import Role

from tests.factories.referral_events import an_event
from tests.factories.tokens import bearer
from tests.notify.network import LiveNotify, Outbox

pytestmark = pytest.mark.integration
PATH = "/notify/v1/inbox/stream"


@pytest.fixture
async def client(live: LiveNotify) -> AsyncIterator[httpx.AsyncClient]:
    async with live.client() as client:
        yield client


@pytest.fixture
async def referral(live: LiveNotify) -> AsyncIterator[Outbox]:
    async with live.producer("referral") as referral:
        yield referral


class Stream:
    """An open stream, block by block."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def block(self) -> dict[str, str]:
        """The fields of the next event or comment; empty at the end of the stream."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(10):
            async for line in self._lines:
                if not line:
                    return fields
                name, _, value = line.partition(":")
                fields[name or "comment"] = value.strip()
        return {}

    async def entry(self) -> tuple[int, dict[str, Any]]:
        """The next entry with its event id."""
        while True:
            block = await self.block()
            assert block, "the stream has ended"
            if block.get("event") == "entry":
                return int(block["id"]), json.loads(block["data"])


@asynccontextmanager
async def follow(
    client: httpx.AsyncClient, headers: dict[str, str], *, after: int | None = None
) -> AsyncGenerator[Stream]:
    """A stream that has said that it is open."""
    resume = {} if after is None else {"Last-Event-ID": str(after)}
    async with client.stream("GET", PATH, headers=headers | resume) as response:
        stream = Stream(response)
        if response.status_code == 200:
            assert await stream.block() == {"comment": "open"}
        yield stream


def member(organization_id: UUID, **claims: Any) -> dict[str, str]:
    return bearer(organization_id=organization_id, **claims)


async def test_entry_arrives_live_and_says_number_and_state_only(client: httpx.AsyncClient, referral: Outbox) -> None:
    owner, event = uuid4(), None
    async with follow(client, member(owner)) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        event = an_event("requested", owner=owner)
        await referral.state(an_event("requested"), event)
        position, entry = await stream.entry()
    assert position == entry["position"]
    assert entry["text"] == f"Referral {event.data.number}: requested"
    assert entry["referral_id"] == str(event.data.referral_id)
    assert set(entry) == {
        *("id", "position", "kind", "referral_id", "referral_number", "status", "priority", "text"),
        *("subject_type", "subject_id", "due_on", "times", "created_at", "read_at", "read_by"),
    }


async def test_resume_gives_what_was_missed_once_and_in_order(client: httpx.AsyncClient, referral: Outbox) -> None:
    owner = uuid4()
    events = [an_event("requested", owner=owner) for _ in range(450)]
    numbers = [event.data.number for event in events]
    async with follow(client, member(owner)) as stream:
        await referral.state(*events[:3])
        seen = [await stream.entry() for _ in range(2)]
    await referral.state(*events[3:440])
    async with follow(client, member(owner), after=seen[-1][0]) as stream:
        await referral.state(*events[440:])
        seen += [await stream.entry() for _ in range(448)]
    assert [entry["referral_number"] for _, entry in seen] == numbers
    positions = [position for position, _ in seen]
    assert positions == sorted(set(positions))


async def test_without_last_event_id_it_starts_now(client: httpx.AsyncClient, referral: Outbox) -> None:
    owner, old, new = uuid4(), an_event("requested"), an_event("requested")
    old, new = (an_event("requested", owner=owner) for _ in range(2))
    async with follow(client, member(owner)) as stream:
        await referral.state(old)
        await stream.entry()
    async with follow(client, member(owner)) as stream:
        await referral.state(new)
        _, entry = await stream.entry()
    assert entry["referral_number"] == new.data.number


async def test_id_beyond_the_newest_does_not_silence(client: httpx.AsyncClient, referral: Outbox) -> None:
    owner = uuid4()
    async with follow(client, member(owner), after=2**60) as stream:
        event = an_event("requested", owner=owner)
        await referral.state(event)
        assert (await stream.entry())[1]["referral_number"] == event.data.number


async def test_coordinator_hears_of_overdue_but_of_nothing_else(client: httpx.AsyncClient, referral: Outbox) -> None:
    owner = uuid4()
    async with follow(client, bearer(roles=(Role.COORDINATOR,))) as stream:
        overdue = an_event("overdue", owner=owner)
        await referral.state(an_event("requested", owner=owner), overdue)
        _, entry = await stream.entry()
    assert (entry["kind"], entry["referral_number"]) == ("overdue", overdue.data.number)


async def test_heartbeat_keeps_it_open(client: httpx.AsyncClient) -> None:
    async with follow(client, member(uuid4())) as stream:
        assert [await stream.block() for _ in range(2)] == [{"comment": "heartbeat"}] * 2


async def test_stream_ends_when_the_token_expires(client: httpx.AsyncClient) -> None:
    expires_at = int(time.time()) + 2
    async with follow(client, member(uuid4(), exp=expires_at)) as stream:
        while await stream.block():
            pass
    assert time.time() >= expires_at
    async with follow(client, member(uuid4(), exp=expires_at)) as stream:
        assert stream.response.status_code == 401


async def test_subject_has_a_limit_of_streams_and_gets_a_closed_one_back(client: httpx.AsyncClient) -> None:
    mine, others = member(uuid4(), subject="busy"), member(uuid4(), subject="calm")
    async with follow(client, mine), follow(client, mine):
        async with follow(client, mine):
            async with follow(client, mine) as refused:
                assert refused.response.status_code == 429
                assert refused.response.headers["retry-after"]
            async with follow(client, others) as stream:
                assert stream.response.status_code == 200
        async with asyncio.timeout(10):
            while True:
                async with follow(client, mine) as again:
                    if again.response.status_code == 200:
                        break


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (bearer(roles=(Role.AUDITOR,)), 403),
        (bearer(organization_id=uuid4(), roles=()), 403),
        (bearer(roles=(Role.MEMBER,)), 403),
        (bearer(organization_id=uuid4()) | {"Last-Event-ID": "now"}, 422),
    ],
    ids=["anonymous", "auditor", "no role", "member of no organization", "id that is no position"],
)
async def test_refusals_are_problems(client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    answer = await client.get(PATH, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
