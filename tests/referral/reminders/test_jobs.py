"""Reminders on a real database: exactly once, also when hearings move, replicas race and clocks jump."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from paivand_kit.database import Database
from paivand_kit.outbox import OutboxRow
from paivand_referral.reminders.jobs import forget_past, plan_changed, say_due
from paivand_referral.reminders.tables import ReminderRow
from paivand_referral.settings import Settings
from sqlalchemy import func, select, text, update

from tests.factories.running import Person
from tests.referral.conftest import LegalStory

DAY = timedelta(days=1)


class Clock:
    """Moves the due times of one hearing's reminders, as if time had passed, and does what the service's jobs do."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings

    async def jump(self, hearing_id: str, by: timedelta) -> None:
        await plan_changed(self.database, self.settings)
        async with self.database.transaction() as session:
            row = ReminderRow
            await session.execute(
                update(row).where(row.hearing_id == hearing_id, row.fired_at.is_(None)).values(due_at=row.due_at - by)
            )
        await asyncio.gather(*(say_due(self.database) for _ in range(4)))

    async def said(self, hearing_id: str) -> list[dict[str, Any]]:
        """What was said of a hearing, in order."""
        notices = ("approaching", "unacknowledged", "unprepared")
        types = [f"paivand.referral.hearing.{each}.v1" for each in notices]
        query = select(OutboxRow.event).where(
            OutboxRow.event["subject"].astext == hearing_id, OutboxRow.event_type.in_(types)
        )
        async with self.database.transaction() as session:
            return list(await session.scalars(query.order_by(OutboxRow.position)))

    async def counted(self, hearing_id: str, who: Person) -> Counter[str]:
        said = await self.said(hearing_id)
        return Counter(
            event["type"].split(".")[3]
            for event in said
            if event["data"]["organization_id"] == str(who.organization_id)
        )


@pytest.fixture
def clock(database: Database, settings: Settings) -> Clock:
    return Clock(database, settings)


async def test_each_is_told_once_by_racing_replicas(legal: LegalStory, clock: Clock) -> None:
    hearing = await legal.hearing(transport="arranged")
    await clock.jump(hearing["id"], timedelta())
    assert await clock.said(hearing["id"]) == []
    await clock.jump(hearing["id"], 4 * DAY)
    assert await clock.counted(hearing["id"], legal.lawyer) == {"approaching": 1, "unacknowledged": 1}
    assert await clock.counted(hearing["id"], legal.owner) == {"approaching": 1}
    await clock.jump(hearing["id"], 10 * DAY)
    assert await clock.counted(hearing["id"], legal.lawyer) == {"approaching": 3, "unacknowledged": 1}
    assert await clock.counted(hearing["id"], legal.owner) == {"approaching": 3}
    # The clock goes back, and everything is planned anew: nothing is said again.
    async with clock.database.transaction() as session:
        await session.execute(text("INSERT INTO hearings_to_plan (hearing_id) VALUES (:id)"), {"id": hearing["id"]})
    await clock.jump(hearing["id"], -10 * DAY)
    await clock.jump(hearing["id"], 20 * DAY)
    assert await clock.counted(hearing["id"], legal.lawyer) == {"approaching": 3, "unacknowledged": 1}


async def test_nothing_is_said_of_a_time_that_no_longer_stands(legal: LegalStory, clock: Clock) -> None:
    hearing = await legal.hearing()
    await clock.jump(hearing["id"], timedelta())
    day = datetime.now(UTC).date() + 60 * DAY
    moved = await legal.owner.patch(
        f"/referral/v1/hearings/{hearing['id']}", {"starts_at": f"{day}T09:30"}, etag=f'"{hearing["version"]}"'
    )
    assert moved.status_code == 200, moved.text
    # Due before it was planned anew: taken, and not said.
    async with clock.database.transaction() as session:
        row = ReminderRow
        await session.execute(update(row).where(row.hearing_id == hearing["id"]).values(due_at=func.now()))
    await say_due(clock.database)
    assert await clock.said(hearing["id"]) == []
    await clock.jump(hearing["id"], 54 * DAY)
    times = {event["data"]["starts_at"] for event in await clock.said(hearing["id"])}
    assert times == {moved.json()["starts_at"]}


@pytest.mark.parametrize(("action", "body"), [("vacate", {"reason": "settled"}), ("cancel", {"reason": "mistake"})])
async def test_what_will_not_take_place_is_not_reminded_of(
    legal: LegalStory, clock: Clock, action: str, body: dict[str, Any]
) -> None:
    hearing = await legal.hearing()
    await clock.jump(hearing["id"], timedelta())
    assert (await legal.act(legal.owner, hearing, action, body)).status_code == 200
    await clock.jump(hearing["id"], 20 * DAY)
    assert await clock.said(hearing["id"]) == []


