"""HTTP interface of memberships."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from paivand_kit.caller import Caller
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged
from sqlalchemy.ext.asyncio import AsyncSession

from ..permissions import ReadMemberships, VetMembers
from . import repository, schemas, service
from .rules import Action, MembershipStatus
from .tables import AgreementRow, MembershipRow

router = APIRouter(prefix="/directory/v1/memberships", tags=["memberships"], route_class=IdempotentRoute)


@router.post("", status_code=201, response_model=schemas.Membership)
async def apply(
    body: schemas.MembershipCreate, session: Session, caller: VetMembers, response: Response
) -> MembershipRow:
    """Enters an application on behalf of an organization."""
    row = await service.apply(session, caller, body)
    response.headers["Location"] = f"{router.prefix}/{row.id}"
    return tagged(row, response)


@router.get("", response_model=Page[schemas.Membership])
async def list_memberships(
    session: Session,
    caller: ReadMemberships,
    page: PageQuery,
    status: Annotated[MembershipStatus | None, Query()] = None,
) -> dict[str, Any]:
    """Memberships, newest first: all for a coordinator, a manager's own."""
    rows = await repository.list_memberships(
        session, caller, status=status, before=page.last(UUID), limit=page.limit + 1
    )
    return page.page(rows, lambda row: (row.id,))


@router.get("/{membership_id}", response_model=schemas.Membership)
async def read_membership(
    membership_id: UUID, session: Session, caller: ReadMemberships, response: Response
) -> MembershipRow:
    """One membership, with its ETag."""
    return tagged(await service.get(session, caller, membership_id), response)


@router.patch("/{membership_id}", response_model=schemas.Membership)
async def correct_membership(
    membership_id: UUID,
    body: schemas.MembershipPatch,
    session: Session,
    caller: VetMembers,
    expected: IfMatch,
    response: Response,
) -> MembershipRow:
    """Names another first manager, as long as the application is not decided."""
    return tagged(await service.correct(session, caller, membership_id, expected, body), response)


@router.get("/{membership_id}/history", response_model=Page[schemas.MembershipHistoryEntry])
async def list_history(membership_id: UUID, session: Session, caller: VetMembers, page: PageQuery) -> dict[str, Any]:
    """Everything that was done to a membership, by whom and why, oldest first."""
    await service.get(session, caller, membership_id)
    rows = await repository.list_history_unscoped(
        session, membership_id, after=page.last(int) or 0, limit=page.limit + 1
    )
    return page.page(rows, lambda row: (row.version,))


@router.get("/{membership_id}/agreements", response_model=list[schemas.Agreement])
async def list_agreements(membership_id: UUID, session: Session, caller: ReadMemberships) -> list[AgreementRow]:
    """All agreements that the organization has signed, oldest first."""
    await service.get(session, caller, membership_id)
    return await repository.list_agreements_unscoped(session, membership_id)


class Act:
    """One action on one membership, by a coordinator who names the version that the decision was made on."""

    def __init__(self, membership_id: UUID, expected: int | None, caller: Caller, session: AsyncSession) -> None:
        self.membership_id, self.expected, self.caller, self.session = membership_id, expected, caller, session

    async def take(self, action: Action, said: schemas.Move) -> MembershipRow:
        """The membership after the action."""
        return await service.act(self.session, self.caller, self.membership_id, action, self.expected, said.reason)


# The caller first: whoever is nobody is told nothing else.
async def _acting(membership_id: UUID, caller: VetMembers, expected: IfMatch, session: Session) -> Act:
    return Act(membership_id, expected, caller, session)


# Carries the permission `VetMembers`.
Acting = Annotated[Act, Depends(_acting)]


@router.post("/{membership_id}/agreements", response_model=schemas.Membership)
async def sign(body: schemas.AgreementCreate, act: Acting, response: Response) -> MembershipRow:
    """Records that the organization has signed an agreement. A month before it ends it is told, then suspended."""
    row = await service.sign(act.session, act.caller, act.membership_id, act.expected, body)
    return tagged(row, response)


@router.post("/{membership_id}/review", response_model=schemas.Membership)
async def review(said: schemas.Move, act: Acting, response: Response) -> MembershipRow:
    """Takes an application under review. Whoever does cannot activate it."""
    return tagged(await act.take(Action.REVIEW, said), response)


@router.post("/{membership_id}/activate", response_model=schemas.Membership)
async def activate(said: schemas.Move, act: Acting, response: Response) -> MembershipRow:
    """Lets a reviewed organization in and invites its first manager. Needs both agreements and another coordinator."""
    return tagged(await act.take(Action.ACTIVATE, said), response)


@router.post("/{membership_id}/suspend", response_model=schemas.Membership)
async def suspend(said: schemas.Move, act: Acting, response: Response) -> MembershipRow:
    """Shuts a member out: its services are found no more at once, its people's access ends within five minutes."""
    return tagged(await act.take(Action.SUSPEND, said), response)


@router.post("/{membership_id}/reinstate", response_model=schemas.Membership)
async def reinstate(said: schemas.Move, act: Acting, response: Response) -> MembershipRow:
    """Ends a suspension. Needs both agreements."""
    return tagged(await act.take(Action.REINSTATE, said), response)


@router.post("/{membership_id}/withdraw", response_model=schemas.Membership)
async def withdraw(said: schemas.Move, act: Acting, response: Response) -> MembershipRow:
    """Ends an application or a membership for good."""
    return tagged(await act.take(Action.WITHDRAW, said), response)
