"""The own e-mail subscription over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.factories.tokens import bearer
from tests.notify.people import auditor, coordinator, member

pytestmark = pytest.mark.integration
PATH = "/notify/v1/email-subscription"


async def test_subscribe_change_and_end(client: httpx.AsyncClient) -> None:
    person = member(uuid4(), subject=str(uuid4()), email="zarina@example.org")
    assert (await client.get(PATH, headers=person)).status_code == 404
    first = await client.put(PATH, json={}, headers=person)
    assert first.status_code == 200
    assert {name: first.json()[name] for name in ("address", "language", "is_only_urgent", "kinds")} == {
        "address": "zarina@example.org",
        "language": "en",
        "is_only_urgent": False,
        "kinds": None,
    }
    wanted = {"language": "tg", "is_only_urgent": True, "kinds": ["overdue"]}
    changed = await client.put(PATH, json=wanted, headers=person)
    assert changed.json() | wanted == changed.json()
    assert changed.json()["created_at"] == first.json()["created_at"]
    assert (await client.get(PATH, headers=person)).json() == changed.json()
    for _ in range(2):
        assert (await client.delete(PATH, headers=person)).status_code == 204
    assert (await client.get(PATH, headers=person)).status_code == 404


async def test_everybody_has_only_their_own(client: httpx.AsyncClient) -> None:
    organization_id = uuid4()
    mine, hers = (member(organization_id, subject=str(uuid4()), email=f"{name}@example.org") for name in "ab")
    await client.put(PATH, json={}, headers=mine)
    assert (await client.get(PATH, headers=hers)).status_code == 404
    await client.put(PATH, json={}, headers=hers)
    await client.delete(PATH, headers=hers)
    assert (await client.get(PATH, headers=mine)).json()["address"] == "a@example.org"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": "zarina@example.org", "email_verified": False},
        {"email": "zarina@example.org\r\nBcc: all@example.org"},
        {"email": "zarina@example.org, all@example.org"},
        {"email": "<zarina@example.org>"},
        {"email": "nobody"},
    ],
    ids=["none", "not verified", "header injection", "two", "brackets", "no address"],
)
async def test_address_must_be_verified_and_one(client: httpx.AsyncClient, claims: dict[str, Any]) -> None:
    person = member(uuid4(), subject=str(uuid4()), **claims)
    answer = await client.put(PATH, json={}, headers=person)
    assert answer.status_code == 403
    assert "verified" in answer.json()["detail"]
    assert (await client.get(PATH, headers=person)).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"address": "other@example.org"}, "/address"),
        ({"language": "de"}, "/language"),
        ({"kinds": ["forwarded"]}, "/kinds/0"),
        ({"is_only_urgent": "perhaps"}, "/is_only_urgent"),
    ],
)
async def test_fault_is_named(client: httpx.AsyncClient, body: dict[str, Any], pointer: str) -> None:
    person = member(uuid4(), email="zarina@example.org")
    answer = await client.put(PATH, json=body, headers=person)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_is_refused(client: httpx.AsyncClient, method: str) -> None:
    body = {} if method == "PUT" else None
    assert (await client.request(method, PATH, json=body)).status_code == 401
    for headers in (auditor(email="a@example.org"), bearer(roles=(), email="a@example.org")):
        assert (await client.request(method, PATH, json=body, headers=headers)).status_code == 403


async def test_coordinator_without_organization_may_subscribe(client: httpx.AsyncClient) -> None:
    person = coordinator(subject=str(uuid4()), email="coordinator@example.org")
    assert (await client.put(PATH, json={}, headers=person)).status_code == 200
    member_of_nothing = bearer(email="zarina@example.org")
    assert (await client.put(PATH, json={}, headers=member_of_nothing)).status_code == 403
