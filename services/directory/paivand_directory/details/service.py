"""Which details each kind of parent has, and how they are read and replaced as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from paivand_kit.pagination import PageRequest
from sqlalchemy.ext.asyncio import AsyncSession

from . import repository
from .tables import (
    AccessibilityRow,
    AddressRow,
    ContactRow,
    CostOptionRow,
    DetailRow,
    FundingRow,
    LanguageRow,
    OrganizationIdentifierRow,
    PhoneRow,
    ProgramRow,
    RequiredDocumentRow,
    ScheduleRow,
    ServiceAreaRow,
    UrlRow,
)

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A table of details; `parent` is the column by which its own details name it."""

    table: type[DetailRow]
    parent: str = ""
    details: Mapping[str, "Kind"] = field(default_factory=dict[str, "Kind"])


LANGUAGES = Kind(LanguageRow)
PHONES = Kind(PhoneRow, "phone_id", {"languages": LANGUAGES})
CONTACTS = Kind(ContactRow, "contact_id", {"phones": PHONES})
SCHEDULES = Kind(ScheduleRow)

OF_LOCATION: Mapping[str, Kind] = {
    "languages": LANGUAGES,
    "addresses": Kind(AddressRow),
    "contacts": CONTACTS,
    "accessibility": Kind(AccessibilityRow),
    "phones": PHONES,
    "schedules": SCHEDULES,
}
OF_SERVICE_AT_LOCATION: Mapping[str, Kind] = {
    "service_areas": Kind(ServiceAreaRow),
    "contacts": CONTACTS,
    "phones": PHONES,
    "schedules": SCHEDULES,
}
OF_SERVICE: Mapping[str, Kind] = {
    "additional_urls": Kind(UrlRow),
    "phones": PHONES,
    "schedules": SCHEDULES,
    "service_areas": Kind(ServiceAreaRow),
    "languages": LANGUAGES,
    "funding": Kind(FundingRow),
    "cost_options": Kind(CostOptionRow),
    "required_documents": Kind(RequiredDocumentRow),
    "contacts": CONTACTS,
}
OF_ORGANIZATION: Mapping[str, Kind] = {
    "additional_websites": Kind(UrlRow),
    "funding": Kind(FundingRow),
    "contacts": CONTACTS,
    "phones": PHONES,
    "programs": Kind(ProgramRow),
    "organization_identifiers": Kind(OrganizationIdentifierRow),
}


async def read(
    session: AsyncSession, kinds: Mapping[str, Kind], parent: str, ids: Sequence[UUID]
) -> dict[UUID, dict[str, list[Values]]]:
    """The details of each of these parents, by the name of the list. Scope: who may see the parent may see them."""
    found: dict[UUID, dict[str, list[Values]]] = {each: {name: [] for name in kinds} for each in ids}
    for name, kind in kinds.items():
        rows = await repository.list_details_unscoped(session, kind.table, parent, ids)
        deeper = await read(session, kind.details, kind.parent, [row["id"] for row in rows]) if kind.details else {}
        for row in rows:
            found[row[parent]][name].append({**row, **deeper.get(row["id"], {})})
    return found


async def read_page(
    session: AsyncSession, kind: Kind, parent: str, parent_id: UUID, page: PageRequest
) -> dict[str, Any]:
    """A page of one list of one parent. Scope: as `read`."""
    rows = await repository.list_page_unscoped(
        session, kind.table, parent, parent_id, after=page.last(UUID), limit=page.limit + 1
    )
    deeper = await read(session, kind.details, kind.parent, [row["id"] for row in rows]) if kind.details else {}
    return page.page([{**row, **deeper.get(row["id"], {})} for row in rows], key=lambda row: (row["id"],))


async def replace(
    session: AsyncSession, kinds: Mapping[str, Kind], parent: str, parent_id: UUID, lists: Mapping[str, list[Values]]
) -> None:
    """Makes the named lists of one parent what is given; other lists stay. The caller has locked the parent."""
    for name in lists.keys() & kinds.keys():
        await repository.remove(session, kinds[name].table, parent, parent_id)
        await _add(session, kinds[name], [(parent, parent_id, item) for item in lists[name]])


async def _add(session: AsyncSession, kind: Kind, items: Sequence[tuple[str, UUID, Values]]) -> None:
    if not items:
        return
    rows = [{name: value for name, value in item.items() if name not in kind.details} for _, _, item in items]
    places = [{parent: parent_id} for parent, parent_id, _ in items]
    ids = await repository.add(session, kind.table, [row | place for row, place in zip(rows, places, strict=True)])
    for name, deeper in kind.details.items():
        below = [
            (kind.parent, id_, each) for id_, item in zip(ids, items, strict=True) for each in item[2].get(name, [])
        ]
        await _add(session, deeper, below)
