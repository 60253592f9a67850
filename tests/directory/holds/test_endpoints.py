"""Holds over HTTP."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from paivand_contracts.envelope import now
from paivand_directory.holds.jobs import tell_of_expired

from tests.factories.capacity import a_shelter
from tests.factories.directory import admit, coordinator, key, member_of
from tests.factories.waiting import until

pytestmark = pytest.mark.integration


class TestPlace:
    async def test_room_is_kept(self, client: httpx.AsyncClient, outbox: Any) -> None:
        shelter = await a_shelter(client)
        placed = await shelter.place(2)
        assert placed.status_code == 201
        assert (placed.json()["status"], placed.headers["etag"]) == ("held", '"1"')
        assert (await client.get(placed.headers["location"], headers=shelter.headers)).json() == placed.json()
        now_there = await shelter.figures()
        assert (now_there["held"], now_there["available"], now_there["confirmed"]) == (2, 1, 0)
        [event] = await outbox(placed.json()["id"])
        assert (event["type"], event["data"]["quantity"]) == ("paivand.directory.hold.placed.v1", 2)

    async def test_the_same_again_changes_nothing_even_when_full(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client, maximum=1)
        hold_id, body = uuid4(), {"quantity": 1, "until": (now() + timedelta(hours=1)).isoformat()}
        path = f"{shelter.path}/holds/{hold_id}"
        answers = [await client.put(path, json=body, headers=shelter.headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json() == answers[1].json()
        other = await client.put(path, json=body | {"quantity": 2}, headers=shelter.headers)
        assert (other.status_code, other.json()["type"]) == (409, "urn:paivand:problem:conflict")
        assert (await shelter.figures())["held"] == 1

    async def test_no_room_is_said(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        answer = await shelter.place(4)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:paivand:problem:no-room")
        assert (await shelter.figures())["held"] == 0

    async def test_of_many_at_once_only_as_many_as_there_is_room(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client, maximum=5)
        answers = await asyncio.gather(*(shelter.place() for _ in range(30)))
        assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 25
        assert (await shelter.figures())["available"] == 0

    async def test_one_id_at_two_places_at_once_is_one_hold(self, client: httpx.AsyncClient) -> None:
        shelters, hold_id = [await a_shelter(client) for _ in range(2)], uuid4()
        answers = await asyncio.gather(*(shelter.place(hold_id=hold_id) for shelter in shelters))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert sum([(await shelter.figures())["held"] for shelter in shelters]) == 1

    @pytest.mark.parametrize(
        ("fields", "pointer", "rule"),
        [
            ({"quantity": 0}, "/quantity", "greater_than_equal"),
            ({"until": "2020-01-01T00:00:00Z"}, "/until", "hold_time"),
            ({"until": "2999-01-01T00:00:00Z"}, "/until", "hold_time"),
            ({"until": "2026-11-24T20:00:00"}, "/until", "timezone_aware"),
        ],
    )
    async def test_fault_names_field_and_rule(
        self, client: httpx.AsyncClient, fields: dict[str, Any], pointer: str, rule: str
    ) -> None:
        shelter = await a_shelter(client)
        body = {"quantity": 1, "until": (now() + timedelta(hours=1)).isoformat()} | fields
        answer = await client.put(f"{shelter.path}/holds/{uuid4()}", json=body, headers=shelter.headers)
        assert answer.status_code == 422
        assert [(fault["pointer"], fault["rule"]) for fault in answer.json()["errors"]] == [(pointer, rule)]

    async def test_others_are_refused(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        hold = (await shelter.place()).json()
        stranger = member_of(await admit(client))
        body = {"quantity": 1, "until": hold["until"]}
        path = f"{shelter.path}/holds/{uuid4()}"
        assert (await client.put(path, json=body)).status_code == 401
        for headers in (stranger, coordinator()):
            assert (await client.put(path, json=body, headers=headers)).status_code == 403
        assert (await client.get(f"/directory/v1/holds/{hold['id']}", headers=stranger)).status_code == 404
        assert (await client.get(f"{shelter.path}/holds", headers=stranger)).status_code == 403
        for action in ("confirm", "release"):
            refused = await client.post(
                f"/directory/v1/holds/{hold['id']}/{action}", headers=stranger | key() | {"If-Match": "*"}
            )
            assert refused.status_code == 404


class TestAct:
    async def test_confirm_then_release(self, client: httpx.AsyncClient, outbox: Any) -> None:
        shelter = await a_shelter(client)
        hold = (await shelter.place(2)).json()
        confirmed = await shelter.act(hold["id"], "confirm", etag='"1"')
        assert (confirmed.json()["status"], confirmed.headers["etag"]) == ("confirmed", '"2"')
        figures = await shelter.figures()
        assert (figures["confirmed"], figures["held"], figures["available"]) == (2, 0, 1)
        released = await shelter.act(hold["id"], "release", etag='"2"')
        assert released.json()["status"] == "released"
        assert (await shelter.figures())["available"] == 3
        kinds = [event["type"].split(".")[3] for event in await outbox(hold["id"])]
        assert kinds == ["placed", "confirmed", "released"]
        listed = (await client.get(f"{shelter.path}/holds", headers=shelter.headers)).json()["items"]
        assert listed == [released.json()]

    async def test_needs_the_present_version(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        hold = (await shelter.place()).json()
        (await shelter.act(hold["id"], "confirm")).raise_for_status()
        assert (await shelter.act(hold["id"], "release", etag='"1"')).status_code == 412

    async def test_released_is_not_confirmed(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client)
        hold = (await shelter.place()).json()
        (await shelter.act(hold["id"], "release")).raise_for_status()
        answer = await shelter.act(hold["id"], "confirm")
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:paivand:problem:transition-not-allowed")

    async def test_confirm_and_release_at_once_are_never_both(self, client: httpx.AsyncClient) -> None:
        shelter = await a_shelter(client, maximum=8)
        holds = [(await shelter.place()).json() for _ in range(8)]
        acts = [shelter.act(hold["id"], action, etag='"1"') for hold in holds for action in ("confirm", "release")]
        answers = [answer.status_code for answer in await asyncio.gather(*acts)]
        assert [sorted(pair) for pair in zip(answers[::2], answers[1::2], strict=True)] == [[200, 412]] * 8
        figures = await shelter.figures()
        assert (figures["confirmed"], figures["held"]) == (answers[::2].count(200), 0)


class TestExpiry:
    async def test_time_alone_frees_the_room_and_the_next_hold_may_have_it(
        self, app: FastAPI, client: httpx.AsyncClient, outbox: Any
    ) -> None:
        shelter = await a_shelter(client, maximum=1)
        placed = await shelter.place(seconds=0.5)
        assert placed.status_code == 201, placed.text
        path = f"/directory/v1/holds/{placed.json()['id']}"

        async def expired() -> bool:
            return (await client.get(path, headers=shelter.headers)).json()["status"] == "expired"

        await until(expired)
        assert (await shelter.figures())["available"] == 1
        assert (await shelter.place()).status_code == 201
        late = await shelter.act(placed.json()["id"], "confirm")
        assert (late.status_code, late.json()["type"]) == (409, "urn:paivand:problem:transition-not-allowed")
        figures = await shelter.figures()
        assert (figures["held"], figures["confirmed"], figures["available"]) == (1, 0, 0)
        kinds = [event["type"].split(".")[3] for event in await outbox(placed.json()["id"])]
        assert kinds == ["placed", "expired"]

    async def test_it_is_told_once_though_nobody_asks(
        self, app: FastAPI, client: httpx.AsyncClient, outbox: Any
    ) -> None:
        shelter = await a_shelter(client)
        placed = await shelter.place(seconds=0.2)
        assert placed.status_code == 201, placed.text

        async def told() -> list[dict[str, Any]]:
            await asyncio.gather(*(tell_of_expired(app.state.database) for _ in range(3)))
            return [event for event in await outbox(placed.json()["id"]) if event["type"].endswith("expired.v1")]

        assert len(await until(told)) == 1
        assert len(await told()) == 1
        history = (await client.get(f"{shelter.path}/history", headers=shelter.headers)).json()["items"]
        assert [entry["change"] for entry in history] == ["counted", "placed", "expired"]
