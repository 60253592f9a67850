"""Proceedings over HTTP: the case's organization and the lawyers of record, and nobody else."""

from typing import Any

import pytest
from paivand_contracts.codes import Role

from tests.factories.running import Person
from tests.referral.conftest import CASE, LegalStory

PROCEEDINGS = "/referral/v1/proceedings"


async def test_it_is_recorded_and_read_back(legal: LegalStory) -> None:
    read = await legal.owner.get(f"{PROCEEDINGS}/{legal.proceeding['id']}")
    assert read.json() == legal.proceeding
    assert read.headers["etag"] == '"1"'
    assert legal.proceeding["number"].startswith("P-")


async def test_the_lawyer_sees_the_proceeding_and_not_the_case(legal: LegalStory) -> None:
    assert (await legal.lawyer.get(f"{PROCEEDINGS}/{legal.proceeding['id']}")).json() == legal.proceeding
    assert (await legal.lawyer.get(PROCEEDINGS)).json()["items"] == [legal.proceeding]
    assert (await legal.lawyer.get(f"/referral/v1/cases/{legal.case_id}")).status_code == 404


async def test_a_colleague_of_the_lawyer_sees_nothing_but_a_manager_does(legal: LegalStory) -> None:
    colleague = legal.network.colleague(legal.lawyer)
    assert (await colleague.get(f"{PROCEEDINGS}/{legal.proceeding['id']}")).status_code == 404
    assert (await colleague.get(PROCEEDINGS)).json()["items"] == []
    assert (await legal.manager.get(f"{PROCEEDINGS}/{legal.proceeding['id']}")).status_code == 200


async def test_the_lawyer_of_one_proceeding_does_not_see_another_of_the_same_case(legal: LegalStory) -> None:
    body = {"case_id": legal.case_id, "kind": "family", "person_role": "claimant"}
    other = (await legal.owner.post(PROCEEDINGS, body)).json()
    assert (await legal.lawyer.get(f"{PROCEEDINGS}/{other['id']}")).status_code == 404
    assert [each["id"] for each in (await legal.owner.get(PROCEEDINGS)).json()["items"]] == [
        other["id"],
        legal.proceeding["id"],
    ]


async def test_absent_and_not_yours_are_the_same_answer(legal: LegalStory) -> None:
    stranger = await legal.network.member("Another shelter", Role.MEMBER, Role.MANAGER)
    theirs, absent = f"{PROCEEDINGS}/{legal.proceeding['id']}", f"{PROCEEDINGS}/{legal.case_id}"
    for path in ("", "/history", "/lawyers", "/links"):
        answers = [await stranger.get(f"{each}{path}") for each in (theirs, absent)]
        assert [answer.status_code for answer in answers] == [404, 404], path
        assert answers[0].json() | {"trace_id": ""} == answers[1].json() | {"trace_id": ""}
    changes = [await stranger.patch(each, {"stage": "trial"}, etag='"1"') for each in (theirs, absent)]
    acts = [await stranger.post(f"{each}/close", {"outcome": "settled"}, etag='"1"') for each in (theirs, absent)]
    assert {answer.status_code for answer in (*changes, *acts)} == {404}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR])
async def test_coordinators_and_auditors_see_none(legal: LegalStory, role: Role) -> None:
    outsider = legal.network.colleague(legal.owner, role)
    assert (await outsider.get(PROCEEDINGS)).status_code == 403


async def test_a_case_of_another_organization_cannot_be_named(legal: LegalStory) -> None:
    body = {"case_id": legal.case_id, "kind": "criminal", "person_role": "victim"}
    refused = await legal.lawyer.post(PROCEEDINGS, body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/case_id"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "military"}, "/kind"),
        ({"person_role": "suspect"}, "/person_role"),
        ({"parties": [{"code": "P1", "role": "accused", "side": "opposing", "name": "N."}]}, "/parties/0/name"),
        ({"parties": [{"code": "Ivanov", "role": "accused", "side": "opposing"}]}, "/parties/0/code"),
        ({"parties": [{"code": "P1", "role": "accused", "side": "opposing"}] * 2}, "/parties"),
        ({"status": "closed"}, "/status"),
        ({"organization_id": "019b0000-0000-7000-8000-000000000000"}, "/organization_id"),
        ({"reported_on": "1890-01-01"}, "/reported_on"),
    ],
)
async def test_bad_input_names_the_field(legal: LegalStory, change: dict[str, Any], pointer: str) -> None:
    body = {"case_id": legal.case_id, "kind": "criminal", "person_role": "victim"} | change
    refused = await legal.owner.post(PROCEEDINGS, body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_changes_need_the_version_and_leave_a_history(legal: LegalStory) -> None:
    path = f"{PROCEEDINGS}/{legal.proceeding['id']}"
    assert (await legal.lawyer.patch(path, {"stage": "trial"})).status_code == 428
    changed = await legal.lawyer.patch(path, {"stage": "trial"}, etag='"1"')
    assert (changed.status_code, changed.json()["stage"], changed.headers["etag"]) == (200, "trial", '"2"')
    assert (await legal.owner.patch(path, {"stage": "appeal"}, etag='"1"')).status_code == 412
    entries = (await legal.owner.get(f"{path}/history")).json()["items"]
    assert [(entry["action"], entry["state"]["stage"]) for entry in entries] == [
        ("create", "investigation"),
        ("change", "trial"),
    ]
    assert entries[1]["organization_id"] == str(legal.lawyer.organization_id)


async def test_a_closed_one_takes_no_changes_until_it_is_reopened(legal: LegalStory) -> None:
    path = f"{PROCEEDINGS}/{legal.proceeding['id']}"
    closed = await legal.owner.post(f"{path}/close", {"outcome": "conviction"}, etag='"1"')
    assert (closed.json()["status"], closed.json()["outcome"]) == ("closed", "conviction")
    refused = await legal.owner.patch(path, {"stage": "appeal"}, etag='"2"')
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["reopen"])
    refused = await legal.owner.post("/referral/v1/hearings", legal.date())
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["reopen"])
    reopened = await legal.owner.post(f"{path}/reopen", {"reason": "appeal-filed"}, etag='"2"')
    assert reopened.json()["status"] == "open"
    assert (await legal.hearing())["status"] == "scheduled"


async def test_it_is_not_closed_while_a_hearing_is_scheduled(legal: LegalStory) -> None:
    hearing = await legal.hearing()
    path = f"{PROCEEDINGS}/{legal.proceeding['id']}/close"
    assert (await legal.owner.post(path, {"outcome": "settled"}, etag='"1"')).status_code == 409
    await legal.act(legal.owner, hearing, "vacate", {"reason": "settled"})
    assert (await legal.owner.post(path, {"outcome": "settled"}, etag='"1"')).status_code == 200


async def test_pages_follow_each_other_over_own_and_represented_ones(legal: LegalStory) -> None:
    """The lawyer's organization has cases of its own, too."""
    case = (await legal.lawyer.post("/referral/v1/cases", CASE)).json()
    body = {"case_id": case["id"], "kind": "labour", "person_role": "claimant"}
    own = [(await legal.lawyer.post(PROCEEDINGS, body)).json()["id"] for _ in range(3)]
    seen = [each["id"] for each in await _all(legal.lawyer, PROCEEDINGS, limit=2)]
    assert seen == [*own[::-1], legal.proceeding["id"]]
    assert [each["id"] for each in await _all(legal.lawyer, PROCEEDINGS, kind="criminal")] == [legal.proceeding["id"]]


async def _all(person: Person, path: str, **parameters: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = (await person.get(path, **parameters, **cursor)).json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}
