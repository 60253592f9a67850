"""A person takes back what they agreed to: what stops, who is told, how it can go on, and what races cannot undo."""

import asyncio
from typing import Any

import httpx
import pytest
from paivand_kit.database import Database
from paivand_kit.outbox import OutboxRow
from paivand_referral.referrals.rules import AFTER_CONSENT
from sqlalchemy import select

from tests.factories.running import Person
from tests.referral.conftest import WAYS, Story
from tests.referral.consents.test_endpoints import REFERRALS, consents, recorded, standing_on

SUMMARY = "Before Friday."


async def withdraw(
    story: Story, consent_id: str, *, who: Person | None = None, etag: str | None = '"1"'
) -> httpx.Response:
    return await (who or story.shelter).post(f"{consents(story)}/{consent_id}/withdraw", etag=etag)


async def read(who: Person, referral: dict[str, Any]) -> dict[str, Any]:
    answer = await who.get(f"{REFERRALS}/{referral['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def renewed(story: Story, referral: dict[str, Any], consent: dict[str, Any]) -> httpx.Response:
    return await story.act(story.shelter, referral, "renew-consent", {"consent_id": consent["id"]})


async def told_of(database: Database, referral_id: str) -> list[tuple[str, str]]:
    async with database.transaction() as session:
        query = select(OutboxRow.event).where(OutboxRow.event["subject"].astext == referral_id)
        found = (await session.scalars(query.order_by(OutboxRow.position))).all()
    return [(event["type"].split(".")[3], event["data"]["status"]) for event in found]


class TestWithdraw:
    @pytest.mark.parametrize("status", WAYS)
    async def test_reads_stop_at_once_and_open_referrals_stop(
        self, story: Story, database: Database, status: str
    ) -> None:
        before = await story.referral_in(status)
        done = await withdraw(story, before["consent"]["id"])
        assert done.status_code == 200, done.text
        assert (done.json()["status"], done.json()["ended_as"], done.json()["version"]) == ("inactive", "withdrawn", 2)

        seen = await read(story.lawyer, before)
        assert seen["status"] == AFTER_CONSENT.get(before["status"], before["status"])
        assert seen["consent_ended"] == "withdrawn"
        assert (seen["case"], seen["summary"], seen["note"]) == (None, None, None)
        assert seen["number"] == before["number"]
        assert (await told_of(database, before["id"]))[-1] == ("consent-ended", seen["status"])
        own = await read(story.shelter, before)
        assert own["case"] == before["case"]

    async def test_neither_lists_nor_history_tell_what_the_referral_no_longer_does(self, story: Story) -> None:
        sent = await story.referral(summary=SUMMARY)
        started = (await story.act(story.lawyer, sent, "accept")).json()
        for action, body in (("start", None), ("hold", {"reason": "other", "note": "She is ill."})):
            started = (await story.act(story.lawyer, started, action, body)).json()
        await withdraw(story, sent["consent"]["id"])
        (item,) = (await story.lawyer.get(REFERRALS, box="inbox")).json()["items"]
        assert item["case"] is None
        history = await story.lawyer.get(f"{REFERRALS}/{sent['id']}/history")
        assert [entry["note"] for entry in history.json()["items"]] == [None] * 5
        assert history.json()["items"][-1]["action"] == "consent-withdrawn"
        own = await story.shelter.get(f"{REFERRALS}/{sent['id']}/history")
        assert own.json()["items"][3]["note"] == "She is ill."

    async def test_what_was_redirected_stands_on_the_same_consent(self, story: Story) -> None:
        clinic = await story.network.member("Clinic")
        service = str(await story.network.service_of(clinic))
        sent = await story.referral(summary=SUMMARY)
        rejected = (
            await story.act(story.lawyer, sent, "redirect", {"reason": "no-capacity", "service_id": service})
        ).json()
        await withdraw(story, sent["consent"]["id"])
        seen = await read(clinic, {"id": rejected["redirected_to"]})
        assert (seen["status"], seen["reason"], seen["summary"]) == ("cancelled", "consent-withdrawn", None)

    async def test_other_consents_of_the_case_go_on(self, story: Story) -> None:
        first, second = await story.referral(), await story.referral()
        await withdraw(story, first["consent"]["id"])
        assert (await read(story.lawyer, second))["case"] is not None

    async def test_nothing_new_can_stand_on_it(self, story: Story) -> None:
        consent = await recorded(story)
        await withdraw(story, consent["id"])
        refused = await story.shelter.post(REFERRALS, standing_on(story, consent))
        assert (refused.status_code, refused.json()["missing"]) == (403, ["active"])

    async def test_it_is_said_once_and_on_the_version_that_was_read(self, story: Story) -> None:
        consent = await recorded(story)
        assert (await withdraw(story, consent["id"], etag=None)).status_code == 428
        assert (await withdraw(story, consent["id"], etag='"7"')).status_code == 412
        assert (await withdraw(story, consent["id"])).status_code == 200
        assert (await withdraw(story, consent["id"], etag="*")).status_code == 409

    async def test_only_the_owner_of_the_case_may(self, story: Story) -> None:
        sent = await story.referral()
        stranger = await story.network.member()
        for who in (story.lawyer, stranger):
            assert (await withdraw(story, sent["consent"]["id"], who=who)).status_code == 404
        assert (await withdraw(story, sent["consent"]["id"], who=story.network.coordinator())).status_code == 403
        assert (await read(story.lawyer, sent))["case"] is not None

    async def test_a_reading_after_it_is_no_disclosure(self, story: Story) -> None:
        sent = await story.referral()
        await withdraw(story, sent["consent"]["id"])
        await read(story.lawyer, sent)
        listed = await story.shelter.get(f"/referral/v1/cases/{story.case_id}/disclosures")
        assert [entry["kind"] for entry in listed.json()["items"]] == ["sent"]


class TestAfterIt:
    @pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold"])
    async def test_help_goes_on_after_a_new_consent_and_not_before(self, story: Story, status: str) -> None:
        before = await story.referral_in(status)
        await withdraw(story, before["consent"]["id"])
        held = await read(story.lawyer, before)
        assert held["reason"] == "consent-withdrawn"
        refused = await story.act(story.lawyer, held, "resume")
        assert (refused.status_code, refused.json()["missing"]) == (403, ["active"])

        consent = await recorded(story)
        again = await renewed(story, held, consent)
        assert again.status_code == 200, again.text
        assert (again.json()["consent"]["id"], again.json()["consent_ended"]) == (consent["id"], None)
        seen = await read(story.lawyer, before)
        assert seen["case"] is not None
        assert (await story.act(story.lawyer, seen, "resume")).json()["status"] == "in-progress"

    async def test_the_owner_may_still_end_it(self, story: Story) -> None:
        before = await story.referral_in("in-progress")
        await withdraw(story, before["consent"]["id"])
        held = await read(story.lawyer, before)
        failed = await story.act(story.lawyer, held, "fail", {"reason": "person-declined"})
        assert (failed.status_code, failed.json()["case"]) == (200, None)

    async def test_a_consent_that_does_not_cover_it_is_no_renewal(self, story: Story) -> None:
        sent = await story.referral(summary=SUMMARY)
        accepted = (await story.act(story.lawyer, sent, "accept")).json()
        narrow = await recorded(story)
        held_already = await renewed(story, accepted, narrow)
        assert held_already.status_code == 409
        await withdraw(story, sent["consent"]["id"])
        held = await read(story.shelter, sent)
        refused = await renewed(story, held, narrow)
        assert (refused.status_code, refused.json()["missing"]) == (403, ["summary"])
        by_owner = await story.act(story.lawyer, held, "renew-consent", {"consent_id": narrow["id"]})
        assert by_owner.status_code == 403
        assert (await renewed(story, {**held, "version": 1}, narrow)).status_code == 412


class TestRaces:
    """Many times, since only one of the orders is the bad one."""

    async def test_accept_and_withdraw_never_leave_work_without_consent(self, story: Story) -> None:
        outcomes: set[tuple[int, str]] = set()
        for _ in range(15):
            sent = await story.referral(summary=SUMMARY)
            accepted, withdrawn = await asyncio.gather(
                story.act(story.lawyer, sent, "accept"), withdraw(story, sent["consent"]["id"])
            )
            assert withdrawn.status_code == 200
            seen = await read(story.lawyer, sent)
            assert (seen["status"], seen["summary"]) == (
                "on-hold" if accepted.status_code == 200 else "cancelled",
                None,
            )
            outcomes.add((accepted.status_code, seen["status"]))
        assert outcomes <= {(200, "on-hold"), (409, "cancelled"), (412, "cancelled")}

    async def test_a_referral_is_sent_before_the_withdrawal_or_not_at_all(self, story: Story) -> None:
        for _ in range(15):
            consent = await recorded(story)
            sent, withdrawn = await asyncio.gather(
                story.shelter.post(REFERRALS, standing_on(story, consent)), withdraw(story, consent["id"])
            )
            assert withdrawn.status_code == 200
            assert sent.status_code in (201, 403)
            if sent.status_code == 201:
                seen = await read(story.lawyer, sent.json())
                assert (seen["status"], seen["case"]) == ("cancelled", None)

    async def test_redirect_and_withdraw_wait_for_each_other(self, story: Story) -> None:
        clinic = await story.network.member("Clinic")
        body = {"reason": "no-capacity", "service_id": str(await story.network.service_of(clinic))}
        for _ in range(15):
            sent = await story.referral(summary=SUMMARY)
            redirected, withdrawn = await asyncio.gather(
                story.act(story.lawyer, sent, "redirect", body), withdraw(story, sent["consent"]["id"])
            )
            assert withdrawn.status_code == 200, withdrawn.text
            assert redirected.status_code in (200, 403, 409, 412), redirected.text
            if redirected.status_code == 200:
                seen = await read(clinic, {"id": redirected.json()["redirected_to"]})
                assert (seen["status"], seen["summary"]) == ("cancelled", None)

    async def test_of_many_withdrawals_one_counts(self, story: Story, database: Database) -> None:
        sent = await story.referral()
        answers = await asyncio.gather(*(withdraw(story, sent["consent"]["id"], etag="*") for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
        assert [kind for kind, _ in await told_of(database, sent["id"])] == ["requested", "consent-ended"]
