"""Tables of the projection."""

from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ARRAY, Index, Text
from sqlalchemy.orm import Mapped, mapped_column


class DirectoryOrganizationRow(Base):
    """A member organization as the directory last stated it."""

    __tablename__ = "directory_organizations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class DirectoryServiceRow(Base):
    """A service as the directory last stated it."""

    __tablename__ = "directory_services"
    __table_args__ = (Index("ix_directory_services_organization_id", "organization_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    taxonomy_terms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    version: Mapped[int]
