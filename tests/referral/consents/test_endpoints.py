"""Consents over HTTP, and referrals that stand on them."""

from typing import Any
from uuid import uuid4

import pytest
from paivand_contracts.codes import Role

from tests.referral.conftest import CASE, Network, Story

REFERRALS = "/referral/v1/referrals"
CONSENT: dict[str, Any] = {
    "purposes": ["referral"],
    "categories": ["profile"],
    "language": "tg",
    "method": "written",
    "given_by": "person",
    "evidence": "F-2026/117",
    "given_at": "2026-11-24T10:00:00Z",
}


def consents(story: Story) -> str:
    return f"/referral/v1/cases/{story.case_id}/consents"


def body(story: Story, **changes: Any) -> dict[str, Any]:
    return {**CONSENT, "recipients": [{"type": "service", "id": str(story.service_id)}], **changes}


async def recorded(story: Story, **changes: Any) -> dict[str, Any]:
    answer = await story.shelter.post(consents(story), body(story, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def standing_on(story: Story, consent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**story.request(), "consent": None, "consent_id": consent["id"], **changes}


class TestRecord:
    async def test_it_is_kept_as_it_was_said(self, story: Story) -> None:
        new = await recorded(story, valid_until="2027-01-01T00:00:00Z")
        assert new | body(story) == new
        assert (new["status"], new["recorded_by"], new["version"]) == ("active", story.shelter.subject, 1)
        assert new["valid_from"] == new["given_at"]
        read = await story.shelter.get(f"{consents(story)}/{new['id']}")
        assert read.json() == new
        assert read.headers["etag"] == '"1"'
        assert (await story.shelter.get(consents(story))).json()["items"] == [new]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"purposes": []}, "/purposes"),
            ({"purposes": ["referral", "referral"]}, "/purposes"),
            ({"categories": ["everything"]}, "/categories/0"),
            ({"recipients": []}, "/recipients"),
            ({"recipients": [{"type": "service", "id": str(uuid4())}]}, "/recipients/0/id"),
            ({"recipients": [{"type": "organization", "id": str(uuid4())}]}, "/recipients/0/id"),
            ({"given_at": "2126-11-24T10:00:00Z"}, "/given_at"),
            ({"given_at": "1999-11-24T10:00:00Z"}, "/given_at"),
            ({"valid_until": "2026-11-24T10:00:00Z"}, "/valid_until"),
            ({"evidence": "Mehrubon Sharifova"}, "/evidence"),
            ({"given_by": "parent", "assent": "given"}, "/given_by"),
            ({"given_by": "guardian"}, "/assent"),
            ({"assent": "given"}, "/assent"),
            ({"status": "active"}, "/status"),
            ({"organization_id": str(uuid4())}, "/organization_id"),
        ],
    )
    async def test_bad_input_is_422_and_leaves_nothing(
        self, story: Story, change: dict[str, Any], pointer: str
    ) -> None:
        refused = await story.shelter.post(consents(story), body(story, **change))
        assert refused.status_code == 422, refused.text
        assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
        assert (await story.shelter.get(consents(story))).json()["items"] == []

    async def test_for_a_child_somebody_else_agrees_and_the_child_assents(self, story: Story) -> None:
        child = await story.shelter.post("/referral/v1/cases", {**CASE, "age_band": "12-17"})
        path = f"/referral/v1/cases/{child.json()['id']}/consents"
        refused = await story.shelter.post(path, body(story))
        assert refused.json()["errors"][0]["pointer"] == "/given_by"
        agreed = await story.shelter.post(path, body(story, given_by="guardian", assent="given"))
        assert agreed.status_code == 201
        assert (agreed.json()["given_by"], agreed.json()["assent"]) == ("guardian", "given")


class TestWhoMay:
    async def test_nobody_else_learns_that_there_is_a_consent(self, story: Story) -> None:
        consent = await recorded(story)
        stranger = await story.network.member()
        for person in (story.lawyer, stranger):
            for path in (consents(story), f"{consents(story)}/{consent['id']}"):
                absent = await person.get(path.replace(story.case_id, str(uuid4())))
                foreign = await person.get(path)
                assert (foreign.status_code, absent.status_code) == (404, 404)
                assert foreign.json() | {"trace_id": None} == absent.json() | {"trace_id": None}
            assert (await person.post(consents(story), body(story))).status_code == 404

    async def test_a_consent_is_found_in_its_own_case_only(self, story: Story) -> None:
        consent = await recorded(story)
        other = (await story.shelter.post("/referral/v1/cases", CASE)).json()["id"]
        assert (await story.shelter.get(f"/referral/v1/cases/{other}/consents/{consent['id']}")).status_code == 404

    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR])
    async def test_other_roles_may_not(self, story: Story, network: Network, role: Role) -> None:
        person = await network.member("Ministry", role)
        assert (await person.get(consents(story))).status_code == 403
        assert (await person.post(consents(story), body(story))).status_code == 403


