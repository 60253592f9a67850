"""The audit trail as auditors, managers and everybody else see it."""

from uuid import uuid4

import pytest
from paivand_contracts.codes import Role

from tests.factories.running import Person
from tests.referral.conftest import Story

pytestmark = pytest.mark.integration
AUDIT = "/referral/v1/audit"


@pytest.fixture
def auditor(story: Story) -> Person:
    return story.network.person(None, Role.AUDITOR)


@pytest.fixture
def manager(story: Story) -> Person:
    return story.network.person(story.shelter.organization_id, Role.MANAGER)


async def test_a_referral_from_its_request_to_its_end(story: Story, auditor: Person) -> None:
    referral = await story.referral_in("completed")
    page = (await auditor.get(AUDIT, object_id=referral["id"])).json()
    deeds = [(entry["access"], entry["action"], entry["organization_id"]) for entry in reversed(page["items"])]
    shelter, lawyer = str(story.shelter.organization_id), str(story.lawyer.organization_id)
    assert deeds == [
        ("C", "request_referral", shelter),
        ("E", "accept", lawyer),
        ("E", "start", lawyer),
        ("E", "complete", lawyer),
    ]
    assert {entry["case_id"] for entry in page["items"]} == {story.case_id}
    assert {entry["subject"] for entry in page["items"]} == {story.shelter.subject, story.lawyer.subject}
    assert {entry["object_type"] for entry in page["items"]} == {"referrals"}


async def test_a_redirect_names_the_new_referral_too(story: Story, auditor: Person) -> None:
    referral = await story.referral()
    other = await story.network.service_of(await story.network.member("Other"))
    said = {"reason": "no-capacity", "service_id": str(other)}
    redirected = (await story.act(story.lawyer, referral, "redirect", said)).json()
    page = (await auditor.get(AUDIT, object_id=redirected["redirected_to"])).json()
    assert [(entry["access"], entry["action"], entry["case_id"]) for entry in page["items"]] == [
        ("C", "redirect", story.case_id)
    ]


async def test_filters_narrow_and_pages_follow_each_other(story: Story, auditor: Person) -> None:
    await story.referral_in("completed")
    question = {"case_id": story.case_id, "organization_id": str(story.lawyer.organization_id), "limit": 2}
    first = (await auditor.get(AUDIT, **question)).json()
    rest = (await auditor.get(AUDIT, **question, cursor=first["next_cursor"])).json()
    actions = [entry["action"] for entry in first["items"] + rest["items"]]
    assert actions == ["complete", "start", "accept"]
    assert rest["next_cursor"] is None
    one = (await auditor.get(AUDIT, subject=story.lawyer.subject, action="start")).json()
    assert len(one["items"]) == 1
    at = one["items"][0]["at"]
    assert (await auditor.get(AUDIT, subject=story.lawyer.subject, action="start", until=at)).json()["items"] == []
    since = {"subject": story.lawyer.subject, "action": "start", "from": at}
    assert len((await auditor.get(AUDIT, **since)).json()["items"]) == 1


async def test_the_manager_of_the_owner_sees_the_case_and_nothing_else(story: Story, manager: Person) -> None:
    await story.referral()
    page = (await manager.get(AUDIT, case_id=story.case_id)).json()
    assert [entry["action"] for entry in page["items"]] == ["request_referral", "open_case"]
    refused = [await manager.get(AUDIT), await manager.get(AUDIT, case_id=str(uuid4()))]
    foreign = await story.network.person(story.lawyer.organization_id, Role.MANAGER).get(AUDIT, case_id=story.case_id)
    assert [answer.status_code for answer in (*refused, foreign)] == [404, 404, 404]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.COORDINATOR])
async def test_others_may_not(story: Story, role: Role) -> None:
    person = story.network.person(story.shelter.organization_id, role)
    assert (await person.get(AUDIT, case_id=story.case_id)).status_code == 403


async def test_reading_the_trail_leaves_an_entry(auditor: Person) -> None:
    await auditor.get(AUDIT)
    page = (await auditor.get(AUDIT, subject=auditor.subject)).json()
    assert [(entry["access"], entry["action"]) for entry in page["items"]] == [("R", "read_audit")]
