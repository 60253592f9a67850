"""Use cases of services at locations: kept by the manager; hidden as far as their location is."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..details import service as details
from ..locations import service as locations
from ..services import service as services
from . import repository
from .schemas import ServiceAtLocationCreate, ServiceAtLocationPatch
from .tables import ServiceAtLocationRow

visible_to = repository.visible_to
OPEN_FIELDS = ("id", "organization_id", "service_id", "location_id", "version", "last_modified")


async def shown(session: AsyncSession, caller: Caller, rows: Iterable[ServiceAtLocationRow]) -> list[dict[str, Any]]:
    """With their details, as this caller must see them."""
    rows = list(rows)
    places = await locations.list_by_ids(session, caller, [row.location_id for row in rows])
    opened = {
        row.id for row in rows if row.location_id in places and locations.is_open(places[row.location_id], caller)
    }
    kinds = details.OF_SERVICE_AT_LOCATION
    found = await details.read(session, kinds, "service_at_location_id", list(opened))
    nothing: dict[str, list[Any]] = {name: [] for name in kinds}
    return [
        {name: getattr(row, name) for name in OPEN_FIELDS}
        | {"description": row.description if row.id in opened else None}
        | found.get(row.id, nothing)
        for row in rows
    ]


async def get(session: AsyncSession, caller: Caller, id_: UUID) -> dict[str, Any]:
    """Raises `not_found` unless the caller can see it."""
    row = await repository.get_service_at_location(session, caller, id_)
    if row is None:
        raise not_found("service at a location")
    return (await shown(session, caller, [row]))[0]


async def add(session: AsyncSession, caller: Caller, body: ServiceAtLocationCreate) -> dict[str, Any]:
    """Says that a service of the caller's organization is given at one of its locations.

    Raises:
        ProblemError: `invalid`, when either is not the caller's; `conflict`, when it is said already.
    """
    values = body.model_dump()
    organization_id = caller.organization()
    await _check_own(session, caller, body)
    own = {name: values[name] for name in ("service_id", "location_id", "description")}
    row = await repository.add(session, organization_id, own)
    if row is None:
        raise ProblemError(ProblemType.CONFLICT, "The service is given at this location already.")
    await _replace(session, row, values)
    return (await shown(session, caller, [row]))[0]


async def _check_own(session: AsyncSession, caller: Caller, body: ServiceAtLocationCreate) -> None:
    service = await services.find(session, caller, body.service_id)
    if service is None or service.organization_id != caller.organization_id:
        raise invalid("/service_id", "own_service", "Send the id of a service of your organization.")
    place = (await locations.list_by_ids(session, caller, [body.location_id])).get(body.location_id)
    if place is None or place.organization_id != caller.organization_id:
        raise invalid("/location_id", "own_location", "Send the id of a location of your organization.")


async def change(
    session: AsyncSession, caller: Caller, id_: UUID, body: ServiceAtLocationPatch, expected: int | None
) -> dict[str, Any]:
    """Changes one of the caller's organization; 403 for one that it can only read."""
    row = await _own(session, caller, id_, expected)
    sent = body.model_dump(include=body.model_fields_set)
    if sent:
        row = await repository.change(session, row, {name: sent[name] for name in ("description",) if name in sent})
        await _replace(session, row, sent)
    return (await shown(session, caller, [row]))[0]


async def remove(session: AsyncSession, caller: Caller, id_: UUID, expected: int | None) -> None:
    """The service is not given there any more.

    Raises:
        ProblemError: `conflict` while something else, such as its capacity, is kept for it.
    """
    row = await _own(session, caller, id_, expected)
    try:
        await repository.remove(session, row)
    except IntegrityError:
        raise ProblemError(ProblemType.CONFLICT, "Capacity is kept for this place. Remove it first.") from None


async def _own(session: AsyncSession, caller: Caller, id_: UUID, expected: int | None) -> ServiceAtLocationRow:
    row = await repository.lock_service_at_location(session, caller, id_)
    if row is None:
        raise not_found("service at a location")
    if row.organization_id != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, "Only the organization that offers a service may change this.")
    check_version(expected, row.version)
    return row


async def _replace(session: AsyncSession, row: ServiceAtLocationRow, lists: dict[str, Any]) -> None:
    await details.replace(session, details.OF_SERVICE_AT_LOCATION, "service_at_location_id", row.id, lists)
