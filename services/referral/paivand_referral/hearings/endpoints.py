"""HTTP of the hearings."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from paivand_contracts.envelope import now
from paivand_contracts.hearings import HearingStatus
from paivand_kit.caller import Caller
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, tagged
from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from ..permissions import ReadHearings, WriteHearings
from . import repository, schemas, service
from .repository import Wanted
from .rules import Action

router = APIRouter(prefix="/referral/v1/hearings", tags=["hearings"], route_class=IdempotentRoute)


@router.post("", status_code=201, response_model=schemas.Hearing)
async def schedule_hearing(
    new: schemas.HearingCreate, caller: WriteHearings, session: Session, response: Response
) -> dict[str, Any]:
    """Sets down a hearing of an open proceeding. The case's organization and its lawyers are told at once."""
    hearing_id = await service.schedule(session, caller, new)
    response.headers["Location"] = f"/referral/v1/hearings/{hearing_id}"
    return tagged(await service.read(session, caller, hearing_id), response)


async def _wanted(
    proceeding_id: Annotated[UUID | None, Query(description="Only of this proceeding.")] = None,
    lawyer: Annotated[
        str | None, Query(max_length=64, description="Only those of this lawyer of record (account, `sub`).")
    ] = None,
    court: Annotated[str | None, Query(max_length=200, description="Only at this court.")] = None,
    day: Annotated[date | None, Query(description="Only on this day, as the court counts it.")] = None,
    since: Annotated[
        AwareDatetime | None, Query(alias="from", description="Only those that begin then or later.")
    ] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Only those that begin before.")] = None,
    status: Annotated[HearingStatus | None, Query(description="Only with this state.")] = None,
    needs_attention: Annotated[
        bool, Query(description="Only those within 72 hours that lack a lawyer, an interpreter or transport.")
    ] = False,
) -> Wanted:
    return Wanted(proceeding_id, lawyer, court, day, since, until, status, needs_attention)


@router.get("", response_model=Page[schemas.Hearing])
async def list_hearings(
    caller: ReadHearings, session: Session, page: PageQuery, wanted: Annotated[Wanted, Depends(_wanted)]
) -> dict[str, Any]:
    """Hearings of your organization's cases and of proceedings in which you are of record, earliest first."""
    at, after = now(), page.after(datetime, UUID)
    rows = await repository.list_by_start(
        session, caller, wanted, now=at, after=(after[0], after[1]) if after else None, limit=page.limit + 1
    )
    return page.page([service.shown(row, at) for row in rows], lambda row: (row["starts_at"], row["id"]))


@router.get("/{hearing_id}", response_model=schemas.Hearing)
async def read_hearing(hearing_id: UUID, caller: ReadHearings, session: Session, response: Response) -> dict[str, Any]:
    """One hearing. The ETag is what a change needs in If-Match."""
    return tagged(await service.read(session, caller, hearing_id), response)


@router.get("/{hearing_id}/history", response_model=Page[schemas.HearingHistoryEntry])
async def list_history(hearing_id: UUID, caller: ReadHearings, session: Session, page: PageQuery) -> dict[str, Any]:
    """Everything that was done to it, oldest first. `follows_id` leads to the hearing before it."""
    await service.read(session, caller, hearing_id)
    rows = await repository.list_history_unscoped(session, hearing_id, after=page.last(int) or 0, limit=page.limit + 1)
    return page.page(rows, lambda entry: (entry.version,))


@router.patch("/{hearing_id}", response_model=schemas.Hearing)
async def change_hearing(
    hearing_id: UUID,
    patch: schemas.HearingPatch,
    caller: WriteHearings,
    expected: IfMatch,
    session: Session,
    response: Response,
) -> dict[str, Any]:
    """Corrects a scheduled hearing, or says what is arranged for it."""
    return tagged(await service.change(session, caller, hearing_id, expected, patch), response)


class Act:
    """One action on one hearing, by a caller who names the version that the decision was made on."""

    def __init__(self, hearing_id: UUID, expected: int | None, caller: Caller, session: AsyncSession) -> None:
        self.hearing_id, self.expected, self.caller, self.session = hearing_id, expected, caller, session

    async def take(self, action: Action, **said: Any) -> dict[str, Any]:
        """The hearing after the action."""
        return await service.act(self.session, self.caller, self.hearing_id, action, self.expected, **said)


# The caller first: whoever is nobody is told nothing else.
async def _acting(hearing_id: UUID, caller: WriteHearings, expected: IfMatch, session: Session) -> Act:
    return Act(hearing_id, expected, caller, session)


# Carries the permission `WriteHearings`.
Acting = Annotated[Act, Depends(_acting)]


@router.post("/{hearing_id}/adjourn", response_model=schemas.Hearing)
async def adjourn(said: schemas.Adjourn, act: Acting, response: Response) -> dict[str, Any]:
    """Says that it does not take place then, and why. With `next`, the hearing that continues it is scheduled too."""
    return tagged(await act.take(Action.ADJOURN, reason=said.reason, following=said.next), response)


@router.post("/{hearing_id}/hold", response_model=schemas.Hearing)
async def hold(said: schemas.Hold, act: Acting, response: Response) -> dict[str, Any]:
    """Says that it took place, and what came of it."""
    return tagged(await act.take(Action.HOLD, outcome=said.outcome, following=said.next), response)


@router.post("/{hearing_id}/vacate", response_model=schemas.Hearing)
async def vacate(said: schemas.Reasoned, act: Acting, response: Response) -> dict[str, Any]:
    """Says that the court took it off its list, and why."""
    return tagged(await act.take(Action.VACATE, reason=said.reason), response)


@router.post("/{hearing_id}/cancel", response_model=schemas.Hearing)
async def cancel(said: schemas.Reasoned, act: Acting, response: Response) -> dict[str, Any]:
    """Takes it back: it was a mistake, or is not needed any more."""
    return tagged(await act.take(Action.CANCEL, reason=said.reason), response)
