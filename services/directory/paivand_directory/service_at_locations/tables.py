"""Table of services at locations (HSDS `service_at_location`)."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column


class ServiceAtLocationRow(Base):
    """A service that is given at a location. `organization_id` is that of the service, by which reads are scoped."""

    __tablename__ = "service_at_locations"
    __table_args__ = (
        UniqueConstraint("service_id", "location_id"),
        UniqueConstraint("id", "service_id"),
        Index("ix_service_at_locations_organization_id_id", "organization_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"), index=True)
    description: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    last_modified: Mapped[datetime] = mapped_column(server_default=func.now())
