"""HTTP interface of the HSDS API Specification.

Every list is asked for by GET, or by POST with the same fields in a body when the question is sensitive. Nothing is
changed by these POSTs, so they take no Idempotency-Key.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from paivand_kit.database import Session
from paivand_kit.json_limits import LimitedRoute

from ..permissions import ReadDirectory
from . import rules, terms
from .schemas import (
    About,
    HsdsPage,
    OrganizationQuery,
    ServiceAtLocationQuery,
    ServiceQuery,
    TaxonomyQuery,
    TaxonomyTermQuery,
)
from .service import Directory

router = APIRouter(prefix="/directory/hsds", tags=["HSDS 3.1"], route_class=LimitedRoute)


@router.get("/", response_model=About)
async def read_about(request: Request, caller: ReadDirectory) -> dict[str, str]:
    """The version of HSDS, and where this interface is described."""
    root = f"{request.app.state.public_url}/directory/v1"
    return {"version": rules.VERSION, "profile": f"{root}/docs", "openapi_url": f"{root}/openapi.json"}


@router.get("/services", response_model=HsdsPage)
async def list_hsds_services(
    query: Annotated[ServiceQuery, Query()], session: Session, caller: ReadDirectory
) -> dict[str, Any]:
    """Services by name."""
    return await Directory(session, caller).list_services(query)


@router.post("/services", response_model=HsdsPage)
async def search_hsds_services(session: Session, caller: ReadDirectory, query: ServiceQuery) -> dict[str, Any]:
    """Services by name; the question stays out of the URL."""
    return await Directory(session, caller).list_services(query)


@router.get("/services/{service_id}", response_model=dict[str, Any])
async def read_hsds_service(service_id: UUID, session: Session, caller: ReadDirectory) -> dict[str, Any]:
    """A service with all that belongs to it."""
    return await Directory(session, caller).get_service(service_id)


@router.get("/organizations", response_model=HsdsPage)
async def list_hsds_organizations(
    query: Annotated[OrganizationQuery, Query()], session: Session, caller: ReadDirectory
) -> dict[str, Any]:
    """Organizations by name."""
    return await Directory(session, caller).list_organizations(query)


@router.post("/organizations", response_model=HsdsPage)
async def search_hsds_organizations(
    session: Session, caller: ReadDirectory, query: OrganizationQuery
) -> dict[str, Any]:
    """Organizations by name; the question stays out of the URL."""
    return await Directory(session, caller).list_organizations(query)


@router.get("/organizations/{organization_id}", response_model=dict[str, Any])
async def read_hsds_organization(
    organization_id: UUID, session: Session, caller: ReadDirectory, full_service: bool = False
) -> dict[str, Any]:
    """An organization with all that belongs to it; its services in short, or full."""
    return await Directory(session, caller).get_organization(organization_id, full_service=full_service)


@router.get("/service_at_locations", response_model=HsdsPage)
async def list_hsds_service_at_locations(
    query: Annotated[ServiceAtLocationQuery, Query()], session: Session, caller: ReadDirectory
) -> dict[str, Any]:
    """Services at locations. `proximity` is not served here: ask `/directory/v1/locations/nearby`."""
    return await Directory(session, caller).list_service_at_locations(query)


@router.post("/service_at_locations", response_model=HsdsPage)
async def search_hsds_service_at_locations(
    session: Session, caller: ReadDirectory, query: ServiceAtLocationQuery
) -> dict[str, Any]:
    """Services at locations; the question stays out of the URL."""
    return await Directory(session, caller).list_service_at_locations(query)


@router.get("/service_at_locations/{service_at_location_id}", response_model=dict[str, Any])
async def read_hsds_service_at_location(
    service_at_location_id: UUID, session: Session, caller: ReadDirectory
) -> dict[str, Any]:
    """A service at a location with all that belongs to it."""
    return await Directory(session, caller).get_service_at_location(service_at_location_id)


@router.get("/taxonomies", response_model=HsdsPage)
async def list_hsds_taxonomies(
    query: Annotated[TaxonomyQuery, Query()], session: Session, caller: ReadDirectory
) -> dict[str, Any]:
    """Taxonomies: ours, and those of imported feeds."""
    return await terms.list_taxonomies(session, query)


@router.post("/taxonomies", response_model=HsdsPage)
async def search_hsds_taxonomies(session: Session, caller: ReadDirectory, query: TaxonomyQuery) -> dict[str, Any]:
    """Taxonomies; the question stays out of the URL."""
    return await terms.list_taxonomies(session, query)


@router.get("/taxonomies/{taxonomy_id}", response_model=dict[str, Any])
async def read_hsds_taxonomy(taxonomy_id: UUID, session: Session, caller: ReadDirectory) -> dict[str, Any]:
    """One taxonomy."""
    return await terms.get_taxonomy(session, taxonomy_id)


@router.get("/taxonomy_terms", response_model=HsdsPage)
async def list_hsds_taxonomy_terms(
    query: Annotated[TaxonomyTermQuery, Query()], session: Session, caller: ReadDirectory
) -> dict[str, Any]:
    """Terms of all taxonomies."""
    return await terms.list_terms(session, query)


@router.post("/taxonomy_terms", response_model=HsdsPage)
async def search_hsds_taxonomy_terms(
    session: Session, caller: ReadDirectory, query: TaxonomyTermQuery
) -> dict[str, Any]:
    """Terms; the question stays out of the URL."""
    return await terms.list_terms(session, query)


@router.get("/taxonomy_terms/{taxonomy_term_id}", response_model=dict[str, Any])
async def read_hsds_taxonomy_term(taxonomy_term_id: UUID, session: Session, caller: ReadDirectory) -> dict[str, Any]:
    """One term with its taxonomy."""
    return await terms.get_term(session, taxonomy_term_id)
