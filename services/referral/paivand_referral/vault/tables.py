"""Tables of the vault. Nothing in them can be read without the wrapping key, which is not in the database."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class CaseKeyRow(Base):
    """The key of one case, wrapped. Destroying it makes everything unreadable that was sealed for the case."""

    __tablename__ = "case_keys"
    __table_args__ = (
        CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),
        Index("ix_case_keys_kek_id", "kek_id", "case_id", postgresql_where=text("wrapped IS NOT NULL")),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kek_id: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    destroyed_at: Mapped[datetime | None]
