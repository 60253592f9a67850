"""`Idempotency-Key`: a POST that is sent again gets the first answer again, and is not done twice.

The work is done first and the key is written last, in the same transaction. Of many equal requests at once
the first to commit wins; the others meet its key in the unique index, are rolled back whole, and answer what the
winner answered. That costs the usual request one INSERT, and no lock is held while the work goes on.
A refusal is not kept: after a 4xx the same key may be sent again.

Answers may hold free text about a person, so what is stored is sealed, by a key that is derived from the service's
secret, the caller and the Idempotency-Key itself. The table knows only a digest of the latter: neither a dump nor a
dump with the secret opens an answer, only the caller who sends the key again.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request, Response
from paivand_contracts.problems import ProblemType
from pydantic import SecretStr, TypeAdapter
from sqlalchemy import Insert, LargeBinary, Text, delete, func, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .audit.trail import AuditedRoute
from .database import Base, Database
from .problems import ProblemError
from .sealing import KEY_BYTES, seal, unseal

KEPT_HEADERS = ("etag", "location")
HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Unique per intent, e.g. a UUID. The same key and body: the same answer again (for 24 hours); "
    "the same key with another body: 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "example": "0c6f1a52-6d5f-4b3c-9b6e-8a4f1f6f3a10",
}


class IdempotencyKeyRow(Base):
    """An answer that was given, kept for a day."""

    __tablename__ = "idempotency_keys"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    """A digest of the Idempotency-Key, which itself is not stored."""
    fingerprint: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The answer, sealed; or only its free text, when `body` has the rest."""
    body: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    """What a use case's own statement completed in the database. Never free text."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class Once:
    """One keyed request: what its row will say."""

    def __init__(self, *, key: str, fingerprint: str) -> None:
        self.subject, self.digest = "", ""
        self._key, self._fingerprint, self._answer_key = key, fingerprint, b""
        self.is_written = False
        """Set by a use case whose own statement has written the row."""
        self.withheld: tuple[str, ...] = ()
        """Members of the answer that are not kept, such as a new secret: a repeated request sees null there."""

    def bind(self, secret: SecretStr, subject: str, organization_id: UUID | None) -> None:
        """Says who sent it. Who acts for another organization by now sends another request.

        The answer's key needs the service's secret as well as what only the caller knows.
        """
        derive = HKDF(SHA256(), 2 * KEY_BYTES, salt=secret.get_secret_value().encode(), info=b"paivand idempotency")
        derived = derive.derive(f"{subject}\n{self._key}".encode())
        self.subject, self.digest, self._answer_key = subject, derived[:KEY_BYTES].hex(), derived[KEY_BYTES:]
        self.fingerprint = hashlib.sha256(f"{self._fingerprint} {organization_id}".encode()).hexdigest()

    def row(self, *, status: int, headers: dict[str, str], free_text: dict[str, Any] | None) -> dict[str, Any]:
        """Column values but for the body, for a statement that writes the key together with the work.

        `free_text` are the members of the answer that the statement must not write into the body.
        """
        return {
            "subject": self.subject,
            "key": self.digest,
            "fingerprint": self.fingerprint,
            "status": status,
            "headers": headers,
            "sealed": self._seal(free_text) if free_text else None,
        }

    def insert(self, response: Response) -> Insert:
        """Writes the key with the answer that was rendered."""
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        body: Any = json.loads(bytes(response.body)) if response.body else None
        if self.withheld:
            body = {**body, **dict.fromkeys(self.withheld)}
        row = self.row(status=response.status_code, headers=headers, free_text=None)
        row["sealed"] = None if body is None else self._seal(body)
        return insert(IdempotencyKeyRow).values(row)

    def answer(self, row: IdempotencyKeyRow) -> Any:
        """The body that the row keeps.

        Raises:
            UnreadableError: the service has another secret by now, or the row was tampered with.
        """
        if row.sealed is None:
            return row.body
        opened: Any = json.loads(unseal(self._answer_key, row.sealed, self.fingerprint.encode()))
        return opened if row.body is None else {**row.body, **opened}

    def _seal(self, document: Any) -> bytes:
        return seal(self._answer_key, json.dumps(document).encode(), self.fingerprint.encode())


class IdempotentRoute(AuditedRoute):
    """Route class of every router: makes each POST idempotent (GET, PUT, PATCH and DELETE are so by themselves)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps FastAPI's handler; runs inside the request's transaction, before its commit."""
        handle = super().get_route_handler()
        if "POST" not in (self.methods or set()):
            return handle

        async def handle_once(request: Request) -> Response:
            request.state.once = once = await _read_key(request)
            response = await handle(request)
            if once is not None and not once.is_written:
                session: AsyncSession = request.state.session
                await session.execute(once.insert(response))
            return response

        return handle_once


async def _read_key(request: Request) -> Once | None:
    key = request.headers.get("idempotency-key")
    if key is None or not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable() or " " in key:
        return None
    fingerprint = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    fingerprint.update(request.headers.get("if-match", "").encode() + b"\n")
    fingerprint.update(await request.body())
    return Once(key=key, fingerprint=fingerprint.hexdigest())


def require_key(request: Request, subject: str, organization_id: UUID | None) -> None:
    """Binds the request's key to the caller, once it is known; 400 when a POST has none."""
    if not hasattr(request.state, "once"):
        return
    once: Once | None = request.state.once
    if once is None:
        raise ProblemError(
            ProblemType.IDEMPOTENCY_KEY_REQUIRED,
            "Send Idempotency-Key with a value of your own for each new intent, e.g. a UUID (printable ASCII, at most "
            "200 characters); send the same value when you repeat the request.",
        )
    once.bind(request.app.state.idempotency_secret, subject, organization_id)


async def replay(request: Request) -> Response | None:
    """The answer that this request got before, if it did; called after the work was rolled back.

    Raises:
        ProblemError: `idempotency-key-reused`, when the key belongs to another request.
    """
    once: Once | None = getattr(request.state, "once", None)
    if once is None or not once.subject:
        return None
    database: Database = request.app.state.database
    async with database.transaction() as session:
        row = await session.get(IdempotencyKeyRow, (once.subject, once.digest))
    if row is None:
        return None
    if row.fingerprint != once.fingerprint:
        raise ProblemError(
            ProblemType.IDEMPOTENCY_KEY_REUSED, "This key was used for another request. Use a new key for a new intent."
        )
    return Response(
        _render(request, once.answer(row)),
        status_code=row.status,
        headers={**row.headers, "Idempotent-Replayed": "true"},
        media_type="application/json",
    )


def _render(request: Request, body: Any) -> bytes:
    """The stored body in the words of the route's response model, so that both answers are equal to the byte."""
    model = request.scope["route"].response_model
    if model is None or body is None:
        return b""
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    return adapter.dump_json(adapter.validate_python(body), by_alias=True)


def is_key_taken(fault: IntegrityError) -> bool:
    """Whether an equal request committed first."""
    return "pk_idempotency_keys" in str(fault.orig)


async def forget_old_keys(database: Database) -> None:
    """Deletes keys older than a day. Safe in several replicas: deleting twice is deleting once."""
    a_day_ago = func.now() - text("interval '24 hours'")
    async with database.transaction() as session:
        await session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.created_at < a_day_ago))
