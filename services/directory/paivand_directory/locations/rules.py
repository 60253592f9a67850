"""What others may know of a confidential location. Pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

# Everything else of a redacted location is hidden, a field that is added tomorrow too.
OPEN_FIELDS = frozenset(
    {
        "id",
        "organization_id",
        "location_type",
        "is_redacted",
        "country",
        "region",
        "district",
        "version",
        "last_modified",
    }
)


def is_open(*, is_redacted: bool, organization_id: UUID, asking_organization_id: UUID | None) -> bool:
    """Whether the asker may see all of a location: it is not redacted, or it is their own organization's."""
    return not is_redacted or organization_id == asking_organization_id


def redacted(location: Mapping[str, Any]) -> dict[str, Any]:
    """The location as others see it: lists are empty and all but the open fields is null."""
    return {
        name: value if name in OPEN_FIELDS else [] if isinstance(value, list) else None
        for name, value in location.items()
    }


def has_both_coordinates_or_none(latitude: float | None, longitude: float | None) -> bool:
    """One coordinate alone is no place."""
    return (latitude is None) == (longitude is None)
