"""What the directory's events cause: who is told, and who is told nothing any more."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from paivand_contracts.audit import UnusualReading, UnusualReadingFound
from paivand_contracts.codes import OrganizationStatus
from paivand_contracts.envelope import Event, now
from paivand_kit.database import Database
from paivand_notify.inbox.consumers import directory_event, handle_directory_events, handle_referral_events
from sqlalchemy import text

from tests.factories.directory_events import changed, expiring, removed, stale
from tests.factories.referral_events import an_event
from tests.notify.people import coordinator, manager, member, once

pytestmark = pytest.mark.integration
INBOX, EMAIL, WEBHOOKS = "/notify/v1/inbox", "/notify/v1/email-subscription", "/notify/v1/webhooks"
ACTIVE, SUSPENDED = OrganizationStatus.ACTIVE, OrganizationStatus.SUSPENDED


class Office:
    """An organization that has a webhook and a person with mails, and what reaches them."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self.id, self.subject = uuid4(), str(uuid4())
        self.person = member(self.id, subject=self.subject, email=f"{self.subject}@example.org")
        self.manager = manager(self.id)
        self.client, self._database = client, database
        self.hook: dict[str, Any] = {}

    async def open(self) -> None:
        self.hook = (await self.add_webhook()).raise_for_status().json()
        (await self.subscribe()).raise_for_status()

    async def add_webhook(self) -> httpx.Response:
        body = {"url": "http://127.0.0.1:1/hook"}
        return await self.client.post(WEBHOOKS, json=body, headers=self.manager | once())

    async def subscribe(self) -> httpx.Response:
        return await self.client.put(EMAIL, json={}, headers=self.person)

    async def turn_on(self) -> httpx.Response:
        headers = self.manager | {"If-Match": "*"}
        return await self.client.patch(f"{WEBHOOKS}/{self.hook['id']}", json={"status": "active"}, headers=headers)

    async def happens(self, *events: Event) -> None:
        async with self._database.transaction() as session:
            await handle_directory_events(session, [directory_event.validate_python(e.model_dump()) for e in events])

    async def referral_comes(self) -> Event:
        event = an_event("requested", owner=self.id)
        async with self._database.transaction() as session:
            await handle_referral_events(session, [event])
        return event

    async def queued(self, event_id: UUID) -> set[str]:
        """The ways by which something of an event is still to go out to this office."""
        query = text("SELECT channel FROM deliveries WHERE event_id = :event AND organization_id = :id")
        async with self._database.transaction() as session:
            return set((await session.scalars(query, {"event": event_id, "id": self.id})).all())

    async def entries(self, who: dict[str, str] | None = None) -> list[dict[str, Any]]:
        page = await self.client.get(INBOX, headers=who or self.person)
        return page.raise_for_status().json()["items"]


@pytest.fixture
async def office(client: httpx.AsyncClient, database: Database) -> Office:
    office = Office(client, database)
    await office.open()
    return office


