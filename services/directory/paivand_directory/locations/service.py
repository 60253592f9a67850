"""Use cases of locations: kept by the organization's manager, shown to others as far as is safe."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..details import service as details
from ..organizations import service as organizations
from . import repository, rules
from .schemas import LocationCreate, LocationPatch, NearbyQuery
from .tables import LocationRow

visible_to = repository.visible_to
FIELDS = tuple(name for name in LocationPatch.model_fields if name not in details.OF_LOCATION)


def is_open(row: LocationRow, caller: Caller) -> bool:
    """Whether the caller may see all of it, and what is given there."""
    return rules.is_open(
        is_redacted=row.is_redacted,
        organization_id=row.organization_id,
        asking_organization_id=caller.organization_id,
    )


async def shown(session: AsyncSession, caller: Caller, rows: Iterable[LocationRow]) -> list[dict[str, Any]]:
    """The locations with their details, redacted as this caller must see them. Hidden details are not even read."""
    rows = list(rows)
    opened = [row.id for row in rows if is_open(row, caller)]
    found = await details.read(session, details.OF_LOCATION, "location_id", opened)
    nothing: dict[str, list[Any]] = {name: [] for name in details.OF_LOCATION}
    return [
        _whole(row) | found[row.id] if is_open(row, caller) else rules.redacted(_whole(row) | nothing) for row in rows
    ]


def _whole(row: LocationRow) -> dict[str, Any]:
    names = ("id", "organization_id", *FIELDS, "version", "last_modified")
    return {name: getattr(row, name) for name in names}


async def whole(session: AsyncSession, row: LocationRow) -> dict[str, Any]:
    """All of a location, redacted or not: for `releases` alone, which records who is told."""
    found = await details.read(session, details.OF_LOCATION, "location_id", [row.id])
    return _whole(row) | found[row.id]


async def get(session: AsyncSession, caller: Caller, location_id: UUID) -> dict[str, Any]:
    """Raises `not_found` unless the caller can see it."""
    row = await repository.get_location(session, caller, location_id)
    if row is None:
        raise not_found("location")
    return (await shown(session, caller, [row]))[0]


async def list_by_ids(session: AsyncSession, caller: Caller, ids: Sequence[UUID]) -> dict[UUID, LocationRow]:
    """Those of them that the caller can see, by id."""
    return {row.id: row for row in await repository.list_by_ids(session, caller, ids)}


async def nearby(session: AsyncSession, caller: Caller, body: NearbyQuery) -> list[dict[str, Any]]:
    """Locations around a point, the nearest first."""
    found = await repository.list_nearby(session, caller, **body.model_dump())
    locations = await shown(session, caller, [row for row, _ in found])
    return [
        {"location": location, "distance_km": round(distance, 1)}
        for location, (_, distance) in zip(locations, found, strict=True)
    ]


async def add(session: AsyncSession, caller: Caller, body: LocationCreate) -> dict[str, Any]:
    """A new location of the caller's organization.

    Raises:
        ProblemError: `conflict` when the organization has not joined, `invalid` for a broken rule.
    """
    organization_id = caller.organization()
    if not await organizations.exists_unscoped(session, organization_id):
        raise ProblemError(
            ProblemType.CONFLICT, "Your organization has not joined the network yet. A coordinator admits it."
        )
    values = body.model_dump()
    row = await repository.add(session, organization_id, _checked({name: values[name] for name in FIELDS}))
    await details.replace(session, details.OF_LOCATION, "location_id", row.id, values)
    return (await shown(session, caller, [row]))[0]


async def change(
    session: AsyncSession, caller: Caller, location_id: UUID, body: LocationPatch, expected: int | None
) -> dict[str, Any]:
    """Changes a location of the caller's organization; 403 for one that it can only read."""
    row = await _own(session, caller, location_id, expected)
    sent = body.model_dump(include=body.model_fields_set)
    _checked({name: getattr(row, name) for name in FIELDS} | sent)
    if sent:
        row = await repository.change(session, row, {name: sent[name] for name in FIELDS if name in sent})
        await details.replace(session, details.OF_LOCATION, "location_id", row.id, sent)
    return (await shown(session, caller, [row]))[0]


async def remove(session: AsyncSession, caller: Caller, location_id: UUID, expected: int | None) -> None:
    """Deletes a location of the caller's organization, its address included.

    Raises:
        ProblemError: `conflict` while a service is given there.
    """
    row = await _own(session, caller, location_id, expected)
    try:
        await repository.remove(session, row)
    except IntegrityError:
        raise ProblemError(ProblemType.CONFLICT, "A service is given here. Remove it from this place first.") from None


async def _own(session: AsyncSession, caller: Caller, location_id: UUID, expected: int | None) -> LocationRow:
    row = await repository.lock_location(session, caller, location_id)
    if row is None:
        raise not_found("location")
    if row.organization_id != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, "Only the organization that a location belongs to may change it.")
    check_version(expected, row.version)
    return row


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    if not rules.has_both_coordinates_or_none(values["latitude"], values["longitude"]):
        raise invalid("/longitude", "coordinates", "Send latitude and longitude together, or neither.")
    return values
