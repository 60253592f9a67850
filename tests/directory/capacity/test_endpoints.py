"""Capacity over HTTP."""

import base64
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from paivand_directory.capacity.jobs import ask_to_confirm
from sqlalchemy import text

from tests.factories.capacity import a_shelter
from tests.factories.directory import admit, coordinator, key, locate, manager_of, member_of, publish

pytestmark = pytest.mark.integration


def figures(body: dict[str, Any]) -> tuple[int, int, int, int]:
    assert body["confirmed"] + body["held"] + body["available"] == body["maximum"]
    return body["maximum"], body["confirmed"], body["held"], body["available"]


class TestAdd:
    async def test_manager_says_what_the_service_has(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        path = f"/directory/v1/services/{(await publish(client, organization_id))['id']}/capacities"
        body = {"unit": "family-room", "name": "Rooms", "maximum": 4, "available": 1, "confirm_within": "PT12H"}
        answer = await client.post(path, json=body, headers=manager_of(organization_id) | key())
        assert answer.status_code == 201, answer.text
        assert answer.json() | body == answer.json()
        assert figures(answer.json()) == (4, 3, 0, 1)
        assert answer.json()["is_stale"] is False
        listed = await client.get(path, headers=member_of(uuid4()))
        assert listed.json()["items"] == [answer.json()]
        alone = await client.get(answer.headers["location"], headers=member_of(uuid4()))
        assert (alone.json(), alone.headers["etag"]) == (answer.json(), '"1"')

    @pytest.mark.parametrize(
        ("fields", "pointer", "rule"),
        [
            ({"available": 4}, "/available", "above_maximum"),
            ({"maximum": -1}, "/maximum", "greater_than_equal"),
            ({"maximum": 10**9}, "/maximum", "less_than_equal"),
            ({"unit": "hammock"}, "/unit", "enum"),
            ({"confirm_within": "PT1S"}, "/confirm_within", "greater_than_equal"),
            ({"confirmed": 1}, "/confirmed", "extra_forbidden"),
        ],
    )
    async def test_fault_names_field_and_rule(
        self, client: httpx.AsyncClient, fields: dict[str, Any], pointer: str, rule: str
    ) -> None:
        organization_id = await admit(client)
        path = f"/directory/v1/services/{(await publish(client, organization_id))['id']}/capacities"
        body = {"unit": "bed", "name": "Beds", "maximum": 3} | fields
        answer = await client.post(path, json=body, headers=manager_of(organization_id) | key())
        assert answer.status_code == 422
        assert [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]] == [(pointer, rule)]
        assert (await client.get(path, headers=coordinator())).json()["items"] == []

    async def test_others_are_refused(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        path = f"/directory/v1/services/{shelter.service_id}/capacities"
        body = {"unit": "bed", "name": "More", "maximum": 3}
        assert (await client.post(path, json=body, headers=key())).status_code == 401
        stranger = manager_of(await admit(client))
        for headers in (stranger, member_of(shelter.organization_id), coordinator()):
            assert (await client.post(path, json=body, headers=headers | key())).status_code == 403

    async def test_same_unit_and_name_is_a_conflict(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        path = f"/directory/v1/services/{shelter.service_id}/capacities"
        body = {"unit": "bed", "name": "Beds", "maximum": 9}
        assert (await client.post(path, json=body, headers=shelter.headers | key())).status_code == 409

    async def test_room_is_that_of_one_place_of_the_service(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        headers, ids = manager_of(organization_id), [(await publish(client, organization_id))["id"] for _ in range(2)]
        location = await locate(client, organization_id)
        places: list[str] = []
        for service_id in ids:
            body = {"service_id": service_id, "location_id": location["id"]}
            answer = await client.post("/directory/v1/service_at_locations", json=body, headers=headers | key())
            places.append(answer.raise_for_status().json()["id"])
        path = f"/directory/v1/services/{ids[0]}/capacities"
        room = {"unit": "bed", "name": "Here", "maximum": 2, "service_at_location_id": places[0]}
        answer = await client.post(path, json=room, headers=headers | key())
        assert (answer.status_code, answer.json()["service_at_location_id"]) == (201, places[0])
        for wrong in (places[1], str(uuid4())):
            body = room | {"name": wrong, "service_at_location_id": wrong}
            answer = await client.post(path, json=body, headers=headers | key())
            assert answer.status_code == 422
            fault = answer.json()["errors"][0]
            assert (fault["pointer"], fault["rule"]) == ("/service_at_location_id", "own_place")
        gone = await client.delete(
            f"/directory/v1/service_at_locations/{places[0]}", headers=headers | {"If-Match": "*"}
        )
        assert (gone.status_code, gone.json()["type"]) == (409, "urn:paivand:problem:conflict")


class TestCount:
    async def test_member_counts_and_history_grows(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client, maximum=5)
        headers = member_of(shelter.organization_id)
        answer = await client.patch(shelter.path, json={"available": 2}, headers=headers | {"If-Match": '"1"'})
        assert figures(answer.json()) == (5, 3, 0, 2)
        answer = await client.patch(shelter.path, json={"maximum": 6}, headers=headers | {"If-Match": '"2"'})
        assert figures(answer.json()) == (6, 3, 0, 3)
        history = (await client.get(f"{shelter.path}/history", headers=headers)).json()["items"]
        assert [(entry["version"], entry["confirmed"], entry["available"]) for entry in history] == [
            (1, 0, 5),
            (2, 3, 2),
            (3, 3, 3),
        ]

    async def test_nothing_sent_changes_nothing(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        before = await shelter.figures()
        assert (await shelter.count()).json() == before

    async def test_what_a_hold_changed_must_have_been_seen(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        assert (await shelter.count(available=1)).status_code == 200
        (await shelter.place()).raise_for_status()
        assert (await shelter.count('"2"', available=0)).status_code == 412
        assert (await shelter.count('"3"', available=0)).status_code == 200

    async def test_a_hold_that_lapsed_unmarked_must_have_been_seen_too(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        placed = await shelter.place(seconds=0.4)
        assert placed.status_code == 201, placed.text
        before = await shelter.figures()
        after = before
        while after["version"] == before["version"]:
            after = await shelter.figures()
        assert (figures(before), figures(after)) == ((3, 0, 1, 2), (3, 0, 0, 3))
        assert (await shelter.count(f'"{before["version"]}"', available=1)).status_code == 412
        assert (await shelter.count(f'"{after["version"]}"', available=1)).status_code == 200
        assert figures(await shelter.figures()) == (3, 2, 0, 1)

    async def test_promised_room_is_not_counted_away(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        await shelter.act((await shelter.place(2)).json()["id"], "confirm")
        answer = await shelter.count(available=2)
        assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, "promised")
        answer = await shelter.count(maximum=1)
        assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, "below_use")

    async def test_others_are_refused(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        assert (await client.patch(shelter.path, json={"available": 0}, headers=shelter.headers)).status_code == 428
        stranger = member_of(await admit(client)) | {"If-Match": "*"}
        assert (await client.patch(shelter.path, json={"available": 0}, headers=stranger)).status_code == 403
        assert (await client.get(f"{shelter.path}/history", headers=stranger)).status_code == 403

    async def test_suspended_organizations_room_is_hidden(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        suspend = {"json": {"status": "suspended"}, "headers": coordinator() | {"If-Match": "*"}}
        (await client.patch(f"/directory/v1/organizations/{shelter.organization_id}", **suspend)).raise_for_status()
        assert (await client.get(shelter.path, headers=member_of(uuid4()))).status_code == 404
        assert (await client.get(shelter.path, headers=shelter.headers)).status_code == 200


async def test_stale_figures_are_marked_and_asked_for_once(
    app: FastAPI, client: httpx.AsyncClient, outbox: Any
) -> None:
    shelter = await a_shelter(client)
    async with app.state.database.transaction() as session:
        age = text("UPDATE service_capacities SET confirm_by = now() - interval '1 minute' WHERE id = :id")
        await session.execute(age, {"id": shelter.capacity_id})
    assert (await shelter.figures())["is_stale"] is True
    await ask_to_confirm(app.state.database)
    await ask_to_confirm(app.state.database)
    [event] = await outbox(shelter.capacity_id)
    assert event["type"] == "paivand.directory.capacity.stale.v1"
    assert event["data"]["organization_id"] == str(shelter.organization_id)
    # The same figures once more are news: somebody has looked.
    assert (await shelter.count(available=3)).json()["is_stale"] is False


async def test_a_made_up_cursor_is_no_fault_of_ours(client: httpx.AsyncClient) -> None:
    shelter = await a_shelter(client)
    cursor = base64.urlsafe_b64encode(b"[4611686018427387904]").decode().rstrip("=")
    for value, status in ((cursor, 200), ("nonsense", 422)):
        answer = await client.get(f"{shelter.path}/history", params={"cursor": value}, headers=shelter.headers)
        assert answer.status_code == status, answer.text
