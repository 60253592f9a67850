"""Table of the delivery queue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class DeliveryRow(Base):
    """One event on its way to one target (a webhook or an e-mail subscription).

    A worker leases a due row by moving `next_attempt_at` to the end of the lease: when the worker dies the row is due
    again by itself. `lease_id` keeps a worker whose lease has ended from settling what another has taken.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("uq_deliveries_event_id_target_id", "event_id", "target_id", unique=True),
        Index("ix_deliveries_due", "channel", "next_attempt_at", postgresql_where=text("status = 'pending'")),
        Index("ix_deliveries_target_id_id", "target_id", "id"),
        Index("ix_deliveries_dead", "organization_id", "id", postgresql_where=text("status = 'dead'")),
        Index("ix_deliveries_delivered", "settled_at", postgresql_where=text("status = 'delivered'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(Text)
    target_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    event_id: Mapped[UUID]
    event_type: Mapped[str] = mapped_column(Text)
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    traceparent: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_id: Mapped[UUID | None]
    last_reason: Mapped[str | None] = mapped_column(Text)
    last_http_status: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_at: Mapped[datetime | None]
