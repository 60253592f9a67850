"""The opened key of a case, and a short memory of opened keys."""

import time
from collections import OrderedDict
from uuid import UUID

from paivand_kit.sealing import seal, unseal

REMEMBERED_KEYS = 10_000
REMEMBERED_SECONDS = 60.0
VERSION_BYTES = 4


class CaseKey:
    """The key of one case, opened. What it seals is bound to the case, a field and a version."""

    def __init__(self, case_id: UUID, key: bytes) -> None:
        self._case_id, self._key = case_id, key

    def seal(self, value: str, field: str, version: int) -> bytes:
        """The value as it may be stored. `field` names the object too, where a case has several."""
        stamp = version.to_bytes(VERSION_BYTES)
        return stamp + seal(self._key, value.encode(), self._place(field, stamp))

    def unseal(self, sealed: bytes, field: str, version: int | None = None) -> str:
        """The value. Without a version any one will do: the one in the value is proved to be genuine.

        Raises:
            UnreadableError: it was not sealed for this case, field and version, or was changed since.
        """
        stamp = sealed[:VERSION_BYTES] if version is None else version.to_bytes(VERSION_BYTES)
        return unseal(self._key, sealed[VERSION_BYTES:], self._place(field, stamp)).decode()

    def _place(self, field: str, stamp: bytes) -> bytes:
        return self._case_id.bytes + stamp + field.encode()


class RememberedKeys:
    """Opened keys, the latest ten thousand, each for a minute."""

    def __init__(self) -> None:
        self._keys: OrderedDict[tuple[UUID, UUID | bytes], tuple[float, CaseKey]] = OrderedDict()

    def get(self, case_id: UUID, proof: UUID | bytes) -> CaseKey | None:
        """The key, for who has the same proof as when it was remembered: its organization, or its wrapped form."""
        found = self._keys.get((case_id, proof))
        return found[1] if found and found[0] > time.monotonic() else None

    def put(self, case_id: UUID, proof: UUID | bytes, key: CaseKey) -> CaseKey:
        """Remembers a key, and gives it back."""
        self._keys[case_id, proof] = time.monotonic() + REMEMBERED_SECONDS, key
        self._keys.move_to_end((case_id, proof))
        if len(self._keys) > REMEMBERED_KEYS:
            self._keys.popitem(last=False)
        return key
