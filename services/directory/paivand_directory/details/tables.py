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


class UrlRow(DetailRow):
    """HSDS `url`: a further web address."""

    __tablename__ = "urls"

    organization_id: Mapped[UUID | None] = parent("organizations")
    service_id: Mapped[UUID | None] = parent("services")
    label: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)


class FundingRow(DetailRow):
    """HSDS `funding`."""

    __tablename__ = "funding"

    organization_id: Mapped[UUID | None] = parent("organizations")
    service_id: Mapped[UUID | None] = parent("services")
    source: Mapped[str | None] = mapped_column(Text)


class OrganizationIdentifierRow(DetailRow):
    """HSDS `organization_identifier`: what others call the organization, e.g. in a register."""

    __tablename__ = "organization_identifiers"

    organization_id: Mapped[UUID | None] = parent("organizations")
    identifier_scheme: Mapped[str | None] = mapped_column(Text)
    identifier_type: Mapped[str] = mapped_column(Text)
    identifier: Mapped[str] = mapped_column(Text)


class ProgramRow(DetailRow):
    """HSDS `program`: services of one organization that belong together."""

    __tablename__ = "programs"

    organization_id: Mapped[UUID | None] = parent("organizations")
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)


class CostOptionRow(DetailRow):
    """HSDS `cost_option`."""

    __tablename__ = "cost_options"
    __table_args__ = (CheckConstraint("valid_from <= valid_to", name="valid"),)

    service_id: Mapped[UUID | None] = parent("services")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    option: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[Decimal | None] = numeric()
    amount_description: Mapped[str | None] = mapped_column(Text)


class RequiredDocumentRow(DetailRow):
    """HSDS `required_document`: what a person must bring."""

    __tablename__ = "required_documents"

    service_id: Mapped[UUID | None] = parent("services")
    document: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)


class ServiceAreaRow(DetailRow):
    """HSDS `service_area`: where people are served, not where the service is."""

    __tablename__ = "service_areas"

    service_id: Mapped[UUID | None] = parent("services")
    service_at_location_id: Mapped[UUID | None] = parent("service_at_locations")
    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    extent: Mapped[str | None] = mapped_column(Text)
    extent_type: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)


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


class TaxonomyRow(DetailRow):
    """HSDS `taxonomy` that came by import; ours is in the code (`taxonomy/service.py`)."""

    __tablename__ = "taxonomies"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)


class TaxonomyTermRow(DetailRow):
    """HSDS `taxonomy_term` that came by import."""

    __tablename__ = "taxonomy_terms"

    code: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[UUID | None]
    taxonomy: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    taxonomy_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomies.id"), index=True)
    term_uri: Mapped[str | None] = mapped_column(Text)


class AttributeRow(DetailRow):
    """HSDS `attribute`: a taxonomy term said of any row. The term may be ours, which stands in no table."""

    __tablename__ = "attributes"

    link_id: Mapped[UUID | None] = mapped_column(index=True)
    taxonomy_term_id: Mapped[UUID | None] = mapped_column(index=True)
    link_type: Mapped[str | None] = mapped_column(Text)
    link_entity: Mapped[str | None] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)


class MetadataRow(DetailRow):
    """HSDS `metadata`: what a feed says of its own changes. Never shown: an old value may be an address."""

    __tablename__ = "metadata"

    resource_id: Mapped[UUID | None] = mapped_column(index=True)
    resource_type: Mapped[str | None] = mapped_column(Text)
    last_action_date: Mapped[date]
    last_action_type: Mapped[str] = mapped_column(Text)
    field_name: Mapped[str] = mapped_column(Text)
    previous_value: Mapped[str] = mapped_column(Text)
    replacement_value: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(Text)


class UnitRow(DetailRow):
    """HSDS `unit`. Ours stand in it from the start; others came by import."""

    __tablename__ = "units"

    name: Mapped[str] = mapped_column(Text)
    scheme: Mapped[str | None] = mapped_column(Text)
    identifier: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)


class MetaTableDescriptionRow(DetailRow):
    """HSDS `meta_table_description`."""

    __tablename__ = "meta_table_descriptions"

    name: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    character_set: Mapped[str | None] = mapped_column(Text)
