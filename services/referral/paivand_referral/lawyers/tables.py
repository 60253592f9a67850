"""Table of the lawyers of record."""

from datetime import date, datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class LawyerRow(Base):
    """One lawyer of record. Without a subject the organization has taken it and not yet said who does it."""

    __tablename__ = "lawyers_of_record"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="period"),
        Index("ix_lawyers_of_record_proceeding_id", "proceeding_id"),
        Index("ix_lawyers_of_record_organization_id_subject", "organization_id", "subject", "proceeding_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceedings.id"))
    organization_id: Mapped[UUID]
    subject: Mapped[str | None] = mapped_column(Text)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    power_of_attorney: Mapped[str] = mapped_column(Text)
    substitutes_id: Mapped[UUID | None] = mapped_column(ForeignKey("lawyers_of_record.id"))
    created_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
