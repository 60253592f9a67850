"""What was disclosed of a case, for the organization whose case it is."""

from uuid import uuid4

from tests.referral.conftest import CASE, Story

REFERRALS = "/referral/v1/referrals"


async def disclosed(story: Story, **query: str) -> list[dict]:
    answer = await story.shelter.get(f"/referral/v1/cases/{story.case_id}/disclosures", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_sending_is_noted_with_its_consent_and_what_it_shows(story: Story) -> None:
    sent = await story.referral(summary="Before Friday.")
    (entry,) = await disclosed(story)
    assert (entry["kind"], entry["categories"]) == ("sent", ["profile", "summary"])
    assert (entry["referral_id"], entry["consent_id"]) == (sent["id"], sent["consent"]["id"])
    assert entry["recipient_organization_name"] == "Adolat legal aid"
    assert entry["subject"] == story.shelter.subject


async def test_each_readers_first_reading_of_the_day_is_noted(story: Story) -> None:
    sent = await story.referral()
    for _ in range(3):
        await story.lawyer.get(f"{REFERRALS}/{sent['id']}")
    await story.act(story.lawyer, sent, "accept")
    await story.shelter.get(f"{REFERRALS}/{sent['id']}")
    read = [entry for entry in await disclosed(story) if entry["kind"] == "read"]
    assert [(entry["subject"], entry["categories"]) for entry in read] == [(story.lawyer.subject, ["profile"])]


async def test_passing_on_is_noted_on_the_same_consent(story: Story) -> None:
    clinic = await story.network.member("Clinic")
    service = str(await story.network.service_of(clinic))
    sent = await story.referral(summary="Before Friday.")
    rejected = await story.act(story.lawyer, sent, "redirect", {"reason": "no-capacity", "service_id": service})
    assert rejected.status_code == 200, rejected.text
    newest = (await disclosed(story))[1]
    assert (newest["kind"], newest["categories"]) == ("passed-on", ["profile", "summary"])
    assert newest["recipient_organization_id"] == str(clinic.organization_id)
    assert newest["consent_id"] == sent["consent"]["id"]
    assert newest["subject"] == story.lawyer.subject


async def test_a_referral_inside_the_organization_discloses_nothing(story: Story) -> None:
    await story.referral(service_id=str(await story.network.service_of(story.shelter)))
    assert await disclosed(story) == []


async def test_a_refused_request_discloses_nothing(story: Story) -> None:
    refused = await story.shelter.post(REFERRALS, story.request(service_id=str(uuid4())))
    assert refused.status_code == 422
    assert await disclosed(story) == []


async def test_the_list_comes_in_pages_and_by_consent(story: Story) -> None:
    sent = [await story.referral() for _ in range(3)]
    path = f"/referral/v1/cases/{story.case_id}/disclosures"
    page = (await story.shelter.get(path, limit=2)).json()
    rest = (await story.shelter.get(path, limit=2, cursor=page["next_cursor"])).json()
    assert [one["referral_id"] for one in page["items"] + rest["items"]] == [one["id"] for one in reversed(sent)]
    (only,) = await disclosed(story, consent_id=sent[0]["consent"]["id"])
    assert only["referral_id"] == sent[0]["id"]


async def test_nobody_else_sees_it(story: Story) -> None:
    await story.referral()
    assert (await story.lawyer.get(f"/referral/v1/cases/{story.case_id}/disclosures")).status_code == 404
    assert (await story.network.coordinator().get(f"/referral/v1/cases/{story.case_id}/disclosures")).status_code == 403
    other = (await story.shelter.post("/referral/v1/cases", CASE)).json()["id"]
    assert (await story.shelter.get(f"/referral/v1/cases/{other}/disclosures")).json()["items"] == []
