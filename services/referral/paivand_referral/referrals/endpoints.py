"""HTTP of the referrals."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from paivand_contracts.codes import Priority, ReferralStatus
from paivand_kit.caller import Caller
from paivand_kit.database import Session, Statement
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, etag
from sqlalchemy.ext.asyncio import AsyncSession

from ..permissions import AnswerReferrals, ReadReferrals, SendReferrals
from . import repository, schemas, service
from .repository import Row
from .rules import Action
from .service import Said

router = APIRouter(prefix="/referral/v1/referrals", tags=["referrals"], route_class=IdempotentRoute)


async def _respond_within(request: Request) -> Mapping[Priority, timedelta]:
    return request.app.state.respond_within


Within = Annotated[Mapping[Priority, timedelta], Depends(_respond_within)]


def _tagged(row: Row, response: Response) -> Row:
    response.headers["ETag"] = etag(row["version"])
    return row


@router.post("", status_code=201, response_model=schemas.ReferralRead)
async def request_referral(
    new: schemas.ReferralCreate,
    caller: SendReferrals,
    statement: Statement,
    within: Within,
    request: Request,
    response: Response,
) -> Row:
    """Ask a service to take one of your cases.

    The owner of the service is told at once and must answer by `respond_by`.
    """
    row = await service.request_referral(statement, caller, new, within, request.state.once)
    response.headers["Location"] = f"/referral/v1/referrals/{row['id']}"
    return _tagged(row, response)


@router.get("", response_model=Page[schemas.ReferralItem])
async def list_referrals(
    box: Annotated[schemas.Box, Query(description="`inbox`: asked of you. `outbox`: asked by you.")],
    caller: ReadReferrals,
    session: Session,
    page: PageQuery,
    status: Annotated[
        list[ReferralStatus] | None, Query(max_length=9, description="Only these states; may be repeated.")
    ] = None,
) -> dict[str, Any]:
    """List the referrals of your inbox or outbox, newest first."""
    after = page.after(UUID)
    rows = await repository.list_box(
        session, caller, box, statuses=status or [], before=after[0] if after else None, limit=page.limit + 1
    )
    return page.page(rows, lambda row: (row["id"],))


@router.get("/{referral_id}", response_model=schemas.ReferralRead)
async def read_referral(referral_id: UUID, caller: ReadReferrals, session: Session, response: Response) -> Row:
    """Read a referral that your organization is a party to. The ETag is what an action needs in If-Match."""
    return _tagged(await service.read_referral(session, caller, referral_id), response)


@router.get("/{referral_id}/history", response_model=Page[schemas.HistoryEntry])
async def list_history(referral_id: UUID, caller: ReadReferrals, session: Session, page: PageQuery) -> dict[str, Any]:
    """List everything that was done to a referral, oldest first."""
    await service.read_referral(session, caller, referral_id)
    after = page.after(int)
    rows = await repository.list_history(session, referral_id, after=after[0] if after else 0, limit=page.limit + 1)
    return page.page(rows, lambda entry: (entry.version,))


class Act:
    """One action on one referral, by a caller who names the version that the decision was made on."""

    def __init__(self, referral_id: UUID, seen: int | None, caller: Caller, session: AsyncSession) -> None:
        self.referral_id, self.seen, self.caller, self.session = referral_id, seen, caller, session

    async def take(self, action: Action, said: Said | None = None) -> Row:
        """The referral after the action."""
        return await service.act(self.session, self.caller, self.referral_id, action, self.seen, said or Said())


async def _answering(referral_id: UUID, seen: IfMatch, caller: AnswerReferrals, session: Session) -> Act:
    return Act(referral_id, seen, caller, session)


# Carries the permission `AnswerReferrals`.
Answering = Annotated[Act, Depends(_answering)]


@router.post("/{referral_id}/accept", response_model=schemas.ReferralRead)
async def accept(act: Answering, response: Response) -> Row:
    """Accept a request (owner): your service takes the case."""
    return _tagged(await act.take(Action.ACCEPT), response)


@router.post("/{referral_id}/reject", response_model=schemas.ReferralRead)
async def reject(said: schemas.Reject, act: Answering, response: Response) -> Row:
    """Reject a request (owner), with a reason."""
    return _tagged(await act.take(Action.REJECT, Said(reason=said.reason, note=said.note)), response)


@router.post("/{referral_id}/redirect", response_model=schemas.ReferralRead)
async def redirect(said: schemas.Redirect, act: Answering, within: Within, response: Response) -> Row:
    """Reject a request (owner) and pass it on to another service, if the consent covers it.

    The answer's `redirected_to` is the new referral, which is `part_of` this one.
    """
    spoken = Said(reason=said.reason, note=said.note)
    row = await service.redirect(act.session, act.caller, act.referral_id, act.seen, spoken, said.service_id, within)
    return _tagged(row, response)


@router.post("/{referral_id}/start", response_model=schemas.ReferralRead)
async def start(act: Answering, response: Response) -> Row:
    """Say that help has begun (owner)."""
    return _tagged(await act.take(Action.START), response)


@router.post("/{referral_id}/hold", response_model=schemas.ReferralRead)
async def hold(said: schemas.Hold, act: Answering, response: Response) -> Row:
    """Pause help (owner), with a reason."""
    return _tagged(await act.take(Action.HOLD, Said(reason=said.reason, note=said.note)), response)


@router.post("/{referral_id}/resume", response_model=schemas.ReferralRead)
async def resume(act: Answering, response: Response) -> Row:
    """Go on after a pause (owner)."""
    return _tagged(await act.take(Action.RESUME), response)


@router.post("/{referral_id}/complete", response_model=schemas.ReferralRead)
async def complete(said: schemas.Complete, act: Answering, response: Response) -> Row:
    """Close a referral with its outcome (owner)."""
    return _tagged(await act.take(Action.COMPLETE, Said(outcome=said.outcome, note=said.note)), response)


@router.post("/{referral_id}/fail", response_model=schemas.ReferralRead)
async def fail(said: schemas.Fail, act: Answering, response: Response) -> Row:
    """Close a referral whose aim was not reached (owner), with a reason."""
    return _tagged(await act.take(Action.FAIL, Said(reason=said.reason, note=said.note)), response)


@router.post("/{referral_id}/cancel", response_model=schemas.ReferralRead)
async def cancel(said: schemas.Cancel, act: Answering, response: Response) -> Row:
    """Take a request back (requester), with a reason."""
    return _tagged(await act.take(Action.CANCEL, Said(reason=said.reason, note=said.note)), response)


@router.post("/{referral_id}/enter-in-error", response_model=schemas.ReferralRead)
async def enter_in_error(act: Answering, response: Response) -> Row:
    """Mark an open referral as a mistake (requester): it should never have been there."""
    return _tagged(await act.take(Action.ENTER_IN_ERROR), response)
