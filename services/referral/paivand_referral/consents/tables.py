"""Table of the consents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ARRAY, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from .rules import RecipientType


class ConsentRow(Base):
    """What a person agreed to. Only its end is ever written later; other terms are another consent."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_case_id_id", "case_id", "id"),
        Index(
            "ix_consents_expiring",
            "valid_until",
            postgresql_where=text("status = 'active' AND valid_until IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    organization_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)
    purposes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    recipient_organization_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    recipient_service_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    language: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(Text)
    given_by: Mapped[str | None] = mapped_column(Text)
    assent: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    given_at: Mapped[datetime]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    recorded_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None] = mapped_column(Text)
    ended_by: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]

    @property
    def recipients(self) -> list[dict[str, Any]]:
        """Who may be told, in one list."""
        organizations: list[dict[str, Any]] = [
            {"type": RecipientType.ORGANIZATION, "id": each} for each in self.recipient_organization_ids
        ]
        return organizations + [{"type": RecipientType.SERVICE, "id": each} for each in self.recipient_service_ids]
