"""What a shelter sees of a hearing: when, and what must be arranged."""

from datetime import UTC, datetime
from typing import Any

import pytest
from paivand_contracts.codes import Role
from paivand_kit.database import Database
from paivand_referral.accompaniments.schemas import Accompaniment
from paivand_referral.referrals.tables import ReferralRow
from sqlalchemy import update

from tests.referral.conftest import LegalStory

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ACCOMPANIMENTS = "/referral/v1/accompaniments"
LEGAL = {"court", "room", "hearing_type", "measures", "language", "attendance", "outcome", "reason", "proceeding_id"}


async def test_the_shelter_sees_the_needs_and_nothing_of_the_matter(legal: LegalStory) -> None:
    hearing = await legal.hearing(transport="needed", childcare="needed", measures={"screen": "asked"}, room="Room 4")
    shelter = await legal.shelter_of()
    (seen,) = (await shelter.get(ACCOMPANIMENTS)).json()["items"]
    assert set(seen) == set(Accompaniment.model_fields)
    assert not set(seen) & LEGAL
    assert (seen["transport"], seen["childcare"]) == ("needed", "needed")
    for secret in ("Sino", "Room 4", "testimony", "screen"):
        assert secret not in str(seen)
    for path in (f"/referral/v1/hearings/{hearing['id']}", f"/referral/v1/proceedings/{legal.proceeding['id']}"):
        assert (await shelter.get(path)).status_code == 404
    assert (await shelter.get("/referral/v1/hearings")).json()["items"] == []


async def test_the_shelter_says_what_is_arranged(legal: LegalStory) -> None:
    hearing = await legal.hearing(transport="needed")
    shelter = await legal.shelter_of()
    path = f"{ACCOMPANIMENTS}/{hearing['id']}"
    assert (await shelter.patch(path, {"transport": "arranged"})).status_code == 428
    changed = await shelter.patch(path, {"transport": "arranged"}, etag='"1"')
    assert (changed.status_code, changed.json()["transport"], changed.headers["etag"]) == (200, "arranged", '"2"')
    read = (await legal.lawyer.get(f"/referral/v1/hearings/{hearing['id']}")).json()
    assert (read["transport"], read["court"]) == ("arranged", hearing["court"])
    *_, entry = (await legal.lawyer.get(f"/referral/v1/hearings/{hearing['id']}/history")).json()["items"]
    assert (entry["action"], entry["organization_id"]) == ("arrange", str(shelter.organization_id))
    assert (await shelter.patch(path, {"transport": "needed"}, etag='"1"')).status_code == 412


@pytest.mark.parametrize("field", ["starts_at", "court", "interpreter", "status", "measures"])
async def test_the_shelter_changes_nothing_else(legal: LegalStory, field: str) -> None:
    hearing = await legal.hearing()
    shelter = await legal.shelter_of()
    refused = await shelter.patch(f"{ACCOMPANIMENTS}/{hearing['id']}", {field: "x"}, etag='"1"')
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == f"/{field}"


async def test_what_will_not_take_place_is_shown_so_and_not_arranged(legal: LegalStory) -> None:
    hearing = await legal.hearing()
    shelter = await legal.shelter_of()
    await legal.act(legal.owner, hearing, "vacate", {"reason": "settled"})
    path = f"{ACCOMPANIMENTS}/{hearing['id']}"
    assert (await shelter.get(path)).json()["status"] == "vacated"
    assert (await shelter.patch(path, {"transport": "arranged"}, etag='"2"')).status_code == 409


async def refused_by_all(legal: LegalStory, person: Any, hearing: dict[str, Any]) -> None:
    path = f"{ACCOMPANIMENTS}/{hearing['id']}"
    assert (await person.get(ACCOMPANIMENTS)).json()["items"] == []
    assert (await person.get(path)).status_code == 404
    assert (await person.patch(path, {"transport": "arranged"}, etag='"1"')).status_code == 404


async def test_only_shelters_that_took_the_person_in(legal: LegalStory) -> None:
    hearing = await legal.hearing()
    await refused_by_all(legal, await legal.network.member("Another shelter"), hearing)
    await refused_by_all(legal, await legal.shelter_of("Clinic", ("medical",)), hearing)
    # An accepted referral for legal aid is none for shelter.
    await refused_by_all(legal, legal.network.colleague(legal.lawyer), hearing)


@pytest.mark.parametrize("end", [{"consent_end": "withdrawn"}, {"consent_until": LONG_AGO}], ids=["said", "run out"])
async def test_an_ended_consent_ends_the_sight_at_once(legal: LegalStory, database: Database, end: Any) -> None:
    hearing = await legal.hearing()
    shelter = await legal.shelter_of()
    assert (await shelter.get(f"{ACCOMPANIMENTS}/{hearing['id']}")).status_code == 200
    async with database.transaction() as session:
        theirs = ReferralRow.owner_organization_id == shelter.organization_id
        await session.execute(update(ReferralRow).where(theirs).values(**end))
    await refused_by_all(legal, shelter, hearing)


async def test_roles_without_work_on_cases_are_refused(legal: LegalStory) -> None:
    assert (await legal.network.colleague(legal.owner, Role.AUDITOR).get(ACCOMPANIMENTS)).status_code == 403
