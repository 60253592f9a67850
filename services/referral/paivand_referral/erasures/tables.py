"""Tables of the erasures."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column


class ErasureRow(Base):
    """The receipt of an erasure; written once. Says nothing of the person."""

    __tablename__ = "erasures"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    erased_by: Mapped[str] = mapped_column(Text)
    erased_at: Mapped[datetime]
    key_fingerprint: Mapped[str] = mapped_column(Text)
    wrapping_key: Mapped[str] = mapped_column(Text)
    identities: Mapped[int]
    index_tokens: Mapped[int]


class LegalHoldRow(Base):
    """A hold on a case, while it lasts."""

    __tablename__ = "legal_holds"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]
