"""Tables of HSDS whose rows belong to one row of another table and go with it.

A row has one parent; the columns for the other kinds of parent are empty.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from paivand_kit.database import Base
from sqlalchemy import CheckConstraint, ForeignKey, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column


def parent(table: str) -> Mapped[UUID | None]:
    """Column that names a row of `table` as the parent."""
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


def numeric() -> Mapped[Decimal | None]:
    """Column for an HSDS `number`."""
    return mapped_column(Numeric)


class DetailRow(Base):
    """Common to all details."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)


class AddressRow(DetailRow):
    """HSDS `address`."""

    __tablename__ = "addresses"
    __table_args__ = (CheckConstraint("address_type IN ('physical', 'postal', 'virtual')", name="address_type"),)

    location_id: Mapped[UUID | None] = parent("locations")
    attention: Mapped[str | None] = mapped_column(Text)
    address_1: Mapped[str] = mapped_column(Text)
    address_2: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    state_province: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    address_type: Mapped[str] = mapped_column(Text)


class AccessibilityRow(DetailRow):
    """HSDS `accessibility`."""

    __tablename__ = "accessibility"

    location_id: Mapped[UUID | None] = parent("locations")
    description: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)


class ContactRow(DetailRow):
    """HSDS `contact`: a person who answers for the parent at work."""

    __tablename__ = "contacts"

    organization_id: Mapped[UUID | None] = parent("organizations")
    service_id: Mapped[UUID | None] = parent("services")
    service_at_location_id: Mapped[UUID | None] = parent("service_at_locations")
    location_id: Mapped[UUID | None] = parent("locations")
    name: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)


class PhoneRow(DetailRow):
    """HSDS `phone`."""

    __tablename__ = "phones"

    location_id: Mapped[UUID | None] = parent("locations")
    service_id: Mapped[UUID | None] = parent("services")
    organization_id: Mapped[UUID | None] = parent("organizations")
    contact_id: Mapped[UUID | None] = parent("contacts")
    service_at_location_id: Mapped[UUID | None] = parent("service_at_locations")
    number: Mapped[str] = mapped_column(Text)
    extension: Mapped[Decimal | None] = numeric()
    type: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)


class LanguageRow(DetailRow):
    """HSDS `language`."""

    __tablename__ = "languages"

    service_id: Mapped[UUID | None] = parent("services")
    location_id: Mapped[UUID | None] = parent("locations")
    phone_id: Mapped[UUID | None] = parent("phones")
    name: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class ScheduleRow(DetailRow):
    """HSDS `schedule`, in the words of RFC 5545."""

    __tablename__ = "schedules"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", name="valid"),
        CheckConstraint("dtstart <= until", name="until"),
        CheckConstraint("wkst IN ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')", name="wkst"),
        CheckConstraint("freq IN ('WEEKLY', 'MONTHLY')", name="freq"),
    )

    service_id: Mapped[UUID | None] = parent("services")
    location_id: Mapped[UUID | None] = parent("locations")
    service_at_location_id: Mapped[UUID | None] = parent("service_at_locations")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    dtstart: Mapped[date | None]
    timezone: Mapped[Decimal | None] = numeric()
    until: Mapped[date | None]
    count: Mapped[Decimal | None] = numeric()
    wkst: Mapped[str | None] = mapped_column(Text)
    freq: Mapped[str | None] = mapped_column(Text)
    interval: Mapped[Decimal | None] = numeric()
    byday: Mapped[str | None] = mapped_column(Text)
    byweekno: Mapped[str | None] = mapped_column(Text)
    bymonthday: Mapped[str | None] = mapped_column(Text)
    byyearday: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    opens_at: Mapped[str | None] = mapped_column(Text)
    closes_at: Mapped[str | None] = mapped_column(Text)
    schedule_link: Mapped[str | None] = mapped_column(Text)
    attending_type: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
