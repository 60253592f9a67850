"""Links committed entries into a hash chain, in the order of commits, and signs how far it has come.

A chain that the writing transactions kept themselves would let only one of them commit at a time. So one replica links
entries shortly after their commit: only those whose transaction lies below the oldest one still running, so that no
entry can appear before one that is linked already. Both tables are insert-only for the service's role.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from paivand_contracts.audit import AuditHead, head_signed
from paivand_contracts.envelope import now
from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..database import Database
from ..leadership import lead
from ..outbox import emit
from . import notes
from .trail import AuditHeadRow

log = logging.getLogger(__name__)
BATCH = 2000
POLL_SECONDS = 1.0
HASHED = (
    *("position", "at", "subject", "organization_id", "client_id", "access", "action"),
    *("object_type", "object_id", "case_id", "consent_id", "trace_id"),
)
LAST = text("""
    SELECT c.sequence, c.hash, l.transaction_id::text::bigint AS transaction_id, l.position,
        l.transaction_id >= pg_snapshot_xmax(pg_current_snapshot()) AS is_foreign
    FROM audit_chain c JOIN audit_log l USING (position) ORDER BY c.sequence DESC LIMIT 1
""")
# The NOT EXISTS is a guard for rows of a restored dump, whose transaction ids are another cluster's.
NEXT = text("""
    SELECT *, transaction_id::text::bigint AS transaction FROM audit_log l
    WHERE (transaction_id, position) > (CAST(CAST(:transaction_id AS text) AS xid8), :position)
    AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.position = l.position)
    ORDER BY transaction_id, position LIMIT :batch
""")
# Committed in the cluster that a dump came from, but not linked there.
LEFT_OVER = text("""
    SELECT *, transaction_id::text::bigint AS transaction FROM audit_log l
    WHERE transaction_id >= pg_snapshot_xmax(pg_current_snapshot())
    AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.position = l.position)
    ORDER BY transaction_id, position LIMIT :batch
""")
LINK = text("""
    INSERT INTO audit_chain (sequence, position, hash)
    SELECT * FROM unnest(CAST(:sequences AS bigint[]), CAST(:positions AS bigint[]), CAST(:hashes AS bytea[]))
""")
LAST_HEAD = text("SELECT coalesce(max(size), 0) FROM audit_heads")


def genesis(service: str) -> bytes:
    """What the first entry of a service's chain is linked to."""
    return hashlib.sha256(notes.chain_name(service).encode()).digest()


def link(previous: bytes, row: RowMapping | dict[str, Any]) -> bytes:
    """Hash of an entry and of all before it: SHA-256 over the previous hash and the entry as a JSON array."""
    return hashlib.sha256(previous + canonical(row)).digest()


def canonical(row: RowMapping | dict[str, Any]) -> bytes:
    """An entry as bytes: its fields in the order of `HASHED`, ids and times as text, without spaces."""
    return json.dumps([_plain(row[name]) for name in HASHED], ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


class Signer:
    """The key of a service's chain and the files beside it: the public key, and the heads that it has signed."""

    def __init__(self, service: str, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._name, self._heads = notes.chain_name(service), folder / f"{service}.heads"
        self._key = notes.load_or_make_key(folder / f"{service}.key")
        (folder / f"{service}.pub").write_text(notes.verifier_key(self._name, self._key.public_key()) + "\n")

    def sign(self, head: notes.Head) -> str:
        """The signed note of a head."""
        return notes.sign(self._name, self._key, head)

    def keep(self, note: str) -> None:
        """Appends a note to the file that the operator prints."""
        with self._heads.open("a") as file:
            file.write(note + "\n")


class Chain:
    """The chain of one service. Runs in one replica at a time."""

    def __init__(
        self, service: str, database: Database, folder: Path | None, *, head_seconds: float, poll: float = POLL_SECONDS
    ) -> None:
        self._service, self._database, self._folder = service, database, folder
        self._head_seconds, self._poll = head_seconds, poll
        self._sequence, self._hash = 0, genesis(service)
        self._watermark = (0, 0)
        self._signed_size, self._signed_at = 0, 0.0

    async def run(self) -> None:
        """Runs until cancelled."""
        await lead(self._database.engine, f"{self._service}.audit", self._lead)

    async def _lead(self, connection: AsyncConnection) -> None:
        signer = Signer(self._service, self._folder) if self._folder else None
        if signer is None:
            log.warning("audit heads are not signed: PAIVAND_AUDIT_FOLDER is not set")
        await self._resume(connection)
        while True:
            while await self._link_next(connection, NEXT, *self._watermark) == BATCH:
                pass
            if signer is not None:
                await self._sign_when_due(signer)
            await asyncio.sleep(self._poll)

    async def _resume(self, connection: AsyncConnection) -> None:
        """Goes on where the chain ends. Two leaders cannot fork it: a sequence number exists once."""
        last = (await connection.execute(LAST)).mappings().one_or_none()
        self._signed_size = await connection.scalar(LAST_HEAD) or 0
        self._sequence, self._hash, self._watermark = 0, genesis(self._service), (0, 0)
        if last is None:
            return
        self._sequence, self._hash = last["sequence"], last["hash"]
        if last["is_foreign"]:
            while await self._link_next(connection, LEFT_OVER) == BATCH:
                pass
            self._watermark = (0, 0)
        else:
            self._watermark = (last["transaction_id"], last["position"])

    async def _link_next(self, connection: AsyncConnection, query: Any, *watermark: int) -> int:
        parameters: dict[str, Any] = {"batch": BATCH}
        if watermark:
            parameters |= {"transaction_id": str(watermark[0]), "position": watermark[1]}
        rows = (await connection.execute(query, parameters)).mappings().all()
        if rows:
            hashes = _links(self._hash, rows)
            sequences = list(range(self._sequence + 1, self._sequence + 1 + len(rows)))
            positions = [row["position"] for row in rows]
            await connection.execute(LINK, {"sequences": sequences, "positions": positions, "hashes": hashes})
            self._sequence, self._hash = sequences[-1], hashes[-1]
            self._watermark = (rows[-1]["transaction"], rows[-1]["position"])
        return len(rows)

    async def _sign_when_due(self, signer: Signer) -> None:
        clock = asyncio.get_running_loop().time()
        if self._sequence == self._signed_size or clock - self._signed_at < self._head_seconds:
            return
        head = notes.Head(self._sequence, self._hash, now())
        note = signer.sign(head)
        async with self._database.transaction() as session:
            await session.execute(insert(AuditHeadRow).values(size=head.size, note=note, signed_at=head.signed_at))
            await emit(session, head_signed(self._service, AuditHead(size=head.size, note=note)))
        signer.keep(note)
        self._signed_size, self._signed_at = head.size, clock


def _links(previous: bytes, rows: Sequence[RowMapping]) -> list[bytes]:
    hashes: list[bytes] = []
    for row in rows:
        previous = link(previous, row)
        hashes.append(previous)
    return hashes
