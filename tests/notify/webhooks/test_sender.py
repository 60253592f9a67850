"""Webhooks as they arrive at a real HTTP server, judged by the reference library of Standard Webhooks."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from paivand_kit.database import Database
from paivand_notify.deliveries import repository as deliveries
from paivand_notify.deliveries.rules import Channel, Outcome, Result
from paivand_notify.deliveries.tables import DeliveryRow
from paivand_notify.inbox.consumers import handle_referral_events
from paivand_notify.settings import Settings
from paivand_notify.webhooks.secrets import SecretBox
from paivand_notify.webhooks.sender import WebhookSender
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.factories.referral_events import EVENTS, an_event
from tests.notify.network import Receiver
from tests.notify.people import manager, once

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("empty_queue")]
PATH = "/notify/v1/webhooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as receiver:
        yield receiver


@pytest.fixture
async def send(database: Database, settings: Settings) -> AsyncIterator[WebhookSender]:
    sender = WebhookSender(database, SecretBox(settings.webhook_secret_key), allow_private=True)
    yield sender
    await sender.close()


class Integrator:
    """An organization with a webhook."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self.organization_id = uuid4()
        self.headers = manager(self.organization_id)
        self._client, self._database = client, database
        self.webhook: dict[str, Any] = {}

    async def add(self, url: str, **body: Any) -> None:
        answer = await self._client.post(PATH, json={"url": url, **body}, headers=self.headers | once())
        self.webhook = answer.json()

    async def call(self, method: str, suffix: str = "", body: Any = None) -> httpx.Response:
        headers = self.headers | once() | {"If-Match": "*"}
        return await self._client.request(method, f"{PATH}/{self.webhook['id']}{suffix}", json=body, headers=headers)

    async def deliveries(self) -> list[dict[str, Any]]:
        return (await self.call("GET", "/deliveries")).json()["items"]

    async def hears(self, kind: str) -> Any:
        """Something happens to a referral that the organization sent."""
        event = an_event(kind, requester=self.organization_id)
        async with self._database.transaction() as session:
            await handle_referral_events(session, [event])
        return event

    async def claim(self) -> list[DeliveryRow]:
        async with self._database.transaction() as session:
            claimed = await deliveries.claim_unscoped(
                session, Channel.WEBHOOK, slots=100, per_target=100, busy_targets=[], lease_seconds=60
            )
        return [each for each in claimed if each.target_id == UUID(self.webhook["id"])]


@pytest.fixture
async def integrator(client: httpx.AsyncClient, database: Database, receiver: Receiver) -> Integrator:
    integrator = Integrator(client, database)
    await integrator.add(receiver.url)
    return integrator


async def test_reference_library_verifies_what_arrives(
    integrator: Integrator, receiver: Receiver, send: WebhookSender
) -> None:
    event = await integrator.hears("accepted")
    [delivery] = await integrator.claim()
    assert await send(delivery) == Outcome(Result.DELIVERED, "http-status", 204)
    [received] = receiver.received
    body = Webhook(integrator.webhook["secret"]).verify(received.body, received.headers)
    assert body == event.model_dump(mode="json", exclude={"sequence", "traceparent"}, exclude_none=True)
    assert (body["specversion"], body["id"], body["type"]) == ("1.0", str(event.id), event.type)
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert headers["webhook-id"] == str(delivery.id)


async def test_changed_body_or_other_secret_does_not_verify(
    integrator: Integrator, receiver: Receiver, send: WebhookSender
) -> None:
    await integrator.hears("accepted")
    await send((await integrator.claim())[0])
    [received] = receiver.received
    own = Webhook(integrator.webhook["secret"])
    with pytest.raises(WebhookVerificationError):
        own.verify(received.body.replace(b"accepted", b"rejected"), received.headers)
    await integrator.add(receiver.url)
    with pytest.raises(WebhookVerificationError):
        Webhook(integrator.webhook["secret"]).verify(received.body, received.headers)


async def test_id_stays_the_same_at_each_attempt(
    integrator: Integrator, receiver: Receiver, send: WebhookSender
) -> None:
    await integrator.hears("accepted")
    [delivery] = await integrator.claim()
    for _ in range(2):
        await send(delivery)
    ids = [{name.lower(): value for name, value in each.headers.items()}["webhook-id"] for each in receiver.received]
    assert ids[0] == ids[1]
    for received in receiver.received:
        Webhook(integrator.webhook["secret"]).verify(received.body, received.headers)


