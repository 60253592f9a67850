"""Free text about a person: sealed in every column, read by the parties, gone with the key of the case."""

import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from paivand_referral.vault.case_keys import CaseKey
from paivand_referral.vault.keys import LocalKeyFile, Wrapped
from sqlalchemy import text

from tests.referral.conftest import Story

pytestmark = pytest.mark.integration
REFERRALS = "/referral/v1/referrals"
SUMMARY, NOTE = "Her brother must not know.", "Бародараш набояд донад."


@pytest.fixture
async def owner(postgres: PostgresServer) -> AsyncGenerator[Database]:
    """The database as its owner sees it: more rights than the service, but no key."""
    database = Database(postgres.owner_url("referral"))
    yield database
    await database.close()


async def execute(database: Database, statement: str, **values: object) -> list[Any]:
    async with database.transaction() as session:
        result = await session.execute(text(statement), values)
        return list(result) if result.returns_rows else []


async def test_parties_read_what_the_database_cannot(story: Story, database: Database) -> None:
    referral = await story.referral(summary=SUMMARY)
    rejected = (await story.act(story.lawyer, referral, "reject", {"reason": "other", "note": NOTE})).json()
    assert (referral["summary"], rejected["summary"], rejected["note"]) == (SUMMARY, SUMMARY, NOTE)
    for party in (story.shelter, story.lawyer):
        read = (await party.get(f"{REFERRALS}/{referral['id']}")).json()
        history = (await party.get(f"{REFERRALS}/{referral['id']}/history")).json()["items"]
        assert (read["summary"], read["note"], history[-1]["note"]) == (SUMMARY, NOTE, NOTE)
    for table in ("referrals", "referral_history", "outbox", "idempotency_keys", "case_keys"):
        rows = await execute(database, f"SELECT t::text FROM {table} t")  # noqa: S608 - names above
        assert rows
        for word in (SUMMARY, NOTE):
            assert not any(word in str(row) or word.encode().hex() in str(row) for row in rows), table


async def test_repeated_request_gets_the_same_summary(story: Story) -> None:
    key, body = str(uuid4()), story.request(summary=SUMMARY)
    first, second = [await story.shelter.post(REFERRALS, body, key=key) for _ in range(2)]
    assert second.headers["idempotent-replayed"] == "true"
    assert first.content == second.content
    assert second.json()["summary"] == SUMMARY


async def test_summary_moved_to_another_referral_of_the_case_is_not_shown(story: Story, owner: Database) -> None:
    """Who can write to the database cannot make one referral say what another one said."""
    here, there = [await story.referral(summary=summary) for summary in (SUMMARY, "Another.")]
    await execute(
        owner,
        "UPDATE referrals SET summary = (SELECT summary FROM referrals WHERE id = :here) WHERE id = :there",
        here=here["id"],
        there=there["id"],
    )
    assert (await story.shelter.get(f"{REFERRALS}/{here['id']}")).json()["summary"] == SUMMARY
    answer = await story.shelter.get(f"{REFERRALS}/{there['id']}")
    assert answer.status_code == 500
    assert SUMMARY not in answer.text


async def test_note_of_an_older_version_is_not_taken_for_a_newer_one(story: Story, owner: Database) -> None:
    referral = await story.referral_in("in-progress")
    for action, body in (
        ("hold", {"reason": "other", "note": "First."}),
        ("resume", None),
        ("hold", {"reason": "other", "note": "Second."}),
    ):
        referral = (await story.act(story.lawyer, referral, action, body)).json()
    await execute(
        owner,
        "UPDATE referral_history SET note = (SELECT note FROM referral_history WHERE referral_id = :id AND version = 4)"
        " WHERE referral_id = :id AND version = 6",
        id=referral["id"],
    )
    assert (await story.shelter.get(f"{REFERRALS}/{referral['id']}/history")).status_code == 500


async def test_destroyed_key_is_noticed_though_the_process_remembers_it(story: Story, database: Database) -> None:
    """As after an erasure in another replica."""
    referral = await story.referral(summary=SUMMARY)
    assert (await story.lawyer.get(f"{REFERRALS}/{referral['id']}")).json()["summary"] == SUMMARY
    await execute(
        database, "UPDATE case_keys SET wrapped = NULL, destroyed_at = now() WHERE case_id = :id", id=story.case_id
    )
    for party in (story.shelter, story.lawyer):
        read = await party.get(f"{REFERRALS}/{referral['id']}")
        assert (read.status_code, read.json()["summary"]) == (200, None)
    again = await story.shelter.post(REFERRALS, story.request(summary="More."))
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/case_id")
    assert (await story.shelter.post(REFERRALS, story.request())).status_code == 422
    refused = await story.act(story.lawyer, referral, "reject", {"reason": "other", "note": "More."})
    assert refused.status_code == 409
    assert (await story.act(story.lawyer, referral, "reject", {"reason": "other"})).status_code == 200


