"""Services at locations over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.factories.directory import admit, coordinator, key, locate, manager_of, member_of, publish

pytestmark = pytest.mark.integration
PATH = "/directory/v1/service_at_locations"
DETAILS = {
    "description": "Second door behind the bakery",
    "phones": [{"number": "+992 44 600 55 66"}],
    "contacts": [{"name": "Night warden"}],
    "schedules": [{"byday": "SU", "opens_at": "22:00+05:00", "closes_at": "06:00+05:00"}],
}


async def offer(client: httpx.AsyncClient, organization_id: UUID, **location: Any) -> Mapping[str, Any]:
    """A new service at a new location."""
    service = await publish(client, organization_id)
    place = await locate(client, organization_id, **location)
    body = {"service_id": service["id"], "location_id": place["id"]} | DETAILS
    answer = await client.post(PATH, json=body, headers=manager_of(organization_id) | key())
    return answer.raise_for_status().json()


class TestCreate:
    async def test_manager_says_where_a_service_is_given(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        made = await offer(client, organization_id)
        found = await client.get(f"{PATH}/{made['id']}", headers=member_of(organization_id))
        assert (found.json(), found.headers["etag"]) == (made, '"1"')
        assert made["description"] == DETAILS["description"]
        assert made["schedules"][0]["closes_at"] == "06:00+05:00"

    async def test_once_only(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        made = await offer(client, organization_id)
        body = {"service_id": made["service_id"], "location_id": made["location_id"]}
        again = await client.post(PATH, json=body, headers=manager_of(organization_id) | key())
        assert again.status_code == 409

    @pytest.mark.parametrize("field", ["service_id", "location_id"])
    async def test_both_must_be_own(self, client: httpx.AsyncClient, field: str) -> None:
        own, other = await admit(client), await admit(client)
        foreign = await offer(client, other, is_redacted=False)
        service, place = await publish(client, own), await locate(client, own)
        for value in (foreign[field], str(uuid4())):
            body = {"service_id": service["id"], "location_id": place["id"]} | {field: value}
            answer = await client.post(PATH, json=body, headers=manager_of(own) | key())
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}")

    async def test_others_are_refused(self, client: httpx.AsyncClient) -> None:
        body = {"service_id": str(uuid4()), "location_id": str(uuid4())}
        assert (await client.post(PATH, json=body, headers=key())).status_code == 401
        for headers in (member_of(await admit(client)), coordinator()):
            assert (await client.post(PATH, json=body, headers=headers | key())).status_code == 403


class TestRead:
    async def test_a_redacted_location_hides_what_would_give_it_away(self, client: httpx.AsyncClient) -> None:
        made = await offer(client, await admit(client))
        for headers in (member_of(await admit(client)), coordinator()):
            found = (await client.get(f"{PATH}/{made['id']}", headers=headers)).json()
            assert (found["description"], found["phones"], found["contacts"], found["schedules"]) == (None, [], [], [])
            assert (found["service_id"], found["location_id"]) == (made["service_id"], made["location_id"])

    async def test_an_open_location_hides_nothing(self, client: httpx.AsyncClient) -> None:
        made = await offer(client, await admit(client), is_redacted=False)
        assert (await client.get(f"{PATH}/{made['id']}", headers=member_of(uuid4()))).json() == made

    async def test_found_by_service_location_and_organization(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        first, second = await offer(client, organization_id), await offer(client, organization_id)
        for field, expected in (
            ("service_id", [first["id"]]),
            ("location_id", [first["id"]]),
            ("organization_id", [first["id"], second["id"]]),
        ):
            answer = await client.get(PATH, params={field: first[field]}, headers=member_of(uuid4()))
            assert [item["id"] for item in answer.json()["items"]] == expected


class TestChange:
    async def test_manager_replaces_a_list(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        made = await offer(client, organization_id)
        headers = manager_of(organization_id) | {"If-Match": '"1"'}
        body = {"phones": [], "description": "Ring twice"}
        changed = (await client.patch(f"{PATH}/{made['id']}", json=body, headers=headers)).raise_for_status().json()
        assert (changed["phones"], changed["description"], changed["version"]) == ([], "Ring twice", 2)
        assert changed["contacts"] == made["contacts"]

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    async def test_only_its_manager_with_the_present_version(self, client: httpx.AsyncClient, method: str) -> None:
        organization_id = await admit(client)
        path = f"{PATH}/{(await offer(client, organization_id))['id']}"
        body: dict[str, Any] = {"json": {"description": "x"}} if method == "PATCH" else {}
        for headers in (member_of(organization_id), manager_of(await admit(client)), coordinator()):
            answer = await client.request(method, path, headers=headers | {"If-Match": "*"}, **body)
            assert answer.status_code == 403
        own = manager_of(organization_id)
        assert (await client.request(method, path, headers=own, **body)).status_code == 428
        assert (await client.request(method, path, headers=own | {"If-Match": '"9"'}, **body)).status_code == 412


class TestDelete:
    async def test_a_location_stays_while_a_service_is_given_there(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        made = await offer(client, organization_id)
        place = f"/directory/v1/locations/{made['location_id']}"
        headers = manager_of(organization_id) | {"If-Match": "*"}
        assert (await client.delete(place, headers=headers)).status_code == 409
        assert (await client.delete(f"{PATH}/{made['id']}", headers=headers)).status_code == 204
        assert (await client.delete(place, headers=headers)).status_code == 204
