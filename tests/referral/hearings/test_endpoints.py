"""Hearings over HTTP: set down, moved, adjourned, held; told in codes; seen by whom they concern."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from paivand_contracts.codes import Role
from paivand_contracts.hearings import HearingFacts
from paivand_kit.database import Database
from paivand_kit.outbox import OutboxRow
from paivand_referral.hearings.jobs import follow_time_zones
from paivand_referral.hearings.tables import HearingRow
from sqlalchemy import select, text, update

from tests.referral.conftest import CASE, LegalStory

HEARINGS = "/referral/v1/hearings"


async def events_of(database: Database, hearing_id: str) -> list[dict[str, Any]]:
    async with database.transaction() as session:
        query = select(OutboxRow.event).where(OutboxRow.event["subject"].astext == hearing_id)
        return list((await session.scalars(query.order_by(OutboxRow.position))).all())


def soon(hours: float = 24) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).replace(second=0, microsecond=0).isoformat()


def past() -> str:
    return soon(-3)


class TestSchedule:
    async def test_both_see_it_and_are_told_in_codes(self, legal: LegalStory, database: Database) -> None:
        hearing = await legal.hearing(language="tg", interpreter="needed", measures={"screen": "asked"})
        for person in (legal.owner, legal.lawyer):
            read = await person.get(f"{HEARINGS}/{hearing['id']}")
            assert read.json() == hearing
            assert read.headers["etag"] == '"1"'
        (event,) = await events_of(database, hearing["id"])
        assert event["type"] == "paivand.referral.hearing.scheduled.v1"
        assert set(event["data"]) <= set(HearingFacts.model_fields)
        assert event["data"]["lawyer_organization_ids"] == [str(legal.lawyer.organization_id)]
        assert "Sino" not in str(event)

    async def test_the_time_is_local_and_utc_follows(self, legal: LegalStory) -> None:
        hearing = await legal.hearing(starts_at="2027-06-01T09:30", duration_minutes=90)
        assert hearing["starts_local"] == "2027-06-01T09:30:00"
        assert (hearing["starts_at"], hearing["ends_at"]) == ("2027-06-01T04:30:00Z", "2027-06-01T06:00:00Z")

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"time_zone": "Asia/Atlantis"}, "/time_zone"),
            ({"time_zone": "../../etc/passwd"}, "/time_zone"),
            ({"duration_minutes": -30}, "/duration_minutes"),
            ({"duration_minutes": 0}, "/duration_minutes"),
            ({"ends_at": "2026-12-01T09:00"}, "/ends_at"),
            ({"starts_at": "2027-03-28T02:30", "time_zone": "Europe/Berlin"}, "/starts_at"),
            ({"starts_at": "2026-10-25T02:30", "time_zone": "Europe/Berlin"}, "/starts_at"),
            ({"starts_at": "1026-10-25T02:30"}, "/starts_at"),
            ({"starts_at": "tomorrow"}, "/starts_at"),
            ({"attendance": ["accused"]}, "/attendance/0"),
            ({"measures": {"screen": "perhaps"}}, "/measures/screen"),
            ({"interpreter": "yes"}, "/interpreter"),
            ({"status": "held"}, "/status"),
            ({"proceeding_id": str(uuid4())}, "/proceeding_id"),
            ({"follows_id": str(uuid4())}, "/follows_id"),
            ({"court": "a\x00b"}, "/court"),
        ],
    )
    async def test_bad_input_names_the_field(self, legal: LegalStory, change: dict[str, Any], pointer: str) -> None:
        refused = await legal.owner.post(HEARINGS, legal.date(**change))
        assert refused.status_code == 422, refused.text
        assert [error["pointer"].removesuffix("/[key]") for error in refused.json()["errors"]] == [pointer]
        assert (await legal.owner.get(HEARINGS)).json()["items"] == []

    async def test_an_hour_shown_twice_is_taken_with_its_offset(self, legal: LegalStory) -> None:
        hearing = await legal.hearing(starts_at="2026-10-25T02:30+01:00", time_zone="Europe/Berlin")
        assert (hearing["starts_at"], hearing["starts_local"]) == ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00")

    async def test_a_stranger_cannot_tell_a_proceeding_from_none(self, legal: LegalStory) -> None:
        stranger = await legal.network.member("Another shelter", Role.MEMBER, Role.MANAGER)
        theirs = await stranger.post(HEARINGS, legal.date())
        absent = await stranger.post(HEARINGS, legal.date(proceeding_id=str(uuid4())))
        assert theirs.status_code == absent.status_code == 422
        assert theirs.json() | {"trace_id": ""} == absent.json() | {"trace_id": ""}


class TestChange:
    async def test_a_new_time_is_told_with_the_old_one(self, legal: LegalStory, database: Database) -> None:
        hearing = await legal.hearing(starts_at="2027-06-01T09:30")
        path = f"{HEARINGS}/{hearing['id']}"
        moved = await legal.lawyer.patch(path, {"starts_at": "2027-06-01T14:00"}, etag='"1"')
        assert (moved.status_code, moved.json()["starts_at"]) == (200, "2027-06-01T09:00:00Z")
        assert moved.json()["ends_at"] == "2027-06-01T10:00:00Z"
        *_, event = await events_of(database, hearing["id"])
        assert event["type"] == "paivand.referral.hearing.changed.v1"
        assert event["data"]["previous_starts_at"] == "2027-06-01T04:30:00Z"

    async def test_another_zone_keeps_what_the_clock_shows(self, legal: LegalStory) -> None:
        hearing = await legal.hearing(starts_at="2027-06-01T09:30")
        moved = await legal.owner.patch(f"{HEARINGS}/{hearing['id']}", {"time_zone": "Asia/Almaty"}, etag='"1"')
        assert (moved.json()["starts_local"], moved.json()["time_zone"]) == ("2027-06-01T09:30:00", "Asia/Almaty")

    async def test_an_arrangement_moves_no_time(self, legal: LegalStory, database: Database) -> None:
        hearing = await legal.hearing(starts_at="2026-10-25T02:30+01:00", time_zone="Europe/Berlin", transport="needed")
        path = f"{HEARINGS}/{hearing['id']}"
        changed = await legal.owner.patch(path, {"transport": "arranged"}, etag='"1"')
        assert changed.json()["starts_at"] == hearing["starts_at"]
        *_, event = await events_of(database, hearing["id"])
        assert "previous_starts_at" not in event["data"]

    async def test_nobody_overwrites_what_they_have_not_seen(self, legal: LegalStory) -> None:
        hearing = await legal.hearing()
        path = f"{HEARINGS}/{hearing['id']}"
        assert (await legal.owner.patch(path, {"room": "4"})).status_code == 428
        answers = await asyncio.gather(*(legal.owner.patch(path, {"room": str(each)}, etag='"1"') for each in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
        entries = (await legal.lawyer.get(f"{path}/history")).json()["items"]
        assert [entry["action"] for entry in entries] == ["schedule", "change"]


class TestActions:
    async def test_an_adjournment_ends_one_hearing_and_begins_the_next(
        self, legal: LegalStory, database: Database
    ) -> None:
        hearing = await legal.hearing(interpreter="booked", transport="arranged", measures={"screen": "granted"})
        body = {"reason": "accused-absent", "next": {"starts_at": "2027-06-01T10:00"}}
        adjourned = (await legal.act(legal.lawyer, hearing, "adjourn", body)).json()
        assert (adjourned["status"], adjourned["reason"]) == ("adjourned", "accused-absent")
        following = (await legal.owner.get(f"{HEARINGS}/{adjourned['next_hearing_id']}")).json()
        assert (following["status"], following["follows_id"]) == ("scheduled", hearing["id"])
        # The measures stand; what was booked for a day must be booked again.
        assert following["measures"] == {"screen": "granted"}
        assert (following["interpreter"], following["transport"]) == ("needed", "needed")
        *_, event = await events_of(database, hearing["id"])
        assert event["type"] == "paivand.referral.hearing.adjourned.v1"
        assert event["data"]["next_hearing_id"] == following["id"]
        assert [each["type"] for each in await events_of(database, following["id"])] == [
            "paivand.referral.hearing.scheduled.v1"
        ]

    async def test_adjourned_without_a_date_is_continued_later_and_only_once(self, legal: LegalStory) -> None:
        hearing = await legal.hearing()
        refused = await legal.owner.post(HEARINGS, legal.date(follows_id=hearing["id"]))
        assert refused.json()["errors"][0]["pointer"] == "/follows_id"
        await legal.act(legal.owner, hearing, "adjourn", {"reason": "court-busy"})
        answers = await asyncio.gather(
            *(legal.owner.post(HEARINGS, legal.date(follows_id=hearing["id"])) for _ in range(3))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]

    async def test_a_held_hearing_is_not_adjourned(self, legal: LegalStory) -> None:
        hearing = await legal.hearing(starts_at=past())
        held = await legal.act(legal.owner, hearing, "hold", {"outcome": "testimony-given"})
        assert held.json()["status"] == "held"
        refused = await legal.act(legal.owner, held.json(), "adjourn", {"reason": "court-busy"})
        assert (refused.status_code, refused.json()["allowed"]) == (409, [])
        changed = await legal.owner.patch(f"{HEARINGS}/{hearing['id']}", {"room": "4"}, etag='"2"')
        assert changed.status_code == 409

    async def test_what_has_not_begun_was_not_held(self, legal: LegalStory) -> None:
        refused = await legal.act(legal.owner, await legal.hearing(), "hold", {"outcome": "decided"})
        assert (refused.status_code, refused.json()["allowed"]) == (409, ["adjourn", "vacate", "cancel"])

    @pytest.mark.parametrize(("action", "status"), [("vacate", "vacated"), ("cancel", "cancelled")])
    async def test_what_does_not_take_place_says_why(self, legal: LegalStory, action: str, status: str) -> None:
        hearing = await legal.hearing()
        assert (await legal.act(legal.owner, hearing, action, {})).status_code == 422
        ended = await legal.act(legal.owner, hearing, action, {"reason": "settled"})
        assert (ended.json()["status"], ended.json()["reason"]) == (status, "settled")

    async def test_an_impossible_next_date_leaves_everything_as_it_was(self, legal: LegalStory) -> None:
        hearing = await legal.hearing(time_zone="Europe/Berlin", starts_at="2027-03-01T10:00")
        body = {"reason": "court-busy", "next": {"starts_at": "2027-03-28T02:30"}}
        refused = await legal.act(legal.owner, hearing, "adjourn", body)
        assert refused.json()["errors"][0]["pointer"] == "/next/starts_at"
        assert (await legal.owner.get(f"{HEARINGS}/{hearing['id']}")).json() == hearing

    async def test_it_does_not_wait_for_rows_that_refer_to_it(self, legal: LegalStory, database: Database) -> None:
        """Such as reminders, whose writer may hold what a change of the hearing needs: that would be a deadlock."""
        hearing = await legal.hearing()
        async with database.transaction() as session:
            refers = text("SELECT FROM hearings WHERE id = :id FOR KEY SHARE")
            await session.execute(refers, {"id": hearing["id"]})
            async with asyncio.timeout(5):
                assert (await legal.act(legal.owner, hearing, "vacate", {"reason": "settled"})).status_code == 200

    async def test_a_stranger_finds_nothing(self, legal: LegalStory) -> None:
        hearing = await legal.hearing()
        for stranger in (
            await legal.network.member("Another shelter", Role.MEMBER, Role.MANAGER),
            legal.network.colleague(legal.lawyer),
        ):
            answers = [
                await stranger.get(f"{HEARINGS}/{hearing['id']}"),
                await stranger.get(f"{HEARINGS}/{hearing['id']}/history"),
                await stranger.patch(f"{HEARINGS}/{hearing['id']}", {"room": "4"}, etag='"1"'),
                await legal.act(stranger, hearing, "adjourn", {"reason": "court-busy"}),
                await legal.act(stranger, hearing, "hold", {"outcome": "decided"}),
                await legal.act(stranger, hearing, "vacate", {"reason": "settled"}),
                await legal.act(stranger, hearing, "cancel", {"reason": "mistake"}),
            ]
            assert {answer.status_code for answer in answers} == {404}
            assert (await stranger.get(HEARINGS)).json()["items"] == []


class TestList:
    async def test_earliest_first_over_own_and_represented_ones(self, legal: LegalStory) -> None:
        case = (await legal.lawyer.post("/referral/v1/cases", CASE)).json()
        body = {"case_id": case["id"], "kind": "labour", "person_role": "claimant"}
        own = (await legal.lawyer.post("/referral/v1/proceedings", body)).json()
        days = [f"2027-06-{day:02}T09:00" for day in (5, 1, 3, 2, 4)]
        for place, day in enumerate(days):
            proceeding = own["id"] if place % 2 else legal.proceeding["id"]
            await legal.hearing(legal.lawyer, proceeding_id=proceeding, starts_at=day)
        seen, cursor = [], {}
        while True:
            page = (await legal.lawyer.get(HEARINGS, limit=2, **cursor)).json()
            seen += [each["starts_local"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == [f"{day}:00" for day in sorted(days)]

    async def test_filters(self, legal: LegalStory) -> None:
        # 00:30 in Dushanbe is the evening before in UTC: the day is the court's.
        early = await legal.hearing(starts_at="2027-06-02T00:30", court="Court A")
        late = await legal.hearing(starts_at="2027-06-02T16:00", court="Court B")
        other = await legal.hearing(starts_at="2027-06-03T09:00", court="Court B")
        cancelled = (await legal.act(legal.owner, other, "cancel", {"reason": "mistake"})).json()

        async def ids(**parameters: Any) -> list[str]:
            answer = await legal.owner.get(HEARINGS, **parameters)
            assert answer.status_code == 200, answer.text
            return [each["id"] for each in answer.json()["items"]]

        assert await ids(day="2027-06-02") == [early["id"], late["id"]]
        assert await ids(day="2027-06-01") == []
        assert await ids(court="Court B", status="scheduled") == [late["id"]]
        assert await ids(status="cancelled") == [cancelled["id"]]
        assert await ids(lawyer=legal.lawyer.subject) == [early["id"], late["id"], other["id"]]
        assert await ids(lawyer=str(uuid4())) == []
        assert await ids(**{"from": "2027-06-02T00:00:00Z", "to": "2027-06-03T00:00:00Z"}) == [late["id"]]
        assert await ids(proceeding_id=str(uuid4())) == []
        assert (await legal.owner.get(HEARINGS, **{"from": "2027-06-02T00:00:00"})).status_code == 422

    @pytest.mark.parametrize(
        ("change", "lacks"),
        [
            ({"starts_at": soon(24)}, []),
            ({"starts_at": soon(24), "interpreter": "needed"}, ["no-interpreter"]),
            ({"starts_at": soon(24), "transport": "needed"}, ["no-transport"]),
            ({"starts_at": soon(100), "transport": "needed"}, []),
            ({"starts_at": soon(-1), "transport": "needed"}, []),
        ],
    )
    async def test_needs_attention(self, legal: LegalStory, change: dict[str, str], lacks: list[str]) -> None:
        hearing = await legal.hearing(**change)
        assert hearing["attention"] == lacks
        found = (await legal.owner.get(HEARINGS, needs_attention=True)).json()["items"]
        assert [each["id"] for each in found] == ([hearing["id"]] if lacks else [])

    async def test_a_hearing_without_a_lawyer_needs_attention(self, legal: LegalStory) -> None:
        body = {"case_id": legal.case_id, "kind": "family", "person_role": "claimant"}
        other = (await legal.owner.post("/referral/v1/proceedings", body)).json()
        hearing = await legal.hearing(proceeding_id=other["id"], starts_at=soon())
        assert hearing["attention"] == ["no-lawyer"]
        # An organization that has named nobody is no lawyer.
        row = await legal.appoint(legal.lawyer, proceeding_id=other["id"], subject=None)
        assert (await legal.owner.get(f"{HEARINGS}/{hearing['id']}")).json()["attention"] == ["no-lawyer"]
        named = {"subject": legal.lawyer.subject}
        await legal.manager.patch(f"/referral/v1/lawyers/{row['id']}", named, etag='"1"')
        assert (await legal.owner.get(f"{HEARINGS}/{hearing['id']}")).json()["attention"] == []


async def test_new_time_zone_rules_move_the_instant_and_not_the_clock(legal: LegalStory, database: Database) -> None:
    """As if it had been set down under an edition in which Dushanbe was two hours ahead."""
    moved = await legal.hearing(starts_at="2027-06-01T09:30")
    same = await legal.hearing(starts_at="2027-06-02T09:30")
    async with database.transaction() as session:
        row = update(HearingRow).where(HearingRow.id == moved["id"])
        before = datetime(2027, 6, 1, 2, 30, tzinfo=UTC)
        ends = before + timedelta(hours=1)
        await session.execute(row.values(starts_at=before, ends_at=ends, zones_edition="2001a"))
        await session.execute(update(HearingRow).where(HearingRow.id == same["id"]).values(zones_edition="2001a"))
    await follow_time_zones(database)
    await follow_time_zones(database)
    read = (await legal.owner.get(f"{HEARINGS}/{moved['id']}")).json()
    assert (read["starts_local"], read["starts_at"]) == ("2027-06-01T09:30:00", "2027-06-01T04:30:00Z")
    assert (await legal.owner.get(f"{HEARINGS}/{same['id']}")).json() == same
    events = await events_of(database, moved["id"])
    assert [event["type"].split(".")[3] for event in events] == ["scheduled", "changed"]
    assert events[1]["data"]["previous_starts_at"] == "2027-06-01T02:30:00Z"
    entries = (await legal.owner.get(f"{HEARINGS}/{moved['id']}/history")).json()["items"]
    assert (entries[-1]["action"], entries[-1]["organization_id"]) == ("rezone", None)