class TestNews:
    async def test_stale_figures_reach_their_organization_by_every_way(self, office: Office) -> None:
        event = stale(office.id)
        await office.happens(event)
        [entry] = await office.entries()
        assert (entry["kind"], entry["subject_type"], entry["subject_id"]) == (
            *("capacity-stale", "capacity"),
            str(event.data.capacity_id),
        )
        assert [entry[name] for name in ("referral_id", "referral_number", "status", "due_on")] == [None] * 4
        assert "please confirm" in entry["text"]
        assert await office.queued(event.id) == {"email", "webhook"}
        assert str(event.data.capacity_id) not in {each["subject_id"] for each in await office.entries(coordinator())}

    async def test_an_ending_membership_reaches_the_coordinators_too(self, office: Office) -> None:
        event = expiring(office.id)
        await office.happens(event)
        [own] = await office.entries()
        [theirs] = [each for each in await office.entries(coordinator()) if each["subject_id"] == str(office.id)]
        for entry in (own, theirs):
            assert (entry["kind"], entry["due_on"]) == ("membership-expiring", "2027-01-31")
            assert (entry["priority"], "2027-01-31" in entry["text"]) == ("urgent", True)
        assert await office.queued(event.id) == {"email", "webhook"}

    async def test_unusual_reading_reaches_the_coordinators_alone(self, office: Office, database: Database) -> None:
        account_id = uuid4()
        reading = UnusualReading(account_id=account_id, organization_id=office.id, cases=25, since=now())
        async with database.transaction() as session:
            await handle_referral_events(session, [UnusualReadingFound(subject=str(account_id), data=reading)])
        theirs = [each for each in await office.entries(coordinator()) if each["subject_id"] == str(account_id)]
        assert [(each["kind"], each["subject_type"]) for each in theirs] == [("audit-unusual-reading-found", "audit")]
        assert await office.entries() == []

    async def test_the_same_event_again_adds_nothing(self, office: Office) -> None:
        event = stale(office.id)
        for _ in range(2):
            await office.happens(event)
        assert len(await office.entries()) == 1

    async def test_a_webhook_gets_only_the_kinds_that_it_names(self, office: Office) -> None:
        headers = office.manager | {"If-Match": "*"}
        named = {"event_types": ["paivand.directory.membership.expiring.v1"]}
        await office.client.patch(f"{WEBHOOKS}/{office.hook['id']}", json=named, headers=headers)
        old, ending = stale(office.id), expiring(office.id)
        await office.happens(old, ending)
        assert await office.queued(old.id) == {"email"}
        assert await office.queued(ending.id) == {"email", "webhook"}


class TestSuspension:
    async def test_ends_mails_and_webhooks_at_once(self, office: Office) -> None:
        before = await office.referral_comes()
        assert await office.queued(before.id) == {"email", "webhook"}
        await office.happens(changed(office.id, SUSPENDED, 2))
        assert await office.queued(before.id) == set()
        after = await office.referral_comes()
        assert await office.queued(after.id) == set()
        assert (await office.client.get(EMAIL, headers=office.person)).status_code == 404

    async def test_a_token_from_before_leaves_nothing_behind(self, office: Office) -> None:
        await office.happens(changed(office.id, SUSPENDED, 2))
        for refused in (await office.subscribe(), await office.add_webhook(), await office.turn_on()):
            assert refused.status_code == 403, refused.text

    async def test_what_was_asked_for_comes_back_only_when_asked_again(self, office: Office) -> None:
        await office.happens(changed(office.id, SUSPENDED, 2), changed(office.id, ACTIVE, 3))
        await office.happens(changed(office.id, SUSPENDED, 4))
        await office.happens(changed(office.id, ACTIVE, 5))
        silent = await office.referral_comes()
        assert await office.queued(silent.id) == set()
        assert (await office.turn_on()).status_code == 200
        assert (await office.subscribe()).status_code == 200
        heard = await office.referral_comes()
        assert await office.queued(heard.id) == {"email", "webhook"}

    async def test_old_news_of_an_organization_changes_nothing(self, office: Office) -> None:
        await office.happens(changed(office.id, ACTIVE, 3))
        await office.happens(changed(office.id, SUSPENDED, 2))
        assert await office.queued((await office.referral_comes()).id) == {"email", "webhook"}

    async def test_others_go_on(self, office: Office) -> None:
        await office.happens(changed(uuid4(), SUSPENDED, 1))
        assert await office.queued((await office.referral_comes()).id) == {"email", "webhook"}


class TestDeparture:
    async def test_whoever_left_gets_no_mail_and_cannot_ask_again(self, office: Office) -> None:
        before = await office.referral_comes()
        await office.happens(removed(office.id, office.subject))
        assert await office.queued(before.id) == {"webhook"}
        assert await office.queued((await office.referral_comes()).id) == {"webhook"}
        assert (await office.subscribe()).status_code == 403

    async def test_work_for_another_organization_is_not_touched(self, office: Office) -> None:
        await office.happens(removed(uuid4(), office.subject))
        assert await office.queued((await office.referral_comes()).id) == {"email", "webhook"}
        assert (await office.subscribe()).status_code == 200