class TestReferralOnAConsent:
    async def test_it_may_stand_on_a_recorded_one(self, story: Story) -> None:
        consent = await recorded(story, categories=["profile", "summary"])
        sent = await story.shelter.post(REFERRALS, standing_on(story, consent, summary="Before Friday."))
        assert sent.status_code == 201, sent.text
        assert sent.json()["consent"] == {
            "id": consent["id"],
            "given_at": consent["given_at"],
            "scope": ["referral", "summary"],
        }
        assert (await story.lawyer.get(f"{REFERRALS}/{sent.json()['id']}")).json() == sent.json()

    async def test_the_short_form_is_recorded_for_the_case(self, story: Story) -> None:
        sent = await story.referral()
        (consent,) = (await story.shelter.get(consents(story))).json()["items"]
        assert consent["id"] == sent["consent"]["id"]
        assert consent["purposes"] == ["referral", "onward-referral"]
        assert consent["categories"] == ["profile", "summary"]
        assert consent["recipients"] == [{"type": "service", "id": str(story.service_id)}]
        assert consent["given_by"] is None

    @pytest.mark.parametrize(
        ("change", "summary", "lacks"),
        [
            ({}, "Before Friday.", ["summary"]),
            ({"purposes": ["onward-referral"]}, None, ["referral"]),
            ({"categories": ["identity"]}, "Before Friday.", ["profile", "summary"]),
            ({"valid_from": "2099-01-01T00:00:00Z"}, None, ["period"]),
            ({"given_at": "2020-01-01T00:00:00Z", "valid_until": "2021-01-01T00:00:00Z"}, None, ["period"]),
        ],
    )
    async def test_without_a_covering_one_it_is_403_that_says_what_is_missing(
        self, story: Story, change: dict[str, Any], summary: str | None, lacks: list[str]
    ) -> None:
        consent = await recorded(story, **change)
        refused = await story.shelter.post(REFERRALS, standing_on(story, consent, summary=summary))
        assert refused.status_code == 403, refused.text
        assert refused.json()["type"] == "urn:paivand:problem:consent-not-covering"
        assert refused.json()["missing"] == lacks
        assert (await story.shelter.get(REFERRALS, box="outbox")).json()["items"] == []

    async def test_a_service_that_is_not_named_is_not_told(self, story: Story) -> None:
        consent = await recorded(story)
        other = await story.network.service_of(await story.network.member("Clinic"))
        refused = await story.shelter.post(REFERRALS, standing_on(story, consent, service_id=str(other)))
        assert refused.json()["missing"] == ["recipient"]

    async def test_a_named_organization_is_told_by_any_of_its_services(self, story: Story) -> None:
        whole = [{"type": "organization", "id": str(story.lawyer.organization_id)}]
        consent = await recorded(story, recipients=whole)
        other = await story.network.service_of(story.lawyer)
        sent = await story.shelter.post(REFERRALS, standing_on(story, consent, service_id=str(other)))
        assert sent.status_code == 201

    async def test_another_cases_consent_is_no_consent(self, story: Story) -> None:
        consent = await recorded(story)
        other = (await story.shelter.post("/referral/v1/cases", CASE)).json()["id"]
        refused = await story.shelter.post(REFERRALS, standing_on(story, consent, case_id=other))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/consent_id"

    @pytest.mark.parametrize("both", [True, False])
    async def test_exactly_one_form_is_needed(self, story: Story, both: bool) -> None:
        consent = await recorded(story)
        request = {**story.request(), "consent_id": consent["id"]} if both else {**story.request(), "consent": None}
        refused = await story.shelter.post(REFERRALS, request)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/consent"

    async def test_a_redirect_needs_it_to_name_the_other_service_or_to_allow_passing_on(self, story: Story) -> None:
        clinic = await story.network.member("Clinic")
        clinic_service = str(await story.network.service_of(clinic))
        redirect = {"reason": "no-capacity", "service_id": clinic_service}
        asked = {"type": "service", "id": str(story.service_id)}

        narrow = await recorded(story)
        sent = (await story.shelter.post(REFERRALS, standing_on(story, narrow))).json()
        refused = await story.act(story.lawyer, sent, "redirect", redirect)
        assert (refused.status_code, refused.json()["missing"]) == (403, ["recipient"])

        for wide in (
            {"purposes": ["referral", "onward-referral"]},
            {"recipients": [asked, {"type": "service", "id": clinic_service}]},
        ):
            consent = await recorded(story, **wide)
            sent = (await story.shelter.post(REFERRALS, standing_on(story, consent))).json()
            rejected = await story.act(story.lawyer, sent, "redirect", redirect)
            assert rejected.status_code == 200, rejected.text
            passed_on = (await clinic.get(f"{REFERRALS}/{rejected.json()['redirected_to']}")).json()
            assert passed_on["consent"]["id"] == consent["id"]
