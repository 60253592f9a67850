"""Tables of releases: who are the parties of a referral, as its events say, and who was told of which place."""

from datetime import datetime
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column


class ReferralPartiesRow(Base):
    """What a release needs to know of a referral; ids and a state, nothing about the person."""

    __tablename__ = "referral_parties"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    requester_organization_id: Mapped[UUID]
    service_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class LocationReleaseRow(Base):
    """One time that somebody was told. The service's role can neither change nor delete it."""

    __tablename__ = "location_releases"
    __table_args__ = (Index("ix_location_releases_location_id_id", "location_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # No foreign key: the record outlives the location.
    location_id: Mapped[UUID]
    owner_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    referral_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    subject: Mapped[str] = mapped_column(Text)
    released_at: Mapped[datetime] = mapped_column(server_default=func.now())
