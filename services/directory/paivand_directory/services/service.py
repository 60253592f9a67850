"""Use cases of services: what an organization offers, published and kept right by its manager."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.codes import ServiceStatus
from paivand_contracts.directory import ServiceChanged, ServiceFacts
from paivand_contracts.problems import ProblemType
from paivand_kit import outbox
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, invalid, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..organizations import service as organizations
from . import repository, rules
from .repository import Search
from .schemas import FoundService, Service, ServiceCreate, ServicePatch, ServicesFound
from .tables import ServiceRow

find = repository.get_service
visible_to = repository.visible_to


async def get(session: AsyncSession, caller: Caller, service_id: UUID) -> ServiceRow:
    """Raises `not_found` unless the caller can see it."""
    row = await repository.get_service(session, caller, service_id)
    if row is None:
        raise not_found("service")
    return row


async def search(session: AsyncSession, caller: Caller, wanted: Search, *, limit: int) -> ServicesFound:
    """The best of what the caller can see. Nothing is found by signs alone."""
    if wanted.words is None:
        return ServicesFound(items=[], is_complete=True)
    rows = await repository.search_services(session, caller, wanted, wanted.words, limit=limit + 1)
    items = [FoundService(service=Service.model_validate(row), is_exact=exact) for row, exact in rows[:limit]]
    return ServicesFound(items=items, is_complete=len(rows) <= limit)


async def publish(session: AsyncSession, caller: Caller, body: ServiceCreate) -> ServiceRow:
    """A new service of the caller's organization.

    Raises:
        ProblemError: `conflict` when the organization has not joined, `invalid` for a broken rule.
    """
    organization_id = caller.organization()
    if not await organizations.exists_unscoped(session, organization_id):
        raise ProblemError(
            ProblemType.CONFLICT, "Your organization has not joined the network yet. A coordinator admits it."
        )
    row = await repository.add(session, organization_id, _checked(body.model_dump()))
    await announce(session, [row])
    return row


async def change(
    session: AsyncSession, caller: Caller, service_id: UUID, body: ServicePatch, expected: int | None
) -> ServiceRow:
    """Changes a service of the caller's organization; 403 for one that it can only read."""
    row = await lock_own(session, caller, service_id, expected)
    present = {name: getattr(row, name) for name in ServicePatch.model_fields}
    wanted = _checked(present | body.model_dump(exclude_unset=True))
    differing = {name: value for name, value in wanted.items() if present[name] != value}
    if not differing:
        return row
    changed = await repository.change(session, row, differing)
    await announce(session, [changed])
    return changed


async def lock_own(session: AsyncSession, caller: Caller, service_id: UUID, expected: int | None) -> ServiceRow:
    """One of the caller's organization, kept from changes by others; 403 for one that it can only read."""
    row = await repository.lock_service(session, caller, service_id)
    if row is None:
        raise not_found("service")
    if row.organization_id != caller.organization():
        raise ProblemError(ProblemType.FORBIDDEN, "Only the organization that offers a service may change it.")
    check_version(expected, row.version)
    return row


async def touch(session: AsyncSession, row: ServiceRow) -> ServiceRow:
    """The next version of a locked service, of which what hangs on it has changed. The others are told."""
    changed = await repository.change(session, row, {})
    await announce(session, [changed])
    return changed


async def state_ages(session: AsyncSession, service_id: UUID, minimum_age: int | None, maximum_age: int | None) -> None:
    """Changes the ages of a service that the caller was found to own, unless they are so already."""
    row = await repository.lock_unscoped(session, service_id)
    if (row.minimum_age, row.maximum_age) != (minimum_age, maximum_age):
        changed = await repository.change(session, row, {"minimum_age": minimum_age, "maximum_age": maximum_age})
        await announce(session, [changed])


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a whole entry, if they keep the rules."""
    if not rules.is_age_range(values["minimum_age"], values["maximum_age"]):
        raise invalid("/maximum_age", "age_range", "Send a maximum_age that is not below minimum_age.")
    return values | {"taxonomy_terms": rules.without_repeats(values["taxonomy_terms"])}


async def announce(session: AsyncSession, rows: Sequence[ServiceRow]) -> None:
    """Tells the other services of new or changed ones."""
    events = [ServiceChanged(subject=str(row.id), data=_facts(row)) for row in rows]
    if events:
        await outbox.emit(session, *events)


def _facts(row: ServiceRow) -> ServiceFacts:
    return ServiceFacts(
        service_id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        status=ServiceStatus(row.status),
        taxonomy_terms=row.taxonomy_terms,
        version=row.version,
    )
