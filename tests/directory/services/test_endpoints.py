"""Services over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.factories.directory import a_service, admit, coordinator, key, manager_of, member_of, publish

pytestmark = pytest.mark.integration
PATH = "/directory/v1/services"


class TestCreate:
    async def test_manager_publishes_for_own_organization(self, client: httpx.AsyncClient, outbox: Any) -> None:
        organization_id = await admit(client)
        body = a_service(taxonomy_terms=["emergency-shelter", "childcare"], minimum_age=18)
        answer = await client.post(PATH, json=body, headers=manager_of(organization_id) | key())
        assert answer.status_code == 201
        assert answer.json() | body == answer.json()
        assert answer.json()["organization_id"] == str(organization_id)
        assert answer.headers["location"] == f"{PATH}/{answer.json()['id']}"
        [event] = await outbox(answer.json()["id"])
        assert event["data"] == {
            "service_id": answer.json()["id"],
            "organization_id": str(organization_id),
            "name": body["name"],
            "status": "active",
            "taxonomy_terms": ["emergency-shelter", "childcare"],
            "version": 1,
        }

    async def test_same_key_gives_the_same_answer_once(self, client: httpx.AsyncClient) -> None:
        organization_id, body = await admit(client), a_service()
        headers = manager_of(organization_id) | key()
        first = await client.post(PATH, json=body, headers=headers)
        second = await client.post(PATH, json=body, headers=headers)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        assert second.headers["etag"] == first.headers["etag"]
        listed = await client.get(PATH, params={"organization_id": str(organization_id)}, headers=coordinator())
        assert len(listed.json()["items"]) == 1

    async def test_others_are_refused(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        assert (await client.post(PATH, json=a_service(), headers=key())).status_code == 401
        for headers in (member_of(organization_id), coordinator()):
            assert (await client.post(PATH, json=a_service(), headers=headers | key())).status_code == 403
        unknown = await client.post(PATH, json=a_service(), headers=manager_of(uuid4()) | key())
        assert (unknown.status_code, unknown.json()["type"]) == (409, "urn:paivand:problem:conflict")

    async def test_key_is_required(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(PATH, json=a_service(), headers=manager_of(await admit(client)))
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:paivand:problem:idempotency-key-required")

    @pytest.mark.parametrize(
        ("fields", "pointer", "rule"),
        [
            ({"taxonomy_terms": []}, "/taxonomy_terms", "too_short"),
            ({"taxonomy_terms": ["shelter", "magic"]}, "/taxonomy_terms/1", "taxonomy_term"),
            ({"taxonomy_terms": ["SHELTER"]}, "/taxonomy_terms/0", "string_pattern_mismatch"),
            ({"minimum_age": 18, "maximum_age": 12}, "/maximum_age", "age_range"),
            ({"minimum_age": -1}, "/minimum_age", "greater_than_equal"),
            ({"status": "open"}, "/status", "enum"),
            ({"description": "a\x00b"}, "/description", "string_pattern_mismatch"),
            ({"organization_id": str(uuid4())}, "/organization_id", "extra_forbidden"),
        ],
    )
    async def test_fault_names_field_and_rule(
        self, client: httpx.AsyncClient, fields: dict[str, Any], pointer: str, rule: str
    ) -> None:
        headers = manager_of(await admit(client)) | key()
        answer = await client.post(PATH, json=a_service(**fields), headers=headers)
        assert answer.status_code == 422
        assert [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]] == [(pointer, rule)]


class TestChange:
    async def test_manager_changes_own_service(self, client: httpx.AsyncClient, outbox: Any) -> None:
        organization_id = await admit(client)
        service = await publish(client, organization_id, description="Old", minimum_age=18)
        answer = await client.patch(
            f"{PATH}/{service['id']}",
            json={"status": "temporarily closed", "description": None},
            headers=manager_of(organization_id) | {"If-Match": '"1"'},
        )
        assert answer.status_code == 200
        expected = {"status": "temporarily closed", "description": None, "minimum_age": 18, "version": 2}
        assert answer.json() | expected == answer.json()
        assert [event["data"]["status"] for event in await outbox(service["id"])] == ["active", "temporarily closed"]

    async def test_rules_hold_for_the_whole_entry(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        service = await publish(client, organization_id, minimum_age=18)
        headers = manager_of(organization_id) | {"If-Match": "*"}
        answer = await client.patch(f"{PATH}/{service['id']}", json={"maximum_age": 12}, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, "age_range")

    @pytest.mark.parametrize("field", ["name", "taxonomy_terms", "status"])
    async def test_required_field_is_not_cleared(self, client: httpx.AsyncClient, field: str) -> None:
        organization_id = await admit(client)
        service = await publish(client, organization_id)
        headers = manager_of(organization_id) | {"If-Match": "*"}
        answer = await client.patch(f"{PATH}/{service['id']}", json={field: None}, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}")

    async def test_others_are_refused(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        path = f"{PATH}/{(await publish(client, organization_id))['id']}"
        assert (await client.patch(path, json={"name": "x"})).status_code == 401
        for headers in (member_of(organization_id), manager_of(await admit(client)), coordinator()):
            answer = await client.patch(path, json={"name": "x"}, headers=headers | {"If-Match": "*"})
            assert answer.status_code == 403

    async def test_needs_the_present_version(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        path = f"{PATH}/{(await publish(client, organization_id))['id']}"
        headers = manager_of(organization_id)
        assert (await client.patch(path, json={"name": "x"}, headers=headers)).status_code == 428
        assert (await client.patch(path, json={"name": "x"}, headers=headers | {"If-Match": '"9"'})).status_code == 412

    async def test_unknown_is_not_found(self, client: httpx.AsyncClient) -> None:
        headers = manager_of(await admit(client)) | {"If-Match": "*"}
        assert (await client.patch(f"{PATH}/{uuid4()}", json={"name": "x"}, headers=headers)).status_code == 404


class TestRead:
    async def test_service_of_a_suspended_organization_is_hidden(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        service = await publish(client, organization_id)
        path = f"{PATH}/{service['id']}"
        assert (await client.get(path, headers=member_of(uuid4()))).status_code == 200
        suspend = {"json": {"status": "suspended"}, "headers": coordinator() | {"If-Match": "*"}}
        (await client.patch(f"/directory/v1/organizations/{organization_id}", **suspend)).raise_for_status()
        query = {"organization_id": str(organization_id)}
        assert (await client.get(path, headers=member_of(uuid4()))).status_code == 404
        assert (await client.get(PATH, params=query, headers=member_of(uuid4()))).json()["items"] == []
        assert (await client.get(path, headers=member_of(organization_id))).status_code == 200
        assert len((await client.get(PATH, params=query, headers=coordinator())).json()["items"]) == 1

    async def test_anonymous_is_refused(self, client: httpx.AsyncClient) -> None:
        assert (await client.get(PATH)).status_code == 401
        assert (await client.get(f"{PATH}/{uuid4()}")).status_code == 401


class TestSearch:
    @pytest.fixture
    async def found(self, client: httpx.AsyncClient) -> Any:
        """Names found by a search among three services of one new organization."""
        organization_id = await admit(client)
        entries = [
            {"name": "Приют для женщин", "taxonomy_terms": ["emergency-shelter"], "description": "Ҷои бехатар"},
            {"name": "Legal clinic", "taxonomy_terms": ["legal-advice", "legal-representation"]},
            {"name": "Shelter long stay", "taxonomy_terms": ["shelter"], "status": "inactive"},
        ]
        for entry in entries:
            await publish(client, organization_id, **entry)

        async def search(**query: str) -> list[str]:
            parameters = {"organization_id": str(organization_id)} | query
            answer = await client.get(PATH, params=parameters, headers=member_of(uuid4()))
            return [item["name"] for item in answer.raise_for_status().json()["items"]]

        return search

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({}, ["Legal clinic", "Shelter long stay", "Приют для женщин"]),
            ({"text": "приют"}, ["Приют для женщин"]),
            ({"text": "ЖЕНЩ при"}, ["Приют для женщин"]),
            ({"text": "ҷои БЕХ"}, ["Приют для женщин"]),
            ({"text": "приют clinic"}, []),
            ({"text": "' | & ! :* (\\"}, ["Legal clinic", "Shelter long stay", "Приют для женщин"]),
            ({"text": "leg:*&"}, ["Legal clinic"]),
            ({"taxonomy_term": "shelter"}, ["Shelter long stay", "Приют для женщин"]),
            ({"taxonomy_term": "emergency-shelter"}, ["Приют для женщин"]),
            ({"taxonomy_term": "shelter", "status": "active"}, ["Приют для женщин"]),
            ({"taxonomy_term": "no-such-term"}, []),
            ({"text": "clinic", "taxonomy_term": "legal-advice"}, ["Legal clinic"]),
        ],
    )
    async def test_conditions_narrow_each_other(self, found: Any, query: dict[str, str], expected: list[str]) -> None:
        assert await found(**query) == expected

    async def test_pages_of_a_text_search_follow_each_other(self, client: httpx.AsyncClient) -> None:
        organization_id, mark = await admit(client), uuid4().hex
        for _ in range(5):
            await publish(client, organization_id, name=f"Equal {mark}")
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while cursor is not None:
            page = await client.get(PATH, params={"text": mark, "limit": "2"} | cursor, headers=coordinator())
            seen += [item["id"] for item in page.json()["items"]]
            cursor = {"cursor": page.json()["next_cursor"]} if page.json()["next_cursor"] else None
        assert len(seen) == len(set(seen)) == 5
