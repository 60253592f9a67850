"""Tables of eligibility. The view `eligibility_conditions` adds the ages that stand in the service itself."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, ForeignKey, Text, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column


class EligibilityRow(Base):
    """That a service has stated its conditions; their version."""

    __tablename__ = "service_eligibility"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"), primary_key=True)
    version: Mapped[int]
    last_modified: Mapped[datetime] = mapped_column(server_default=func.statement_timestamp())


class CriterionRow(Base):
    """One condition."""

    __tablename__ = "eligibility_criteria"
    __table_args__ = (
        CheckConstraint("operator IN ('within', 'all-within', 'any-of', 'none-of', 'covers')", name="operator"),
        CheckConstraint("minimum <= maximum", name="range"),
    )

    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"), primary_key=True)
    attribute: Mapped[str] = mapped_column(Text, primary_key=True)
    operator: Mapped[str] = mapped_column(Text, primary_key=True)
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    minimum: Mapped[int | None]
    maximum: Mapped[int | None]
