"""HTTP of the identities."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from paivand_kit.audit.trail import AuditedRoute
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged

from ..permissions import FindPersons, ReadIdentity, WriteIdentity
from ..vault.door import OpenVault
from . import service
from .door import Index
from .schemas import FoundCase, Identity, IdentityPut, IdentityReceipt, PersonQuery

PREFIX = "/referral/v1/cases"
router = APIRouter(prefix=PREFIX, tags=["identities"], route_class=IdempotentRoute)
# A question that is asked by POST, to keep it out of the URL, changes nothing: it has no key, and no answer is kept.
questions = APIRouter(prefix=PREFIX, tags=["identities"], route_class=AuditedRoute)


@questions.post("/search", response_model=Page[FoundCase])
async def find_person(
    query: PersonQuery, caller: FindPersons, session: Session, index: Index, page: PageQuery
) -> dict[str, Any]:
    """Your organization's cases whose person fits, newest first. All that you say must match.

    Names are compared across Cyrillic, Latin and other scripts and their transliterations, and also by sound.
    Needs a fresh sign-in with a second factor.
    """
    rows = await service.find(session, index, caller, query, before=page.last(UUID), limit=page.limit + 1)
    return page.page(rows, lambda row: (row["id"],))


@router.get("/{case_id}/identity", response_model=Identity)
async def read_identity(
    case_id: UUID, caller: ReadIdentity, session: Session, vault: OpenVault, response: Response
) -> Identity:
    """Who the person is, and how to reach the person safely. Empty, with version 0, until it is written.

    Needs a fresh sign-in with a second factor. 404 once the person was erased.
    """
    identity = await service.read_identity(session, vault, caller, case_id)
    return tagged(identity, response)


@router.put("/{case_id}/identity", response_model=IdentityReceipt)
async def write_identity(
    case_id: UUID,
    identity: IdentityPut,
    caller: WriteIdentity,
    expected: IfMatch,
    session: Session,
    vault: OpenVault,
    index: Index,
    response: Response,
) -> dict[str, Any]:
    """Writes who the person is: all of it, in place of what was there. The first time with `If-Match: "0"`."""
    receipt = await service.put_identity(session, vault, index, caller, case_id, identity, expected)
    return tagged(receipt, response)
