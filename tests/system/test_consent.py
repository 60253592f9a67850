"""A person's consent, as the people on both sides live it."""

from datetime import UTC, datetime
from typing import Any

from tests.system.actors import REFERRALS, Actor
from tests.system.conftest import Mail, People, Receiver


async def consent_of(people: People, case_id: str, **changes: Any) -> Any:
    """What the person of a case agreed to: the lawyer may see the case."""
    body = {
        "purposes": ["referral"],
        "categories": ["profile", "summary"],
        "recipients": [{"type": "organization", "id": people.lawyer.organization_id}],
        "language": "tg",
        "method": "spoken",
        "given_by": "person",
        "given_at": datetime.now(UTC).isoformat(),
        **changes,
    }
    return await people.shelter.post(f"/referral/v1/cases/{case_id}/consents", body)


async def seen_by(actor: Actor, referral: Any) -> Any:
    return await actor.get(f"{REFERRALS}/{referral['id']}")


async def test_a_withdrawal_stops_everything_and_tells_both_sides_by_every_way(
    people: People, receiver: Receiver, mail: Mail
) -> None:
    await people.shelter_manager.client.put("/notify/v1/email-subscription", json={"language": "en"})
    hook = await people.shelter_manager.post("/notify/v1/webhooks", {"url": receiver.url})
    receiver.secret = hook["secret"]
    request = await people.request_of(people.lawyer, summary="Before Friday.")
    consent = await consent_of(people, request["case_id"])
    referral = await people.shelter.post(REFERRALS, {**request, "consent": None, "consent_id": consent["id"]})
    referral = await people.lawyer.act(referral, "accept")
    assert referral["summary"] == "Before Friday."

    path = f"/referral/v1/cases/{request['case_id']}/consents/{consent['id']}"
    await people.shelter.post(f"{path}/withdraw", etag='"1"')

    seen = await seen_by(people.lawyer, referral)
    assert (seen["status"], seen["consent_ended"], seen["case"]) == ("on-hold", "withdrawn", None)
    for actor in (people.shelter, people.lawyer):
        entry = await actor.told(referral["id"], "consent-ended")
        assert (entry["status"], referral["number"] in entry["text"]) == ("on-hold", True)
    await receiver.got(referral["id"], "requested", "accepted", "consent-ended")
    await mail.came(referral["number"], 2)
    shown = await people.shelter.get(f"/referral/v1/cases/{request['case_id']}/disclosures", consent_id=consent["id"])
    assert [(each["kind"], each["categories"]) for each in shown["items"]] == [
        ("read", ["profile", "summary"]),
        ("sent", ["profile", "summary"]),
    ]

    again = await consent_of(people, request["case_id"])
    renewed = await people.shelter.act(seen, "renew-consent", {"consent_id": again["id"]})
    await people.lawyer.told(referral["id"], "consent-renewed")
    resumed = await people.lawyer.act(renewed, "resume")
    assert (resumed["status"], resumed["summary"]) == ("in-progress", "Before Friday.")
    await people.shelter_manager.client.delete(
        f"/notify/v1/webhooks/{hook['id']}", headers={"If-Match": f'"{hook["version"]}"'}
    )


async def test_what_is_not_agreed_to_is_not_sent(people: People) -> None:
    request = await people.request_of(people.clinic)
    consent = await consent_of(people, request["case_id"])
    refused = await people.shelter.try_post(REFERRALS, {**request, "consent": None, "consent_id": consent["id"]})
    assert (refused.status_code, refused.json()["missing"]) == (403, ["recipient"])
