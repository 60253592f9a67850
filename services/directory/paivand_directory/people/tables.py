"""Table of people."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class PersonRow(Base):
    """One invitation of one person to one organization."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'manager')", name="role"),
        CheckConstraint("status IN ('pending', 'invited', 'refused', 'removed')", name="status"),
        Index("ix_people_organization_id_id", "organization_id", "id"),
        # In the whole network: a person works for one member.
        Index("uq_people_email", "email", unique=True, postgresql_where=text("status IN ('pending', 'invited')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default=text("'pending'"))
    user_id: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    last_modified: Mapped[datetime] = mapped_column(server_default=func.now())
