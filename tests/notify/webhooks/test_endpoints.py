"""Webhooks over HTTP."""

import base64
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from paivand_kit.database import Database
from paivand_notify.app import create_app
from paivand_notify.settings import Settings
from pydantic import SecretStr
from sqlalchemy import text

from tests.factories import tokens
from tests.notify.people import auditor, coordinator, manager, member, once

pytestmark = pytest.mark.integration
PATH = "/notify/v1/webhooks"
URL = "http://127.0.0.1:9/hook"


async def add(client: httpx.AsyncClient, headers: dict[str, str], **body: Any) -> httpx.Response:
    return await client.post(PATH, json={"url": URL, **body}, headers=headers | once())


class TestAdd:
    async def test_secret_is_shown_once_and_kept_encrypted(
        self, client: httpx.AsyncClient, database: Database, app: FastAPI
    ) -> None:
        headers, key = manager(uuid4()), once()
        answer = await client.post(PATH, json={"url": URL}, headers=headers | key)
        webhook = answer.json()
        assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
        assert answer.headers["location"] == f"{PATH}/{webhook['id']}"
        assert webhook["secret"].startswith("whsec_")
        assert webhook["event_types"] is None
        for later in (
            await client.get(answer.headers["location"], headers=headers),
            await client.get(PATH, headers=headers),
            await client.post(PATH, json={"url": URL}, headers=headers | key),
        ):
            assert later.status_code in (200, 201)
            assert webhook["id"] in later.text
            assert webhook["secret"] not in later.text
        async with database.transaction() as session:
            stored = (await session.scalars(text("SELECT t::text FROM webhooks AS t"))).all()
            keys = (await session.scalars(text("SELECT t::text FROM idempotency_keys AS t"))).all()
        assert any(webhook["id"] in row for row in stored)
        assert len(keys) >= 1
        raw = webhook["secret"].removeprefix("whsec_")
        assert not any(raw in row or base64.b64decode(raw).hex() in row for row in [*stored, *keys])

    async def test_repeated_request_adds_one(self, client: httpx.AsyncClient) -> None:
        headers, key = manager(uuid4()), once()
        answers = [await client.post(PATH, json={"url": URL}, headers=headers | key) for _ in range(3)]
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert len((await client.get(PATH, headers=headers)).json()["items"]) == 1

    async def test_own_secret_is_taken(self, client: httpx.AsyncClient) -> None:
        secret = "whsec_" + base64.b64encode(bytes(range(32))).decode()
        assert (await add(client, manager(uuid4()), secret=secret)).json()["secret"] == secret

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/url"),
            ({"url": "ftp://example.org/"}, "/url"),
            ({"url": "http://user:pass@127.0.0.1/"}, "/url"),
            ({"url": "http://127.0.0.1/#part"}, "/url"),
            ({"url": "http:///nowhere"}, "/url"),
            ({"url": "http://no-such-name.invalid/"}, "/url"),
            ({"url": "http://127.0.0.1/\r\nHost: x"}, "/url"),
            ({"url": "http://127.0.0.1/" + "x" * 2000}, "/url"),
            ({"url": URL, "event_types": []}, "/event_types"),
            ({"url": URL, "event_types": ["paivand.referral.referral.forwarded.v1"]}, "/event_types/0"),
            ({"url": URL, "secret": "whsec_c2hvcnQ="}, "/secret"),
            ({"url": URL, "secret": "hunter2"}, "/secret"),
            ({"url": URL, "description": "two\nlines"}, "/description"),
            ({"url": URL, "organization_id": str(uuid4())}, "/organization_id"),
            ({"url": URL, "status": "disabled"}, "/status"),
        ],
    )
    async def test_fault_is_named_and_not_repeated(
        self, client: httpx.AsyncClient, body: dict[str, Any], pointer: str
    ) -> None:
        answer = await client.post(PATH, json=body, headers=manager(uuid4()) | once())
        assert answer.status_code == 422, answer.text
        assert pointer in {error["pointer"] for error in answer.json()["errors"]}
        assert "hunter2" not in answer.text
        assert "pass@" not in answer.text

    async def test_organization_has_a_limit(self, client: httpx.AsyncClient) -> None:
        headers = manager(uuid4())
        statuses = [(await add(client, headers)).status_code for _ in range(21)]
        assert statuses == [201] * 20 + [409]
        assert (await add(client, manager(uuid4()))).status_code == 201

    @pytest.mark.parametrize(
        ("headers", "status"),
        [({}, 401), (member(uuid4()), 403), (coordinator(), 403), (auditor(), 403)],
        ids=["anonymous", "member", "coordinator", "auditor"],
    )
    async def test_is_for_managers(self, client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
        assert (await add(client, headers)).status_code == status


class TestGuard:
    """Outside the demonstration."""

    @pytest.fixture
    def client(self, settings: Settings) -> httpx.AsyncClient:
        key = SecretStr(Fernet.generate_key().decode())
        strict = settings.model_copy(update={"allow_private_webhooks": False, "webhook_secret_key": key})
        transport = httpx.ASGITransport(create_app(strict, verifier=tokens.verifier()), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://notify")

    @pytest.mark.parametrize(
        ("url", "rule"),
        [
            ("http://example.org/", "url_scheme"),
            ("https://127.0.0.1/", "url_address"),
            ("https://localhost/", "url_address"),
            ("https://[::1]/", "url_address"),
            ("https://[::ffff:10.0.0.1]/", "url_address"),
            ("https://[64:ff9b::7f00:1]/", "url_address"),
            ("https://169.254.169.254/latest/meta-data/", "url_address"),
            ("https://2130706433/", "url_address"),
            ("https://0x7f.1/", "url_address"),
            ("https://10.1.2.3:8443/", "url_address"),
            ("https://0.0.0.0/", "url_address"),
        ],
    )
    async def test_inner_addresses_are_refused(self, client: httpx.AsyncClient, url: str, rule: str) -> None:
        headers = manager(uuid4())
        answer = await add(client, headers, url=url)
        assert answer.status_code == 422
        assert [(error["pointer"], error["rule"]) for error in answer.json()["errors"]] == [("/url", rule)]
        assert (await client.get(PATH, headers=headers)).json()["items"] == []


class TestOne:
    async def test_other_organizations_do_not_know_that_it_is_there(self, client: httpx.AsyncClient) -> None:
        path = (await add(client, manager(uuid4()))).headers["location"]
        other = manager(uuid4())
        match = {"If-Match": "*"}
        answers = [
            await client.get(path, headers=other),
            await client.patch(path, json={"status": "disabled"}, headers=other | match),
            await client.delete(path, headers=other | match),
            await client.post(f"{path}/rotate-secret", headers=other | match | once()),
            await client.post(f"{path}/test", headers=other | once()),
            await client.get(f"{path}/deliveries", headers=other),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert (await client.get(PATH, headers=other)).json()["items"] == []

    async def test_change_needs_the_present_version(self, client: httpx.AsyncClient) -> None:
        headers = manager(uuid4())
        path = (await add(client, headers)).headers["location"]
        for call in (
            lambda match: client.patch(path, json={"description": "New"}, headers=headers | match),
            lambda match: client.delete(path, headers=headers | match),
            lambda match: client.post(f"{path}/rotate-secret", headers=headers | match | once()),
        ):
            assert (await call({})).status_code == 428
            assert (await call({"If-Match": '"7"'})).status_code == 412
        changed = await client.patch(path, json={"description": "New"}, headers=headers | {"If-Match": '"1"'})
        assert (changed.status_code, changed.headers["etag"], changed.json()["description"]) == (200, '"2"', "New")
        assert changed.json()["url"] == URL

    @pytest.mark.parametrize(
        "body", [{"url": None}, {"status": None}, {"status": "gone"}, {"secret": "x"}, {"url": "x"}]
    )
    async def test_change_is_checked(self, client: httpx.AsyncClient, body: dict[str, Any]) -> None:
        headers = manager(uuid4())
        path = (await add(client, headers)).headers["location"]
        answer = await client.patch(path, json=body, headers=headers | {"If-Match": "*"})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(body))}"

    async def test_null_means_all_events_again(self, client: httpx.AsyncClient) -> None:
        headers, types = manager(uuid4()), ["paivand.referral.referral.accepted.v1"]
        path = (await add(client, headers, event_types=types)).headers["location"]
        assert (await client.get(path, headers=headers)).json()["event_types"] == types
        changed = await client.patch(path, json={"event_types": None}, headers=headers | {"If-Match": "*"})
        assert changed.json()["event_types"] is None

    async def test_deleted_is_gone(self, client: httpx.AsyncClient) -> None:
        headers = manager(uuid4())
        path = (await add(client, headers)).headers["location"]
        await client.post(f"{path}/test", headers=headers | once())
        assert (await client.delete(path, headers=headers | {"If-Match": '"1"'})).status_code == 204
        assert (await client.get(path, headers=headers)).status_code == 404

    async def test_list_has_pages(self, client: httpx.AsyncClient) -> None:
        headers = manager(uuid4())
        added = [(await add(client, headers)).json()["id"] for _ in range(5)]
        seen, path = [], f"{PATH}?limit=2"
        while path:
            page = await client.get(path, headers=headers)
            seen += [webhook["id"] for webhook in page.json()["items"]]
            path = page.links["next"]["url"] if "next" in page.links else ""
        assert seen == added[::-1]
