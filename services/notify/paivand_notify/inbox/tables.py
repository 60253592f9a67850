"""Table of the inbox."""

from datetime import date, datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import BigInteger, Identity, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from ..texts import text_of
from .rules import SubjectType


class InboxEntryRow(Base):
    """One thing one team must know. `organization_id` is empty for the network's coordinators.

    Read marks are the team's: when one colleague has read it, it is read.
    """

    __tablename__ = "inbox_entries"
    __table_args__ = (
        Index(
            "uq_inbox_entries_event_id_organization_id",
            "event_id",
            "organization_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_inbox_entries_organization_id_position", "organization_id", "position"),
        # IS NULL, unlike an equality, does not let an index on (organization_id, position) give the order of position.
        Index("ix_inbox_entries_coordinators", "position", postgresql_where=text("organization_id IS NULL")),
        Index("ix_inbox_entries_unread", "organization_id", "position", postgresql_where=text("read_at IS NULL")),
    )

    # Entries are written only under one lock (`repository.lock_order`), one transaction after the other, so here
    # (unlike in an outbox) the order of identity values is the order of commits. The stream's resume depends on it.
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    event_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    subject_type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    reference: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(Text)
    times: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None] = mapped_column(Text)

    @property
    def text(self) -> str:
        """The entry in one line."""
        return text_of(self.kind, self.reference, times=self.times)

    @property
    def referral_id(self) -> UUID | None:
        """The referral that it is about."""
        return self.subject_id if self.subject_type == SubjectType.REFERRAL else None

    @property
    def referral_number(self) -> str | None:
        """The number of that referral."""
        return self.reference if self.subject_type == SubjectType.REFERRAL else None

    @property
    def due_on(self) -> date | None:
        """The day by which a membership needs new agreements."""
        is_membership = self.subject_type == SubjectType.MEMBERSHIP
        return date.fromisoformat(self.reference) if is_membership and self.reference else None
