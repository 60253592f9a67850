"""Tables of responses: when a referral was asked for and answered, and what that says of an organization."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column


class ReferralAnswerRow(Base):
    """Two times of a referral and its deadline; nothing else about it. Taken back without an answer, it is gone."""

    __tablename__ = "referral_answers"
    __table_args__ = (Index("ix_referral_answers_asked_at", "asked_at"),)

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    asked_at: Mapped[datetime]
    respond_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class ResponseRecordRow(Base):
    """What the answers of the last months come to. Who was asked too rarely has none."""

    __tablename__ = "response_records"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    asked: Mapped[int]
    answered_in_time: Mapped[int]
    median_minutes: Mapped[int | None]
