"""The objects of HSDS as a feed has them: their file, their table, what they belong to and what is nested in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from paivand_kit.database import Base

from ..capacity.tables import CapacityRow
from ..details import tables
from ..locations.tables import LocationRow
from ..organizations.tables import OrganizationRow
from ..service_at_locations.tables import ServiceAtLocationRow
from ..services.tables import ServiceRow


@dataclass(frozen=True, slots=True)
class Kind:
    """One HSDS object. `parents` name what it belongs to; `lists` and `objects` are what JSON nests in it."""

    name: str
    file: str
    table: type[Base]
    parents: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    objects: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])


ANY = {"attributes": ("attribute", "link_id"), "metadata": ("metadata", "resource_id")}


def lists_of(parent: str, **kinds: str) -> dict[str, tuple[str, str]]:
    """Lists that JSON nests: their name -> kind, and the column by which the rows name `parent`."""
    return {name: (kind, parent) for name, kind in kinds.items()} | ANY


# Parents stand before their children: rows are written in this order.
ALL = (
    Kind("taxonomy", "taxonomies.csv", tables.TaxonomyRow),
    Kind(
        "taxonomy_term",
        "taxonomy_terms.csv",
        tables.TaxonomyTermRow,
        references=("taxonomy_id",),
        objects={"taxonomy_detail": ("taxonomy", "taxonomy_id")},
    ),
    Kind("unit", "units.csv", tables.UnitRow, lists=ANY),
    Kind("meta_table_description", "meta_table_descriptions.csv", tables.MetaTableDescriptionRow),
    Kind(
        "organization",
        "organizations.csv",
        OrganizationRow,
        lists=lists_of(
            "organization_id",
            additional_websites="url",
            funding="funding",
            contacts="contact",
            phones="phone",
            programs="program",
            locations="location",
            organization_identifiers="organization_identifier",
            services="service",
        ),
    ),
    Kind("program", "programs.csv", tables.ProgramRow, ("organization_id",), lists=ANY),
    Kind(
        "service",
        "services.csv",
        ServiceRow,
        ("organization_id",),
        references=("program_id",),
        lists=lists_of(
            "service_id",
            additional_urls="url",
            phones="phone",
            schedules="schedule",
            service_areas="service_area",
            service_at_locations="service_at_location",
            languages="language",
            funding="funding",
            cost_options="cost_option",
            required_documents="required_document",
            contacts="contact",
            capacities="service_capacity",
        ),
        objects={"organization": ("organization", "organization_id"), "program": ("program", "program_id")},
    ),
    Kind(
        "location",
        "locations.csv",
        LocationRow,
        ("organization_id",),
        lists=lists_of(
            "location_id",
            languages="language",
            addresses="address",
            contacts="contact",
            accessibility="accessibility",
            phones="phone",
            schedules="schedule",
        ),
    ),
    Kind(
        "service_at_location",
        "service_at_location.csv",
        ServiceAtLocationRow,
        ("service_id",),
        references=("location_id",),
        lists=lists_of(
            "service_at_location_id",
            service_areas="service_area",
            contacts="contact",
            phones="phone",
            schedules="schedule",
        ),
        objects={"location": ("location", "location_id"), "service": ("service", "service_id")},
    ),
    Kind(
        "service_capacity",
        "service_capacity.csv",
        CapacityRow,
        ("service_id",),
        references=("unit_id",),
        lists=ANY,
        objects={"unit": ("unit", "unit_id")},
    ),
    Kind(
        "contact",
        "contacts.csv",
        tables.ContactRow,
        ("location_id", "service_at_location_id", "service_id", "organization_id"),
        lists=lists_of("contact_id", phones="phone"),
    ),
    Kind(
        "phone",
        "phones.csv",
        tables.PhoneRow,
        ("location_id", "service_at_location_id", "contact_id", "service_id", "organization_id"),
        lists=lists_of("phone_id", languages="language"),
    ),
    Kind("language", "languages.csv", tables.LanguageRow, ("location_id", "phone_id", "service_id"), lists=ANY),
    Kind(
        "schedule",
        "schedules.csv",
        tables.ScheduleRow,
        ("location_id", "service_at_location_id", "service_id"),
        lists=ANY,
    ),
    Kind("address", "addresses.csv", tables.AddressRow, ("location_id",), lists=ANY),
    Kind("accessibility", "accessibility.csv", tables.AccessibilityRow, ("location_id",), lists=ANY),
    Kind(
        "service_area", "service_areas.csv", tables.ServiceAreaRow, ("service_at_location_id", "service_id"), lists=ANY
    ),
    Kind("url", "url.csv", tables.UrlRow, ("organization_id", "service_id"), lists=ANY),
    Kind("funding", "funding.csv", tables.FundingRow, ("organization_id", "service_id"), lists=ANY),
    Kind("cost_option", "cost_options.csv", tables.CostOptionRow, ("service_id",), lists=ANY),
    Kind("required_document", "required_documents.csv", tables.RequiredDocumentRow, ("service_id",), lists=ANY),
    Kind(
        "organization_identifier",
        "organization_identifiers.csv",
        tables.OrganizationIdentifierRow,
        ("organization_id",),
        lists=ANY,
    ),
    Kind(
        "attribute",
        "attributes.csv",
        tables.AttributeRow,
        ("link_id",),
        references=("taxonomy_term_id",),
        objects={"taxonomy_term": ("taxonomy_term", "taxonomy_term_id")},
    ),
    Kind("metadata", "metadata.csv", tables.MetadataRow, ("resource_id",)),
)
KINDS = {kind.name: kind for kind in ALL}
PLACES = ("location_id", "service_at_location_id")