async def test_both_secrets_sign_for_a_day_after_rotation(
    integrator: Integrator, receiver: Receiver, send: WebhookSender, database: Database
) -> None:
    old = integrator.webhook["secret"]
    rotated = await integrator.call("POST", "/rotate-secret")
    new = rotated.json()["secret"]
    until = datetime.fromisoformat(rotated.json()["previous_secret_until"])
    assert until - datetime.now(UTC) > timedelta(hours=23)
    await integrator.hears("accepted")
    [delivery] = await integrator.claim()
    await send(delivery)
    for secret in (old, new):
        Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)
    async with database.transaction() as session:
        await session.execute(text("UPDATE webhooks SET previous_secret_until = now()"))
    await send(delivery)
    Webhook(new).verify(receiver.received[1].body, receiver.received[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.received[1].body, receiver.received[1].headers)


async def test_both_parties_hear_of_every_event_and_nobody_else(
    client: httpx.AsyncClient, database: Database, receiver: Receiver
) -> None:
    requester, owner, other = (Integrator(client, database) for _ in range(3))
    for integrator in (requester, owner, other):
        await integrator.add(receiver.url)
    events = [an_event(kind, requester=requester.organization_id, owner=owner.organization_id) for kind in EVENTS]
    async with database.transaction() as session:
        await handle_referral_events(session, events)
    ids = {str(event.id) for event in events}
    assert {each["event_id"] for each in await requester.deliveries()} == ids
    assert {each["event_id"] for each in await owner.deliveries()} == ids
    assert await other.deliveries() == []


async def test_only_wanted_types_go_out(integrator: Integrator) -> None:
    wanted = ["paivand.referral.referral.accepted.v1"]
    await integrator.call("PATCH", body={"event_types": wanted})
    for kind in ("accepted", "rejected"):
        await integrator.hears(kind)
    assert [each["event_type"] for each in await integrator.deliveries()] == wanted


async def test_body_holds_ids_and_codes_only(integrator: Integrator, receiver: Receiver, send: WebhookSender) -> None:
    await integrator.hears("overdue")
    await send((await integrator.claim())[0])
    body = json.loads(receiver.received[0].body)
    assert set(body) == {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"}
    assert set(body["data"]) == {
        *("referral_id", "number", "status", "priority", "requester_organization_id", "owner_organization_id"),
        *("service_id", "respond_by", "version"),
    }


@pytest.mark.parametrize("status", [302, 307, 400, 404, 429, 500, 503])
async def test_other_answers_are_tried_again_and_redirects_not_followed(
    integrator: Integrator, receiver: Receiver, send: WebhookSender, status: int
) -> None:
    with Receiver().running() as elsewhere:
        receiver.status, receiver.headers = status, {"location": elsewhere.url}
        await integrator.hears("accepted")
        assert await send((await integrator.claim())[0]) == Outcome(Result.RETRY, "http-status", status)
        assert (len(receiver.received), elsewhere.received) == (1, [])


async def test_gone_disables_the_webhook(integrator: Integrator, receiver: Receiver, send: WebhookSender) -> None:
    receiver.status = 410
    await integrator.hears("accepted")
    [delivery] = await integrator.claim()
    assert await send(delivery) == Outcome(Result.REFUSED, "gone", 410)
    webhook = (await integrator.call("GET")).json()
    assert (webhook["status"], webhook["version"]) == ("disabled", 2)
    await integrator.hears("started")
    assert len(await integrator.deliveries()) == 1
    assert (await send(delivery)).reason == "webhook-disabled"
    await integrator.call("PATCH", body={"status": "active"})
    await integrator.hears("completed")
    assert len(await integrator.deliveries()) == 2


async def test_nobody_listening_is_tried_again(
    integrator: Integrator, client: httpx.AsyncClient, database: Database, send: WebhookSender
) -> None:
    with Receiver().running() as short_lived:
        await integrator.add(short_lived.url)
    await integrator.hears("accepted")
    assert await send((await integrator.claim())[0]) == Outcome(Result.RETRY, "unreachable")


async def test_silence_ends_at_the_deadline(
    integrator: Integrator, receiver: Receiver, send: WebhookSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paivand_notify.webhooks.sender.ANSWER_SECONDS", 0.2)
    receiver.may_answer.clear()
    await integrator.hears("accepted")
    assert await send((await integrator.claim())[0]) == Outcome(Result.RETRY, "timeout")


async def test_webhook_of_the_demonstration_reaches_nothing_once_private_is_forbidden(
    integrator: Integrator, receiver: Receiver, database: Database, settings: Settings
) -> None:
    strict = WebhookSender(database, SecretBox(settings.webhook_secret_key), allow_private=False)
    await integrator.hears("accepted")
    [delivery] = await integrator.claim()
    assert await strict(delivery) == Outcome(Result.REFUSED, "address-not-allowed")
    async with database.transaction() as session:
        address = receiver.url.replace("http:", "https:")
        await session.execute(text("UPDATE webhooks SET url = :url"), {"url": address})
    assert await strict(delivery) == Outcome(Result.REFUSED, "address-not-allowed")
    assert receiver.received == []
    await strict.close()


async def test_test_event_arrives_signed(integrator: Integrator, receiver: Receiver, send: WebhookSender) -> None:
    answer = await integrator.call("POST", "/test")
    assert answer.status_code == 202
    await send((await integrator.claim())[0])
    body = Webhook(integrator.webhook["secret"]).verify(receiver.received[0].body, receiver.received[0].headers)
    assert (body["id"], body["type"]) == (answer.json()["event_id"], "paivand.notify.webhook.pinged.v1")
    assert body["data"] == {"webhook_id": integrator.webhook["id"]}
