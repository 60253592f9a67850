"""Tables of the hearings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class HearingRow(Base):
    """One hearing. `starts_local` with `time_zone` is what the court said; `starts_at` follows from it."""

    __tablename__ = "hearings"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="period"),
        Index("ix_hearings_organization_id_starts_at", "organization_id", "starts_at", "id"),
        Index("ix_hearings_organization_id_court", "organization_id", "court", "starts_at", "id"),
        Index("ix_hearings_proceeding_id_starts_at", "proceeding_id", "starts_at", "id"),
        # What will take place: reminders, what needs attention, and what a new edition of the zones moves.
        Index("ix_hearings_scheduled", "starts_at", "id", postgresql_where=text("status = 'scheduled'")),
        # One hearing follows another, never two.
        Index("uq_hearings_follows_id", "follows_id", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceedings.id"))
    # Of the case; here too, so that lists read one index.
    organization_id: Mapped[UUID]
    hearing_type: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    time_zone: Mapped[str] = mapped_column(Text)
    fold: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zones_edition: Mapped[str] = mapped_column(Text)
    duration_minutes: Mapped[int]
    court: Mapped[str | None] = mapped_column(Text)
    room: Mapped[str | None] = mapped_column(Text)
    remote_link: Mapped[bytes | None] = mapped_column(LargeBinary)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    attendance: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str | None] = mapped_column(Text)
    interpreter: Mapped[str] = mapped_column(Text)
    transport: Mapped[str] = mapped_column(Text)
    childcare: Mapped[str] = mapped_column(Text)
    support_person: Mapped[str] = mapped_column(Text)
    measures: Mapped[dict[str, str]] = mapped_column(JSONB)
    reason: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("hearings.id"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class HearingHistoryRow(Base):
    """What a hearing was after one change, by whom. Only grows; sealed values are not repeated."""

    __tablename__ = "hearing_history"

    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearings.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(Text)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    organization_id: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
