"""Puts the rows of the features together to HSDS objects. What may be shown of them, the features decide."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_kit.caller import Caller
from paivand_kit.problems import not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..details import service as details
from ..details.tables import ProgramRow
from ..locations import service as locations
from ..locations.tables import LocationRow
from ..organizations import service as organizations
from ..organizations.tables import OrganizationRow
from ..search.service import understand
from ..service_at_locations import service as service_at_locations
from ..service_at_locations.tables import ServiceAtLocationRow
from ..services import service as services
from ..services.tables import ServiceRow
from . import repository, rules, terms
from .schemas import OrganizationQuery, ServiceAtLocationQuery, ServiceQuery, TermFilters

Item = dict[str, Any]


class Directory:
    """The directory as one caller sees it, read in the transaction of one request."""

    def __init__(self, session: AsyncSession, caller: Caller) -> None:
        self._session, self._caller = session, caller

    async def list_services(self, query: ServiceQuery) -> Item:
        """A page by name."""
        scoped = services.visible_to(self._caller).where(await _services_with(self._session, query))
        if query.organization_id is not None:
            scoped = scoped.where(ServiceRow.organization_id == query.organization_id)
        if query.modified_after is not None:
            scoped = scoped.where(repository.modified_since(ServiceRow, query.modified_after))
        order = (ServiceRow.name, ServiceRow.id)
        rows, total = await repository.page_of(self._session, scoped, order, page=query.page, per_page=query.per_page)
        if query.minimal:
            items = [{"id": str(row.id), "modified_date": rules.plain(row.last_modified)} for row in rows]
        else:
            items = await (self.full_services(rows) if query.full else self.services(rows))
        await self._add_attributes(items)
        return rules.envelope(items, total=total, page=query.page, per_page=query.per_page)

    async def get_service(self, service_id: UUID) -> Item:
        """One with all that belongs to it. Raises `not_found`."""
        row = await services.get(self._session, self._caller, service_id)
        return (await self._add_attributes(await self.full_services([row])))[0]

    async def list_organizations(self, query: OrganizationQuery) -> Item:
        """A page by name."""
        by_terms = query.taxonomy_id is not None or query.taxonomy_term_id is not None
        offered = None
        if by_terms:
            offered = await _services_with(self._session, query.model_copy(update={"search": None}))
        condition = repository.organizations_with(await understand(self._session, query.search), offered)
        scoped = organizations.visible_to(self._caller).where(condition)
        order = (OrganizationRow.name, OrganizationRow.id)
        rows, total = await repository.page_of(self._session, scoped, order, page=query.page, per_page=query.per_page)
        if query.full:
            items = await self.full_organizations(rows, full_service=query.full_service)
        else:
            items = [rules.picked(row, rules.ORGANIZATION) for row in rows]
            items = await self._with_services(items, rows) if query.full_service else items
        await self._add_attributes(items)
        return rules.envelope(items, total=total, page=query.page, per_page=query.per_page)

    async def get_organization(self, organization_id: UUID, *, full_service: bool) -> Item:
        """One with all that belongs to it. Raises `not_found`."""
        row = await organizations.get(self._session, self._caller, organization_id)
        return (await self._add_attributes(await self.full_organizations([row], full_service=full_service)))[0]

    async def list_service_at_locations(self, query: ServiceAtLocationQuery) -> Item:
        """A page in the order of their creation."""
        condition = repository.service_at_locations_with(await _services_with(self._session, query), query.postcode)
        scoped = service_at_locations.visible_to(self._caller).where(condition)
        if query.organization_id is not None:
            scoped = scoped.where(ServiceAtLocationRow.organization_id == query.organization_id)
        if query.modified_after is not None:
            scoped = scoped.where(repository.modified_since(ServiceAtLocationRow, query.modified_after))
        rows, total = await repository.page_of(
            self._session, scoped, (ServiceAtLocationRow.id,), page=query.page, per_page=query.per_page
        )
        items = await self.places(rows, full=query.full)
        items = await self._add_attributes(await self._with_service(items, full=query.full))
        return rules.envelope(items, total=total, page=query.page, per_page=query.per_page)

    async def get_service_at_location(self, id_: UUID) -> Item:
        """One with all that belongs to it. Raises `not_found`."""
        scoped = service_at_locations.visible_to(self._caller)
        rows = await repository.list_in(self._session, scoped, ServiceAtLocationRow.id, [id_])
        if not rows:
            raise not_found("service at a location")
        return (await self._add_attributes(await self._with_service(await self.places(rows, full=True), full=True)))[0]

    async def services(self, rows: Sequence[ServiceRow]) -> list[Item]:
        """Services with their organization and program, without lists."""
        scoped = organizations.visible_to(self._caller)
        named = {row.organization_id for row in rows}
        owners = {row.id: row for row in await repository.list_in(self._session, scoped, OrganizationRow.id, named)}
        wanted = {row.program_id for row in rows if row.program_id}
        programs = {row.id: row for row in await repository.list_rows_unscoped(self._session, ProgramRow, wanted)}
        return [
            rules.picked(row, rules.SERVICE)
            | {"organization": rules.picked(owners[row.organization_id], rules.ORGANIZATION)}
            | ({"program": rules.picked(programs[row.program_id], rules.PROGRAM)} if row.program_id else {})
            for row in rows
        ]

    async def full_services(self, rows: Sequence[ServiceRow]) -> list[Item]:
        """Services with all that belongs to them."""
        ids = [row.id for row in rows]
        found = await details.read(self._session, details.OF_SERVICE, "service_id", ids)
        scoped = service_at_locations.visible_to(self._caller)
        given = await repository.list_in(self._session, scoped, ServiceAtLocationRow.service_id, ids)
        places: dict[str, list[Item]] = defaultdict(list)
        for place in await self.places(given, full=True):
            places[place["service_id"]].append(place)
        capacities: dict[str, list[Item]] = defaultdict(list)
        for figures in await repository.list_capacities_unscoped(self._session, ids):
            capacities[str(figures["service_id"])].append(rules.capacity(figures))
        attributes = await terms.attributes(self._session, {row.id: row.taxonomy_terms for row in rows}, ids)
        return [
            item
            | rules.plain(found[row.id])
            | {"service_at_locations": places[item["id"]], "attributes": attributes.get(item["id"], [])}
            | {"capacities": capacities[item["id"]]}
            for item, row in zip(await self.services(rows), rows, strict=True)
        ]

    async def places(self, rows: Sequence[ServiceAtLocationRow], *, full: bool) -> list[Item]:
        """Services at locations with their location, hidden as far as the location is."""
        found = await service_at_locations.shown(self._session, self._caller, rows)
        here = await locations.list_by_ids(self._session, self._caller, [row.location_id for row in rows])
        wheres = {item["id"]: item for item in await self.locations(list(here.values()), full=full)}
        names = (*rules.SERVICE_AT_LOCATION, *(details.OF_SERVICE_AT_LOCATION if full else ()))
        items = [rules.picked(item, names) for item in found]
        opened = {id_ for id_, place in here.items() if locations.is_open(place, self._caller)} if full else set()
        said = await terms.attributes(self._session, {}, [row.id for row in rows if row.location_id in opened])
        return [
            item
            | ({"location": wheres[item["location_id"]]} if item["location_id"] in wheres else {})
            | ({"attributes": said[item["id"]]} if item["id"] in said else {})
            for item in items
        ]

    async def locations(self, rows: Sequence[LocationRow], *, full: bool) -> list[Item]:
        """Locations, redacted as this caller must see them."""
        names = (*rules.LOCATION, *(details.OF_LOCATION if full else ()))
        items = [rules.picked(item, names) for item in await locations.shown(self._session, self._caller, rows)]
        if not full:
            return items
        opened = [row.id for row in rows if locations.is_open(row, self._caller)]
        attributes = await terms.attributes(self._session, {}, opened)
        return [item | {"attributes": attributes.get(item["id"], [])} for item in items]

    async def full_organizations(self, rows: Sequence[OrganizationRow], *, full_service: bool) -> list[Item]:
        """Organizations with all that belongs to them; their services in short, or full."""
        ids = [row.id for row in rows]
        found = await details.read(self._session, details.OF_ORGANIZATION, "organization_id", ids)
        scoped = locations.visible_to(self._caller)
        here = await repository.list_in(self._session, scoped, LocationRow.organization_id, ids)
        wheres: dict[str, list[Item]] = defaultdict(list)
        for item in await self.locations(here, full=True):
            wheres[item["organization_id"]].append(item)
        attributes = await terms.attributes(self._session, {}, ids)
        items = [
            rules.picked(row, rules.ORGANIZATION)
            | rules.plain(found[row.id])
            | {"locations": wheres[str(row.id)], "attributes": attributes.get(str(row.id), [])}
            for row in rows
        ]
        return await self._with_services(items, rows, full=full_service)

    async def _add_attributes(self, items: list[Item]) -> list[Item]:
        """Adds what is said of the details; of what is hidden there are none. The same items."""
        hung_on = [detail for item in items for detail in rules.details_in(item)]
        said = await terms.attributes(self._session, {}, [UUID(detail["id"]) for detail in hung_on])
        for detail in hung_on:
            if detail["id"] in said:
                detail["attributes"] = said[detail["id"]]
        return items

    async def _with_services(
        self, items: list[Item], rows: Sequence[OrganizationRow], *, full: bool = True
    ) -> list[Item]:
        scoped = services.visible_to(self._caller)
        ids = [row.id for row in rows]
        offered = await repository.list_in(self._session, scoped, ServiceRow.organization_id, ids)
        found = await self.full_services(offered) if full else [rules.picked(row, rules.SERVICE) for row in offered]
        by_owner: dict[str, list[Item]] = defaultdict(list)
        for item in found:
            by_owner[item["organization_id"]].append(item)
        return [item | {"services": by_owner[item["id"]]} for item in items]

    async def _with_service(self, items: list[Item], *, full: bool) -> list[Item]:
        scoped = services.visible_to(self._caller)
        ids = {UUID(item["service_id"]) for item in items}
        rows = await repository.list_in(self._session, scoped, ServiceRow.id, ids)
        found = {item["id"]: item for item in await (self.full_services(rows) if full else self.services(rows))}
        return [item | {"service": found[item["service_id"]]} for item in items]


async def _services_with(session: AsyncSession, query: TermFilters) -> Any:
    codes, conditions = terms.filters(query.taxonomy_term_id, query.taxonomy_id)
    return repository.services_with(await understand(session, query.search), codes, conditions)
