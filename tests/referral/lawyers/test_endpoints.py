"""Lawyers of record over HTTP: who may appoint whom, for how long, and never on both sides."""

import asyncio
from typing import Any

import pytest
from paivand_contracts.codes import Role

from tests.referral.conftest import CASE, LegalStory

PROCEEDINGS = "/referral/v1/proceedings"


async def another_proceeding(legal: LegalStory) -> dict[str, Any]:
    case = (await legal.owner.post("/referral/v1/cases", CASE)).json()
    body = {"case_id": case["id"], "kind": "criminal", "person_role": "defendant-non-punishment"}
    return (await legal.owner.post(PROCEEDINGS, body)).json()


def path_of(proceeding: dict[str, Any]) -> str:
    return f"{PROCEEDINGS}/{proceeding['id']}/lawyers"


async def test_an_organization_without_an_accepted_referral_cannot_be_appointed(legal: LegalStory) -> None:
    stranger = await legal.network.member("Another office")
    refused = await legal.owner.post(path_of(legal.proceeding), legal.record(stranger))
    assert refused.status_code == 422
    assert refused.json()["errors"][0] | {"detail": ""} == {
        "pointer": "/organization_id",
        "rule": "no-referral",
        "detail": "",
    }


async def test_a_lawyer_cannot_appoint_themselves_elsewhere(legal: LegalStory) -> None:
    other = await another_proceeding(legal)
    assert (await legal.lawyer.post(path_of(other), legal.record(legal.lawyer))).status_code == 404
    assert (await legal.manager.post(path_of(other), legal.record(legal.lawyer))).status_code == 404
    # Nor may they bring somebody in.
    assert (await legal.lawyer.post(path_of(legal.proceeding), legal.record(legal.manager))).status_code == 403


async def test_the_managers_of_the_organization_name_the_lawyer(legal: LegalStory) -> None:
    proceeding = (
        await legal.owner.post(PROCEEDINGS, {"case_id": legal.case_id, "kind": "labour", "person_role": "claimant"})
    ).json()
    row = await legal.appoint(legal.lawyer, proceeding_id=proceeding["id"], subject=None)
    path = f"/referral/v1/lawyers/{row['id']}"
    assert (await legal.lawyer.get(path)).status_code == 404
    named = await legal.manager.patch(path, {"subject": legal.lawyer.subject}, etag='"1"')
    assert (named.status_code, named.json()["subject"]) == (200, legal.lawyer.subject)
    assert (await legal.lawyer.get(f"{PROCEEDINGS}/{proceeding['id']}")).status_code == 200


async def test_a_manager_brings_in_a_substitute(legal: LegalStory) -> None:
    substitute = legal.network.colleague(legal.lawyer)
    (first,) = (await legal.owner.get(path_of(legal.proceeding))).json()
    body = legal.record(substitute, substitutes_id=first["id"])
    assert (await legal.manager.post(path_of(legal.proceeding), body)).status_code == 201
    assert (await substitute.get(f"{PROCEEDINGS}/{legal.proceeding['id']}")).status_code == 200
    body = legal.record(substitute, substitutes_id=legal.proceeding["id"])
    refused = await legal.manager.post(path_of(legal.proceeding), body)
    assert refused.json()["errors"][0]["pointer"] == "/substitutes_id"


@pytest.mark.parametrize(
    "period",
    [{"until_on": "2026-01-02"}, {"from_on": "2099-01-01"}],
    ids=["ended", "not yet"],
)
async def test_only_todays_lawyers_see_anything(legal: LegalStory, period: dict[str, str]) -> None:
    former = legal.network.colleague(legal.lawyer)
    hearing = await legal.hearing()
    await legal.appoint(former, **period)
    for path in (f"{PROCEEDINGS}/{legal.proceeding['id']}", f"/referral/v1/hearings/{hearing['id']}"):
        assert (await former.get(path)).status_code == 404
    assert (await former.get("/referral/v1/hearings")).json()["items"] == []


