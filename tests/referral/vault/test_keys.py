"""The key file: who may read it, rotation while others use it, and what is lost with a key."""

import asyncio
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from paivand_kit.sealing import UnreadableError, new_key
from paivand_referral.vault.keys import KeyFileError, LocalKeyFile, RetirementError, Wrapped


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    LocalKeyFile.create(path)
    return path


def age(path: Path, hours: float) -> None:
    """As if all keys had been made so long ago."""
    document = json.loads(path.read_text())
    for each in document["keys"]:
        each["made_at"] = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    path.write_text(json.dumps(document))


def test_it_is_made_once_and_for_its_owner_only(path: Path) -> None:
    before = path.read_text()
    LocalKeyFile.create(path)
    assert path.read_text() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o620, 0o604])
def test_file_that_others_can_read_or_change_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod"):
        LocalKeyFile(path)


@pytest.mark.parametrize("text", ["", "{}", '{"keys": []}', '{"keys": [{"id": "a"}]}', '{"keys": 1}', "\x00"])
def test_broken_file_is_refused_without_being_quoted(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(KeyFileError) as refused:
        LocalKeyFile(path)
    assert str(path) in str(refused.value)


def test_a_key_of_another_length_is_refused(path: Path) -> None:
    path.write_text(json.dumps({"keys": [{"id": "a", "made_at": "2026-11-24T00:00:00+00:00", "key": "c2hvcnQ="}]}))
    with pytest.raises(KeyFileError, match="32 bytes"):
        LocalKeyFile(path)


async def test_wrapped_key_opens_for_its_case_only(path: Path) -> None:
    keys, key, case_id = LocalKeyFile(path), new_key(), uuid4()
    wrapped = await keys.wrap(key, case_id)
    assert await keys.unwrap(wrapped, case_id) == key
    assert key not in wrapped.wrapped
    with pytest.raises(UnreadableError):
        await keys.unwrap(wrapped, uuid4())


async def test_process_that_runs_notices_a_rotation(path: Path) -> None:
    running, key, case_id = LocalKeyFile(path), new_key(), uuid4()
    before = await running.wrap(key, case_id)
    added = await LocalKeyFile(path).add()
    after = await running.wrap(key, case_id)
    assert (before.kek_id != added, after.kek_id) == (True, added)
    assert await running.unwrap(before, case_id) == await running.unwrap(after, case_id) == key


async def test_process_that_knows_only_old_keys_opens_what_a_new_one_wrapped(path: Path) -> None:
    running, key, case_id = LocalKeyFile(path), new_key(), uuid4()
    rotated = LocalKeyFile(path)
    await rotated.add()
    assert await running.unwrap(await rotated.wrap(key, case_id), case_id) == key


async def test_retired_key_opens_nothing_any_more(path: Path) -> None:
    keys, key, case_id = LocalKeyFile(path), new_key(), uuid4()
    old = await keys.wrap(key, case_id)
    with pytest.raises(RetirementError, match="current"):
        await keys.retire(old.kek_id)
    await keys.add()
    with pytest.raises(RetirementError, match="hour"):
        await keys.retire(old.kek_id)
    age(path, hours=2)
    await keys.retire(old.kek_id)
    with pytest.raises(UnreadableError):
        await LocalKeyFile(path).unwrap(old, case_id)
    with pytest.raises(RetirementError, match="no key"):
        await keys.retire(old.kek_id)


async def test_reader_never_meets_half_a_file(path: Path) -> None:
    """Readers at full speed while keys are added."""
    keys, done = LocalKeyFile(path), asyncio.Event()

    async def read() -> int:
        reads = 0
        while not done.is_set():
            await asyncio.to_thread(LocalKeyFile, path)
            reads += 1
        return reads

    reading = asyncio.create_task(read())
    for _ in range(50):
        await keys.add()
    await asyncio.sleep(0)
    done.set()
    assert await reading > 0
    assert len(json.loads(await asyncio.to_thread(path.read_text))["keys"]) == 51


async def test_wrapped_key_without_its_key_file_is_lost(path: Path, tmp_path: Path) -> None:
    case_id = uuid4()
    wrapped = await LocalKeyFile(path).wrap(new_key(), case_id)
    os.unlink(path)
    LocalKeyFile.create(path)
    with pytest.raises(UnreadableError):
        await LocalKeyFile(path).unwrap(Wrapped(wrapped.kek_id, wrapped.wrapped), case_id)
