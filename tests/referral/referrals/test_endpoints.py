"""Referrals over HTTP: what each side can do, and what neither can."""

import asyncio
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from paivand_contracts.codes import OrganizationStatus, Role, ServiceStatus
from paivand_kit.database import Database
from paivand_kit.outbox import OutboxRow
from paivand_referral.numbers import is_valid_number
from paivand_referral.referrals.rules import TRANSITIONS, Action, Needs, Party
from sqlalchemy import select

from tests.referral.conftest import CASE, WAYS, Network, Story

REFERRALS = "/referral/v1/referrals"
BODIES: dict[Action, Any] = {
    Action.REJECT: {"reason": "no-capacity"},
    Action.HOLD: {"reason": "waiting-for-person"},
    Action.FAIL: {"reason": "not-possible"},
    Action.CANCEL: {"reason": "person-declined"},
    Action.COMPLETE: {"outcome": "help-given"},
}


async def events_of(database: Database, referral_id: str) -> list[dict[str, Any]]:
    async with database.transaction() as session:
        query = select(OutboxRow.event).where(OutboxRow.event["subject"].astext == referral_id)
        return list((await session.scalars(query.order_by(OutboxRow.position))).all())


class TestRequest:
    async def test_both_sides_see_the_request(self, story: Story) -> None:
        sent = await story.referral(summary="Needs a lawyer before the hearing on Friday.")
        assert is_valid_number(sent["number"])
        assert sent["status"] == "requested"
        assert sent["owner_organization_id"] == str(story.lawyer.organization_id)
        assert sent["requester_organization_name"] == "Mehrubon shelter"
        assert sent["case"] | CASE == sent["case"]
        for person in (story.shelter, story.lawyer):
            read = await person.get(f"{REFERRALS}/{sent['id']}")
            assert read.json() == sent
            assert read.headers["etag"] == '"1"'

    async def test_it_says_so_once_and_only_in_codes(self, story: Story, database: Database) -> None:
        sent = await story.referral(summary="Her brother must not know.")
        (event,) = await events_of(database, sent["id"])
        assert event["type"] == "paivand.referral.referral.requested.v1"
        assert event["data"]["owner_organization_id"] == str(story.lawyer.organization_id)
        assert event["data"]["requester_organization_id"] == str(story.shelter.organization_id)
        assert "brother" not in str(event)

    @pytest.mark.parametrize(
        ("change", "kind", "pointer"),
        [
            ({"consent": None}, "invalid", "/consent"),
            ({"consent": {"given_at": "2026-11-24T10:00:00Z", "scope": []}}, "invalid", "/consent/scope"),
            ({"consent": {"given_at": "2026-11-24T10:00:00", "scope": ["referral"]}}, "invalid", "/consent/given_at"),
            ({"consent": {"given_at": "2126-11-24T10:00:00Z", "scope": ["referral"]}}, "invalid", "/consent/given_at"),
            ({"consent": {"given_at": "0001-01-01T00:00:00Z", "scope": ["referral"]}}, "invalid", "/consent/given_at"),
            (
                {"consent": {"given_at": "0001-01-01T00:00:00+14:00", "scope": ["referral"]}},
                "invalid",
                "/consent/given_at",
            ),
            (
                {"consent": {"given_at": "2026-11-24T10:00:00Z", "scope": ["summary"]}},
                "consent-missing",
                "/consent/scope",
            ),
            ({"summary": "x" * 4001}, "invalid", "/summary"),
            ({"summary": "a\x00b"}, "invalid", "/summary"),
            ({"priority": "now"}, "invalid", "/priority"),
            ({"status": "accepted"}, "invalid", "/status"),
            ({"service_id": str(uuid4())}, "invalid", "/service_id"),
            ({"case_id": str(uuid4())}, "invalid", "/case_id"),
            ({"service_id": "the shelter"}, "invalid", "/service_id"),
        ],
    )
    async def test_bad_input_is_422_and_leaves_nothing(
        self, story: Story, change: dict[str, Any], kind: str, pointer: str
    ) -> None:
        refused = await story.shelter.post(REFERRALS, story.request(**change))
        assert refused.status_code == 422
        assert refused.json()["type"] == f"urn:paivand:problem:{kind}"
        assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
        assert (await story.shelter.get(REFERRALS, box="outbox")).json()["items"] == []

    async def test_no_consent_at_all_is_422(self, story: Story) -> None:
        body = story.request()
        del body["consent"]
        assert (await story.shelter.post(REFERRALS, body)).status_code == 422

    async def test_summary_needs_its_own_consent(self, story: Story) -> None:
        consent = {"given_at": "2026-11-24T10:00:00Z", "scope": ["referral"]}
        refused = await story.shelter.post(REFERRALS, story.request(summary="…", consent=consent))
        assert refused.json()["type"] == "urn:paivand:problem:consent-missing"

    async def test_somebody_elses_case_cannot_be_referred(self, story: Story) -> None:
        refused = await story.lawyer.post(REFERRALS, story.request())
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/case_id"

    async def test_a_service_that_is_not_active_cannot_be_asked(self, story: Story) -> None:
        closed = await story.network.service_of(story.lawyer, status=ServiceStatus.INACTIVE)
        refused = await story.shelter.post(REFERRALS, story.request(service_id=str(closed)))
        assert refused.status_code == 422

    async def test_a_suspended_organization_cannot_be_asked(self, story: Story) -> None:
        assert story.lawyer.organization_id
        await story.network.state_organization(
            story.lawyer.organization_id, "Adolat", status=OrganizationStatus.SUSPENDED, version=2
        )
        assert (await story.shelter.post(REFERRALS, story.request())).status_code == 422


