"""Tables of capacity (HSDS `service_capacity`) and its history."""

from datetime import datetime, timedelta
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column


class CapacityRow(Base):
    """How much of one unit a service has. `confirmed` are those in use, through a hold or otherwise.

    What is held and what is available depends on the time; the view `capacity_figures` says it.
    """

    __tablename__ = "service_capacities"
    __table_args__ = (
        CheckConstraint("unit IN ('bed', 'family-room', 'appointment-slot', 'caseload')", name="unit"),
        CheckConstraint("confirmed >= 0 AND confirmed <= maximum", name="room"),
        UniqueConstraint("service_id", "unit", "name"),
        # The pair makes sure that the place is one of the service.
        ForeignKeyConstraint(
            ["service_at_location_id", "service_id"], ["service_at_locations.id", "service_at_locations.service_id"]
        ),
        Index("ix_service_capacities_confirm_by", "confirm_by", postgresql_where=text("NOT is_asked_to_confirm")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"))
    service_at_location_id: Mapped[UUID | None] = mapped_column(index=True)
    unit: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    maximum: Mapped[int]
    confirmed: Mapped[int]
    confirm_within: Mapped[timedelta]
    confirmed_at: Mapped[datetime]
    confirm_by: Mapped[datetime]
    is_asked_to_confirm: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class CapacityHistoryRow(Base):
    """The figures after each change: occupancy over time."""

    __tablename__ = "capacity_history"

    capacity_id: Mapped[UUID] = mapped_column(ForeignKey("service_capacities.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[str] = mapped_column(Text)
    maximum: Mapped[int]
    confirmed: Mapped[int]
    held: Mapped[int]
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.statement_timestamp())

    @property
    def available(self) -> int:
        """What was neither in use nor held."""
        return self.maximum - self.confirmed - self.held
