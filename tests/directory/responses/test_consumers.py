"""From events of referrals to a record of how an organization answers."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from paivand_directory.responses.consumers import handle_referral_events
from paivand_directory.responses.jobs import FEWEST, LOOKS_BACK, reckon_records
from sqlalchemy import text

from tests.factories.referral_events import an_event

pytestmark = pytest.mark.integration
LATE, EARLY = timedelta(hours=5), timedelta(minutes=30)
Tell = Callable[..., Awaitable[None]]


@pytest.fixture
def tell(app: FastAPI) -> Tell:
    """The directory hears of a referral, kind by kind, each so long after the request."""

    async def tell(owner: UUID, *history: tuple[str, timedelta], asked_ago: timedelta = timedelta(days=1)) -> None:
        asked_at = datetime.now(UTC) - asked_ago
        facts: dict[str, Any] = {"owner_organization_id": owner, "referral_id": uuid4()}
        facts["respond_by"] = asked_at + timedelta(hours=4)
        events = [an_event("requested", time=asked_at)]
        events += [an_event(kind, time=asked_at + after) for kind, after in history]
        said = [each.model_copy(update={"data": each.data.model_copy(update=facts)}) for each in events]
        async with app.state.database.transaction() as session:
            await handle_referral_events(session, said)  # pyright: ignore[reportArgumentType] - of the union

    return tell


async def record_of(app: FastAPI, owner: UUID) -> tuple[int, int, int | None] | None:
    """What is reckoned now: asked, answered in time, median minutes."""
    await reckon_records(app.state.database)
    query = text("SELECT asked, answered_in_time, median_minutes FROM response_records WHERE organization_id = :id")
    async with app.state.database.transaction() as session:
        row = (await session.execute(query, {"id": owner})).one_or_none()
    return tuple(row) if row else None  # pyright: ignore[reportReturnType] - three numbers


async def test_answers_in_time_late_and_missing(app: FastAPI, tell: Tell) -> None:
    owner = uuid4()
    await tell(owner, ("accepted", EARLY))
    await tell(owner, ("rejected", EARLY), ("cancelled", LATE))
    await tell(owner, ("accepted", EARLY), ("started", LATE), ("completed", LATE))
    await tell(owner, ("overdue", timedelta(hours=4)), ("accepted", LATE))
    await tell(owner, ("overdue", timedelta(hours=4)))
    assert await record_of(app, owner) == (5, 3, 30)


async def test_too_few_make_no_record_nor_what_is_open_or_taken_back(app: FastAPI, tell: Tell) -> None:
    owner = uuid4()
    for _ in range(FEWEST - 1):
        await tell(owner, ("accepted", EARLY))
    await tell(owner, asked_ago=timedelta(hours=1))
    await tell(owner, ("cancelled", EARLY))
    await tell(owner, ("entered-in-error", EARLY))
    assert await record_of(app, owner) is None
    await tell(owner, ("accepted", EARLY))
    assert await record_of(app, owner) == (FEWEST, FEWEST, 30)


async def test_what_is_old_is_forgotten(app: FastAPI, tell: Tell) -> None:
    owner = uuid4()
    for _ in range(FEWEST):
        await tell(owner, ("accepted", EARLY), asked_ago=LOOKS_BACK - timedelta(hours=1))
    assert await record_of(app, owner) == (FEWEST, FEWEST, 30)
    older = text("UPDATE referral_answers SET asked_at = asked_at - interval '2 hours' WHERE organization_id = :id")
    async with app.state.database.transaction() as session:
        await session.execute(older, {"id": owner})
    assert await record_of(app, owner) is None
    left = text("SELECT count(*) FROM referral_answers WHERE organization_id = :id")
    async with app.state.database.transaction() as session:
        assert await session.scalar(left, {"id": owner}) == 0


async def test_an_answer_to_what_was_asked_before_we_listened_is_passed_over(app: FastAPI) -> None:
    event = an_event("accepted")
    async with app.state.database.transaction() as session:
        await handle_referral_events(session, [event])  # pyright: ignore[reportArgumentType] - one of the union
        count = text("SELECT count(*) FROM referral_answers WHERE referral_id = :id")
        assert await session.scalar(count, {"id": event.data.referral_id}) == 0
