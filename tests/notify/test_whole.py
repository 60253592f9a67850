"""The running service with real parts: from the referral service's outbox to inbox, stream, mail and webhook."""

import asyncio
import json
import signal
from collections import Counter
from uuid import UUID, uuid4

import httpx
import pytest
from paivand_contracts.codes import OrganizationStatus
from standardwebhooks.webhooks import Webhook

from tests.factories.directory_events import changed, stale
from tests.factories.referral_events import an_event
from tests.factories.waiting import until
from tests.notify.network import LiveNotify, Receiver
from tests.notify.people import manager, member, once

pytestmark = pytest.mark.integration
INBOX, WEBHOOKS = "/notify/v1/inbox", "/notify/v1/webhooks"


async def add_webhook(client: httpx.AsyncClient, organization_id: UUID, url: str) -> str:
    """Its secret."""
    answer = await client.post(WEBHOOKS, json={"url": url}, headers=manager(organization_id) | once())
    return answer.json()["secret"]


async def numbers_in_inbox(client: httpx.AsyncClient, organization_id: UUID) -> list[str]:
    numbers, path = [], f"{INBOX}?limit=200"
    while path:
        page = await client.get(path, headers=member(organization_id))
        numbers += [entry["referral_number"] for entry in page.json()["items"]]
        path = page.links["next"]["url"] if "next" in page.links else ""
    return numbers


async def test_one_event_reaches_inbox_mail_and_webhook(live: LiveNotify) -> None:
    requester, owner = uuid4(), uuid4()
    address = f"{requester}@example.org"
    with Receiver().running() as receiver:
        async with live.client() as client, live.producer("referral") as referral:
            secret = await add_webhook(client, requester, receiver.url)
            await client.put("/notify/v1/email-subscription", json={}, headers=member(requester, email=address))
            event = an_event("accepted", requester=requester, owner=owner)
            await referral.state(event)
            mail = await until(lambda: next((each for each in live.mailbox.mails if each["To"] == address), None))
            [received] = await until(lambda: receiver.received)
            assert await numbers_in_inbox(client, requester) == [event.data.number]
            assert await numbers_in_inbox(client, owner) == []
    assert event.data.number in mail["Subject"]
    assert Webhook(secret).verify(received.body, received.headers)["id"] == str(event.id)


async def test_failing_endpoint_ends_as_a_dead_letter_and_redelivery_arrives(live: LiveNotify) -> None:
    requester = uuid4()
    with Receiver(status=503).running() as receiver:
        async with live.client() as client, live.producer("referral") as referral:
            await add_webhook(client, requester, receiver.url)
            await referral.state(an_event("accepted", requester=requester))

            async def dead_letters() -> list[dict[str, str]]:
                return (await client.get("/notify/v1/dead-letters", headers=manager(requester))).json()["items"]

            [letter] = await until(dead_letters)
            assert len(receiver.received) == 3
            receiver.status = 204
            path = f"/notify/v1/dead-letters/{letter['id']}/redeliver"
            await client.post(path, headers=manager(requester) | once())
            await until(lambda: len(receiver.received) == 4)
            ids = {{k.lower(): v for k, v in each.headers.items()}["webhook-id"] for each in receiver.received}
            assert ids == {letter["id"]}


async def test_killed_replica_loses_nothing_and_doubles_nothing(live: LiveNotify) -> None:
    """kill -9 of the replica that consumes and delivers, under load; another one takes over."""
    owner = uuid4()
    events = [an_event("requested", owner=owner) for _ in range(400)]
    with Receiver().running() as receiver:
        leader = live.processes["notify"]
        live.start("second")
        async with live.client("second") as client, live.producer("referral") as referral:
            await add_webhook(client, owner, receiver.url)
            for start in range(0, 200, 10):
                await referral.state(*events[start : start + 10])
            await until(lambda: receiver.received)
            live.stop(leader, signal.SIGKILL)
            for start in range(200, 400, 10):
                await referral.state(*events[start : start + 10])
            live.start("notify")

            async def has_all() -> bool:
                return len(await numbers_in_inbox(client, owner)) >= 400

            await until(has_all, seconds=60)
            assert Counter(await numbers_in_inbox(client, owner)) == Counter(event.data.number for event in events)

            def arrived() -> set[str]:
                return {json.loads(each.body)["id"] for each in receiver.received}

            # Leases of the killed one end after three seconds here.
            await until(lambda: arrived() == {str(event.id) for event in events}, seconds=60)
            deliveries = {each.headers.get("webhook-id") for each in receiver.received}
            assert len(deliveries) == 400
    live.stop(live.processes["second"])


async def test_open_stream_ends_when_the_process_is_told_to(live: LiveNotify) -> None:
    process = live.start("third")
    async with (
        live.client("third") as client,
        client.stream("GET", f"{INBOX}/stream", headers=member(uuid4())) as response,
    ):
        lines = response.aiter_lines()
        assert await anext(lines) == ": open"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            async for _ in lines:
                pass
    live.stop(process)
    assert process.returncode == 0


async def test_client_that_does_not_read_holds_up_nobody(live: LiveNotify) -> None:
    owner = uuid4()
    async with live.client() as client, live.producer("referral") as referral:
        stream = f"{INBOX}/stream"
        async with client.stream("GET", stream, headers=member(owner)) as stalled:
            assert stalled.status_code == 200
            async with client.stream("GET", stream, headers=member(owner)) as response:
                lines = response.aiter_lines()
                assert await anext(lines) == ": open"
                numbers = []
                for _ in range(10):
                    events = [an_event("requested", owner=owner) for _ in range(100)]
                    numbers += [event.data.number for event in events]
                    await referral.state(*events)
                seen: list[str] = []
                async with asyncio.timeout(30):
                    while len(seen) < len(numbers):
                        line = await anext(lines)
                        if line.startswith("data:"):
                            seen.append(json.loads(line.removeprefix("data:"))["referral_number"])
    assert seen == numbers


async def test_directory_and_referral_events_share_the_inbox_and_a_suspension_ends_what_goes_out(
    live: LiveNotify,
) -> None:
    owner = uuid4()
    with Receiver().running() as receiver:
        async with (
            live.client() as client,
            live.producer("referral") as referral,
            live.producer("directory") as directory,
        ):
            await add_webhook(client, owner, receiver.url)
            await asyncio.gather(
                referral.state(*(an_event("requested", owner=owner) for _ in range(20))),
                directory.state(*(stale(owner) for _ in range(20))),
            )
            await until(lambda: len(receiver.received) == 40)
            entries = (await client.get(f"{INBOX}?limit=200", headers=member(owner))).json()["items"]
            assert Counter(entry["kind"] for entry in entries) == {"requested": 20, "capacity-stale": 20}

            await directory.state(changed(owner, OrganizationStatus.SUSPENDED, 2))

            async def is_disabled() -> bool:
                [webhook] = (await client.get(WEBHOOKS, headers=manager(owner))).json()["items"]
                return webhook["status"] == "disabled"

            await until(is_disabled)
            await referral.state(an_event("requested", owner=owner))

            async def has_come() -> bool:
                page = await client.get(f"{INBOX}?limit=200", headers=member(owner))
                return len(page.json()["items"]) == 41

            await until(has_come)
            assert len(receiver.received) == 40
