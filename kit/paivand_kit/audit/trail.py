"""Entries of the audit trail, written in the transaction of what they record.

A request has one entry. The kit fills it from the route and writes it at the end of every POST, PUT, PATCH and DELETE,
and of a read whose permission says `audited`: an endpoint cannot forget it. A use case adds what only it knows:

    audit.note(session, case_id=case.id, consent_id=consent.id)

A use case that is one SQL statement writes the entry in it, with `WRITE_ENTRY` and `entry.row()`. What happens besides
the request's own deed, or in a job, is recorded by `record`.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import BigInteger, Identity, Index, LargeBinary, Text, func, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Base
from ..json_limits import LimitedRoute
from ..outbox import Xid8
from ..telemetry import current_trace_id

if TYPE_CHECKING:
    from ..caller import Caller

NOTED = "audit"
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Access(StrEnum):
    """What kind of deed: the codes of FHIR AuditEvent.action."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class AuditRow(Base):
    """One entry. The service's role may add and read entries, and nothing else."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_transaction_id_position", "transaction_id", "position"),
        Index("ix_audit_log_subject_position", "subject", "position"),
        Index("ix_audit_log_organization_id_position", "organization_id", "position"),
        Index("ix_audit_log_object_id_position", "object_id", "position"),
        Index("ix_audit_log_case_id_position", "case_id", "position", postgresql_where=text("case_id IS NOT NULL")),
        Index("ix_audit_log_reads", "at", postgresql_where=text("access = 'R'")),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    subject: Mapped[str] = mapped_column(Text)
    organization_id: Mapped[UUID | None]
    client_id: Mapped[str] = mapped_column(Text)
    access: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    object_type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    consent_id: Mapped[UUID | None]
    trace_id: Mapped[str | None] = mapped_column(Text)


class AuditChainRow(Base):
    """The place of a committed entry in the chain, and the hash that binds it to all before it."""

    __tablename__ = "audit_chain"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHeadRow(Base):
    """A signed statement of how long the chain was, and how it ended."""

    __tablename__ = "audit_heads"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]


@dataclass(slots=True)
class Entry:
    """What will be written of a request, or of a deed of its own."""

    subject: str
    organization_id: UUID | None
    client_id: str
    access: Access
    action: str
    object_type: str
    object_id: UUID | None = None
    case_id: UUID | None = None
    consent_id: UUID | None = None
    is_written: bool = False
    """Set by a use case whose own statement has written the entry."""

    def row(self, **known: UUID | None) -> dict[str, Any]:
        """Column values, for `WRITE_ENTRY`; `known` are ids that only the use case knows."""
        values = asdict(self) | {"access": self.access.value, "trace_id": current_trace_id()} | known
        del values["is_written"]
        return {f"audit_{name}": value for name, value in values.items()}


COLUMNS = (
    *("subject", "organization_id", "client_id", "access", "action", "object_type"),
    *("object_id", "case_id", "consent_id", "trace_id"),
)
_VALUES = ", ".join(
    f"CAST(:audit_{name} AS {'uuid' if name.endswith('_id') and name not in ('client_id', 'trace_id') else 'text'})"
    for name in COLUMNS
)
# As a part of a larger statement: `audited AS (<WRITE_ENTRY> FROM created)`.
WRITE_ENTRY = f"INSERT INTO audit_log ({', '.join(COLUMNS)}) SELECT {_VALUES}"
_WRITE = text(WRITE_ENTRY)


async def record(
    session: AsyncSession,
    caller: "Caller | None",
    action: str,
    object_type: str,
    object_id: UUID | None,
    *,
    access: Access = Access.EXECUTE,
    case_id: UUID | None = None,
    consent_id: UUID | None = None,
) -> None:
    """Writes an entry at once, beside the request's own; without a caller it is the service's own deed."""
    entry = Entry(
        subject=caller.subject if caller else "system",
        organization_id=caller.organization_id if caller else None,
        client_id=caller.client_id if caller else "system",
        access=access,
        action=action,
        object_type=object_type,
        object_id=object_id,
        case_id=case_id,
        consent_id=consent_id,
    )
    await session.execute(_WRITE, entry.row())


def note(session: AsyncSession, **known: Any) -> None:
    """Completes the request's entry: `object_type`, `object_id`, `case_id`, `consent_id`, `action`."""
    session.info.setdefault(NOTED, {}).update(known)


def entry_of(request: Request) -> Entry:
    """The entry of the running request, as far as it is known before the work is done.

    The object is the last collection and id of the path, e.g. `referrals` and the id in `…/referrals/{id}/accept`.
    """
    if (known := getattr(request.state, "entry", None)) is not None:
        return known
    caller: Caller = request.state.caller
    object_type, object_id = _object_of(request.url.path)
    entry = Entry(
        subject=caller.subject,
        organization_id=caller.organization_id,
        client_id=caller.client_id,
        access=Access.READ if request.state.is_audited else _access_of(request.method, object_id),
        action=request.scope["route"].name,
        object_type=object_type,
        object_id=object_id,
    )
    request.state.entry = entry
    return entry


class AuditedRoute(LimitedRoute):
    """A route whose changes, and reads with an `audited` permission, leave an entry."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps FastAPI's handler; runs inside the request's transaction, before its commit."""
        handle = super().get_route_handler()
        is_change = bool((self.methods or set()) & CHANGING)

        async def handle_and_record(request: Request) -> Response:
            response = await handle(request)
            if is_change or request.state.is_audited:
                await _finish(request, response)
            return response

        return handle_and_record


async def _finish(request: Request, response: Response) -> None:
    """Writes the request's entry, when its statement has not; runs before the commit."""
    entry = entry_of(request)
    if entry.is_written:
        return
    session: AsyncSession = request.state.session
    location = response.headers.get("location")
    if location:
        entry.object_type, entry.object_id = _object_of(location)
    noted: Mapping[str, Any] = session.info.get(NOTED, {})
    for name, value in noted.items():
        setattr(entry, name, value)
    await session.execute(_WRITE, entry.row())


def _access_of(method: str, object_id: UUID | None) -> Access:
    if method == "POST":
        return Access.EXECUTE if object_id else Access.CREATE
    return {"GET": Access.READ, "DELETE": Access.DELETE}.get(method, Access.UPDATE)


def _object_of(path: str) -> tuple[str, UUID | None]:
    """Collection and id that a path ends with, its verbs left out: `/x/v1/things/{id}/stop` is ("things", id)."""
    parts = [part for part in path.split("/") if part]
    for place in range(len(parts) - 1, 0, -1):
        try:
            return parts[place - 1], UUID(parts[place])
        except ValueError:
            continue
    return (parts[2] if len(parts) > 2 else parts[-1]), None
