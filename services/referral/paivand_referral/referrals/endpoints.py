"""HTTP of the referrals."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from paivand_contracts.codes import Priority, ReferralStatus
from paivand_kit.audit.trail import entry_of
from paivand_kit.caller import Caller
from paivand_kit.database import Session, Statement
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged
from sqlalchemy.ext.asyncio import AsyncSession

from ..permissions import ActOnReferrals, ReadReferrals, SendReferrals
from ..vault.door import OpenVault
from ..vault.service import Vault
from . import schemas, service
from .rules import Action, Box
from .service import Opened, Said

router = APIRouter(prefix="/referral/v1/referrals", tags=["referrals"], route_class=IdempotentRoute)


async def _respond_within(request: Request) -> Mapping[Priority, timedelta]:
    return request.app.state.respond_within


Within = Annotated[Mapping[Priority, timedelta], Depends(_respond_within)]


@router.post("", status_code=201, response_model=schemas.Referral)
async def request_referral(
    new: schemas.ReferralCreate,
    caller: SendReferrals,
    statement: Statement,
    vault: OpenVault,
    within: Within,
    request: Request,
    response: Response,
) -> Opened:
    """Asks a service to take one of your cases.

    The owner of the service is told at once and must answer by `respond_by`.
    """
    whole = request.state.once, entry_of(request)
    row = await service.request_referral(statement, vault, caller, new, within, whole)
    response.headers["Location"] = f"/referral/v1/referrals/{row['id']}"
    return tagged(row, response)


@router.get("", response_model=Page[schemas.ReferralItem])
async def list_referrals(
    box: Annotated[Box, Query(description="`inbox`: asked of you. `outbox`: asked by you.")],
    caller: ReadReferrals,
    session: Session,
    page: PageQuery,
    status: Annotated[
        list[ReferralStatus] | None, Query(max_length=9, description="Only these states; may be repeated.")
    ] = None,
) -> dict[str, Any]:
    """The referrals of your inbox or outbox, newest first."""
    rows = await service.list_box(
        session, caller, box, statuses=status or [], before=page.last(UUID), limit=page.limit + 1
    )
    return page.page(rows, lambda row: (row["id"],))


@router.get("/{referral_id}", response_model=schemas.Referral)
async def read_referral(
    referral_id: UUID, caller: ReadReferrals, session: Session, vault: OpenVault, response: Response
) -> Opened:
    """One referral that your organization is a party to. The ETag is what an action needs in If-Match."""
    return tagged(await service.read_referral(session, vault, caller, referral_id), response)


@router.get("/{referral_id}/history", response_model=Page[schemas.HistoryEntry])
async def list_history(
    referral_id: UUID, caller: ReadReferrals, session: Session, vault: OpenVault, page: PageQuery
) -> dict[str, Any]:
    """Everything that was done to a referral, oldest first."""
    entries = await service.list_history(
        session, vault, caller, referral_id, after=page.last(int) or 0, limit=page.limit + 1
    )
    return page.page(entries, lambda entry: (entry["version"],))


class Act:
    """One action on one referral, by a caller who names the version that the decision was made on."""

    def __init__(
        self, referral_id: UUID, expected: int | None, caller: Caller, session: AsyncSession, vault: Vault
    ) -> None:
        self.referral_id, self.expected, self.caller = referral_id, expected, caller
        self.session, self.vault = session, vault

    async def take(self, action: Action, said: Said | None = None) -> Opened:
        """The referral after the action."""
        return await service.act(
            self.session, self.vault, self.caller, self.referral_id, action, self.expected, said or Said()
        )


# The caller first: whoever is nobody is told nothing else.
async def _acting(
    referral_id: UUID, caller: ActOnReferrals, expected: IfMatch, session: Session, vault: OpenVault
) -> Act:
    return Act(referral_id, expected, caller, session, vault)


# Carries the permission `ActOnReferrals`.
Acting = Annotated[Act, Depends(_acting)]


@router.post("/{referral_id}/accept", response_model=schemas.Referral)
async def accept(act: Acting, response: Response) -> Opened:
    """Accepts a request (owner): your service takes the case."""
    return tagged(await act.take(Action.ACCEPT), response)


@router.post("/{referral_id}/reject", response_model=schemas.Referral)
async def reject(said: schemas.Reject, act: Acting, response: Response) -> Opened:
    """Rejects a request (owner), with a reason."""
    return tagged(await act.take(Action.REJECT, Said(reason=said.reason, note=said.note)), response)


@router.post("/{referral_id}/redirect", response_model=schemas.Referral)
async def redirect(said: schemas.Redirect, act: Acting, within: Within, response: Response) -> Opened:
    """Rejects a request (owner) and passes it on to another service, if the consent covers it.

    The answer's `redirected_to` is the new referral, which is `part_of` this one.
    """
    spoken = Said(reason=said.reason, note=said.note)
    row = await service.redirect(
        act.session, act.vault, act.caller, act.referral_id, act.expected, spoken, said.service_id, within
    )
    return tagged(row, response)


@router.post("/{referral_id}/start", response_model=schemas.Referral)
async def start(act: Acting, response: Response) -> Opened:
    """Says that help has begun (owner)."""
    return tagged(await act.take(Action.START), response)


@router.post("/{referral_id}/hold", response_model=schemas.Referral)
async def hold(said: schemas.Hold, act: Acting, response: Response) -> Opened:
    """Pauses help (owner), with a reason."""
    return tagged(await act.take(Action.HOLD, Said(reason=said.reason, note=said.note)), response)


@router.post("/{referral_id}/resume", response_model=schemas.Referral)
async def resume(act: Acting, response: Response) -> Opened:
    """Goes on after a pause (owner)."""
    return tagged(await act.take(Action.RESUME), response)


@router.post("/{referral_id}/complete", response_model=schemas.Referral)
async def complete(said: schemas.Complete, act: Acting, response: Response) -> Opened:
    """Closes a referral with its outcome (owner)."""
    return tagged(await act.take(Action.COMPLETE, Said(outcome=said.outcome, note=said.note)), response)


@router.post("/{referral_id}/fail", response_model=schemas.Referral)
async def fail(said: schemas.Fail, act: Acting, response: Response) -> Opened:
    """Closes a referral whose aim was not reached (owner), with a reason."""
    return tagged(await act.take(Action.FAIL, Said(reason=said.reason, note=said.note)), response)


@router.post("/{referral_id}/cancel", response_model=schemas.Referral)
async def cancel(said: schemas.Cancel, act: Acting, response: Response) -> Opened:
    """Takes a request back (requester), with a reason."""
    return tagged(await act.take(Action.CANCEL, Said(reason=said.reason, note=said.note)), response)


@router.post("/{referral_id}/enter-in-error", response_model=schemas.Referral)
async def enter_in_error(act: Acting, response: Response) -> Opened:
    """Marks an open referral as a mistake (requester): it should never have been there."""
    return tagged(await act.take(Action.ENTER_IN_ERROR), response)
