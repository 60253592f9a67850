"""Table of services (HSDS `service`)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

SEARCHED = (
    "setweight(to_tsvector('simple', folded(name || ' ' || coalesce(alternate_name, ''))), 'A')"
    " || setweight(to_tsvector('simple', folded(coalesce(description, '') || ' '"
    " || coalesce(eligibility_description, ''))), 'B') || array_to_tsvector(taxonomy_terms)"
)


class ServiceRow(Base):
    """One service of an organization. Codes of taxonomy terms stand in the row, where one index finds them."""

    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'inactive', 'defunct', 'temporarily closed')", name="status"),
        CheckConstraint("minimum_age <= maximum_age", name="ages"),
        Index("ix_services_name_id", "name", "id"),
        Index("ix_services_organization_id_name_id", "organization_id", "name", "id"),
        Index("ix_services_search", "search", postgresql_using="gin"),
        Index("ix_services_taxonomy_terms", "taxonomy_terms", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey("programs.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    interpretation_services: Mapped[str | None] = mapped_column(Text)
    application_process: Mapped[str | None] = mapped_column(Text)
    fees_description: Mapped[str | None] = mapped_column(Text)
    wait_time: Mapped[str | None] = mapped_column(Text)
    fees: Mapped[str | None] = mapped_column(Text)
    accreditations: Mapped[str | None] = mapped_column(Text)
    licenses: Mapped[str | None] = mapped_column(Text)
    assured_date: Mapped[date | None]
    assurer_email: Mapped[str | None] = mapped_column(Text)
    eligibility_description: Mapped[str | None] = mapped_column(Text)
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    alert: Mapped[str | None] = mapped_column(Text)
    taxonomy_terms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    last_modified: Mapped[datetime] = mapped_column(server_default=func.now())
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True), deferred=True)
