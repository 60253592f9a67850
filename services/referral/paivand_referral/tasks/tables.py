"""Table of the tasks."""

from datetime import date, datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class TaskRow(Base):
    """One task. No free text: the kind says what is to be done."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_proceeding_id", "proceeding_id", "id"),
        Index("ix_tasks_organization_id_due_on", "organization_id", "due_on", "id"),
        Index("ix_tasks_assignee_due_on", "assignee", "due_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceedings.id"))
    # Of the case; here too, so that lists read one index.
    organization_id: Mapped[UUID]
    hearing_id: Mapped[UUID | None] = mapped_column(ForeignKey("hearings.id"))
    kind: Mapped[str] = mapped_column(Text)
    stage: Mapped[str | None] = mapped_column(Text)
    assignee: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
