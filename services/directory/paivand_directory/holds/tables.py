"""Table of holds."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class HoldRow(Base):
    """Room kept for an organization. One in state `held` counts until `until`, whatever its row says later."""

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("status IN ('held', 'confirmed', 'released', 'expired')", name="status"),
        Index("ix_holds_capacity_id_id", "capacity_id", "id"),
        Index("ix_holds_open", "capacity_id", postgresql_where=text("status IN ('held', 'confirmed')")),
        Index("ix_holds_until", "until", postgresql_where=text("status = 'held'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    capacity_id: Mapped[UUID] = mapped_column(ForeignKey("service_capacities.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    quantity: Mapped[int]
    until: Mapped[datetime]
    status: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    placed_at: Mapped[datetime] = mapped_column(server_default=func.statement_timestamp())
    last_modified: Mapped[datetime] = mapped_column(server_default=func.statement_timestamp())
