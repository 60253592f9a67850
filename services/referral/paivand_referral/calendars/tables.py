"""Table of the calendar feeds."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import Index, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class CalendarFeedRow(Base):
    """One address under which a calendar can be followed. The address itself is not stored, only a digest of it.

    Without a subject it is the organization's. `content_digest` and `content_changed_at` tell when what it shows last
    changed, whatever the reason: a hearing that moved, or a mandate that ended.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = (Index("ix_calendar_feeds_organization_id_id", "organization_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    subject: Mapped[str | None] = mapped_column(Text)
    shows_place: Mapped[bool]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    content_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
