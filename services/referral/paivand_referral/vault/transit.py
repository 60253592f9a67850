"""Wrapping keys in the transit engine of OpenBao or HashiCorp Vault: they never leave it.

The engine's key versions are our wrapping keys: `transit/paivand/3` is version 3 of the key `paivand`.
"""

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import hvac
from hvac.exceptions import InvalidRequest, VaultError
from paivand_contracts.problems import ProblemType
from paivand_kit.problems import ProblemError
from paivand_kit.sealing import UnreadableError
from requests import RequestException

from .keys import RetirementError, Wrapped

ANSWER_SECONDS = 5


class TransitKeys:
    """Asks the engine for each key. Opened keys are remembered for a minute, so it is not asked for each request."""

    def __init__(self, *, url: str, token_file: Path, mount: str, key: str, ca_file: Path | None) -> None:
        self._client = hvac.Client(url=url, timeout=ANSWER_SECONDS, verify=str(ca_file) if ca_file else True)
        self._token_file, self._mount, self._key = token_file, mount, key

    async def current(self) -> str:
        """Id of the newest version."""
        return self._id((await self._read())["latest_version"])

    async def known(self) -> list[str]:
        """Ids of the versions that still open."""
        return [self._id(version) for version in (await self._read())["keys"]]

    async def wrap(self, key: bytes, case_id: UUID) -> Wrapped:
        """Wraps with the newest version."""
        answer = await self._ask(
            self._transit.encrypt_data, plaintext=base64.b64encode(key).decode(), associated_data=_place(case_id)
        )
        ciphertext: str = answer["ciphertext"]
        return Wrapped(self._id(ciphertext.split(":")[1].removeprefix("v")), ciphertext.encode())

    async def unwrap(self, wrapped: Wrapped, case_id: UUID) -> bytes:
        """Unwraps with the version that is named in the wrapped key."""
        try:
            answer = await self._ask(
                self._transit.decrypt_data, ciphertext=wrapped.wrapped.decode(), associated_data=_place(case_id)
            )
        except (InvalidRequest, UnicodeDecodeError):
            raise UnreadableError from None
        return base64.b64decode(answer["plaintext"])

    async def add(self) -> str:
        """Makes a new version."""
        await self._ask(self._transit.rotate_key)
        return await self.current()

    async def retire(self, kek_id: str) -> None:
        """Destroys a version and all before it, which is what the engine can do (`trim`)."""
        versions = await self.known()
        if kek_id not in versions:
            raise RetirementError(f"there is no key {kek_id}")
        if kek_id == await self.current():
            raise RetirementError("it is the current key: rotate first")
        oldest = int(kek_id.rpartition("/")[2]) + 1
        # By path: the client's own method refuses equal versions, which the engine wants here.
        limits = {"min_decryption_version": oldest, "min_encryption_version": oldest}
        path = f"{self._mount}/keys/{self._key}/config"
        await self._send(lambda: self._client.write_data(path, data=limits))
        await self._ask(self._transit.trim_key, min_version=oldest)

    @property
    def _transit(self) -> Any:
        # The token is read each time: an agent may have renewed it.
        self._client.token = self._token_file.read_text().strip()
        return self._client.secrets.transit

    async def _read(self) -> dict[str, Any]:
        return await self._ask(self._transit.read_key)

    async def _ask(self, call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        answer = await self._send(lambda: call(name=self._key, mount_point=self._mount, **arguments))
        return answer["data"] if isinstance(answer, dict) else {}

    async def _send(self, call: Callable[[], Any]) -> Any:
        try:
            return await asyncio.to_thread(call)
        except InvalidRequest:
            raise
        except (VaultError, RequestException) as fault:
            raise ProblemError(
                ProblemType.UNAVAILABLE, "The key service does not answer. Try again.", headers={"Retry-After": "5"}
            ) from fault

    def _id(self, version: int | str) -> str:
        return f"transit/{self._key}/{version}"


def _place(case_id: UUID) -> str:
    return base64.b64encode(b"key of case " + case_id.bytes).decode()
