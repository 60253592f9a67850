"""Table of locations (HSDS `location`)."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, Computed, Double, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

# Degrees: 28 km from south to north, and 21 km from west to east at the latitude of Dushanbe.
GRID = 0.25


def approximate(column: str) -> Computed:
    """The coordinate that distances are reckoned from: of a redacted location, the middle of its cell of the grid."""
    middle = f"floor({column} / {GRID}) * {GRID} + {GRID / 2}"
    return Computed(f"CASE WHEN is_redacted THEN {middle} ELSE {column} END", persisted=True)


class LocationRow(Base):
    """One location of an organization. Of a redacted one, others see no more than rules.OPEN_FIELDS."""

    __tablename__ = "locations"
    __table_args__ = (
        CheckConstraint("location_type IN ('physical', 'postal', 'virtual')", name="location_type"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="coordinates"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="both_coordinates"),
        Index("ix_locations_organization_id_id", "organization_id", "id"),
        Index("ix_locations_approximate_latitude", "approximate_latitude", "approximate_longitude"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    location_type: Mapped[str] = mapped_column(Text)
    is_redacted: Mapped[bool] = mapped_column(server_default=text("true"))
    country: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    transportation: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    external_identifier: Mapped[str | None] = mapped_column(Text)
    external_identifier_type: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    last_modified: Mapped[datetime] = mapped_column(server_default=func.now())
    # Made by the database, so that no path of writing can forget the grid.
    approximate_latitude: Mapped[float | None] = mapped_column(Double, approximate("latitude"))
    approximate_longitude: Mapped[float | None] = mapped_column(Double, approximate("longitude"))
