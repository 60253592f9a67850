"""Table of the e-mail subscriptions."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column


class EmailSubscriptionRow(Base):
    """What one person asked for. Organization, role and address are those of the token that asked."""

    __tablename__ = "email_subscriptions"
    __table_args__ = (
        Index("ix_email_subscriptions_organization_id", "organization_id"),
        Index("ix_email_subscriptions_coordinators", "id", postgresql_where=text("is_coordinator")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(Text, unique=True)
    organization_id: Mapped[UUID | None]
    is_coordinator: Mapped[bool]
    address: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    is_only_urgent: Mapped[bool]
    kinds: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DepartureRow(Base):
    """An account that left an organization lately: its last token shall not ask for mails again."""

    __tablename__ = "departures"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    organization_id: Mapped[UUID]
    left_at: Mapped[datetime] = mapped_column(server_default=func.now())
