"""Memberships over HTTP."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from paivand_contracts.codes import Role
from paivand_directory.memberships.jobs import suspend_ended, warn_of_ending
from sqlalchemy import text

from tests.factories.directory import admit, coordinator, key, manager_of, member_of, publish
from tests.factories.memberships import FIRST, PATH, SECOND, act, activate, an_application, apply, sign, today
from tests.factories.tokens import bearer

pytestmark = pytest.mark.integration


async def set_end(app: FastAPI, membership: dict[str, Any], expires_on: date) -> None:
    """As if the agreements had been signed so long ago."""
    async with app.state.database.transaction() as session:
        statement = text("UPDATE memberships SET expires_on = :day WHERE id = :id")
        await session.execute(statement, {"day": expires_on, "id": membership["id"]})


class TestLife:
    async def test_from_application_to_the_end(self, client: httpx.AsyncClient, outbox: Any) -> None:
        membership = await activate(client)
        entry = f"/directory/v1/organizations/{membership['id']}"
        assert (await client.get(entry, headers=member_of(uuid4()))).json()["status"] == "active"
        for action, status, seen in (("suspend", "suspended", 404), ("reinstate", "active", 200)):
            membership = (await act(client, membership, action, FIRST)).raise_for_status().json()
            assert membership["status"] == status
            assert (await client.get(entry, headers=member_of(uuid4()))).status_code == seen
        membership = (await act(client, membership, "withdraw", SECOND)).raise_for_status().json()
        assert membership["status"] == "withdrawn"
        states = [event["data"]["status"] for event in await outbox(membership["id"])]
        assert states == ["active", "suspended", "active", "suspended"]
        history = (await client.get(f"{PATH}/{membership['id']}/history", headers=FIRST)).json()["items"]
        done = ["apply", "sign", "sign", "review", "activate", "suspend", "reinstate", "withdraw"]
        assert [entry["action"] for entry in history] == done
        assert [entry["version"] for entry in history] == list(range(1, 9))
        assert history[4]["subject"] == "coordinator-2"
        assert history[0]["reason"] == "Wrote to us."

    async def test_an_applicant_is_not_in_the_directory(self, client: httpx.AsyncClient, outbox: Any) -> None:
        membership = await apply(client)
        answer = await client.get(f"/directory/v1/organizations/{membership['id']}", headers=coordinator())
        assert answer.status_code == 404
        assert await outbox(membership["id"]) == []

    async def test_the_reviewer_cannot_activate(self, client: httpx.AsyncClient) -> None:
        membership = await sign(client, await apply(client))
        membership = (await act(client, membership, "review", FIRST)).json()
        refused = await act(client, membership, "activate", FIRST)
        assert (refused.status_code, refused.json()["allowed"]) == (403, ["withdraw"])
        assert (await act(client, membership, "activate", SECOND)).status_code == 200

    async def test_activation_needs_both_agreements(self, client: httpx.AsyncClient) -> None:
        membership = (await act(client, await apply(client), "review", FIRST)).json()
        refused = await act(client, membership, "activate", SECOND)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:paivand:problem:conflict")
        assert "code-of-conduct" in refused.json()["detail"]

    async def test_what_is_not_possible_now_names_what_is(self, client: httpx.AsyncClient) -> None:
        refused = await act(client, await apply(client), "suspend", FIRST)
        assert (refused.status_code, refused.json()["allowed"]) == (409, ["review", "withdraw"])
        assert refused.json()["type"] == "urn:paivand:problem:transition-not-allowed"

    async def test_the_present_version_and_a_reason_are_needed(self, client: httpx.AsyncClient) -> None:
        membership = await apply(client)
        path = f"{PATH}/{membership['id']}/review"
        assert (await client.post(path, json={"reason": "x"}, headers=FIRST | key())).status_code == 428
        assert (await act(client, membership | {"version": 7}, "review", FIRST)).status_code == 412
        nothing = await act(client, membership, "review", FIRST, {"reason": " "})
        assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "/reason")

    async def test_services_are_not_found_while_suspended(self, client: httpx.AsyncClient) -> None:
        membership = await activate(client)
        service = await publish(client, membership["id"])
        path = f"/directory/v1/services/{service['id']}"
        assert (await client.get(path, headers=member_of(uuid4()))).status_code == 200
        await act(client, membership, "suspend", FIRST)
        assert (await client.get(path, headers=member_of(uuid4()))).status_code == 404


class TestFirstManager:
    async def test_must_be_free_and_can_be_corrected_until_activation(self, client: httpx.AsyncClient) -> None:
        taken = (await activate(client))["manager_email"]
        membership = await sign(client, await apply(client, manager_email=taken))
        membership = (await act(client, membership, "review", FIRST)).json()
        assert (await act(client, membership, "activate", SECOND)).status_code == 409
        path, body = f"{PATH}/{membership['id']}", {"manager_email": f"{uuid4()}@example.org", "reason": "Mistyped."}
        assert (await client.get(path, headers=FIRST)).json() == membership
        assert (await client.patch(path, json=body, headers=FIRST)).status_code == 428
        headers = FIRST | {"If-Match": f'"{membership["version"]}"'}
        membership = (await client.patch(path, json=body, headers=headers)).raise_for_status().json()
        assert membership["manager_email"] == body["manager_email"]
        membership = (await act(client, membership, "activate", SECOND)).raise_for_status().json()
        later = await client.patch(path, json=body, headers=FIRST | {"If-Match": "*"})
        assert (later.status_code, later.json()["type"]) == (409, "urn:paivand:problem:conflict")
        people = (await client.get("/directory/v1/people", headers=manager_of(membership["id"]))).json()["items"]
        assert [(each["email"], each["role"]) for each in people] == [(body["manager_email"], "manager")]


class TestWho:
    async def test_managers_see_their_own_only(self, client: httpx.AsyncClient) -> None:
        mine, other = await activate(client), await apply(client)
        headers = manager_of(mine["id"])
        listed = (await client.get(PATH, headers=headers)).json()["items"]
        assert [each["id"] for each in listed] == [mine["id"]]
        assert (await client.get(f"{PATH}/{other['id']}", headers=headers)).status_code == 404
        assert (await client.get(f"{PATH}/{other['id']}/agreements", headers=headers)).status_code == 404
        assert (await client.get(f"{PATH}/{mine['id']}/history", headers=headers)).status_code == 403
        assert (await act(client, mine, "withdraw", headers)).status_code == 403

    async def test_members_and_auditors_see_nothing(self, client: httpx.AsyncClient) -> None:
        for headers in (member_of(uuid4()), bearer(roles=(Role.AUDITOR,))):
            assert (await client.get(PATH, headers=headers)).status_code == 403
        assert (await client.get(PATH)).status_code == 401

    async def test_list_is_narrowed_by_status(self, client: httpx.AsyncClient) -> None:
        membership = await apply(client)
        for status, is_in in (("applied", True), ("withdrawn", False)):
            page = (await client.get(PATH, params={"status": status, "limit": 200}, headers=FIRST)).json()
            assert (membership["id"] in [each["id"] for each in page["items"]]) is is_in


class TestExistingOrganization:
    async def test_status_follows_the_membership_only(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        membership = await activate(client, organization_id=str(organization_id))
        assert membership["id"] == str(organization_id)
        await act(client, membership, "suspend", FIRST)
        path = f"/directory/v1/organizations/{organization_id}"
        entry = await client.get(path, headers=FIRST)
        assert entry.json()["status"] == "suspended"
        headers = FIRST | {"If-Match": entry.headers["etag"]}
        whole = {name: entry.json()[name] for name in ("name", "description")} | {"status": "active"}
        assert (await client.patch(path, json={"status": "active"}, headers=headers)).status_code == 409
        assert (await client.put(path, json=whole, headers=headers)).status_code == 409

    async def test_unknown_one_is_named(self, client: httpx.AsyncClient) -> None:
        body = an_application(organization_id=str(uuid4()))
        answer = await client.post(PATH, json=body, headers=FIRST | key())
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/organization_id")

    async def test_has_one_membership(self, client: httpx.AsyncClient) -> None:
        fields = {"organization_id": str(await admit(client))}
        await apply(client, **fields)
        assert (await client.post(PATH, json=an_application(**fields), headers=FIRST | key())).status_code == 409


class TestAgreements:
    @pytest.mark.parametrize(
        ("signed", "expires", "pointer"), [(1, 300, "/signed_on"), (-10, 0, "/expires_on"), (0, -1, "/expires_on")]
    )
    async def test_impossible_days_are_named(
        self, client: httpx.AsyncClient, signed: int, expires: int, pointer: str
    ) -> None:
        days = {
            "signed_on": str(today() + timedelta(days=signed)),
            "expires_on": str(today() + timedelta(days=expires)),
        }
        body = {"kind": "data-protection", "agreement_version": "1", **days}
        answer = await act(client, await apply(client), "agreements", FIRST, body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_all_are_kept(self, client: httpx.AsyncClient) -> None:
        membership = await sign(client, await apply(client))
        assert membership["expires_on"] == str(today() + timedelta(days=365))
        agreements = (await client.get(f"{PATH}/{membership['id']}/agreements", headers=FIRST)).json()
        assert [each["kind"] for each in agreements] == ["code-of-conduct", "data-protection"]

    async def test_the_end_is_told_once_a_month_before(
        self, client: httpx.AsyncClient, app: FastAPI, outbox: Any
    ) -> None:
        early, soon = await activate(client, days=31), await activate(client, days=30)
        await warn_of_ending(app.state.database)
        await warn_of_ending(app.state.database)
        kind = "paivand.directory.membership.expiring.v1"
        assert kind not in [event["type"] for event in await outbox(early["id"])]
        [told] = [event for event in await outbox(soon["id"]) if event["type"] == kind]
        assert told["data"] == {"organization_id": soon["id"], "expires_on": str(today() + timedelta(days=30))}
        await suspend_ended(app.state.database)
        assert (await client.get(f"{PATH}/{soon['id']}", headers=FIRST)).json()["status"] == "active"

    async def test_at_the_end_the_member_is_suspended_until_it_signs(
        self, client: httpx.AsyncClient, app: FastAPI, outbox: Any
    ) -> None:
        membership = await activate(client)
        await set_end(app, membership, today())
        await asyncio.gather(*(suspend_ended(app.state.database) for _ in range(3)))
        membership = (await client.get(f"{PATH}/{membership['id']}", headers=FIRST)).json()
        assert membership["status"] == "suspended"
        assert (await outbox(membership["id"]))[-1]["data"]["status"] == "suspended"
        history = (await client.get(f"{PATH}/{membership['id']}/history", headers=FIRST)).json()["items"]
        assert [(entry["action"], entry["subject"]) for entry in history[-2:]] == [
            ("activate", "coordinator-2"),
            ("suspend", "directory"),
        ]
        assert (await act(client, membership, "reinstate", FIRST)).status_code == 409
        membership = await sign(client, membership)
        assert (await act(client, membership, "reinstate", FIRST)).status_code == 200
