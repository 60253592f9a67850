"""HTTP interface of organizations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from paivand_contracts.codes import OrganizationStatus
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, IfMatchHeader, etag, tagged

from ..permissions import AdmitOrganizations, ChangeOrganizations, ReadDirectory
from ..search.schemas import SearchText
from ..search.service import understand
from . import repository, service
from .schemas import Organization, OrganizationPatch, OrganizationPut
from .tables import OrganizationRow

router = APIRouter(prefix="/directory/v1/organizations", tags=["organizations"], route_class=IdempotentRoute)


@router.get("", response_model=Page[Organization])
async def list_organizations(
    session: Session,
    caller: ReadDirectory,
    page: PageQuery,
    text: SearchText = None,
    status: Annotated[OrganizationStatus | None, Query()] = None,
) -> dict[str, object]:
    """Organizations that take part in the network, by name. Coordinators find suspended ones too."""
    after = page.after(str, UUID)
    rows = await repository.list_organizations(
        session, caller, words=await understand(session, text), status=status, after=after, limit=page.limit + 1
    )
    return page.page(rows, key=lambda row: (row.name, row.id))


@router.get("/{organization_id}", response_model=Organization)
async def read_organization(
    organization_id: UUID, session: Session, caller: ReadDirectory, response: Response
) -> OrganizationRow:
    """One organization, with its ETag."""
    row = await service.get(session, caller, organization_id)
    return tagged(row, response)


@router.put(
    "/{organization_id}",
    response_model=Organization,
    responses={201: {"model": Organization, "description": "The organization has joined the network"}},
)
async def put_organization(
    organization_id: UUID,
    body: OrganizationPut,
    session: Session,
    caller: AdmitOrganizations,
    response: Response,
    if_match: IfMatchHeader = None,
) -> OrganizationRow:
    """Admits an organization under the id that it has in Keycloak, or replaces its entry.

    Sending the same again is harmless. An entry that differs is replaced only with If-Match.
    """
    row, is_new = await service.admit(session, caller, organization_id, body, if_match)
    response.headers["ETag"] = etag(row.version)
    if is_new:
        response.status_code = 201
        response.headers["Location"] = f"{router.prefix}/{row.id}"
    return row


@router.patch("/{organization_id}", response_model=Organization)
async def change_organization(
    organization_id: UUID,
    body: OrganizationPatch,
    session: Session,
    caller: ChangeOrganizations,
    expected: IfMatch,
    response: Response,
) -> OrganizationRow:
    """Changes the fields sent. Its own manager changes the entry; a coordinator suspends it and lets it back in."""
    row = await service.change(session, caller, organization_id, body, expected)
    return tagged(row, response)
