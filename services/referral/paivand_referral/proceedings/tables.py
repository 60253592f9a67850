"""Tables of the proceedings."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Index, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class ProceedingRow(Base):
    """One proceeding. Nobody is named; the court's file number is sealed with the case's key."""

    __tablename__ = "proceedings"
    __table_args__ = (
        Index("ix_proceedings_organization_id_id", "organization_id", "id"),
        Index("ix_proceedings_case_id", "case_id"),
        Index(
            "ix_proceedings_court_file_index",
            "court_file_index",
            postgresql_where=text("court_file_index IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    case_number: Mapped[str] = mapped_column(Text)
    # Of the case; here too, so that lists read one index.
    organization_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text)
    person_role: Mapped[str] = mapped_column(Text)
    authority: Mapped[str | None] = mapped_column(Text)
    parties: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    court_file_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    court_file_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    reported_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ProceedingLinkRow(Base):
    """Two proceedings that belong together. Stored in both directions, so that each side finds the other."""

    __tablename__ = "proceeding_links"

    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceedings.id"), primary_key=True)
    linked_id: Mapped[UUID] = mapped_column(ForeignKey("proceedings.id"), primary_key=True)
    side: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ProceedingHistoryRow(Base):
    """What a proceeding was after one change, by whom. Only grows; sealed values are not repeated."""

    __tablename__ = "proceeding_history"

    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceedings.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(Text)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    organization_id: Mapped[UUID]
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
