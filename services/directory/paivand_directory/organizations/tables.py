"""Table of organizations (HSDS `organization`)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, Computed, Index, Text, func, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

SEARCHED = (
    "setweight(to_tsvector('simple', folded(name || ' ' || coalesce(alternate_name, ''))), 'A')"
    " || setweight(to_tsvector('simple', folded(description)), 'B')"
)


class OrganizationRow(Base):
    """One member organization. Its id is that of its organization in Keycloak."""

    __tablename__ = "organizations"
    __table_args__ = (
        CheckConstraint("status IN ('applied', 'active', 'suspended')", name="status"),
        Index("ix_organizations_name_id", "name", "id"),
        Index("ix_organizations_search", "search", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    tax_status: Mapped[str | None] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(Text)
    year_incorporated: Mapped[int | None]
    legal_status: Mapped[str | None] = mapped_column(Text)
    logo: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)
    parent_organization_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(Text)
    is_vetted: Mapped[bool] = mapped_column(server_default=text("false"))
    """It has been let in by a membership, which alone says whether it is active."""
    version: Mapped[int] = mapped_column(server_default=text("1"))
    last_modified: Mapped[datetime] = mapped_column(server_default=func.now())
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True), deferred=True)
