"""What hangs on services and organizations, over HTTP. Every list is the same mechanism; each has its own shape."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from paivand_directory.details.endpoints import ON_ORGANIZATIONS, ON_SERVICES

from tests.factories.directory import admit, coordinator, manager_of, member_of, publish

pytestmark = pytest.mark.integration
ITEMS: dict[str, dict[str, Any]] = {
    "contacts": {"name": "Duty officer", "phones": [{"number": "+992 44 600 00 00", "languages": [{"code": "tg"}]}]},
    "funding": {"source": "Ministry of Labour"},
    "phones": {"number": "112", "type": "voice"},
    "additional_urls": {"label": "Form", "url": "https://example.org/form"},
    "additional_websites": {"url": "https://example.org/ru"},
    "cost_options": {"valid_from": "2026-01-01", "valid_to": "2026-12-31", "currency": "TJS", "amount": 5.5},
    "languages": {"code": "tg", "name": "Tajik"},
    "required_documents": {"document": "Any proof of age"},
    "schedules": {"freq": "WEEKLY", "byday": "MO", "valid_from": "2026-01-01", "valid_to": "2026-06-30"},
    "service_areas": {"name": "Khatlon", "extent": "TJ-KT", "extent_type": "text"},
    "organization_identifiers": {"identifier_type": "register", "identifier": "0240012345"},
}


class Lists:
    """An organization, its service, and the lists of either."""

    def __init__(self, client: httpx.AsyncClient, owner: UUID, service_id: str) -> None:
        self.client, self.owner = client, owner
        self.parents = {
            "services": f"/directory/v1/services/{service_id}",
            "organizations": f"/directory/v1/organizations/{owner}",
        }

    async def put(self, parent: str, name: str, *items: Any, etag: str = "*", **headers: str) -> httpx.Response:
        who = headers or manager_of(self.owner)
        path = f"{self.parents[parent]}/{name}"
        return await self.client.put(path, json={"items": list(items)}, headers=who | {"If-Match": etag})

    async def get(self, parent: str, name: str, **query: Any) -> httpx.Response:
        return await self.client.get(f"{self.parents[parent]}/{name}", params=query, headers=member_of(uuid4()))


@pytest.fixture
async def lists(client: httpx.AsyncClient) -> Lists:
    owner = await admit(client)
    return Lists(client, owner, (await publish(client, owner))["id"])


ALL = [("services", name) for name in ON_SERVICES] + [("organizations", name) for name in ON_ORGANIZATIONS]


@pytest.mark.parametrize(("parent", "name"), ALL)
async def test_each_list_is_replaced_read_and_told_by_hsds(lists: Lists, parent: str, name: str) -> None:
    sent = ITEMS[name]
    answer = await lists.put(parent, name, sent)
    assert answer.status_code == 200, answer.text
    [kept] = answer.json()["items"]
    plain = {field: value for field, value in sent.items() if not isinstance(value, list)}
    assert kept | plain == kept
    read = await lists.get(parent, name)
    assert read.json()["items"] == [kept]
    assert read.headers["etag"] == answer.headers["etag"] == '"2"'
    hsds = lists.parents[parent].replace("/v1/", "/hsds/")
    told = (await lists.client.get(hsds, headers=member_of(uuid4()))).raise_for_status().json()
    assert [item["id"] for item in told[name]] == [kept["id"]]
    assert (await lists.put(parent, name)).json() == {"items": []}


async def test_pages_follow_each_other(lists: Lists) -> None:
    codes = [f"{letter}{other}" for letter in "ab" for other in "abcde"]
    await lists.put("services", "languages", *({"code": code} for code in codes))
    found: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = (await lists.get("services", "languages", **query)).json()
        found += [item["code"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == codes


async def test_changes_need_the_present_version_and_raise_it(lists: Lists) -> None:
    item = ITEMS["phones"]
    who = manager_of(lists.owner)
    path = f"{lists.parents['services']}/phones"
    assert (await lists.client.put(path, json={"items": [item]}, headers=who)).status_code == 428
    assert (await lists.put("services", "phones", item, etag='"1"')).status_code == 200
    assert (await lists.put("services", "phones", item, etag='"1"')).status_code == 412


async def test_only_its_own_manager_changes_a_list(lists: Lists) -> None:
    item = ITEMS["phones"]
    for parent in lists.parents:
        for headers in (manager_of(uuid4()), member_of(lists.owner), coordinator()):
            assert (await lists.put(parent, "phones", item, **headers)).status_code == 403
        assert (await lists.get(parent, "phones")).json()["items"] == []
    nowhere = f"/directory/v1/services/{uuid4()}/phones"
    assert (await lists.client.get(nowhere, headers=member_of(uuid4()))).status_code == 404
    absent = await lists.client.put(nowhere, json={"items": []}, headers=manager_of(lists.owner) | {"If-Match": "*"})
    assert absent.status_code == 404


@pytest.mark.parametrize(
    ("name", "change", "pointer", "rule"),
    [
        ("schedules", {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "/items/0/valid_to", "period"),
        ("schedules", {"dtstart": "2026-02-01", "until": "2026-01-01"}, "/items/0/until", "period"),
        ("cost_options", {"valid_to": "2025-01-01"}, "/items/0/valid_to", "period"),
        ("cost_options", {"amount": -1}, "/items/0/amount", "greater_than_equal"),
        ("schedules", {"opens_at": "25:00"}, "/items/0/opens_at", "string_pattern_mismatch"),
        ("languages", {"code": "Tajik!"}, "/items/0/code", "string_pattern_mismatch"),
        ("phones", {"number": "call me"}, "/items/0/number", "string_pattern_mismatch"),
        ("phones", {"number": "1" * 41}, "/items/0/number", "string_pattern_mismatch"),
        ("required_documents", {"uri": "javascript:alert(1)"}, "/items/0/uri", "string_pattern_mismatch"),
        ("phones", {"location_id": str(uuid4())}, "/items/0/location_id", "extra_forbidden"),
    ],
)
async def test_faults_are_named_and_nothing_is_written(
    lists: Lists, name: str, change: dict[str, Any], pointer: str, rule: str
) -> None:
    answer = await lists.put("services", name, ITEMS[name] | change)
    assert answer.status_code == 422, answer.text
    assert [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]] == [(pointer, rule)]
    assert (await lists.get("services", name)).json()["items"] == []


async def test_a_list_has_an_end(lists: Lists) -> None:
    answer = await lists.put("services", "languages", *({"code": "tg"} for _ in range(101)))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/items"


async def test_the_others_hear_of_the_new_version(lists: Lists, outbox: Any) -> None:
    await lists.put("services", "phones", ITEMS["phones"])
    events = await outbox(lists.parents["services"].rsplit("/", 1)[1])
    assert [event["data"]["version"] for event in events] == [1, 2]
