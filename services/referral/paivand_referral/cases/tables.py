"""Table of the cases."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ARRAY, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column


class CaseRow(Base):
    """One pseudonymous case. Nothing here says who the person is."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_organization_id_id", "organization_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    organization_id: Mapped[UUID]
    age_band: Mapped[str] = mapped_column(Text)
    gender: Mapped[str] = mapped_column(Text)
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