async def test_an_adjourned_hearing_is_reminded_of_at_its_new_date_only(legal: LegalStory, clock: Clock) -> None:
    hearing = await legal.hearing()
    day = datetime.now(UTC).date() + 20 * DAY
    body = {"reason": "court-busy", "next": {"starts_at": f"{day}T14:00"}}
    adjourned = (await legal.act(legal.owner, hearing, "adjourn", body)).json()
    await clock.jump(hearing["id"], 30 * DAY)
    await clock.jump(adjourned["next_hearing_id"], 30 * DAY)
    assert await clock.said(hearing["id"]) == []
    assert (await clock.counted(adjourned["next_hearing_id"], legal.lawyer))["approaching"] == 3


async def test_who_confirmed_is_not_escalated_until_the_hearing_moves(legal: LegalStory, clock: Clock) -> None:
    hearing = await legal.hearing(transport="arranged")
    path = f"/referral/v1/hearings/{hearing['id']}/acknowledge"
    stranger = await legal.network.member("Other")
    assert (await stranger.post(path, etag="*")).status_code == 404
    assert (await legal.owner.post(path, etag="*")).status_code == 403
    assert (await legal.lawyer.post(path)).status_code == 428
    assert (await legal.lawyer.post(path, etag='"9"')).status_code == 412
    confirmed = await legal.lawyer.post(path, etag='"1"')
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["starts_at"] == hearing["starts_at"]
    await clock.jump(hearing["id"], 2 * DAY)
    assert await clock.said(hearing["id"]) == []
    day = datetime.now(UTC).date() + 12 * DAY
    moved = await legal.owner.patch(f"/referral/v1/hearings/{hearing['id']}", {"starts_at": f"{day}T09:30"}, etag='"1"')
    assert moved.status_code == 200, moved.text
    await clock.jump(hearing["id"], 2 * DAY)
    assert await clock.counted(hearing["id"], legal.lawyer) == {"unacknowledged": 1}


async def test_what_is_missing_within_72_hours_is_said_once_it_is_missing(legal: LegalStory, clock: Clock) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=30)).replace(second=0, microsecond=0).isoformat()
    hearing = await legal.hearing(starts_at=soon, interpreter="booked", transport="arranged")
    await clock.jump(hearing["id"], timedelta())
    assert await clock.said(hearing["id"]) == []
    changed = await legal.owner.patch(
        f"/referral/v1/hearings/{hearing['id']}", {"interpreter": "needed", "transport": "needed"}, etag='"1"'
    )
    assert changed.status_code == 200, changed.text
    for _ in range(2):
        await clock.jump(hearing["id"], timedelta())
    notices = await clock.said(hearing["id"])
    assert {event["type"] for event in notices} == {"paivand.referral.hearing.unprepared.v1"}
    assert [event["data"]["lacks"] for event in notices] == [["no-interpreter", "no-transport"]] * 2
    assert {event["data"]["organization_id"] for event in notices} == {
        str(legal.owner.organization_id),
        str(legal.lawyer.organization_id),
    }


async def test_an_ended_mandate_ends_the_reminders(legal: LegalStory, clock: Clock) -> None:
    hearing = await legal.hearing(transport="arranged")
    await clock.jump(hearing["id"], timedelta())
    (lawyer,) = (await legal.owner.get(f"/referral/v1/proceedings/{legal.proceeding['id']}/lawyers")).json()
    yesterday = str(datetime.now(UTC).date() - DAY)
    ended = await legal.owner.patch(f"/referral/v1/lawyers/{lawyer['id']}", {"until_on": yesterday}, etag='"1"')
    assert ended.status_code == 200, ended.text
    await clock.jump(hearing["id"], 20 * DAY)
    assert await clock.counted(hearing["id"], legal.lawyer) == {}
    assert (await clock.counted(hearing["id"], legal.owner))["unprepared"] == 1


async def test_a_notice_carries_codes_and_times_only(legal: LegalStory, clock: Clock) -> None:
    hearing = await legal.hearing(court="Court of Sino district", room="4")
    await clock.jump(hearing["id"], 4 * DAY)
    for event in await clock.said(hearing["id"]):
        assert "Sino" not in str(event)
        assert event["data"]["case_number"] == hearing["case_number"]


async def test_past_ones_are_forgotten(legal: LegalStory, clock: Clock) -> None:
    hearing = await legal.hearing()
    await clock.jump(hearing["id"], timedelta())
    async with clock.database.transaction() as session:
        query = select(func.count()).where(ReminderRow.hearing_id == hearing["id"])
        assert await session.scalar(query)
        past = ReminderRow.starts_at - timedelta(days=150)
        await session.execute(update(ReminderRow).where(ReminderRow.hearing_id == hearing["id"]).values(starts_at=past))
    await forget_past(clock.database)
    async with clock.database.transaction() as session:
        assert await session.scalar(query) == 0
