"""Table of the projection."""

from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy.orm import Mapped, mapped_column


class MemberRow(Base):
    """A member organization as the directory last stated it."""

    __tablename__ = "members"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    is_active: Mapped[bool]
    version: Mapped[int]
