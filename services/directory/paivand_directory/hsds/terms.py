"""Taxonomies in HSDS: the starter taxonomy, which is code, and those that came by import, which are rows."""

from collections.abc import Collection
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from paivand_kit.problems import not_found
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from ..details.tables import TaxonomyRow, TaxonomyTermRow
from ..taxonomy import service as taxonomy
from . import repository, rules
from .schemas import TaxonomyQuery, TaxonomyTermQuery

Item = dict[str, Any]
TAXONOMY_ID = uuid5(NAMESPACE_URL, f"urn:paivand:taxonomy:{taxonomy.TAXONOMY}")
STARTER: Item = {
    "id": str(TAXONOMY_ID),
    "name": taxonomy.TAXONOMY,
    "description": "What victims of trafficking need: the support package of a national referral mechanism.",
    "version": "1",
}
CODES = {term.id: code for code, term in taxonomy.TERMS.items()}
OTHERS: list[Item] = [
    {"id": str(each.id), "name": each.name, "description": each.description, "uri": each.uri, "version": each.version}
    for each in taxonomy.SYSTEMS.values()
]
KNOWN = {TAXONOMY_ID, *CODES, *(UUID(each["id"]) for each in OTHERS), *taxonomy.FOREIGN}
"""Taxonomies and terms that are in the code, and in no table."""


def starter_term(code: str) -> Item:
    """A term of ours."""
    term = taxonomy.TERMS[code]
    parent = {"parent_id": str(taxonomy.TERMS[term.parent].id)} if term.parent else {}
    return {
        "id": str(term.id),
        "code": code,
        "name": term.name["en"],
        "description": term.description,
        **parent,
        "taxonomy": taxonomy.TAXONOMY,
        "language": "en",
        "taxonomy_id": str(TAXONOMY_ID),
    }


def foreign_term(term: taxonomy.Mapping) -> Item:
    """A term of others, to which one of ours is mapped."""
    system = taxonomy.SYSTEMS[term.system]
    return {
        "id": str(term.id),
        "code": term.code,
        "name": term.display,
        "description": f"{term.display} ({system.name})",
        "taxonomy": system.name,
        "language": "en",
        "taxonomy_id": str(system.id),
    }


def _known_term(id_: UUID) -> Item | None:
    if id_ in CODES:
        return starter_term(CODES[id_])
    return foreign_term(taxonomy.FOREIGN[id_]) if id_ in taxonomy.FOREIGN else None


def derived_ids(service_id: UUID, codes: Collection[str]) -> dict[UUID, UUID]:
    """What follows from the codes of a service: attribute id -> term id, first ours, then those of others."""
    own = [taxonomy.TERMS[code] for code in codes if code in taxonomy.TERMS]
    terms = {uuid5(service_id, term.code): term.id for term in own}
    return terms | {uuid5(service_id, str(each.id)): each.id for term in own for each in term.mappings}


def of_row(row: TaxonomyRow | TaxonomyTermRow) -> Item:
    """One that came by import."""
    return rules.picked(row, row.__table__.columns.keys())


def filters(term_id: UUID | None, taxonomy_id: UUID | None) -> tuple[list[list[str]], list[ColumnElement[bool]]]:
    """For each of the two that is given: our codes that fulfil it, and the condition on attributes."""
    codes: list[list[str]] = []
    conditions: list[ColumnElement[bool]] = []
    if term_id is not None:
        codes.append(taxonomy.with_narrower(CODES[term_id]) if term_id in CODES else taxonomy.mapped_to(term_id))
        conditions.append(repository.is_term(term_id))
    if taxonomy_id is not None:
        codes.append(list(taxonomy.TERMS) if taxonomy_id == TAXONOMY_ID else taxonomy.mapped_into(taxonomy_id))
        conditions.append(repository.is_of_taxonomy(taxonomy_id))
    return codes, conditions


async def attributes(
    session: AsyncSession, codes: dict[UUID, list[str]], ids: Collection[UUID]
) -> dict[str, list[Item]]:
    """HSDS attributes of rows: those that are kept as codes (`codes`: id of a service -> codes), and imported ones."""
    found: dict[str, list[Item]] = {}
    for service_id, own in codes.items():
        found[str(service_id)] = [
            {
                "id": str(id_),
                "link_id": str(service_id),
                "link_entity": "service",
                "taxonomy_term_id": str(term_id),
                "taxonomy_term": _known_term(term_id),
            }
            for id_, term_id in derived_ids(service_id, own).items()
        ]
    for row, term in await repository.list_attributes_unscoped(session, ids):
        item = rules.picked(row, row.__table__.columns.keys())
        known = _known_term(row.taxonomy_term_id) if row.taxonomy_term_id else None
        named = known or (of_row(term) if term else None)
        found.setdefault(str(row.link_id), []).append(item | ({"taxonomy_term": named} if named else {}))
    return found


async def get_taxonomy(session: AsyncSession, id_: UUID) -> Item:
    """Raises `not_found`."""
    for item in (STARTER, *OTHERS):
        if item["id"] == str(id_):
            return item
    rows = await repository.list_rows_unscoped(session, TaxonomyRow, [id_])
    if not rows:
        raise not_found("taxonomy")
    return of_row(rows[0])


async def get_term(session: AsyncSession, id_: UUID) -> Item:
    """One with its taxonomy. Raises `not_found`."""
    known = _known_term(id_)
    if known is not None:
        return known | {"taxonomy_detail": await get_taxonomy(session, UUID(known["taxonomy_id"]))}
    rows = await repository.list_rows_unscoped(session, TaxonomyTermRow, [id_])
    if not rows:
        raise not_found("taxonomy term")
    detail = {"taxonomy_detail": await get_taxonomy(session, rows[0].taxonomy_id)} if rows[0].taxonomy_id else {}
    return of_row(rows[0]) | detail


async def list_taxonomies(session: AsyncSession, query: TaxonomyQuery) -> Item:
    """A page of them, ours first."""
    items = [STARTER, *OTHERS, *(of_row(row) for row in await repository.list_taxonomies_unscoped(session))]
    return _page([item for item in items if _is_named(item, query.search)], query)


async def list_terms(session: AsyncSession, query: TaxonomyTermQuery) -> Item:
    """A page of them, ours first."""
    known = [starter_term(code) for code in sorted(taxonomy.TERMS)]
    known += [foreign_term(each) for each in taxonomy.FOREIGN.values()]
    own = [each for each in known if query.taxonomy_id in (None, UUID(each["taxonomy_id"]))]
    items = own + [of_row(row) for row in await repository.list_terms_unscoped(session, query.taxonomy_id)]
    wanted = [
        item
        for item in items
        if _is_named(item, query.search)
        and not (query.top_only and "parent_id" in item)
        and query.parent_id in (None, UUID(item["parent_id"]) if "parent_id" in item else None)
    ]
    return _page(wanted, query)


def _is_named(item: Item, part: str | None) -> bool:
    return part is None or part.casefold() in item["name"].casefold()


def _page(items: list[Item], query: TaxonomyQuery) -> Item:
    start = (query.page - 1) * query.per_page
    return rules.envelope(
        items[start : start + query.per_page], total=len(items), page=query.page, per_page=query.per_page
    )
