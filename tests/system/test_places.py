"""Where a shelter is: hidden from everybody, and told to whom it must be told."""

from typing import Any

from tests.factories.directory import a_location
from tests.factories.waiting import until
from tests.system.actors import CASE, REFERRALS
from tests.system.conftest import People


async def test_the_place_is_told_once_the_referral_is_accepted(people: People) -> None:
    service = await people.service_of(people.shelter)
    place = await people.shelter_manager.post("/directory/v1/locations", a_location())
    given = await people.shelter_manager.post(
        "/directory/v1/service_at_locations", {"service_id": service, "location_id": place["id"]}
    )
    path = f"/directory/v1/locations/{place['id']}"
    case = await people.lawyer.post("/referral/v1/cases", CASE)
    consent = {"given_at": "2026-11-24T10:00:00Z", "scope": ["referral", "summary"]}
    body = {"case_id": case["id"], "service_id": service, "priority": "urgent", "consent": consent}
    referral = await people.lawyer.post(REFERRALS, body)

    before = await people.lawyer.try_post(f"{path}/release", {"referral_id": referral["id"]})
    assert before.status_code in {404, 409}
    assert "Hidden" not in before.text + str(await people.lawyer.get(path))

    accepted = await people.shelter.act(referral, "accept")

    async def told() -> Any:
        answer = await people.lawyer.try_post(f"{path}/release", {"referral_id": referral["id"]})
        return answer.json() if answer.status_code == 200 else None

    assert (await until(told))["location"]["addresses"][0]["address_1"] == "12 Hidden Street"
    [release] = (await people.shelter_manager.get(f"{path}/releases"))["items"]
    assert release["organization_id"] == people.lawyer.organization_id

    started = await people.shelter.act(accepted, "start")
    await people.shelter.act(started, "fail", {"reason": "lost-contact"})

    async def refused() -> bool:
        answer = await people.lawyer.try_post(f"{path}/release", {"referral_id": referral["id"]})
        return answer.status_code == 409

    await until(refused)
    for each in (f"/directory/v1/service_at_locations/{given['id']}", path):
        answer = await people.shelter_manager.client.delete(each, headers={"If-Match": "*"})
        assert answer.status_code == 204
