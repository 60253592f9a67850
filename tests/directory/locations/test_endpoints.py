"""Locations over HTTP: kept by the manager, and hidden from others as far as is safe."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.factories.directory import a_location, admit, coordinator, key, locate, manager_of, member_of

pytestmark = pytest.mark.integration
PATH = "/directory/v1/locations"
SECRETS = [
    "Hidden Street",
    "37.83",
    "68.78",
    "600 11 22",
    "600 33 44",
    "House ",
    "green bazaar",
    "ramp",
    "09:00",
    "officer",
]


class TestCreate:
    async def test_manager_adds_a_location_with_its_details(self, client: httpx.AsyncClient) -> None:
        organization_id, body = await admit(client), a_location()
        answer = await client.post(PATH, json=body, headers=manager_of(organization_id) | key())
        assert answer.status_code == 201, answer.text
        found = answer.json()
        assert found["is_redacted"] is True
        assert found["addresses"][0] | body["addresses"][0] == found["addresses"][0]
        assert [language["code"] for language in found["phones"][0]["languages"]] == ["tg", "ru"]
        assert found["contacts"][0]["phones"][0]["number"] == "+992 44 600 33 44"
        assert found["schedules"][0] | body["schedules"][0] == found["schedules"][0]
        read = await client.get(answer.headers["location"], headers=member_of(organization_id))
        assert (read.json(), read.headers["etag"]) == (found, '"1"')

    async def test_others_are_refused(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        assert (await client.post(PATH, json=a_location(), headers=key())).status_code == 401
        for headers in (member_of(organization_id), coordinator()):
            assert (await client.post(PATH, json=a_location(), headers=headers | key())).status_code == 403
        unknown = await client.post(PATH, json=a_location(), headers=manager_of(uuid4()) | key())
        assert unknown.status_code == 409

    @pytest.mark.parametrize(
        ("fields", "pointer", "rule"),
        [
            ({"region": None}, "/region", "string_type"),
            ({"latitude": None}, "/longitude", "coordinates"),
            ({"latitude": 91}, "/latitude", "less_than_equal"),
            ({"location_type": "redacted"}, "/location_type", "enum"),
            ({"addresses": [{"address_1": "x"}]}, "/addresses/0/city", "missing"),
            ({"phones": [{"number": "call me"}]}, "/phones/0/number", "string_pattern_mismatch"),
            (
                {"schedules": [{"valid_from": "2026-02-01", "valid_to": "2026-01-01"}]},
                "/schedules/0/valid_to",
                "period",
            ),
            ({"schedules": [{"opens_at": "25:00"}]}, "/schedules/0/opens_at", "string_pattern_mismatch"),
            ({"description": "x" * 4001}, "/description", "string_too_long"),
        ],
    )
    async def test_fault_names_field_and_rule(
        self, client: httpx.AsyncClient, fields: dict[str, Any], pointer: str, rule: str
    ) -> None:
        headers = manager_of(await admit(client)) | key()
        answer = await client.post(PATH, json=a_location(**fields), headers=headers)
        assert answer.status_code == 422
        assert (pointer, rule) in [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]]


class TestRedaction:
    @pytest.mark.parametrize("reader", ["member", "manager", "coordinator"])
    async def test_others_see_the_district_and_nothing_that_gives_the_place_away(
        self, client: httpx.AsyncClient, reader: str
    ) -> None:
        organization_id = await admit(client)
        made = await locate(client, organization_id)
        other = await admit(client)
        headers = {"member": member_of(other), "manager": manager_of(other), "coordinator": coordinator()}[reader]
        query = {"organization_id": str(organization_id)}
        near = {"latitude": 37.8, "longitude": 68.8, "limit": 200}
        answers = [
            await client.get(f"{PATH}/{made['id']}", headers=headers),
            await client.get(PATH, params=query, headers=headers),
            await client.post(f"{PATH}/nearby", json=near, headers=headers | key()),
        ]
        for answer in answers:
            assert answer.status_code == 200
            found = self.about(made["id"], answer.json())
            assert (found["region"], found["district"]) == ("Khatlon", "Bokhtar")
            told = json.dumps(found)
            assert [secret for secret in SECRETS if secret in told] == []

    @staticmethod
    def about(location_id: str, body: Any) -> Any:
        """The location in an answer of whatever shape."""
        items = [item.get("location", item) for item in body.get("items", [body])]
        return next(item for item in items if item["id"] == location_id)

    async def test_its_own_people_see_all(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        made = await locate(client, organization_id)
        told = (await client.get(f"{PATH}/{made['id']}", headers=member_of(organization_id))).text
        assert [secret for secret in SECRETS if secret not in told] == []

    async def test_an_open_location_shows_all_to_everybody_until_it_is_redacted(
        self, client: httpx.AsyncClient
    ) -> None:
        organization_id = await admit(client)
        made = await locate(client, organization_id, is_redacted=False)
        path = f"{PATH}/{made['id']}"
        assert (await client.get(path, headers=member_of(uuid4()))).json() == made
        headers = manager_of(organization_id) | {"If-Match": '"1"'}
        (await client.patch(path, json={"is_redacted": True}, headers=headers)).raise_for_status()
        told = (await client.get(path, headers=member_of(uuid4()))).text
        assert [secret for secret in SECRETS if secret in told] == []

    async def test_location_of_a_suspended_organization_is_hidden(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        path = f"{PATH}/{(await locate(client, organization_id))['id']}"
        suspend = {"json": {"status": "suspended"}, "headers": coordinator() | {"If-Match": "*"}}
        (await client.patch(f"/directory/v1/organizations/{organization_id}", **suspend)).raise_for_status()
        assert (await client.get(path, headers=member_of(uuid4()))).status_code == 404
        assert (await client.get(path, headers=member_of(organization_id))).status_code == 200


class TestChange:
    async def test_a_list_is_replaced_as_a_whole_and_others_stay(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        made = await locate(client, organization_id)
        body = {"name": "New", "phones": [{"number": "112"}], "latitude": None, "longitude": None}
        headers = manager_of(organization_id) | {"If-Match": '"1"'}
        answer = await client.patch(f"{PATH}/{made['id']}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert [phone["number"] for phone in found["phones"]] == ["112"]
        assert (found["name"], found["latitude"], found["version"]) == ("New", None, 2)
        assert (found["addresses"], found["region"]) == (made["addresses"], made["region"])

    @pytest.mark.parametrize("field", ["region", "location_type", "is_redacted", "phones"])
    async def test_required_field_is_not_cleared(self, client: httpx.AsyncClient, field: str) -> None:
        organization_id = await admit(client)
        path = f"{PATH}/{(await locate(client, organization_id))['id']}"
        headers = manager_of(organization_id) | {"If-Match": "*"}
        answer = await client.patch(path, json={field: None}, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}")

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    async def test_only_its_manager_with_the_present_version(self, client: httpx.AsyncClient, method: str) -> None:
        organization_id = await admit(client)
        path = f"{PATH}/{(await locate(client, organization_id))['id']}"
        body: dict[str, Any] = {"json": {"name": "x"}} if method == "PATCH" else {}
        for headers in (member_of(organization_id), manager_of(await admit(client)), coordinator()):
            answer = await client.request(method, path, headers=headers | {"If-Match": "*"}, **body)
            assert answer.status_code == 403
        own = manager_of(organization_id)
        assert (await client.request(method, path, headers=own, **body)).status_code == 428
        assert (await client.request(method, path, headers=own | {"If-Match": '"9"'}, **body)).status_code == 412


class TestDelete:
    async def test_nothing_of_it_stays(self, client: httpx.AsyncClient, app: Any) -> None:
        organization_id, mark = await admit(client), f"Street {uuid4()}"
        address = a_location()["addresses"][0] | {"address_1": mark}
        path = f"{PATH}/{(await locate(client, organization_id, addresses=[address]))['id']}"
        assert await rows_of(app, mark) == 1
        headers = manager_of(organization_id) | {"If-Match": '"1"'}
        assert (await client.delete(path, headers=headers)).status_code == 204
        assert (await client.get(path, headers=headers)).status_code == 404
        assert await rows_of(app, mark) == 0


async def rows_of(app: Any, address_1: str) -> int:
    """How many addresses of this text the database holds."""
    async with app.state.database.transaction() as session:
        connection = await session.connection()
        statement = "SELECT count(*) FROM addresses WHERE address_1 = $1"
        return (await connection.exec_driver_sql(statement, (address_1,))).scalar_one()
