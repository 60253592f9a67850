"""Transactional outbox: an event is written in the transaction of its change; rows stay (PostgreSQL is the truth).

Order is by commit, not by identity value: a number drawn before commit can become visible after a later one.
The relay therefore gives the dense `sequence` afterwards, only to rows whose transaction lies below the oldest
one still running (`pg_snapshot_xmin`).
"""

from datetime import datetime
from typing import Any

from paivand_contracts.envelope import Event
from sqlalchemy import BigInteger, Identity, Index, Text, func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from .database import Base, wake_after_commit
from .telemetry import current_traceparent


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """DDL name of the type."""
        return "xid8"


class OutboxRow(Base):
    """One event. `sequence` stays empty until the relay knows its place in the order of commits."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unsequenced", "transaction_id", "position", postgresql_where=text("sequence IS NULL")),
        Index("uq_outbox_sequence", "sequence", unique=True),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    event_type: Mapped[str] = mapped_column(Text)
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OutboxRelayRow(Base):
    """The single row that the relay keeps: how far it has numbered and how far it has published."""

    __tablename__ = "outbox_relay"

    singleton: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    last_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    published_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


def document(event: Event) -> dict[str, Any]:
    """The CloudEvents document of an event, with the running trace."""
    traced = event.model_copy(update={"traceparent": current_traceparent()})
    return traced.model_dump(mode="json", exclude_none=True)


async def emit(session: AsyncSession, *events: Event) -> None:
    """Writes events in the session's transaction."""
    wake_after_commit(session)
    rows = [{"event_type": event.type, "event": document(event)} for event in events]
    await session.execute(insert(OutboxRow), rows)


async def read_outbox(session: AsyncSession, *, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Events after a sequence number in ascending order, and the highest number given out."""
    query = (
        select(OutboxRow.sequence, OutboxRow.event)
        .where(OutboxRow.sequence > after)
        .order_by(OutboxRow.sequence)
        .limit(limit)
    )
    rows = (await session.execute(query)).all()
    last = (await session.execute(select(OutboxRelayRow.last_sequence))).scalar_one()
    return [{**row.event, "sequence": row.sequence} for row in rows], last
