"""How our rows read in HSDS. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from paivand_contracts.capacity import CapacityUnit

VERSION = "3.1"

# The fields of the HSDS schemas that are columns here, in their order.
ORGANIZATION = (
    "id",
    "name",
    "alternate_name",
    "description",
    "email",
    "website",
    "tax_status",
    "tax_id",
    "year_incorporated",
    "legal_status",
    "logo",
    "uri",
    "parent_organization_id",
)
SERVICE = (
    "id",
    "organization_id",
    "program_id",
    "name",
    "alternate_name",
    "description",
    "url",
    "email",
    "status",
    "interpretation_services",
    "application_process",
    "fees_description",
    "wait_time",
    "fees",
    "accreditations",
    "eligibility_description",
    "minimum_age",
    "maximum_age",
    "assured_date",
    "assurer_email",
    "licenses",
    "alert",
    "last_modified",
)
# With what is ours: whether it is redacted, and what is seen of it then.
LOCATION = (
    "id",
    "location_type",
    "url",
    "organization_id",
    "name",
    "alternate_name",
    "description",
    "transportation",
    "latitude",
    "longitude",
    "external_identifier",
    "external_identifier_type",
    "is_redacted",
    "country",
    "region",
    "district",
)
SERVICE_AT_LOCATION = ("id", "service_id", "location_id", "description")
DETAILS = frozenset(
    (
        *("accessibility", "additional_urls", "additional_websites", "addresses", "capacities", "contacts"),
        *("cost_options", "funding", "languages", "organization_identifiers", "phones", "program", "programs"),
        *("required_documents", "schedules", "service_areas"),
    )
)
"""Where details stand, of which HSDS lets attributes be said too."""
NESTED = frozenset(("locations", "location", "organization", "service", "services", "service_at_locations"))
PROGRAM = ("id", "organization_id", "name", "alternate_name", "description")


def plain(value: Any) -> Any:
    """The value as JSON has it. What is null is left out, since the HSDS schemas know no null."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items() if each is not None}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any JSON
    if isinstance(value, list):
        return [plain(each) for each in value]  # pyright: ignore[reportUnknownVariableType] - any JSON
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def picked(source: Any, names: Iterable[str]) -> dict[str, Any]:
    """These fields of a row or a mapping, those that are not null, as JSON has them."""
    if isinstance(source, Mapping):
        return plain({name: source[name] for name in names})
    return plain({name: getattr(source, name) for name in names})


def unit_id(code: str) -> UUID:
    """Id of one of our units, made from its code, so that it is the same everywhere."""
    return uuid5(NAMESPACE_URL, f"urn:paivand:unit:{code}")


UNIT_IDS = {unit_id(unit): unit.value for unit in CapacityUnit}


def capacity(figures: Mapping[str, Any]) -> dict[str, Any]:
    """HSDS `service_capacity` with its `unit`."""
    code = str(figures["unit"])
    unit = {
        "id": unit_id(code),
        "name": code,
        "scheme": "paivand",
        "identifier": code,
    }
    return plain(
        {
            **{name: figures[name] for name in ("id", "service_id", "available", "maximum")},
            "unit": unit,
            "unit_id": unit["id"],
            "description": figures["name"],
            "updated": figures["confirmed_at"],
        }
    )


def details_in(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The details anywhere in an object: what hangs on services, places and organizations, but not these."""
    for name, value in item.items():
        if name not in NESTED and name not in DETAILS:
            continue
        below = cast(list[dict[str, Any]], value if isinstance(value, list) else [value])
        for each in below:
            if name in DETAILS:
                yield each
            yield from details_in(each)


def envelope(contents: list[dict[str, Any]], *, total: int, page: int, per_page: int) -> dict[str, Any]:
    """HSDS `Page`."""
    pages = -(-total // per_page)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": contents,
    }
