"""HTTP interface of services."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from paivand_contracts.codes import ServiceStatus
from paivand_contracts.taxonomy import TermCode
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.json_limits import LimitedRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ManageServices, ReadDirectory
from ..search.schemas import SearchText
from ..search.service import understand
from ..taxonomy.service import with_narrower
from . import repository, service
from .schemas import Service, ServiceCreate, ServicePatch, ServiceSearch, ServicesFound
from .tables import ServiceRow

router = APIRouter(prefix="/directory/v1/services", tags=["services"], route_class=IdempotentRoute)
# A question that is asked by POST, to keep it out of the URL, changes nothing: no key, and no answer is kept.
questions = APIRouter(prefix=router.prefix, tags=["services"], route_class=LimitedRoute)


@router.get("", response_model=Page[Service])
async def list_services(
    session: Session,
    caller: ReadDirectory,
    page: PageQuery,
    text: SearchText = None,
    taxonomy_term: Annotated[TermCode | None, Query(description="A code; finds its narrower terms too.")] = None,
    organization_id: UUID | None = None,
    status: ServiceStatus | None = None,
) -> dict[str, object]:
    """Services by name. Conditions narrow each other."""
    search = repository.Search(
        words=await understand(session, text),
        codes=with_narrower(taxonomy_term) if taxonomy_term else None,
        organization_id=organization_id,
        status=status,
    )
    after = page.after(str, UUID)
    rows = await repository.list_services(session, caller, search, after=after, limit=page.limit + 1)
    return page.page(rows, key=lambda row: (row.name, row.id))


@questions.post("/search", response_model=ServicesFound)
async def search_services(body: ServiceSearch, session: Session, caller: ReadDirectory) -> ServicesFound:
    """The services that fit best what was typed, the best first; the question stays out of the URL.

    There are no further pages: who does not find it among fifty types another word.
    """
    words = await understand(session, body.text)
    search = repository.Search(
        words=words,
        codes=with_narrower(body.taxonomy_term) if body.taxonomy_term else None,
        organization_id=body.organization_id,
        status=body.status,
    )
    return await service.search(session, caller, search, limit=body.limit)


@router.get("/{service_id}", response_model=Service)
async def read_service(service_id: UUID, session: Session, caller: ReadDirectory, response: Response) -> ServiceRow:
    """One service, with its ETag."""
    row = await service.get(session, caller, service_id)
    return tagged(row, response)


@router.post("", response_model=Service, status_code=201)
async def create_service(
    body: ServiceCreate, session: Session, caller: ManageServices, response: Response
) -> ServiceRow:
    """Publishes a service of the caller's own organization."""
    row = await service.publish(session, caller, body)
    response.headers["Location"] = f"{router.prefix}/{row.id}"
    return tagged(row, response)


@router.patch("/{service_id}", response_model=Service)
async def change_service(
    service_id: UUID,
    body: ServicePatch,
    session: Session,
    caller: ManageServices,
    expected: IfMatch,
    response: Response,
) -> ServiceRow:
    """Changes the fields sent, of a service of the caller's own organization."""
    row = await service.change(session, caller, service_id, body, expected)
    return tagged(row, response)
