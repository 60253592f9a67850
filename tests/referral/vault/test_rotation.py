"""Rotation of the wrapping key: everything stays readable, nobody waits, and it can be stopped at any moment."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from paivand_kit.database import Database
from paivand_kit.sealing import UnreadableError
from paivand_local.testing import PostgresServer
from paivand_referral.settings import Settings
from paivand_referral.vault import rotation
from paivand_referral.vault.keys import KeyProvider, RetirementError, Wrapped
from sqlalchemy import text

from tests.referral.conftest import CASE, Story

pytestmark = pytest.mark.integration
SUMMARY = "Her brother must not know."


@pytest.fixture
def keys(app: FastAPI) -> KeyProvider:
    return app.state.vault.keys


async def rows(database: Database, query: str, **values: object) -> list[Any]:
    async with database.transaction() as session:
        return list((await session.execute(text(query), values)).mappings())


async def test_texts_stay_as_they_are_and_readable(story: Story, database: Database, keys: KeyProvider) -> None:
    referral = await story.referral(summary=SUMMARY)
    sealed = "SELECT summary FROM referrals WHERE id = :id"
    before = await rows(database, sealed, id=referral["id"])
    new = await keys.add()
    await rotation.rewrap(database, keys)
    [count] = await rows(database, "SELECT count(*) AS n FROM case_keys WHERE wrapped IS NOT NULL")
    assert await rotation.usage(database) == {new: count["n"]}
    assert await rows(database, sealed, id=referral["id"]) == before
    assert (await story.lawyer.get(f"/referral/v1/referrals/{referral['id']}")).json()["summary"] == SUMMARY


async def test_several_at_once_and_stopped_ones_finish_the_work_together(
    story: Story, database: Database, keys: KeyProvider
) -> None:
    for _ in range(30):
        assert (await story.shelter.post("/referral/v1/cases", CASE)).status_code == 201
    new = await keys.add()
    begun = asyncio.Event()
    stopped = asyncio.create_task(rotation.rewrap(database, keys, lambda _: begun.set(), batch=1))
    await begun.wait()
    stopped.cancel()
    await asyncio.gather(*(rotation.rewrap(database, keys, batch=2) for _ in range(3)))
    # One that skipped what another held may end first; all together leave nothing.
    assert set(await rotation.usage(database)) == {new}


async def test_requests_go_on_meanwhile(story: Story, database: Database, keys: KeyProvider) -> None:
    async def referrals() -> None:
        for _ in range(10):
            sent = await story.referral(summary=SUMMARY)
            assert (await story.lawyer.get(f"/referral/v1/referrals/{sent['id']}")).json()["summary"] == SUMMARY

    working = asyncio.create_task(referrals())
    while not working.done():
        await keys.add()
        await rotation.rewrap(database, keys, batch=1)
        await asyncio.sleep(0)
    await working


async def test_retired_key_closes_what_a_backup_holds(
    story: Story, database: Database, keys: KeyProvider, settings: Settings
) -> None:
    """Erased, then rotated, then retired: the wrapped key in a backup from before is closed for good."""
    query = "SELECT kek_id, wrapped FROM case_keys WHERE case_id = :id"
    [backup] = await rows(database, query, id=story.case_id)
    old, case_id = Wrapped(backup["kek_id"], backup["wrapped"]), UUID(story.case_id)
    await keys.add()
    with pytest.raises(RetirementError, match="still wraps"):
        await rotation.retire(database, keys, old.kek_id)
    await rotation.rewrap(database, keys)
    with pytest.raises(RetirementError, match="hour"):
        await rotation.retire(database, keys, old.kek_id)
    assert len(await keys.unwrap(old, case_id)) == 32
    assert settings.vault_key_file
    document = json.loads(settings.vault_key_file.read_text())
    for each in document["keys"]:
        each["made_at"] = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    settings.vault_key_file.write_text(json.dumps(document))
    await rotation.retire(database, keys, old.kek_id)
    with pytest.raises(UnreadableError):
        await keys.unwrap(old, case_id)
    referral = await story.referral(summary=SUMMARY)
    assert referral["summary"] == SUMMARY


async def test_command_rotates_and_says_what_is_where(
    story: Story, postgres: PostgresServer, settings: Settings, keys: KeyProvider
) -> None:
    before = await keys.current()

    async def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "paivand_referral.vault", *arguments],
            env={
                "PAIVAND_DATABASE_URL": postgres.url("referral"),
                "PAIVAND_VAULT_KEY_FILE": str(settings.vault_key_file),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    done = await command("rotate")
    assert done.returncode == 0, done.stderr + done.stdout
    after = await keys.current()
    assert after != before
    status = (await command("status")).stdout
    assert after in status
    assert "current" in status
    refused = await command("retire", after)
    assert (refused.returncode, "refused" in refused.stdout) == (1, True)
    assert (await story.referral(summary=SUMMARY))["summary"] == SUMMARY
