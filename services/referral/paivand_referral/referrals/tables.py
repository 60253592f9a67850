"""Tables of the referrals. The view `referral_details` joins what a party sees of one."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column


class ReferralRow(Base):
    """One referral. Each list (inbox, outbox; with a status or without) has its own keyset index."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_owner", "owner_organization_id", "id"),
        Index("ix_referrals_owner_status", "owner_organization_id", "status", "id"),
        Index("ix_referrals_requester", "requester_organization_id", "id"),
        Index("ix_referrals_requester_status", "requester_organization_id", "status", "id"),
        Index("ix_referrals_case_id", "case_id"),
        Index("ix_referrals_due", "respond_by", postgresql_where=text("status = 'requested' AND overdue_at IS NULL")),
        Index(
            "ix_referrals_overdue",
            "id",
            postgresql_where=text("status = 'requested' AND overdue_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("directory_services.id"))
    requester_organization_id: Mapped[UUID]
    owner_organization_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(Text)
    summary: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed by the vault, like the notes."""
    consent_given_at: Mapped[datetime]
    consent_scope: Mapped[list[str]] = mapped_column(ARRAY(Text))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"))
    consent_until: Mapped[datetime | None]
    consent_end: Mapped[str | None] = mapped_column(Text)
    respond_by: Mapped[datetime]
    overdue_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[str | None] = mapped_column(Text)
    part_of: Mapped[UUID | None] = mapped_column(ForeignKey("referrals.id"))
    redirected_to: Mapped[UUID | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ReferralHistoryRow(Base):
    """One change of a referral; written once, never changed."""

    __tablename__ = "referral_history"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[str | None] = mapped_column(Text)
    organization_id: Mapped[UUID]
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
