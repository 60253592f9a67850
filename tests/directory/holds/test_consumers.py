"""Holds as other services ask for them, over NATS."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from paivand_contracts.capacity import (
    CONFIRM_HOLD,
    PLACE_HOLD,
    RELEASE_HOLD,
    ConfirmHold,
    HoldAnswer,
    PlaceHold,
    ReleaseHold,
)
from paivand_contracts.envelope import Message, now
from paivand_directory.settings import Settings
from paivand_kit.database import Database
from paivand_kit.jobs import running as jobs_running
from paivand_kit.messaging import Messaging
from paivand_kit.problems import ProblemError
from paivand_local.testing import PostgresServer
from sqlalchemy import text

from tests.factories.capacity import Shelter, a_shelter
from tests.factories.directory import admit, coordinator
from tests.factories.waiting import until

pytestmark = pytest.mark.integration


class Asker:
    """The referral service, which asks for an organization."""

    def __init__(self, messaging: Messaging, shelter: Shelter, organization_id: UUID) -> None:
        self.messaging, self.shelter, self.organization_id = messaging, shelter, organization_id

    def wish(self, quantity: int = 1, **fields: Any) -> PlaceHold:
        return PlaceHold(
            **{
                "hold_id": uuid4(),
                "organization_id": self.organization_id,
                "answer_by": now() + timedelta(seconds=5),
                "capacity_id": self.shelter.capacity_id,
                "quantity": quantity,
                "until": now() + timedelta(hours=1),
                **fields,
            }
        )

    async def ask(self, subject: str, message: Message) -> HoldAnswer:
        return await self.messaging.request(subject, message, HoldAnswer, seconds=5)

    async def act(self, subject: str, hold_id: UUID, organization_id: UUID | None = None) -> HoldAnswer:
        model = ConfirmHold if subject == CONFIRM_HOLD else ReleaseHold
        by = now() + timedelta(seconds=5)
        owner = organization_id or self.organization_id
        return await self.ask(subject, model(hold_id=hold_id, organization_id=owner, answer_by=by))


@pytest.fixture
async def asker(directory: httpx.AsyncClient, referral: Messaging) -> Asker:
    shelter = await a_shelter(directory)
    asker = Asker(referral, shelter, await admit(directory))

    async def answers() -> bool:
        try:
            return (await asker.act(RELEASE_HOLD, uuid4())).problem == "not-found"
        except ProblemError:
            return False

    await until(answers)
    return asker


async def test_place_confirm_release(asker: Asker) -> None:
    wish = asker.wish(2)
    placed = await asker.ask(PLACE_HOLD, wish)
    assert placed.hold is not None
    assert (placed.hold.status, placed.hold.quantity, placed.hold.until) == ("held", 2, wish.until)
    assert (await asker.ask(PLACE_HOLD, wish)) == placed
    confirmed = await asker.act(CONFIRM_HOLD, wish.hold_id)
    assert confirmed.hold is not None
    assert confirmed.hold.status == "confirmed"
    assert (await asker.act(CONFIRM_HOLD, wish.hold_id)) == confirmed
    figures = await asker.shelter.figures()
    assert (figures["confirmed"], figures["available"]) == (2, 1)
    released = await asker.act(RELEASE_HOLD, wish.hold_id)
    assert released.hold is not None
    assert released.hold.status == "released"
    assert (await asker.shelter.figures())["available"] == 3


async def test_refusals_have_their_kind(asker: Asker) -> None:
    wish = asker.wish()
    assert (await asker.ask(PLACE_HOLD, asker.wish(4))).problem == "no-room"
    assert (await asker.ask(PLACE_HOLD, asker.wish(capacity_id=uuid4()))).problem == "not-found"
    assert (await asker.ask(PLACE_HOLD, asker.wish(organization_id=uuid4()))).problem == "conflict"
    assert (await asker.ask(PLACE_HOLD, asker.wish(until=now()))).problem == "invalid"
    await asker.ask(PLACE_HOLD, wish)
    assert (await asker.act(CONFIRM_HOLD, wish.hold_id, uuid4())).problem == "not-found"
    await asker.act(RELEASE_HOLD, wish.hold_id)
    assert (await asker.act(CONFIRM_HOLD, wish.hold_id)).problem == "transition-not-allowed"
    assert (await asker.shelter.figures())["available"] == 3


async def test_suspended_organization_gets_and_gives_nothing(asker: Asker, directory: httpx.AsyncClient) -> None:
    other = await a_shelter(directory)
    for organization_id in (asker.organization_id, other.organization_id):
        path = f"/directory/v1/organizations/{organization_id}"
        headers = coordinator() | {"If-Match": "*"}
        (await directory.patch(path, json={"status": "suspended"}, headers=headers)).raise_for_status()
    assert (await asker.ask(PLACE_HOLD, asker.wish())).problem == "conflict"
    assert (await asker.ask(PLACE_HOLD, asker.wish(capacity_id=other.capacity_id))).problem == "not-found"


async def test_nothing_is_done_when_nobody_waits_any_more(asker: Asker, postgres: PostgresServer) -> None:
    assert (await asker.ask(PLACE_HOLD, asker.wish(answer_by=now()))).problem == "timeout"
    database = Database(postgres.url("directory"))
    async with database.transaction() as session:
        lock = text("SELECT 1 FROM service_capacities WHERE id = :id FOR UPDATE")
        await session.execute(lock, {"id": asker.shelter.capacity_id})
        wish = asker.wish(answer_by=now() + timedelta(seconds=0.5))
        assert (await asker.ask(PLACE_HOLD, wish)).problem == "timeout"
    await database.close()
    assert (await asker.shelter.figures())["held"] == 0
    again = wish.model_copy(update={"answer_by": now() + timedelta(seconds=5)})
    assert (await asker.ask(PLACE_HOLD, again)).hold is not None


async def test_one_that_waits_does_not_hold_up_the_others(
    asker: Asker, directory: httpx.AsyncClient, postgres: PostgresServer
) -> None:
    other = Asker(asker.messaging, await a_shelter(directory), asker.organization_id)
    database = Database(postgres.url("directory"))
    async with database.transaction() as session:
        lock = text("SELECT 1 FROM service_capacities WHERE id = :id FOR UPDATE")
        await session.execute(lock, {"id": asker.shelter.capacity_id})
        async with jobs_running(cast(Any, asker.ask(PLACE_HOLD, asker.wish()))) as [waiting]:
            assert (await other.ask(PLACE_HOLD, other.wish())).hold is not None
            assert not waiting.done()
    await database.close()


async def test_only_the_referral_service_may_ask(asker: Asker, nats_settings: Callable[[str], Settings]) -> None:
    stranger = Messaging(nats_settings("notify"))
    async with jobs_running(stranger.run()):
        with pytest.raises(ProblemError) as refused:
            await stranger.request(PLACE_HOLD, asker.wish(), HoldAnswer, seconds=1)
    assert refused.value.kind == "unavailable"
    assert (await asker.shelter.figures())["held"] == 0
