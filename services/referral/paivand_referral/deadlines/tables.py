"""Table of the deadlines."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class DeadlineRow(Base):
    """One deadline, with the version of the rules by which it was counted and every step of the count.

    `computed_on` is what the rules say, `due_on` what counts: the same, unless somebody has set another day.
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        Index("ix_deadlines_proceeding_id_due_on", "proceeding_id", "due_on", "id"),
        Index("ix_deadlines_hearing_id", "hearing_id", postgresql_where=text("hearing_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceedings.id"))
    jurisdiction: Mapped[str] = mapped_column(Text)
    rule_set_version: Mapped[int]
    rule: Mapped[str | None] = mapped_column(Text)
    period: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hearing_id: Mapped[UUID | None] = mapped_column(ForeignKey("hearings.id"))
    triggered_on: Mapped[date]
    computed_on: Mapped[date]
    is_provisional: Mapped[bool]
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    due_on: Mapped[date]
    override_reason: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    met_on: Mapped[date | None]
    created_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
