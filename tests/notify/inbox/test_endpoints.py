"""The inbox over HTTP."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import httpx
import pytest
from paivand_contracts.codes import Role
from paivand_contracts.referral import ReferralEventBase
from paivand_kit.database import Database
from paivand_notify.inbox.consumers import handle_referral_events

from tests.factories.referral_events import an_event
from tests.factories.tokens import bearer
from tests.notify.people import auditor, coordinator, manager, member, once

pytestmark = pytest.mark.integration
PATH = "/notify/v1/inbox"
State = Callable[..., Awaitable[None]]


@pytest.fixture
def state(database: Database) -> State:
    async def handle(*events: ReferralEventBase) -> None:
        async with database.transaction() as session:
            await handle_referral_events(session, events)

    return handle


async def first_id(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    return (await client.get(PATH, headers=headers)).json()["items"][0]["id"]


class TestList:
    async def test_pages_run_from_newest_to_oldest_without_gap_or_repeat(
        self, client: httpx.AsyncClient, state: State
    ) -> None:
        owner = uuid4()
        events = [an_event("requested", owner=owner) for _ in range(7)]
        await state(*events)
        numbers, path = [], f"{PATH}?limit=3"
        while path:
            page = await client.get(path, headers=member(owner))
            assert page.status_code == 200
            numbers += [entry["referral_number"] for entry in page.json()["items"]]
            path = page.links["next"]["url"] if "next" in page.links else ""
            # What arrives meanwhile does not shift the pages.
            await state(an_event("requested", owner=owner))
        assert numbers == [event.data.number for event in reversed(events)]

    async def test_entry_shows_number_and_state_only(self, client: httpx.AsyncClient, state: State) -> None:
        owner, event = uuid4(), None
        event = an_event("requested", owner=owner)
        await state(event)
        [entry] = (await client.get(PATH, headers=member(owner))).json()["items"]
        assert {
            name: entry[name] for name in ("kind", "referral_id", "referral_number", "status", "priority", "text")
        } == {
            "kind": "requested",
            "referral_id": str(event.data.referral_id),
            "referral_number": event.data.number,
            "status": "requested",
            "priority": "routine",
            "text": f"Referral {event.data.number}: requested",
        }
        assert (entry["subject_type"], entry["subject_id"]) == ("referral", entry["referral_id"])
        assert set(entry) - {"kind", "referral_id", "referral_number", "status", "priority", "text"} == {
            *("id", "position", "subject_type", "subject_id", "due_on", "times", "created_at", "read_at", "read_by")
        }

    async def test_unread_leaves_out_what_was_read(self, client: httpx.AsyncClient, state: State) -> None:
        owner = uuid4()
        await state(*(an_event("requested", owner=owner) for _ in range(3)))
        entry_id = await first_id(client, member(owner))
        await client.post(f"{PATH}/{entry_id}/read", headers=member(owner) | once())
        unread = (await client.get(PATH, params={"unread": True}, headers=member(owner))).json()["items"]
        read = (await client.get(PATH, params={"unread": False}, headers=member(owner))).json()["items"]
        assert (len(unread), [entry["id"] for entry in read]) == (2, [entry_id])

    async def test_coordinator_sees_the_coordinators_inbox_only(self, client: httpx.AsyncClient, state: State) -> None:
        owner, overdue = uuid4(), an_event("overdue")
        await state(an_event("requested", owner=owner), overdue)
        items = (await client.get(PATH, headers=coordinator())).json()["items"]
        assert {entry["kind"] for entry in items} <= {"overdue", "membership-expiring", "audit-unusual-reading-found"}
        assert items[0]["referral_number"] == overdue.data.number

    async def test_member_who_coordinates_sees_both_in_order(self, client: httpx.AsyncClient, state: State) -> None:
        owner = uuid4()
        events = [an_event("requested", owner=owner), an_event("overdue"), an_event("requested", owner=owner)]
        await state(*events)
        both = bearer(organization_id=owner, roles=(Role.MEMBER, Role.COORDINATOR))
        items = (await client.get(PATH, params={"limit": 3}, headers=both)).json()["items"]
        assert [entry["referral_number"] for entry in items] == [event.data.number for event in reversed(events)]

    @pytest.mark.parametrize(
        ("headers", "status"),
        [({}, 401), (auditor(organization_id=uuid4()), 403), (bearer(), 403), (bearer(roles=()), 403)],
        ids=["anonymous", "auditor", "member of nothing", "no role"],
    )
    async def test_is_refused(self, client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
        answer = await client.get(PATH, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")

    @pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=x", "unread=perhaps"])
    async def test_bad_query_is_named(self, client: httpx.AsyncClient, query: str) -> None:
        answer = await client.get(f"{PATH}?{query}", headers=member(uuid4()))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == query.split("=")[0]


class TestOne:
    @pytest.fixture
    async def owner_and_entry(self, client: httpx.AsyncClient, state: State) -> tuple[UUID, str]:
        owner = uuid4()
        await state(an_event("requested", owner=owner))
        return owner, await first_id(client, member(owner))

    async def test_own_is_shown(self, client: httpx.AsyncClient, owner_and_entry: tuple[UUID, str]) -> None:
        owner, entry_id = owner_and_entry
        answer = await client.get(f"{PATH}/{entry_id}", headers=manager(owner))
        assert (answer.status_code, answer.json()["id"]) == (200, entry_id)

    async def test_others_do_not_know_that_it_is_there(
        self, client: httpx.AsyncClient, owner_and_entry: tuple[UUID, str]
    ) -> None:
        _, entry_id = owner_and_entry
        for headers in (member(uuid4()), coordinator()):
            others = await client.get(f"{PATH}/{entry_id}", headers=headers)
            absent = await client.get(f"{PATH}/{uuid4()}", headers=headers)
            marked = await client.post(f"{PATH}/{entry_id}/read", headers=headers | once())
            assert others.status_code == absent.status_code == marked.status_code == 404
            assert others.json()["detail"] == absent.json()["detail"]

    async def test_reading_marks_it_for_the_team_and_keeps_the_first_reader(
        self, client: httpx.AsyncClient, owner_and_entry: tuple[UUID, str]
    ) -> None:
        owner, entry_id = owner_and_entry
        first = await client.post(f"{PATH}/{entry_id}/read", headers=member(owner, subject="first") | once())
        second = await client.post(f"{PATH}/{entry_id}/read", headers=member(owner, subject="second") | once())
        assert first.status_code == second.status_code == 200
        assert first.json() == second.json()
        assert first.json()["read_by"] == "first"

    async def test_marking_needs_a_key_and_somebody(
        self, client: httpx.AsyncClient, owner_and_entry: tuple[UUID, str]
    ) -> None:
        owner, entry_id = owner_and_entry
        assert (await client.post(f"{PATH}/{entry_id}/read", headers=member(owner))).status_code == 400
        assert (await client.post(f"{PATH}/{entry_id}/read", headers=once())).status_code == 401
        assert (await client.post(f"{PATH}/{entry_id}/read", headers=auditor() | once())).status_code == 403
