"""The demonstration's people on the running network, and what they receive outside of it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from paivand_local.stack import Stack
from standardwebhooks import Webhook

from tests.factories.waiting import until
from tests.system.actors import CASE, REFERRALS, Actor


class People:
    """Everybody who takes part in the stories."""

    def __init__(self, stack: Stack) -> None:
        self.shelter = Actor(stack.site, "farrukh")
        self.shelter_manager = Actor(stack.site, "zarina")
        self.lawyer = Actor(stack.site, "dilnoza")
        self.clinic = Actor(stack.site, "rustam")
        self.coordinator = Actor(stack.site, "nigora")
        self.auditor = Actor(stack.site, "sobir")

    async def service_of(self, owner: Actor) -> str:
        """Id of the first service of somebody's organization."""
        found = await self.shelter.get("/directory/v1/services", organization_id=owner.organization_id)
        return found["items"][0]["id"]

    async def request_of(self, owner: Actor, **changes: Any) -> dict[str, Any]:
        """The body of a request from the shelter to somebody's service, for a new case."""
        case = await self.shelter.post("/referral/v1/cases", CASE)
        return {
            "case_id": case["id"],
            "service_id": await self.service_of(owner),
            "priority": "urgent",
            "consent": {"given_at": "2026-11-24T10:00:00Z", "scope": ["referral", "summary", "redirect"]},
            **changes,
        }

    async def referral_to(self, owner: Actor, **changes: Any) -> Any:
        """A referral that the shelter has just sent."""
        return await self.shelter.post(REFERRALS, await self.request_of(owner, **changes))


@pytest.fixture
async def people(stack: Stack) -> AsyncGenerator[People]:
    people = People(stack)
    yield people
    await asyncio.gather(*(actor.client.aclose() for actor in vars(people).values()))


class Receiver:
    """An integrator's endpoint: keeps what it is sent, after the reference library has verified the signature."""

    def __init__(self) -> None:
        self.secret = ""
        self.received: list[dict[str, Any]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                event = Webhook(receiver.secret).verify(body, headers)
                receiver.received.append({"event": json.loads(body) and event, "id": headers["webhook-id"]})
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def types_of(self, referral_id: str) -> list[str]:
        """Last words of the event types that came about a referral."""
        events = [one["event"] for one in self.received]
        return [event["type"].split(".")[3] for event in events if event["data"].get("referral_id") == referral_id]

    async def got(self, referral_id: str, *types: str) -> None:
        """Returns once exactly these have come about a referral. Calls are made side by side, so in any order."""
        await until(lambda: sorted(self.types_of(referral_id)) == sorted(types))

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


class Mail:
    """The demonstration's mail server."""

    def __init__(self, stack: Stack) -> None:
        self._url = f"http://127.0.0.1:{stack.site.ports.mail_page}/messages.json"

    async def came(self, number: str, count: int) -> None:
        """Returns once so many mails about a referral have come."""

        async def enough() -> bool:
            return len(await self.about(number)) >= count

        await until(enough)

    async def about(self, number: str) -> list[dict[str, Any]]:
        """Mails that name a referral."""
        async with httpx.AsyncClient(trust_env=False) as client:
            messages = (await client.get(self._url)).json()
        return [message for message in messages if number in json.dumps(message)]


@pytest.fixture
def mail(stack: Stack) -> Mail:
    return Mail(stack)
