"""What other services ask about holds, over NATS."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from paivand_contracts.capacity import (
    CONFIRM_HOLD,
    PLACE_HOLD,
    RELEASE_HOLD,
    ConfirmHold,
    HoldAnswer,
    HoldFacts,
    HoldRequest,
    PlaceHold,
    ReleaseHold,
)
from paivand_contracts.envelope import now
from paivand_contracts.problems import ProblemType
from paivand_kit.database import Database
from paivand_kit.jobs import Job
from paivand_kit.messaging import Messaging
from paivand_kit.problems import ProblemError
from sqlalchemy.ext.asyncio import AsyncSession

from . import service
from .repository import Row
from .rules import Action
from .service import Wish

ASKER = "referral"
"""NATS lets nobody else ask (deploy/nats/nats.conf)."""

Asked = TypeVar("Asked", bound=HoldRequest)


def answering(database: Database, messaging: Messaging) -> list[Job]:
    """The jobs that answer."""

    def respond(subject: str, question: type[Asked], work: Callable[[AsyncSession, Asked], Awaitable[Row]]) -> Job:
        async def answer(asked: Asked) -> HoldAnswer:
            return await _answer(database, asked, work)

        return messaging.respond(subject, "directory", question, answer)

    return [
        respond(PLACE_HOLD, PlaceHold, _place),
        respond(CONFIRM_HOLD, ConfirmHold, lambda session, asked: _act(session, asked, Action.CONFIRM)),
        respond(RELEASE_HOLD, ReleaseHold, lambda session, asked: _act(session, asked, Action.RELEASE)),
    ]


async def _answer(
    database: Database, asked: Asked, work: Callable[[AsyncSession, Asked], Awaitable[Row]]
) -> HoldAnswer:
    """Does the work in one transaction, which is given up when the asker stops waiting."""
    try:
        async with asyncio.timeout((asked.answer_by - now()).total_seconds()), database.transaction() as session:
            row = await work(session, asked)
            facts = HoldFacts(**{**row, "hold_id": row["id"]})
    except ProblemError as problem:
        return HoldAnswer(problem=problem.kind, detail=problem.detail)
    except TimeoutError:
        return HoldAnswer(problem=ProblemType.TIMEOUT, detail="Too late: nothing was changed.")
    return HoldAnswer(hold=facts)


async def _place(session: AsyncSession, asked: PlaceHold) -> Row:
    wish = Wish(asked.hold_id, asked.capacity_id, asked.organization_id, asked.quantity, asked.until)
    return await service.place_unscoped(session, wish, ASKER)


async def _act(session: AsyncSession, asked: HoldRequest, action: Action) -> Row:
    return await service.act_unscoped(session, asked.hold_id, asked.organization_id, action, ASKER)
