"""Feeds over HTTP: made once, followed without a token, always right, and ended."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar
from paivand_contracts.codes import OrganizationStatus, Role
from paivand_contracts.membership import PersonFacts, PersonRemoved
from paivand_kit.database import Database
from paivand_referral.calendars.tables import CalendarFeedRow
from paivand_referral.directory.consumers import handle_directory_events
from sqlalchemy import select

from tests.factories.running import Person
from tests.referral.conftest import LegalStory

FEEDS = "/referral/v1/calendar-feeds"


async def a_feed(who: Person, scope: str = "lawyer", **changes: Any) -> dict[str, Any]:
    answer = await who.post(FEEDS, {"scope": scope, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def follow(client: httpx.AsyncClient, feed: dict[str, Any], **headers: str) -> httpx.Response:
    """As a calendar program does: no token, only the address."""
    return await client.get(urlsplit(feed["url"]).path, headers={k.replace("_", "-"): v for k, v in headers.items()})


async def entries(client: httpx.AsyncClient, feed: dict[str, Any]) -> dict[str, Any]:
    """The entries by UID."""
    answer = await follow(client, feed)
    assert answer.status_code == 200, answer.text
    return {str(each["UID"]): each for each in Calendar.from_ical(answer.content).walk("VEVENT")}


class TestFollow:
    async def test_a_hearing_keeps_its_entry_through_adjournments_until_it_is_held_or_vacated(
        self, legal: LegalStory, client: httpx.AsyncClient
    ) -> None:
        feed = await a_feed(legal.lawyer)
        first = await legal.hearing()
        uid = f"{first['id']}@paivand"
        seen = [(await entries(client, feed))[uid]]
        assert seen[0]["DTSTART"].dt.strftime("%H:%M") == "09:30"
        assert seen[0]["DTSTART"].params["TZID"] == "Asia/Dushanbe"
        hearing = first
        for days in (20, 40):
            day = datetime.now(UTC).date() + timedelta(days=days)
            body = {"reason": "court-busy", "next": {"starts_at": f"{day}T14:00"}}
            adjourned = await legal.act(legal.owner, hearing, "adjourn", body)
            assert adjourned.status_code == 200, adjourned.text
            hearing = (await legal.owner.get(f"/referral/v1/hearings/{adjourned.json()['next_hearing_id']}")).json()
            (event,) = (await entries(client, feed)).values()
            assert (str(event["UID"]), event["STATUS"]) == (uid, "CONFIRMED")
            assert event["DTSTART"].dt.date() == day
            seen.append(event)
        vacated = await legal.act(legal.owner, hearing, "vacate", {"reason": "settled"})
        assert vacated.status_code == 200, vacated.text
        (event,) = (await entries(client, feed)).values()
        assert (str(event["UID"]), event["STATUS"]) == (uid, "CANCELLED")
        sequences = [int(each["SEQUENCE"]) for each in [*seen, event]]
        assert sequences == sorted(set(sequences))

    async def test_conditional_requests_cost_no_body_until_something_changes(
        self, legal: LegalStory, client: httpx.AsyncClient
    ) -> None:
        feed = await a_feed(legal.lawyer)
        hearing = await legal.hearing()
        first = await follow(client, feed)
        assert first.headers["content-type"] == "text/calendar; charset=utf-8"
        assert first.headers["cache-control"] == "private, no-cache"
        again = await follow(client, feed, If_None_Match=f'W/{first.headers["etag"]}, "other"')
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        by_time = await follow(client, feed, If_Modified_Since=first.headers["last-modified"])
        assert by_time.status_code == 304
        changed = await follow(client, feed, If_None_Match='"other"', If_Modified_Since=first.headers["last-modified"])
        assert changed.status_code == 200
        assert (await follow(client, feed, If_Modified_Since="yesterday")).status_code == 200
        cancelled = await legal.act(legal.owner, hearing, "cancel", {"reason": "mistake"})
        assert cancelled.status_code == 200, cancelled.text
        after = await follow(client, feed, If_None_Match=first.headers["etag"])
        assert after.status_code == 200
        assert after.headers["etag"] != first.headers["etag"]

    async def test_a_head_request_says_the_same_without_the_body(
        self, legal: LegalStory, client: httpx.AsyncClient
    ) -> None:
        feed = await a_feed(legal.lawyer)
        answer = await client.head(urlsplit(feed["url"]).path)
        assert answer.status_code == 200
        assert answer.headers["etag"] == (await follow(client, feed)).headers["etag"]

    async def test_an_ended_mandate_takes_the_hearings_out(self, legal: LegalStory, client: httpx.AsyncClient) -> None:
        feed = await a_feed(legal.lawyer)
        await legal.hearing()
        before = await follow(client, feed)
        assert before.content.count(b"BEGIN:VEVENT") == 1
        (lawyer,) = (await legal.owner.get(f"/referral/v1/proceedings/{legal.proceeding['id']}/lawyers")).json()
        yesterday = str(datetime.now(UTC).date() - timedelta(days=1))
        ended = await legal.owner.patch(
            f"/referral/v1/lawyers/{lawyer['id']}", {"until_on": yesterday}, etag=f'"{lawyer["version"]}"'
        )
        assert ended.status_code == 200, ended.text
        after = await follow(client, feed, If_None_Match=before.headers["etag"])
        assert after.content.count(b"BEGIN:VEVENT") == 0

    async def test_each_sees_only_their_own(self, legal: LegalStory, client: httpx.AsyncClient) -> None:
        hearing = await legal.hearing(court="Court of Sino district", room="4")
        uid = f"{hearing['id']}@paivand"
        colleague = legal.network.colleague(legal.lawyer, Role.MEMBER)
        stranger = await legal.network.member("Other", Role.MANAGER)
        assert uid in await entries(client, await a_feed(legal.lawyer))
        assert uid in await entries(client, await a_feed(legal.manager, "organization"))
        assert uid not in await entries(client, await a_feed(colleague))
        assert uid not in await entries(client, await a_feed(stranger, "organization"))
        owner = legal.network.colleague(legal.owner, Role.MANAGER)
        assert uid in await entries(client, await a_feed(owner, "organization"))
        assert uid not in await entries(client, await a_feed(owner))
        plain, placed = await a_feed(legal.lawyer), await a_feed(legal.lawyer, shows_place=True)
        assert b"Sino" not in (await follow(client, plain)).content
        assert (await entries(client, placed))[uid]["LOCATION"] == "Court of Sino district, 4"

    @pytest.mark.parametrize("token", ["x", "A" * 43, "../../proceedings", "%00" * 43])
    async def test_a_wrong_address_leads_nowhere(self, client: httpx.AsyncClient, token: str) -> None:
        assert (await client.get(f"/referral/v1/calendar/{token}.ics")).status_code == 404


class TestManage:
    async def test_the_address_is_shown_once_and_stored_as_a_digest(
        self, legal: LegalStory, client: httpx.AsyncClient, database: Database
    ) -> None:
        made = await legal.lawyer.post(FEEDS, {"scope": "lawyer"}, key="one-intent")
        secret = urlsplit(made.json()["url"]).path.rpartition("/")[2].removesuffix(".ics")
        assert len(secret) == 43
        again = await legal.lawyer.post(FEEDS, {"scope": "lawyer"}, key="one-intent")
        assert (again.json()["id"], again.json()["url"]) == (made.json()["id"], None)
        read = await legal.lawyer.get(f"{FEEDS}/{made.json()['id']}")
        assert "url" not in read.json()
        assert read.json()["last_used_at"] is None
        assert (await follow(client, made.json())).status_code == 200
        assert (await legal.lawyer.get(f"{FEEDS}/{made.json()['id']}")).json()["last_used_at"] is not None
        async with database.transaction() as session:
            row = (await session.scalars(select(CalendarFeedRow).where(CalendarFeedRow.id == made.json()["id"]))).one()
        assert secret not in repr(vars(row))

    async def test_revoked_is_gone_at_once(self, legal: LegalStory, client: httpx.AsyncClient) -> None:
        feed = await a_feed(legal.lawyer)
        path = f"{FEEDS}/{feed['id']}"
        assert (await legal.lawyer.delete(path)).status_code == 428
        assert (await legal.lawyer.delete(path, etag='"7"')).status_code == 412
        assert (await legal.lawyer.delete(path, etag='"1"')).status_code == 204
        assert (await follow(client, feed)).status_code == 404
        assert (await legal.lawyer.get(path)).status_code == 404

    async def test_who_may_make_see_and_end_which(self, legal: LegalStory, client: httpx.AsyncClient) -> None:
        assert (await client.post(FEEDS, json={"scope": "lawyer"})).status_code == 401
        assert (await legal.network.coordinator().post(FEEDS, {"scope": "lawyer"})).status_code == 403
        assert (await legal.lawyer.post(FEEDS, {"scope": "organization"})).status_code == 403
        feed = await a_feed(legal.lawyer)
        path = f"{FEEDS}/{feed['id']}"
        colleague = legal.network.colleague(legal.lawyer, Role.MEMBER)
        for other in (colleague, legal.owner):
            assert (await other.get(path)).status_code == 404
            assert (await other.delete(path, etag="*")).status_code == 404
            assert feed["id"] not in (await other.get(FEEDS)).text
        # A manager ends what a colleague has lost.
        assert feed["id"] in (await legal.manager.get(FEEDS)).text
        assert (await legal.manager.delete(path, etag="*")).status_code == 204

    async def test_who_leaves_takes_no_calendar_along(
        self, legal: LegalStory, client: httpx.AsyncClient, database: Database
    ) -> None:
        own, shared = await a_feed(legal.lawyer), await a_feed(legal.manager, "organization")
        assert legal.lawyer.organization_id
        facts = PersonFacts(organization_id=legal.lawyer.organization_id, user_id=legal.lawyer.subject)
        async with database.transaction() as session:
            await handle_directory_events(session, [PersonRemoved(subject=legal.lawyer.subject, data=facts)])
        assert (await follow(client, own)).status_code == 404
        assert (await follow(client, shared)).status_code == 200

    async def test_a_suspended_organization_follows_nothing(self, legal: LegalStory, client: httpx.AsyncClient) -> None:
        feed = await a_feed(legal.lawyer)
        assert legal.lawyer.organization_id
        states = [(OrganizationStatus.SUSPENDED, 404), (OrganizationStatus.ACTIVE, 200)]
        for version, (status, expected) in enumerate(states, start=2):
            await legal.network.state_organization(
                legal.lawyer.organization_id, "Adolat legal aid", status=status, version=version
            )
            assert (await follow(client, feed)).status_code == expected
