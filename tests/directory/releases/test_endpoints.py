"""The exact place is told to the parties of an accepted referral, and each time recorded."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from paivand_directory.releases.consumers import handle_referral_events
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.factories.directory import admit, coordinator, key, locate, manager_of, member_of, publish
from tests.factories.referral_events import an_event

pytestmark = pytest.mark.integration
Tell = Callable[..., Awaitable[str]]


@pytest.fixture
def tell(app: FastAPI) -> Tell:
    """The directory hears of a referral; gives its id."""

    async def tell(kind: str, *, version: int = 1, **facts: Any) -> str:
        event = an_event(kind)
        event = event.model_copy(update={"data": event.data.model_copy(update={**facts, "version": version})})
        async with app.state.database.transaction() as session:
            await handle_referral_events(session, [event])  # pyright: ignore[reportArgumentType] - one of the union
        return str(event.data.referral_id)

    return tell


@pytest.fixture
async def shelter(client: httpx.AsyncClient) -> dict[str, Any]:
    """A service at a redacted location."""
    owner = await admit(client)
    service, place = await publish(client, owner), await locate(client, owner)
    body = {"service_id": service["id"], "location_id": place["id"]}
    path = "/directory/v1/service_at_locations"
    (await client.post(path, json=body, headers=manager_of(owner) | key())).raise_for_status()
    return {"owner": owner, "service": UUID(service["id"]), "path": f"/directory/v1/locations/{place['id']}"}


async def ask(client: httpx.AsyncClient, shelter: dict[str, Any], headers: dict[str, str], referral: str) -> Any:
    return await client.post(f"{shelter['path']}/release", json={"referral_id": referral}, headers=headers)


class TestRelease:
    async def test_requester_of_an_accepted_referral_is_told_and_the_owner_sees_it(
        self, client: httpx.AsyncClient, shelter: dict[str, Any], tell: Tell
    ) -> None:
        requester = await admit(client)
        referral = await tell("accepted", requester_organization_id=requester, service_id=shelter["service"])
        for _ in range(2):
            answer = await ask(client, shelter, member_of(requester), referral)
            assert answer.status_code == 200, answer.text
            assert answer.json()["location"]["addresses"][0]["address_1"] == "12 Hidden Street"
        seen = await client.get(f"{shelter['path']}/releases", headers=manager_of(shelter["owner"]))
        assert [(each["organization_id"], each["referral_id"]) for each in seen.json()["items"]] == [
            (str(requester), referral)
        ] * 2
        assert seen.json()["items"][1]["id"] == answer.json()["release_id"]
        plain = await client.get(shelter["path"], headers=member_of(requester))
        assert plain.json()["addresses"] == []

    @pytest.mark.parametrize("kind", ["requested", "rejected", "cancelled", "completed", "failed", "entered-in-error"])
    async def test_not_before_it_is_accepted_nor_after_its_end(
        self, client: httpx.AsyncClient, shelter: dict[str, Any], tell: Tell, kind: str
    ) -> None:
        requester = await admit(client)
        facts = {"requester_organization_id": requester, "service_id": shelter["service"], "referral_id": uuid4()}
        if kind != "requested":
            await tell("accepted", **facts)
        referral = await tell(kind, version=2, **facts)
        answer = await ask(client, shelter, member_of(requester), referral)
        assert answer.status_code == 409
        assert "Hidden" not in answer.text
        # News that comes late, of a version before, does not open it again.
        await tell("accepted", **facts)
        assert (await ask(client, shelter, member_of(requester), referral)).status_code == 409

    async def test_nobody_else_is_told(self, client: httpx.AsyncClient, shelter: dict[str, Any], tell: Tell) -> None:
        requester = await admit(client)
        facts = {"requester_organization_id": requester}
        referral = await tell("accepted", service_id=shelter["service"], **facts)
        elsewhere = await tell("accepted", service_id=uuid4(), **facts)
        for headers, asked, status in (
            (member_of(await admit(client)), referral, 404),
            (member_of(requester), elsewhere, 404),
            (member_of(requester), str(uuid4()), 404),
            (coordinator(), referral, 403),
            ({}, referral, 401),
        ):
            answer = await ask(client, shelter, headers, asked)
            assert answer.status_code == status
            assert "Hidden" not in answer.text
        seen = await client.get(f"{shelter['path']}/releases", headers=manager_of(shelter["owner"]))
        assert seen.json()["items"] == []

    async def test_only_the_owners_manager_reads_who_was_told(
        self, client: httpx.AsyncClient, shelter: dict[str, Any], tell: Tell
    ) -> None:
        requester = await admit(client)
        referral = await tell("accepted", requester_organization_id=requester, service_id=shelter["service"])
        (await ask(client, shelter, member_of(requester), referral)).raise_for_status()
        path = f"{shelter['path']}/releases"
        assert (await client.get(path, headers=manager_of(requester))).json()["items"] == []
        assert (await client.get(path, headers=member_of(shelter["owner"]))).status_code == 403

    async def test_no_copy_of_the_place_is_kept_and_the_record_cannot_be_changed(
        self, client: httpx.AsyncClient, app: FastAPI, shelter: dict[str, Any], tell: Tell
    ) -> None:
        requester = await admit(client)
        referral = await tell("accepted", requester_organization_id=requester, service_id=shelter["service"])
        count = text("SELECT count(*) FROM idempotency_keys")
        async with app.state.database.transaction() as session:
            before = await session.scalar(count)
        (await ask(client, shelter, member_of(requester) | key(), referral)).raise_for_status()
        async with app.state.database.transaction() as session:
            assert await session.scalar(count) == before
        for statement in ("DELETE FROM location_releases", "UPDATE location_releases SET subject = 'x'"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with app.state.database.transaction() as session:
                    await session.execute(text(statement))
