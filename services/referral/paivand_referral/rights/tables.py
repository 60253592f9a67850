"""Table of the rights checklist."""

from datetime import date, datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class RightRow(Base):
    """What was said of one right in one proceeding. A right without a row is open."""

    __tablename__ = "rights_checks"

    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceedings.id"), primary_key=True)
    right: Mapped[str] = mapped_column("right_code", Text, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    given_on: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
