"""HTTP interface of the taxonomy."""

from fastapi import APIRouter
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery

from ..permissions import ReadDirectory
from . import service
from .schemas import Names, TaxonomyTerm, TermMapping

router = APIRouter(prefix="/directory/v1/taxonomy_terms", tags=["taxonomy terms"], route_class=IdempotentRoute)


@router.get("", response_model=Page[TaxonomyTerm])
async def list_taxonomy_terms(caller: ReadDirectory, page: PageQuery) -> dict[str, object]:
    """All terms, ordered by code."""
    after = page.after(str)
    terms = [term for code, term in sorted(service.TERMS.items()) if after is None or code > after[0]]
    return page.page([_rendered(term) for term in terms[: page.limit + 1]], key=lambda term: (term.code,))


def _rendered(term: service.TaxonomyTerm) -> TaxonomyTerm:
    return TaxonomyTerm(
        id=term.id,
        code=term.code,
        name=term.name["en"],
        names=Names(**term.name),
        description=term.description,
        parent_id=service.TERMS[term.parent].id if term.parent else None,
        taxonomy=service.TAXONOMY,
        mappings=[
            TermMapping(
                system=service.SYSTEMS[each.system].uri,
                code=each.code,
                display=each.display,
                relationship=each.relationship,
            )
            for each in term.mappings
        ],
    )