class TestIdempotency:
    async def test_twenty_equal_requests_are_one_referral_with_twenty_equal_answers(self, story: Story) -> None:
        key, body = str(uuid4()), story.request(summary="Один раз.")
        answers = await asyncio.gather(*(story.shelter.post(REFERRALS, body, key=key) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert len({answer.headers["etag"] + answer.headers["location"] for answer in answers}) == 1
        assert len((await story.shelter.get(REFERRALS, box="outbox")).json()["items"]) == 1

    async def test_the_first_answer_stands_after_the_referral_moved_on(self, story: Story) -> None:
        key = str(uuid4())
        first = await story.shelter.post(REFERRALS, story.request(), key=key)
        await story.act(story.lawyer, first.json(), "accept")
        assert (await story.shelter.post(REFERRALS, story.request(), key=key)).content == first.content

    async def test_an_accept_sent_again_gets_its_answer_again(self, story: Story) -> None:
        sent, key = await story.referral(), str(uuid4())
        answers = [await story.lawyer.post(f"{REFERRALS}/{sent['id']}/accept", key=key, etag='"1"') for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content

    async def test_another_body_under_the_same_key_is_refused(self, story: Story) -> None:
        key = str(uuid4())
        await story.shelter.post(REFERRALS, story.request(), key=key)
        refused = await story.shelter.post(REFERRALS, story.request(priority="stat"), key=key)
        assert refused.status_code == 422
        assert refused.json()["type"] == "urn:paivand:problem:idempotency-key-reused"

    async def test_another_persons_key_is_another_key(self, story: Story) -> None:
        key = str(uuid4())
        first = await story.shelter.post(REFERRALS, story.request(), key=key)
        other = await story.network.member("Another shelter")
        refused = await other.post(REFERRALS, story.request(), key=key)
        assert first.status_code == 201
        assert refused.status_code == 422
        assert first.json()["number"] not in refused.text

    async def test_a_post_without_a_key_is_told_to_send_one(self, story: Story) -> None:
        refused = await story.shelter._client.post(REFERRALS, json=story.request(), headers=story.shelter.headers)
        assert refused.status_code == 400
        assert refused.json()["type"] == "urn:paivand:problem:idempotency-key-required"


class TestActions:
    @pytest.mark.parametrize(("status", "action"), list(product(WAYS, Action)))
    async def test_every_action_in_every_state(self, story: Story, status: str, action: Action) -> None:
        referral = await story.referral_in(status)
        row = TRANSITIONS[action]
        acting, watching = story.lawyer, story.shelter
        if row.by is Party.REQUESTER:
            acting, watching = watching, acting
        body = BODIES.get(action)
        if action is Action.REDIRECT:
            body = {"reason": "no-capacity", "service_id": str(await story.network.service_of(story.lawyer))}
        assert (await story.act(watching, referral, action, body)).status_code == 403
        answer = await story.act(acting, referral, action, body)
        if status in row.sources:
            assert answer.status_code == 200, answer.text
            assert answer.json()["status"] == row.target
            assert answer.json()["version"] == referral["version"] + 1
        else:
            assert answer.status_code == 409
            side = "owner" if row.by is Party.OWNER else "requester"
            possible = [name for name, other in TRANSITIONS.items() if other.by == side and status in other.sources]
            assert answer.json()["allowed"] == possible

    @pytest.mark.parametrize("action", [name for name, row in TRANSITIONS.items() if row.needs is not Needs.NOTHING])
    async def test_reasons_and_outcomes_are_required(self, story: Story, action: Action) -> None:
        referral = await story.referral()
        needed = TRANSITIONS[action].needs.value
        refused = await story.act(story.lawyer, referral, action, {})
        assert refused.status_code == 422
        assert f"/{needed}" in [error["pointer"] for error in refused.json()["errors"]]

    async def test_a_stranger_finds_nothing(self, story: Story) -> None:
        referral = await story.referral()
        stranger = await story.network.member("Another shelter")
        assert (await stranger.get(f"{REFERRALS}/{referral['id']}")).status_code == 404
        assert (await stranger.get(f"{REFERRALS}/{referral['id']}/history")).status_code == 404
        for action in Action:
            body = BODIES.get(action)
            if action is Action.REDIRECT:
                body = {"reason": "other", "service_id": str(story.service_id)}
            assert (await story.act(stranger, referral, action, body)).status_code == 404

    async def test_without_if_match_428_and_with_a_stale_one_412(self, story: Story) -> None:
        referral = await story.referral_in("accepted")
        path = f"{REFERRALS}/{referral['id']}/start"
        assert (await story.lawyer.post(path)).status_code == 428
        assert (await story.lawyer.post(path, etag='"1"')).status_code == 412
        assert (await story.lawyer.post(path, etag="nonsense")).status_code == 412
        assert (await story.lawyer.post(path, etag='"2"')).status_code == 200

    async def test_of_two_accepts_at_once_exactly_one_wins(self, story: Story) -> None:
        referral = await story.referral()
        answers = await asyncio.gather(*(story.act(story.lawyer, referral, "accept") for _ in range(10)))
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [200] + [412] * 9

    async def test_accept_and_cancel_at_once_leave_one_truth(self, story: Story) -> None:
        referral = await story.referral()
        accepted, cancelled = await asyncio.gather(
            story.act(story.lawyer, referral, "accept"),
            story.act(story.shelter, referral, "cancel", {"reason": "no-longer-needed"}),
        )
        assert sorted([accepted.status_code, cancelled.status_code]) == [200, 412]
        status = (await story.shelter.get(f"{REFERRALS}/{referral['id']}")).json()["status"]
        assert status == ("accepted" if accepted.status_code == 200 else "cancelled")

    async def test_the_history_tells_everything_in_order(self, story: Story) -> None:
        referral = await story.referral_in("in-progress")
        held = (await story.act(story.lawyer, referral, "hold", {"reason": "waiting-for-person", "note": "ill"})).json()
        resumed = (await story.act(story.lawyer, held, "resume")).json()
        await story.act(story.lawyer, resumed, "complete", {"outcome": "help-given"})
        page = (await story.shelter.get(f"{REFERRALS}/{referral['id']}/history", limit=4)).json()
        rest = await story.shelter.get(f"{REFERRALS}/{referral['id']}/history", cursor=page["next_cursor"])
        entries = page["items"] + rest.json()["items"]
        told = [(entry["version"], entry["action"], entry["status"]) for entry in entries]
        assert told == [
            (1, "request", "requested"),
            (2, "accept", "accepted"),
            (3, "start", "in-progress"),
            (4, "hold", "on-hold"),
            (5, "resume", "in-progress"),
            (6, "complete", "completed"),
        ]
        assert entries[3]["reason"] == "waiting-for-person"
        assert entries[5]["outcome"] == "help-given"


class TestRedirect:
    async def test_the_request_goes_on_to_the_other_service(self, story: Story, database: Database) -> None:
        clinic = await story.network.member("Shifo clinic")
        service_id = await story.network.service_of(clinic)
        referral = await story.referral(summary="Please hurry.")
        body = {"reason": "no-capacity", "service_id": str(service_id)}
        rejected = (await story.act(story.lawyer, referral, "redirect", body)).json()
        assert rejected["status"] == "rejected"
        passed_on = (await clinic.get(f"{REFERRALS}/{rejected['redirected_to']}")).json()
        assert passed_on["part_of"] == referral["id"]
        assert passed_on["status"] == "requested"
        assert passed_on["requester_organization_id"] == str(story.shelter.organization_id)
        assert passed_on["summary"] == "Please hurry."
        assert (await story.lawyer.get(f"{REFERRALS}/{passed_on['id']}")).status_code == 404
        types = [event["type"] for event in await events_of(database, passed_on["id"])]
        assert types == ["paivand.referral.referral.requested.v1"]

    async def test_consent_must_cover_it(self, story: Story) -> None:
        consent = {"given_at": "2026-11-24T10:00:00Z", "scope": ["referral"]}
        referral = await story.referral(consent=consent)
        other = await story.network.service_of(story.lawyer)
        body = {"reason": "no-capacity", "service_id": str(other)}
        refused = await story.act(story.lawyer, referral, "redirect", body)
        assert refused.status_code == 422
        assert refused.json()["type"] == "urn:paivand:problem:consent-missing"
        assert (await story.shelter.get(f"{REFERRALS}/{referral['id']}")).json() == referral

    async def test_not_to_the_same_service_and_not_to_nowhere(self, story: Story) -> None:
        referral = await story.referral()
        for service_id in (story.service_id, uuid4()):
            body = {"reason": "no-capacity", "service_id": str(service_id)}
            refused = await story.act(story.lawyer, referral, "redirect", body)
            assert refused.status_code == 422
            assert refused.json()["errors"][0]["pointer"] == "/service_id"
        assert (await story.shelter.get(f"{REFERRALS}/{referral['id']}")).json() == referral


class TestLists:
    async def test_each_side_finds_it_in_its_box(self, story: Story) -> None:
        referral = await story.referral()
        assert [item["id"] for item in (await story.lawyer.get(REFERRALS, box="inbox")).json()["items"]] == [
            referral["id"]
        ]
        assert (await story.lawyer.get(REFERRALS, box="outbox")).json()["items"] == []
        assert len((await story.shelter.get(REFERRALS, box="outbox")).json()["items"]) == 1

    async def test_lists_hold_no_free_text(self, story: Story) -> None:
        await story.referral(summary="A secret.")
        page = await story.lawyer.get(REFERRALS, box="inbox")
        assert "secret" not in page.text

    async def test_states_filter_and_pages_follow(self, story: Story) -> None:
        wanted = []
        for status in ("requested", "accepted", "rejected", "requested", "accepted"):
            referral = await story.referral_in(status)
            if status != "rejected":
                wanted.append(referral["id"])
        seen, cursor = [], {}
        while True:
            page = (
                await story.lawyer.get(REFERRALS, box="inbox", status=["requested", "accepted"], limit=2, **cursor)
            ).json()
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == wanted[::-1]

    async def test_a_box_must_be_named(self, story: Story) -> None:
        refused = await story.lawyer.get(REFERRALS)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["parameter"] == "box"

    async def test_auditors_read_no_referral(self, network: Network) -> None:
        auditor = await network.member("Committee", Role.AUDITOR)
        assert (await auditor.get(REFERRALS, box="inbox")).status_code == 403
