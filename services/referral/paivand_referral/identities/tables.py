"""Tables of the identities: sealed documents, and tokens that mean nothing without the index key."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column


class IdentityRow(Base):
    """The identity of a case's person, sealed with the case's key for this version."""

    __tablename__ = "identities"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    updated_by: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class IdentityIndexRow(Base):
    """One token by which a case is found within its organization."""

    __tablename__ = "identity_index"
    __table_args__ = (Index("ix_identity_index_case_id", "case_id"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
