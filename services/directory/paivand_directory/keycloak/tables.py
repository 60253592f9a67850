"""The queue of what Keycloak must still be told."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import BigInteger, Identity, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class KeycloakJobRow(Base):
    """Says only whose state to bring to Keycloak, not which: the worker reads that when it does the job.

    Done again it does nothing again, and done late it brings the newest state.
    """

    __tablename__ = "keycloak_jobs"
    __table_args__ = (
        Index("ix_keycloak_jobs_due_at_position", "due_at", "position", postgresql_where=text("done_at IS NULL")),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organization_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
