"""Table of the disclosures."""

from datetime import date, datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ARRAY, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column


class DisclosureRow(Base):
    """One disclosure; written once, never changed. Of an account's readings of a referral the first of each day."""

    __tablename__ = "disclosures"
    __table_args__ = (
        Index("ix_disclosures_case_id_id", "case_id", "id"),
        Index(
            "uq_disclosures_reading",
            "referral_id",
            "subject",
            "kind",
            "on_day",
            unique=True,
            postgresql_where=text("on_day IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"))
    kind: Mapped[str] = mapped_column(Text)
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    recipient_organization_id: Mapped[UUID]
    recipient_service_id: Mapped[UUID]
    subject: Mapped[str] = mapped_column(Text)
    on_day: Mapped[date | None]
    at: Mapped[datetime]
