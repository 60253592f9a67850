"""Tables of memberships."""

from datetime import date, datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class MembershipRow(Base):
    """One membership. Its id is that of the organization, which may not have an entry yet."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("status IN ('applied', 'under-review', 'active', 'suspended', 'withdrawn')", name="status"),
        # What ends soon, and what is over: both jobs look only here.
        Index("ix_memberships_expires_on", "expires_on", postgresql_where=text("status = 'active'")),
        Index("ix_memberships_status_id", "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    manager_email: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    reviewed_by: Mapped[str | None] = mapped_column(Text)
    expires_on: Mapped[date | None]
    is_warned: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    last_modified: Mapped[datetime] = mapped_column(server_default=func.now())


class AgreementRow(Base):
    """One signed agreement. Kept when a newer one is signed."""

    __tablename__ = "membership_agreements"
    __table_args__ = (
        CheckConstraint("kind IN ('data-protection', 'code-of-conduct')", name="kind"),
        CheckConstraint("expires_on > signed_on", name="period"),
    )

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    signed_on: Mapped[date] = mapped_column(primary_key=True)
    agreement_version: Mapped[str] = mapped_column(Text)
    expires_on: Mapped[date]


class MembershipHistoryRow(Base):
    """One thing that was done to a membership, by whom and why. Only grows."""

    __tablename__ = "membership_history"

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
