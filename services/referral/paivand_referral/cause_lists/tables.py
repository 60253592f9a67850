"""Tables of the cause lists."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class CauseListRow(Base):
    """One list that a court's system sent. How many lines found nothing is counted, which ones is not kept."""

    __tablename__ = "cause_lists"
    __table_args__ = (Index("ix_cause_lists_created_at", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    client_id: Mapped[str] = mapped_column(Text)
    accepted: Mapped[int]
    handled: Mapped[int] = mapped_column(server_default=text("0"))
    unmatched: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CauseListLineRow(Base):
    """One line until it is handled. The file number is not here, only its blind index."""

    __tablename__ = "cause_list_lines"

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    cause_list_id: Mapped[UUID] = mapped_column(ForeignKey("cause_lists.id"))
    token: Mapped[bytes] = mapped_column(LargeBinary)
    hearing_type: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    time_zone: Mapped[str] = mapped_column(Text)
    court: Mapped[str] = mapped_column(Text)
    room: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    previous_local: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
