"""Organizations over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from paivand_contracts.codes import Role

from tests.factories.directory import admit, an_organization, coordinator, manager_of, member_of
from tests.factories.tokens import bearer

pytestmark = pytest.mark.integration
PATH = "/directory/v1/organizations"


class TestPut:
    async def test_coordinator_admits_under_the_given_id(self, client: httpx.AsyncClient, outbox: Any) -> None:
        organization_id = uuid4()
        body = an_organization(name="Меҳрубон", website="https://example.org/x")
        answer = await client.put(f"{PATH}/{organization_id}", json=body, headers=coordinator())
        assert answer.status_code == 201
        assert answer.headers["location"] == f"{PATH}/{organization_id}"
        assert answer.headers["etag"] == '"1"'
        assert answer.json() | body == answer.json()
        [event] = await outbox(str(organization_id))
        assert event["type"] == "paivand.directory.organization.changed.v1"
        assert event["data"] == {
            "organization_id": str(organization_id),
            "name": "Меҳрубон",
            "status": "active",
            "version": 1,
        }

    async def test_same_again_changes_nothing(self, client: httpx.AsyncClient, outbox: Any) -> None:
        organization_id, body = uuid4(), an_organization()
        first = await client.put(f"{PATH}/{organization_id}", json=body, headers=coordinator())
        second = await client.put(f"{PATH}/{organization_id}", json=body, headers=coordinator())
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.content == second.content
        assert len(await outbox(str(organization_id))) == 1

    async def test_replacing_needs_the_present_version(self, client: httpx.AsyncClient) -> None:
        path = f"{PATH}/{await admit(client)}"
        other = an_organization()
        assert (await client.put(path, json=other, headers=coordinator())).status_code == 428
        assert (await client.put(path, json=other, headers=coordinator() | {"If-Match": '"7"'})).status_code == 412
        replaced = await client.put(path, json=other, headers=coordinator() | {"If-Match": '"1"'})
        assert replaced.status_code == 200
        assert (replaced.json()["name"], replaced.headers["etag"]) == (other["name"], '"2"')

    async def test_is_for_coordinators_only(self, client: httpx.AsyncClient) -> None:
        organization_id = uuid4()
        path = f"{PATH}/{organization_id}"
        assert (await client.put(path, json=an_organization())).status_code == 401
        for headers in (manager_of(organization_id), bearer(roles=(Role.AUDITOR,)), bearer(roles=())):
            assert (await client.put(path, json=an_organization(), headers=headers)).status_code == 403
        assert (await client.get(path, headers=coordinator())).status_code == 404

    @pytest.mark.parametrize(
        ("field", "value", "rule"),
        [
            ("name", "", "string_too_short"),
            ("name", "   ", "string_too_short"),
            ("name", "a\x00b", "string_pattern_mismatch"),
            ("name", "a\nb", "string_pattern_mismatch"),
            ("name", "x" * 201, "string_too_long"),
            ("name", None, "string_type"),
            ("email", "nobody", "string_pattern_mismatch"),
            ("website", "javascript:alert(1)", "string_pattern_mismatch"),
            ("status", "gone", "enum"),
            ("version", 9, "extra_forbidden"),
            ("id", str(uuid4()), "extra_forbidden"),
        ],
    )
    async def test_fault_names_field_and_rule(
        self, client: httpx.AsyncClient, field: str, value: object, rule: str
    ) -> None:
        body = an_organization(**{field: value})
        answer = await client.put(f"{PATH}/{uuid4()}", json=body, headers=coordinator())
        assert answer.status_code == 422
        assert [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]] == [(f"/{field}", rule)]


class TestPatch:
    async def test_manager_changes_own_entry(self, client: httpx.AsyncClient, outbox: Any) -> None:
        organization_id = await admit(client, email="a@example.org")
        headers = manager_of(organization_id) | {"If-Match": '"1"'}
        answer = await client.patch(f"{PATH}/{organization_id}", json={"name": "New", "email": None}, headers=headers)
        assert answer.status_code == 200
        assert (answer.json()["name"], answer.json()["email"], answer.headers["etag"]) == ("New", None, '"2"')
        assert [event["data"]["version"] for event in await outbox(str(organization_id))] == [1, 2]

    async def test_without_difference_there_is_no_event(self, client: httpx.AsyncClient, outbox: Any) -> None:
        organization_id = await admit(client, name="Same")
        headers = manager_of(organization_id) | {"If-Match": '"1"'}
        for body in ({}, {"name": "Same"}):
            answer = await client.patch(f"{PATH}/{organization_id}", json=body, headers=headers)
            assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
        assert len(await outbox(str(organization_id))) == 1

    async def test_coordinator_suspends_and_changes_nothing_else(self, client: httpx.AsyncClient) -> None:
        path = f"{PATH}/{await admit(client)}"
        headers = coordinator() | {"If-Match": '"1"'}
        refused = await client.patch(path, json={"status": "suspended", "name": "Mine"}, headers=headers)
        assert refused.status_code == 403
        assert "name" in refused.json()["detail"]
        answer = await client.patch(path, json={"status": "suspended"}, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "suspended")

    async def test_manager_does_not_lift_a_suspension(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client, status="suspended")
        headers = manager_of(organization_id) | {"If-Match": "*"}
        answer = await client.patch(f"{PATH}/{organization_id}", json={"status": "active"}, headers=headers)
        assert answer.status_code == 403

    async def test_others_are_refused(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        path = f"{PATH}/{organization_id}"
        assert (await client.patch(path, json={"name": "x"})).status_code == 401
        for headers in (member_of(organization_id), manager_of(uuid4())):
            answer = await client.patch(path, json={"name": "x"}, headers=headers | {"If-Match": "*"})
            assert answer.status_code == 403

    async def test_needs_the_present_version(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        path, headers = f"{PATH}/{organization_id}", manager_of(organization_id)
        assert (await client.patch(path, json={"name": "x"}, headers=headers)).status_code == 428
        stale = await client.patch(path, json={"name": "x"}, headers=headers | {"If-Match": '"2"'})
        assert (stale.status_code, stale.json()["type"]) == (412, "urn:paivand:problem:stale")


class TestRead:
    async def test_any_member_reads_with_etag(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        for headers in (member_of(uuid4()), coordinator()):
            answer = await client.get(f"{PATH}/{organization_id}", headers=headers)
            assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')

    async def test_anonymous_and_auditor_are_refused(self, client: httpx.AsyncClient) -> None:
        for path in (PATH, f"{PATH}/{await admit(client)}"):
            assert (await client.get(path)).status_code == 401
            assert (await client.get(path, headers=bearer(roles=(Role.AUDITOR,)))).status_code == 403

    async def test_suspended_is_hidden_from_others(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client, status="suspended", name=f"Hidden {uuid4()}")
        path = f"{PATH}/{organization_id}"
        assert (await client.get(path, headers=member_of(uuid4()))).status_code == 404
        assert (await client.get(path, headers=member_of(organization_id))).status_code == 200
        assert (await client.get(path, headers=coordinator())).status_code == 200


class TestList:
    async def test_pages_follow_each_other_without_gap(self, client: httpx.AsyncClient) -> None:
        mark = uuid4().hex
        # Long names in Cyrillic make the longest cursors; equal names need the id to part them.
        names = ["Ҷ" * 150 + f" {mark}", f"same {mark}", f"same {mark}", f"Аввал {mark}", f"zebra {mark}"]
        for name in names:
            await admit(client, name=name)
        found: list[str] = []
        path: str | None = f"{PATH}?text={mark}&limit=2"
        while path:
            answer = (await client.get(path, headers=member_of(uuid4()))).raise_for_status()
            found += [item["name"] for item in answer.json()["items"]]
            link = answer.links.get("next")
            path = link["url"] if link else None
            assert (answer.json()["next_cursor"] is None) == (path is None)
        assert sorted(found) == sorted(names)
        assert found == sorted(found)

    async def test_status_narrows_for_the_coordinator(self, client: httpx.AsyncClient) -> None:
        mark = uuid4().hex
        await admit(client, name=f"A {mark}")
        await admit(client, name=f"B {mark}", status="suspended")
        query = {"text": mark, "status": "suspended"}
        seen = (await client.get(PATH, params=query, headers=coordinator())).json()["items"]
        hidden = (await client.get(PATH, params=query, headers=member_of(uuid4()))).json()["items"]
        assert ([item["name"] for item in seen], hidden) == ([f"B {mark}"], [])

    @pytest.mark.parametrize(
        "query", [{"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"cursor": "WyJhIl0"}, {"status": "gone"}]
    )
    async def test_bad_parameter_is_named(self, client: httpx.AsyncClient, query: dict[str, Any]) -> None:
        answer = await client.get(PATH, params=query, headers=coordinator())
        assert answer.status_code == 422
        assert [fault["parameter"] for fault in answer.json()["errors"]] == list(query)
