"""HTTP interface of people."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import ManagePeople
from . import repository, service
from .schemas import Person, PersonCreate
from .tables import PersonRow

router = APIRouter(prefix="/directory/v1/people", tags=["people"], route_class=IdempotentRoute)


@router.get("", response_model=Page[Person])
async def list_people(session: Session, caller: ManagePeople, page: PageQuery) -> dict[str, Any]:
    """Who was invited to your organization, newest first."""
    rows = await repository.list_people(session, caller, before=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda row: (row.id,))


@router.post("", status_code=201, response_model=Person)
async def invite(body: PersonCreate, session: Session, caller: ManagePeople, response: Response) -> PersonRow:
    """Invites somebody to your organization by e-mail. The link in the mail is valid for three days."""
    row = await service.invite(session, caller, body)
    response.headers["Location"] = f"{router.prefix}/{row.id}"
    return tagged(row, response)


@router.get("/{person_id}", response_model=Person)
async def read_person(person_id: UUID, session: Session, caller: ManagePeople, response: Response) -> PersonRow:
    """One of your organization's people, with the ETag."""
    row = await service.get(session, caller, person_id)
    return tagged(row, response)


@router.delete("/{person_id}", status_code=204)
async def remove(person_id: UUID, session: Session, caller: ManagePeople, expected: IfMatch) -> None:
    """Ends a person's access to your organization, within five minutes."""
    await service.remove(session, caller, person_id, expected)