async def test_key_of_a_case_is_made_with_it_and_wrapped(story: Story, database: Database, app: FastAPI) -> None:
    rows = await execute(database, "SELECT kek_id, wrapped FROM case_keys WHERE case_id = :id", id=story.case_id)
    assert [row[0] for row in rows] == [await app.state.vault.keys.current()]


async def test_service_can_neither_take_away_nor_rename_a_key(database: Database, story: Story) -> None:
    for statement in ("DELETE FROM case_keys", "UPDATE case_keys SET case_id = gen_random_uuid()"):
        with pytest.raises(Exception, match="permission denied"):
            await execute(database, statement)


async def test_texts_from_before_the_vault_are_sealed_by_the_migration(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    """A database of the first release, with a summary and notes, is brought to the newest one."""
    admin = Database(postgres.admin_url("postgres"))
    async with admin.statement() as connection:
        await connection.execute(text("CREATE DATABASE old_referral OWNER referral_owner"))
    await admin.close()
    url = postgres.owner_url("referral").replace("/referral?", "/old_referral?")
    old = Database(url)
    key_file = tmp_path / "keys.json"
    LocalKeyFile.create(key_file)
    migrate(url, "0001")
    case_id, referral_id, organization = uuid4(), uuid4(), uuid4()
    for statement in OLD:
        await execute(old, statement.format(case=case_id, referral=referral_id, organization=organization))
    assert migrate(url, "head").returncode != 0
    assert migrate(url, "head", PAIVAND_VAULT_KEY_FILE=str(key_file)).returncode == 0
    rows = await execute(old, "SELECT wrapped, kek_id FROM case_keys")
    key = CaseKey(case_id, await LocalKeyFile(key_file).unwrap(Wrapped(rows[0][1], rows[0][0]), case_id))
    [(summary, note)] = await execute(old, "SELECT summary, note FROM referrals")
    [(entry,)] = await execute(old, "SELECT note FROM referral_history WHERE note IS NOT NULL")
    assert key.unseal(summary, f"referrals/{referral_id}/summary", 1) == "Old summary"
    assert key.unseal(note, f"referrals/{referral_id}/note") == "Old note"
    assert key.unseal(entry, f"referrals/{referral_id}/note", 2) == "Old note"
    await old.close()


def migrate(url: str, revision: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Alembic in a process of its own, as the owner."""
    code = (
        "import sys; from alembic import command; from paivand_kit.migrations import config;"
        " command.upgrade(config('services/referral/migrations'), sys.argv[1])"
    )
    return subprocess.run(
        [sys.executable, "-c", code, revision],
        env={"PATH": os.environ["PATH"], "PAIVAND_MIGRATION_URL": url} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


OLD = (
    "INSERT INTO directory_organizations VALUES ('{organization}', 'Adolat', 'active', 1)",
    "INSERT INTO directory_services VALUES ('{organization}', '{organization}', 'Law', 'active', ARRAY['law'], 1)",
    "INSERT INTO cases VALUES ('{case}', 'C-1', '{organization}', '18-24', 'female', ARRAY['tg'], ARRAY['law'], 'x')",
    "INSERT INTO referrals (id, number, case_id, service_id, requester_organization_id, owner_organization_id, status,"
    " priority, summary, note, consent_given_at, consent_scope, respond_by, version, created_at, updated_at)"
    " VALUES ('{referral}', 'R-1', '{case}', '{organization}', '{organization}', '{organization}', 'rejected',"
    " 'urgent', 'Old summary', 'Old note', now(), ARRAY['referral'], now(), 2, now(), now())",
    "INSERT INTO referral_history (referral_id, version, action, status, note, organization_id, subject, at)"
    " VALUES ('{referral}', 1, 'request', 'requested', NULL, '{organization}', 'x', now()),"
    " ('{referral}', 2, 'reject', 'rejected', 'Old note', '{organization}', 'x', now())",
)