async def test_ending_the_mandate_ends_the_sight(legal: LegalStory) -> None:
    (row,) = (await legal.owner.get(path_of(legal.proceeding))).json()
    path = f"/referral/v1/lawyers/{row['id']}"
    assert (await legal.lawyer.patch(path, {"until_on": "2026-01-01"}, etag='"1"')).status_code == 403
    assert (await legal.owner.patch(path, {"until_on": "2025-01-01"}, etag='"1"')).status_code == 422
    assert (await legal.owner.patch(path, {"until_on": "2026-01-01"}, etag='"1"')).status_code == 200
    assert (await legal.lawyer.get(f"{PROCEEDINGS}/{legal.proceeding['id']}")).status_code == 404


class TestConflictOfInterest:
    async def test_the_other_side_of_a_linked_proceeding(self, legal: LegalStory) -> None:
        other = await another_proceeding(legal)
        linked = f"{PROCEEDINGS}/{other['id']}/links/{legal.proceeding['id']}"
        assert (await legal.owner.put(linked, {"side": "opposing"})).status_code == 204
        own_lawyer = legal.network.colleague(legal.owner)
        assert (await legal.owner.post(path_of(other), legal.record(own_lawyer))).status_code == 201
        refused = await legal.owner.post(path_of(legal.proceeding), legal.record(own_lawyer))
        assert refused.status_code == 409
        assert "Conflict of interest" in refused.json()["detail"]

    async def test_a_party_that_the_organization_represents(self, legal: LegalStory) -> None:
        party = {
            "code": "P1",
            "role": "accused",
            "side": "opposing",
            "represented_by": str(legal.owner.organization_id),
        }
        path = f"{PROCEEDINGS}/{legal.proceeding['id']}"
        assert (await legal.owner.patch(path, {"parties": [party]}, etag='"1"')).status_code == 200
        assert (await legal.owner.post(path_of(legal.proceeding), legal.record(legal.owner))).status_code == 409

    async def test_a_party_or_a_link_that_would_make_one(self, legal: LegalStory) -> None:
        """The lawyer is there already."""
        party = {"code": "P1", "role": "accused", "side": "opposing"}
        party["represented_by"] = str(legal.lawyer.organization_id)
        path = f"{PROCEEDINGS}/{legal.proceeding['id']}"
        assert (await legal.owner.patch(path, {"parties": [party]}, etag='"1"')).status_code == 409
        own = legal.network.colleague(legal.owner)
        await legal.appoint(own)
        other = await another_proceeding(legal)
        assert (await legal.owner.post(path_of(other), legal.record(own))).status_code == 201
        assert (await legal.owner.put(f"{path}/links/{other['id']}", {"side": "opposing"})).status_code == 409
        assert (await legal.owner.put(f"{path}/links/{other['id']}", {"side": "same"})).status_code == 204

    async def test_two_sides_at_once_do_not_get_the_same_lawyer(self, legal: LegalStory) -> None:
        other = await another_proceeding(legal)
        await legal.owner.put(f"{PROCEEDINGS}/{other['id']}/links/{legal.proceeding['id']}", {"side": "opposing"})
        wanted = legal.record(legal.network.colleague(legal.owner))
        answers = await asyncio.gather(
            *(legal.owner.post(path_of(each), wanted) for each in (legal.proceeding, other) for _ in range(3))
        )
        paths = {str(answer.url) for answer in answers if answer.status_code == 201}
        assert len(paths) == 1
        assert {answer.status_code for answer in answers} == {201, 409}

    async def test_links_are_shown_to_whom_both_ends_are(self, legal: LegalStory) -> None:
        other = await another_proceeding(legal)
        path = f"{PROCEEDINGS}/{legal.proceeding['id']}/links"
        assert (await legal.lawyer.put(f"{path}/{other['id']}", {"side": "same"})).status_code == 403
        assert (await legal.owner.put(f"{path}/{legal.proceeding['id']}", {"side": "same"})).status_code == 409
        await legal.owner.put(f"{path}/{other['id']}", {"side": "same"})
        assert [link["linked_id"] for link in (await legal.owner.get(path)).json()] == [other["id"]]
        assert (await legal.lawyer.get(path)).json() == []


async def test_roles_without_work_on_cases_are_refused(legal: LegalStory) -> None:
    auditor = legal.network.colleague(legal.owner, Role.AUDITOR)
    assert (await auditor.get(path_of(legal.proceeding))).status_code == 403
