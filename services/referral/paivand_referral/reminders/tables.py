"""Tables of the reminders."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class ReminderRow(Base):
    """One organization to be told once of a hearing at this time. It stays when it was told, so that it is not again.

    A reminder for a time that no longer stands has no row: it is deleted when the hearing is planned anew, and passed
    over until then.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        Index("ix_reminders_due", "due_at", postgresql_where=text("fired_at IS NULL")),
        Index("ix_reminders_starts_at", "starts_at"),
    )

    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearings.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    minutes_before: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]


class HearingToPlanRow(Base):
    """A hearing whose reminders must be planned anew. Triggers add it, whatever changed the hearing."""

    __tablename__ = "hearings_to_plan"

    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearings.id"), primary_key=True)
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AcknowledgementRow(Base):
    """Somebody of an organization has seen that a hearing begins at this time."""

    __tablename__ = "hearing_acknowledgements"

    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearings.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
