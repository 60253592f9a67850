"""Wraps the keys of cases with a key that the database never sees.

`KeyProvider` is all that the vault knows of where that key lives: a file (`LocalKeyFile`), or OpenBao and HashiCorp
Vault (`transit.py`). Rotating it wraps the cases' keys anew and touches no data.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, Self
from uuid import UUID

from paivand_kit.sealing import KEY_BYTES, UnreadableError, new_key, seal, unseal

# The group may read (a mounted secret often belongs to root and a group), others nothing.
TOO_OPEN = 0o037
SUCCESSOR_MUST_BE = timedelta(hours=1)
"""A process that has not noticed a rotation yet wraps with the old key; so long nobody may retire it."""


class KeyFileError(Exception):
    """The key file is missing, unreadable or open to others. The text says what to do."""


class RetirementError(Exception):
    """The key cannot be retired now. The text says why."""


@dataclass(frozen=True)
class Wrapped:
    """A case's key as it may be stored."""

    kek_id: str
    """Which key-encryption key wrapped it."""
    wrapped: bytes


class KeyProvider(Protocol):
    """Where the key-encryption keys are."""

    async def current(self) -> str:
        """Id of the key that wraps now."""
        ...

    async def known(self) -> list[str]:
        """Ids of all keys that still unwrap."""
        ...

    async def wrap(self, key: bytes, case_id: UUID) -> Wrapped:
        """The key of a case, wrapped with the current key for this case only."""
        ...

    async def unwrap(self, wrapped: Wrapped, case_id: UUID) -> bytes:
        """The key of a case.

        Raises:
            UnreadableError: the key that wrapped it is gone, or it was wrapped for another case.
        """
        ...

    async def add(self) -> str:
        """Makes a new key the current one; the older ones still unwrap."""
        ...

    async def retire(self, kek_id: str) -> None:
        """Destroys a key for good: whatever is still wrapped with it, in old backups too, stays closed.

        Raises:
            RetirementError: it is unknown, current, or its successor is too young.
        """
        ...


@dataclass(frozen=True)
class _Entry:
    id: str
    made_at: datetime
    key: bytes

    @classmethod
    def new(cls) -> Self:
        made_at = datetime.now(UTC).replace(microsecond=0)
        return cls(id=f"{made_at:%Y-%m-%d}-{secrets.token_hex(4)}", made_at=made_at, key=new_key())

    @classmethod
    def read(cls, document: dict[str, str]) -> Self:
        key = base64.b64decode(document["key"], validate=True)
        return cls(document["id"], datetime.fromisoformat(document["made_at"]), key)

    def document(self) -> dict[str, str]:
        return {"id": self.id, "made_at": self.made_at.isoformat(), "key": base64.b64encode(self.key).decode()}


class LocalKeyFile:
    """Keys in a file of the operator: the last one wraps, all of them unwrap. Read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] = (0, 0)
        self._entries: dict[str, _Entry] = {}
        self._load()

    @classmethod
    def create(cls, path: Path) -> None:
        """Makes the file with a first key; one that is there stays as it is."""
        _write(path, [_Entry.new()], is_new=True)

    async def current(self) -> str:
        """Id of the newest key in the file."""
        return self._newest().id

    async def known(self) -> list[str]:
        """Ids of the keys in the file, oldest first."""
        self._load()
        return list(self._entries)

    async def wrap(self, key: bytes, case_id: UUID) -> Wrapped:
        """Wraps with the newest key in the file."""
        newest = self._newest()
        return Wrapped(newest.id, seal(newest.key, key, _place(case_id)))

    async def unwrap(self, wrapped: Wrapped, case_id: UUID) -> bytes:
        """Unwraps with the key that is named."""
        if wrapped.kek_id not in self._entries:
            self._load()
        entry = self._entries.get(wrapped.kek_id)
        if entry is None:
            raise UnreadableError
        return unseal(entry.key, wrapped.wrapped, _place(case_id))

    async def add(self) -> str:
        """Appends a key to the file; it is replaced whole, so that a crash leaves the old one or the new one."""
        self._load()
        entry = _Entry.new()
        _write(self._path, [*self._entries.values(), entry])
        self._load()
        return entry.id

    async def retire(self, kek_id: str) -> None:
        """Takes a key out of the file."""
        self._load()
        order = list(self._entries.values())
        place = next((place for place, entry in enumerate(order) if entry.id == kek_id), None)
        if place is None:
            raise RetirementError(f"there is no key {kek_id} in {self._path}")
        if place == len(order) - 1:
            raise RetirementError("it is the current key: rotate first")
        if datetime.now(UTC) - order[place + 1].made_at < SUCCESSOR_MUST_BE:
            raise RetirementError("its successor is younger than an hour, and a process may still use the old key")
        _write(self._path, [entry for entry in order if entry.id != kek_id])
        self._load()

    def _newest(self) -> _Entry:
        stat = self._path.stat()
        if (stat.st_ino, stat.st_mtime_ns) != self._stamp:
            self._load()
        return next(reversed(self._entries.values()))

    def _load(self) -> None:
        try:
            with self._path.open("rb") as file:
                stat = os.fstat(file.fileno())
                document = json.load(file)
            entries = [_Entry.read(each) for each in document["keys"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            # The message of a ValueError may quote what it read.
            raise KeyFileError(f"the vault's key file {self._path} cannot be read ({type(error).__name__})") from None
        if stat.st_mode & TOO_OPEN:
            raise KeyFileError(f"the vault's key file {self._path} is open to others: chmod 600 it")
        if not entries or any(len(entry.key) != KEY_BYTES for entry in entries):
            raise KeyFileError(f"the vault's key file {self._path} holds no key, or one that is not 32 bytes")
        self._stamp, self._entries = (stat.st_ino, stat.st_mtime_ns), {entry.id: entry for entry in entries}


def _place(case_id: UUID) -> bytes:
    return b"key of case " + case_id.bytes


def _write(path: Path, entries: list[_Entry], *, is_new: bool = False) -> None:
    document = json.dumps({"keys": [entry.document() for entry in entries]}, indent=1)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(document)
        file.flush()
        os.fsync(file.fileno())
    try:
        if is_new:
            os.link(draft, path)  # of two that make it at once, one wins
        else:
            draft.replace(path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
