"""Erasing a person: what is gone, what stays, who may, and what a legal hold forbids."""

import asyncio
import hashlib
import json
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest
from paivand_contracts.codes import Role
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from sqlalchemy import text

from tests.factories.running import Person
from tests.referral.conftest import Network, Story
from tests.referral.identities.test_endpoints import CASES, found, write

pytestmark = pytest.mark.integration


async def number_of(story: Story) -> str:
    return (await story.shelter.get(f"{CASES}/{story.case_id}")).json()["number"]


async def erase(story: Story, who: Person, **changes: Any) -> Any:
    body = {"number": await number_of(story), "reason": "person-asked"} | changes
    return await who.post(f"{CASES}/{story.case_id}/erase", body)


@pytest.fixture
def manager(story: Story) -> Person:
    return story.shelter.with_role(Role.MANAGER)


async def one(database: Database, query: str, **values: object) -> Any:
    async with database.transaction() as session:
        return (await session.execute(text(query), values)).mappings().one_or_none()


async def test_erased_person_is_gone_and_the_statistics_stay(story: Story, manager: Person, database: Database) -> None:
    await write(story.shelter, story.case_id)
    referral = await story.referral(summary="Her brother must not know.")
    receipt = await erase(story, manager)
    assert receipt.status_code == 200, receipt.text
    assert receipt.json()["identities"] == 1
    assert receipt.json()["index_tokens"] > 5
    for tables in ("identities", "identity_index"):
        assert await one(database, f"SELECT 1 FROM {tables} WHERE case_id = :id", id=story.case_id) is None  # noqa: S608 - names above
    shelter = story.shelter.with_second_factor()
    assert (await shelter.get(f"{CASES}/{story.case_id}/identity")).status_code == 404
    assert await found(story.shelter, name="Зарина") == {}
    read = (await story.lawyer.get(f"/referral/v1/referrals/{referral['id']}")).json()
    assert (read["status"], read["summary"], read["case"]["age_band"]) == ("requested", None, "18-24")
    assert (await story.shelter.get(f"{CASES}/{story.case_id}")).json()["needs"] == ["legal-representation"]
    refused = await story.shelter.put(f"{CASES}/{story.case_id}/identity", {"notes": "Again."}, etag="*")
    assert refused.status_code == 409
    kept = (await story.shelter.get(f"{CASES}/{story.case_id}/erasure")).json()
    assert kept == receipt.json()
    again = await erase(story, manager)
    assert again.status_code == 409


async def test_event_carries_the_id_and_nothing_else(story: Story, manager: Person, database: Database) -> None:
    await erase(story, manager)
    row = await one(database, "SELECT event FROM outbox WHERE event ->> 'subject' = :id", id=story.case_id)
    assert (row["event"]["type"], row["event"]["data"]) == (
        "paivand.referral.case.erased.v1",
        {"case_id": story.case_id},
    )


async def test_receipt_names_the_wrapping_key_that_still_opens_old_backups(
    story: Story, manager: Person, database: Database
) -> None:
    before = await one(database, "SELECT wrapped, kek_id FROM case_keys WHERE case_id = :id", id=story.case_id)
    receipt = (await erase(story, manager)).json()
    assert receipt["wrapping_key"] == before["kek_id"]
    assert receipt["key_fingerprint"] == hashlib.sha256(before["wrapped"]).hexdigest()
    after = await one(database, "SELECT wrapped FROM case_keys WHERE case_id = :id", id=story.case_id)
    assert after["wrapped"] is None


async def test_legal_hold_forbids_to_erase_until_it_ends(story: Story, manager: Person) -> None:
    path = f"{CASES}/{story.case_id}/legal-hold"
    assert (await story.shelter.get(path)).status_code == 404
    hold = await manager.put(path, {"reason": "court-proceeding"})
    assert (hold.status_code, hold.json()["reason"]) == (200, "court-proceeding")
    assert (await story.shelter.get(path)).json() == hold.json()
    refused = await erase(story, manager)
    assert (refused.status_code, "legal hold" in refused.json()["detail"]) == (409, True)
    assert (await manager.delete(path)).status_code == 204
    assert (await erase(story, manager)).status_code == 200
    assert (await manager.put(path, {"reason": "other"})).status_code == 409


async def test_only_the_owners_manager_may(story: Story, network: Network) -> None:
    stranger = await network.member("Stranger", Role.MANAGER)
    for who, status in (
        (story.shelter, 403),
        (story.lawyer.with_role(Role.MANAGER), 404),
        (stranger, 404),
        (network.coordinator(), 403),
    ):
        assert (await erase(story, who)).status_code == status
        hold = f"{CASES}/{story.case_id}/legal-hold"
        assert (await who.put(hold, {"reason": "other"})).status_code == status
        assert (await who.delete(hold)).status_code == status


async def test_the_number_must_be_that_of_the_case(story: Story, manager: Person) -> None:
    refused = await erase(story, manager, number="C-0000-0000-00")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/number")
    assert (await erase(story, manager, reason="because")).status_code == 422


async def test_race_of_erasures_with_writers_leaves_nothing(story: Story, manager: Person, database: Database) -> None:
    """Whatever comes first: afterwards no identity and no token is left, and exactly one erasure was done."""
    path = f"{CASES}/{story.case_id}/identity"
    writers = [story.shelter.put(path, {"names": [{"text": "Зарина"}]}, etag="*") for _ in range(6)]
    erasers = [erase(story, manager) for _ in range(3)]
    answers = await asyncio.gather(*writers, *erasers)
    assert sorted(answer.status_code for answer in answers[6:]) == [200, 409, 409]
    assert {answer.status_code for answer in answers[:6]} <= {200, 409}
    for table in ("identities", "identity_index"):
        assert await one(database, f"SELECT 1 FROM {table} WHERE case_id = :id", id=story.case_id) is None  # noqa: S608 - names above


async def test_operator_erases_by_number(story: Story, postgres: PostgresServer, database: Database) -> None:
    await write(story.shelter, story.case_id)
    number = await number_of(story)

    async def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "paivand_referral.erasures", *arguments],
            env={"PAIVAND_DATABASE_URL": postgres.url("referral")},
            capture_output=True,
            text=True,
            check=False,
        )

    unknown = await command("C-0000-0000-00", "person-asked")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    done = await command(number.lower(), "person-asked")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["number"] == number
    assert "Зарина" not in done.stdout
    entry = await one(
        database, "SELECT subject FROM audit_log WHERE case_id = :id AND action = 'erase'", id=story.case_id
    )
    assert entry["subject"] == "system"
    assert (await command(number, "person-asked")).returncode == 1
    assert await one(database, "SELECT 1 FROM identities WHERE case_id = :id", id=story.case_id) is None


async def test_no_such_case_is_404(manager: Person) -> None:
    answer = await manager.post(f"{CASES}/{uuid4()}/erase", {"number": "C-1", "reason": "person-asked"})
    assert answer.status_code == 404
