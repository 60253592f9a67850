"""The only place with SQL across the features' tables. Every query starts from a feature's own `visible_to`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, cast, exists, false, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from ..details.tables import AddressRow, AttributeRow, DetailRow, TaxonomyRow, TaxonomyTermRow
from ..locations.tables import LocationRow
from ..organizations.tables import OrganizationRow
from ..search.rules import TextQuery
from ..service_at_locations.tables import ServiceAtLocationRow
from ..services.tables import ServiceRow

Row = TypeVar("Row", OrganizationRow, ServiceRow, ServiceAtLocationRow, LocationRow)
DetailOf = TypeVar("DetailOf", bound=DetailRow)


async def page_of(
    session: AsyncSession, query: Select[Row], order: Sequence[Any], *, page: int, per_page: int
) -> tuple[list[Row], int]:
    """The rows of a page, and how many there are on all pages."""
    total = await session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = await session.scalars(query.order_by(*order).limit(per_page).offset((page - 1) * per_page))
    return list(rows), total


async def list_in(session: AsyncSession, query: Select[Row], column: Any, values: Collection[UUID]) -> list[Row]:
    """The rows of a scoped query whose column has one of the values."""
    return list(await session.scalars(query.where(column.in_(values)))) if values else []


def services_with(
    words: TextQuery | None, codes: Sequence[list[str]], terms: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Condition on services: these words, and for each filter one of its codes, or an attribute with such a term."""
    condition: ColumnElement[bool] = ServiceRow.id.is_not(None)
    if words is not None:
        condition &= ServiceRow.search.bool_op("@@")(cast(words.near, TSQUERY))
    for own, term in zip(codes, terms, strict=True):
        said = exists().where(AttributeRow.link_id == ServiceRow.id, term)
        condition &= or_(ServiceRow.taxonomy_terms.overlap(own) if own else false(), said)
    return condition


def is_term(term_id: UUID) -> ColumnElement[bool]:
    """Condition on attributes: of this term."""
    return AttributeRow.taxonomy_term_id == term_id


def is_of_taxonomy(taxonomy_id: UUID) -> ColumnElement[bool]:
    """Condition on attributes: of a term of this taxonomy, that came by import."""
    return AttributeRow.taxonomy_term_id.in_(
        select(TaxonomyTermRow.id).where(TaxonomyTermRow.taxonomy_id == taxonomy_id)
    )


def organizations_with(words: TextQuery | None, services: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """Condition on organizations: these words, and a service like that."""
    condition: ColumnElement[bool] = OrganizationRow.id.is_not(None)
    if words is not None:
        condition &= OrganizationRow.search.bool_op("@@")(cast(words.near, TSQUERY))
    if services is not None:
        condition &= OrganizationRow.id.in_(select(ServiceRow.organization_id).where(services))
    return condition


def service_at_locations_with(services: ColumnElement[bool], postcode: str | None) -> ColumnElement[bool]:
    """Condition on services at locations: a service like that; a postcode that all may see."""
    condition: ColumnElement[bool] = ServiceAtLocationRow.service_id.in_(select(ServiceRow.id).where(services))
    if postcode is not None:
        # A search by what is hidden would tell it: redacted locations are not found by postcode, even by their owner.
        there = select(AddressRow.location_id).join(LocationRow, LocationRow.id == AddressRow.location_id)
        there = there.where(LocationRow.is_redacted.is_(False), AddressRow.postal_code == postcode)
        condition &= ServiceAtLocationRow.location_id.in_(there)
    return condition


def modified_since(table: type[ServiceRow] | type[ServiceAtLocationRow], moment: datetime) -> ColumnElement[bool]:
    """Condition: changed at this time or later."""
    return table.last_modified >= moment


async def list_attributes_unscoped(
    session: AsyncSession, ids: Collection[UUID]
) -> list[tuple[AttributeRow, TaxonomyTermRow | None]]:
    """Attributes of rows that the caller may see, with their terms as far as they came by import."""
    if not ids:
        return []
    # One array, since a full page has more ids than a statement may have parameters.
    hung_on = AttributeRow.link_id == any_(literal(list(ids), ARRAY(Uuid)))
    query = select(AttributeRow, TaxonomyTermRow).where(hung_on).order_by(AttributeRow.id)
    query = query.outerjoin(TaxonomyTermRow, TaxonomyTermRow.id == AttributeRow.taxonomy_term_id)
    return [(row[0], row[1]) for row in await session.execute(query)]


async def list_rows_unscoped(session: AsyncSession, table: type[DetailOf], ids: Collection[UUID]) -> list[DetailOf]:
    """Rows of these ids; taxonomies and programs are open to all who may see what names them."""
    return list(await session.scalars(select(table).where(table.id.in_(ids)))) if ids else []


async def list_capacities_unscoped(session: AsyncSession, service_ids: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """The figures of services that the caller may see; what is held is reckoned at this moment."""
    if not service_ids:
        return []
    query = text(
        "SELECT id, service_id, unit, name, maximum, available, confirmed_at FROM capacity_figures"
        " WHERE service_id = ANY(:ids) ORDER BY id"
    )
    return [dict(row) for row in (await session.execute(query, {"ids": list(service_ids)})).mappings()]


async def list_taxonomies_unscoped(session: AsyncSession) -> list[TaxonomyRow]:
    """All that came by import; open to every member."""
    return list(await session.scalars(select(TaxonomyRow).order_by(TaxonomyRow.id)))


async def list_terms_unscoped(session: AsyncSession, taxonomy_id: UUID | None = None) -> list[TaxonomyTermRow]:
    """Terms that came by import, of one taxonomy or all; open to every member."""
    query = select(TaxonomyTermRow).order_by(TaxonomyTermRow.id)
    if taxonomy_id is not None:
        query = query.where(TaxonomyTermRow.taxonomy_id == taxonomy_id)
    return list(await session.scalars(query))
