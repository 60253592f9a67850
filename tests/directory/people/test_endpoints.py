"""People over HTTP; what Keycloak then does is in tests/system/test_membership.py."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from paivand_contracts.codes import Role
from sqlalchemy import text

from tests.factories.directory import admit, coordinator, key, manager_of, member_of
from tests.factories.tokens import bearer

pytestmark = pytest.mark.integration
PATH = "/directory/v1/people"


async def invite(client: httpx.AsyncClient, organization_id: UUID, **fields: Any) -> dict[str, Any]:
    body = {"email": f"{uuid4()}@example.org"} | fields
    answer = await client.post(PATH, json=body, headers=manager_of(organization_id) | key())
    assert answer.status_code == 201, answer.text
    return answer.json()


class TestInvite:
    async def test_waits_for_keycloak_in_the_same_transaction(self, client: httpx.AsyncClient, app: FastAPI) -> None:
        organization_id = await admit(client)
        person = await invite(client, organization_id, email=f"Upper.{uuid4()}@Example.org", role="manager")
        assert (person["status"], person["role"]) == ("pending", "manager")
        assert person["email"] == person["email"].lower()
        query = text("SELECT organization_id FROM keycloak_jobs WHERE person_id = :id AND done_at IS NULL")
        async with app.state.database.transaction() as session:
            assert list(await session.scalars(query, {"id": person["id"]})) == [organization_id]

    async def test_an_address_belongs_to_one_member(self, client: httpx.AsyncClient) -> None:
        first, second = await admit(client), await admit(client)
        person = await invite(client, first)
        again = {"email": person["email"].upper()}
        refused = await client.post(PATH, json=again, headers=manager_of(second) | key())
        assert refused.status_code == 409
        headers = manager_of(first) | {"If-Match": '"1"'}
        assert (await client.delete(f"{PATH}/{person['id']}", headers=headers)).status_code == 204
        assert (await client.post(PATH, json=again, headers=manager_of(second) | key())).status_code == 201

    @pytest.mark.parametrize("body", [{"email": "nobody"}, {"email": "a@example.org", "role": "coordinator"}])
    async def test_faults_are_named(self, client: httpx.AsyncClient, body: dict[str, str]) -> None:
        answer = await client.post(PATH, json=body, headers=manager_of(await admit(client)) | key())
        assert (answer.status_code, len(answer.json()["errors"])) == (422, 1)

    async def test_is_for_managers_only(self, client: httpx.AsyncClient) -> None:
        body = {"email": "a@example.org"}
        for headers in (member_of(uuid4()), coordinator(), bearer(roles=(Role.AUDITOR,))):
            assert (await client.post(PATH, json=body, headers=headers | key())).status_code == 403
        assert (await client.post(PATH, json=body, headers=key())).status_code == 401


class TestOwnOnly:
    async def test_nobody_elses_people_can_be_reached(self, client: httpx.AsyncClient) -> None:
        mine, other = await admit(client), await admit(client)
        person = await invite(client, mine)
        path, headers = f"{PATH}/{person['id']}", manager_of(other) | {"If-Match": "*"}
        assert (await client.get(path, headers=headers)).status_code == 404
        assert (await client.delete(path, headers=headers)).status_code == 404
        assert (await client.get(PATH, headers=headers)).json()["items"] == []
        seen = (await client.get(PATH, headers=manager_of(mine))).json()["items"]
        assert [each["id"] for each in seen] == [person["id"]]


class TestRemove:
    async def test_needs_the_present_version_and_happens_once(self, client: httpx.AsyncClient) -> None:
        organization_id = await admit(client)
        path = f"{PATH}/{(await invite(client, organization_id))['id']}"
        headers = manager_of(organization_id)
        assert (await client.delete(path, headers=headers)).status_code == 428
        assert (await client.delete(path, headers=headers | {"If-Match": '"2"'})).status_code == 412
        assert (await client.delete(path, headers=headers | {"If-Match": '"1"'})).status_code == 204
        assert (await client.delete(path, headers=headers | {"If-Match": "*"})).status_code == 404
        assert (await client.get(PATH, headers=headers)).json()["items"] == []

    async def test_the_others_hear_of_it_by_the_account_alone(self, client: httpx.AsyncClient, app: FastAPI) -> None:
        organization_id, subject = await admit(client), str(uuid4())
        person = await invite(client, organization_id)
        async with app.state.database.transaction() as session:
            statement = text("UPDATE people SET user_id = :subject WHERE id = :id")
            await session.execute(statement, {"subject": subject, "id": person["id"]})
        headers = manager_of(organization_id) | {"If-Match": "*"}
        assert (await client.delete(f"{PATH}/{person['id']}", headers=headers)).status_code == 204
        query = text("SELECT event -> 'data' FROM outbox WHERE event ->> 'subject' = :id")
        async with app.state.database.transaction() as session:
            [facts] = (await session.scalars(query, {"id": person["id"]})).all()
        assert facts == {"organization_id": str(organization_id), "user_id": subject}

    async def test_a_manager_does_not_remove_oneself(self, client: httpx.AsyncClient, app: FastAPI) -> None:
        organization_id, subject = await admit(client), str(uuid4())
        person = await invite(client, organization_id, role="manager")
        async with app.state.database.transaction() as session:
            statement = text("UPDATE people SET user_id = :subject WHERE id = :id")
            await session.execute(statement, {"subject": subject, "id": person["id"]})
        own = bearer(organization_id=organization_id, roles=(Role.MANAGER,), subject=subject) | {"If-Match": "*"}
        assert (await client.delete(f"{PATH}/{person['id']}", headers=own)).status_code == 409
        other = manager_of(organization_id) | {"If-Match": "*"}
        assert (await client.delete(f"{PATH}/{person['id']}", headers=other)).status_code == 204
