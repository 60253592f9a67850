"""64 clients want 10 small capacities at once, and the service is killed in the middle: nothing is promised twice."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from paivand_contracts.capacity import (
    CONFIRM_HOLD,
    PLACE_HOLD,
    RELEASE_HOLD,
    ConfirmHold,
    HoldAnswer,
    HoldRequest,
    PlaceHold,
    ReleaseHold,
)
from paivand_contracts.codes import Role
from paivand_contracts.envelope import now
from paivand_directory.capacity import service as capacities
from paivand_directory.capacity.schemas import CapacityCreate
from paivand_directory.organizations import service as organizations
from paivand_directory.organizations.schemas import OrganizationPut
from paivand_directory.services import service as services
from paivand_directory.services.schemas import ServiceCreate
from paivand_kit.caller import Caller
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_kit.messaging import Messaging
from paivand_kit.problems import ProblemError
from paivand_kit.settings import ServiceSettings
from paivand_local.stack import Stack
from paivand_local.testing import temporary_site
from sqlalchemy import text

from tests.factories.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
CLIENTS, CAPACITIES, MAXIMUM, SECONDS = 64, 10, 4, 20
CALLER = Caller("tests", "tests", uuid4(), frozenset({Role.COORDINATOR, Role.MANAGER}))

# Both sides in one statement, so at one moment: the figures, and the holds themselves.
SEEN = text("""
    SELECT f.*, (SELECT coalesce(sum(quantity), 0) FROM holds h WHERE h.capacity_id = f.id AND
        (h.status = 'confirmed' OR h.status = 'held' AND h.until > statement_timestamp())) AS taken
    FROM capacity_figures f
""")
TOLD = text("SELECT event_type, count(*) AS times FROM outbox WHERE event ->> 'subject' = :id GROUP BY event_type")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Only what holds need. A directory of its own, since it is killed."""
    with temporary_site({"directory": {"PAIVAND_HOLD_CHECK_SECONDS": "0.5"}}) as site:
        stack = Stack(site, parts=("postgres", "nats", "directory"))
        stack.start()
        yield stack
        stack.stop()


@pytest.fixture(scope="module")
async def database(stack: Stack) -> AsyncIterator[Database]:
    database = Database(stack.site.database_url("directory", "directory"), pool_size=3)
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def referral(stack: Stack) -> AsyncIterator[Messaging]:
    environment = stack.site.service_environment("referral")
    values: dict[str, Any] = {name.removeprefix("PAIVAND_").lower(): value for name, value in environment.items()}
    known = {name: value for name, value in values.items() if name in ServiceSettings.model_fields}
    messaging = Messaging(ServiceSettings(**known))
    async with running(messaging.run()):
        yield messaging


@pytest.fixture(scope="module")
async def capacity_ids(database: Database) -> list[UUID]:
    async with database.transaction() as session:
        body = OrganizationPut(name="Shelter", description="Helps.")
        await organizations.admit(session, CALLER, CALLER.organization(), body, None)
        offered = await services.publish(session, CALLER, ServiceCreate(name="Beds", taxonomy_terms=["shelter"]))
        bodies = [
            CapacityCreate.model_validate({"unit": "bed", "name": str(number), "maximum": MAXIMUM})
            for number in range(CAPACITIES)
        ]
        return [(await capacities.add(session, CALLER, offered.id, body))["id"] for body in bodies]


class Crowd:
    """The clients, and what they know together of the room that was promised to them."""

    def __init__(self, messaging: Messaging, capacity_ids: list[UUID]) -> None:
        self._messaging, self._capacity_ids = messaging, capacity_ids
        self.promised: dict[UUID, set[UUID]] = defaultdict(set)
        self.ended: dict[UUID, str] = {}
        self.unanswered = 0
        self.placed = 0
        self.refused: Counter[str] = Counter()
        self.stopping = asyncio.Event()

    async def come(self) -> None:
        """One client: takes room again and again until all are told to stop."""
        while not self.stopping.is_set():
            await self._take(random.choice(self._capacity_ids), uuid4())

    async def _take(self, capacity_id: UUID, hold_id: UUID) -> None:
        lasts_until = now() + timedelta(seconds=3)
        placed = await self._ask(PLACE_HOLD, PlaceHold, hold_id, capacity_id=capacity_id, quantity=1, until=lasts_until)
        if placed.hold is None or placed.hold.status != "held":
            self.refused[placed.problem or "expired"] += 1
            return
        self.placed += 1
        fate = random.random()
        if fate < 0.2:
            self.ended[hold_id] = "expired"
            return
        if fate < 0.4:
            await self._ask(RELEASE_HOLD, ReleaseHold, hold_id)
            return
        confirmed = await self._ask(CONFIRM_HOLD, ConfirmHold, hold_id)
        if confirmed.hold is None:
            assert confirmed.problem == "transition-not-allowed", confirmed
            assert now() >= lasts_until
            self.ended[hold_id] = "expired"
            return
        self.promised[capacity_id].add(hold_id)
        assert len(self.promised[capacity_id]) <= MAXIMUM, "promised twice"
        if len(self.promised[capacity_id]) == 1:
            # The first one stays for good.
            self.ended[hold_id] = "confirmed"
            return
        # From here on it is no longer relied upon.
        self.promised[capacity_id].discard(hold_id)
        await self._ask(RELEASE_HOLD, ReleaseHold, hold_id)
        self.ended[hold_id] = "released"

    async def _ask(self, subject: str, model: type[HoldRequest], hold_id: UUID, **fields: object) -> HoldAnswer:
        """The same request until it is answered: who got no answer does not know what was done."""
        while True:
            message = model.model_validate(
                {
                    "hold_id": hold_id,
                    "organization_id": CALLER.organization_id,
                    "answer_by": now() + timedelta(seconds=2),
                    **fields,
                }
            )
            try:
                answer = await self._messaging.request(subject, message, HoldAnswer, seconds=2)
            except ProblemError:
                self.unanswered += 1
                await asyncio.sleep(0.05)
                continue
            if answer.problem != "timeout":
                return answer


async def watch(database: Database, stopping: asyncio.Event) -> int:
    """Looks at all figures again and again. How often it looked."""
    looks = 0
    while not stopping.is_set():
        async with database.transaction() as session:
            for row in (await session.execute(SEEN)).mappings():
                assert row["confirmed"] + row["held"] + row["available"] == row["maximum"] == MAXIMUM
                assert row["available"] >= 0
                assert row["taken"] == row["confirmed"] + row["held"]
        looks += 1
        await asyncio.sleep(0.01)
    return looks


async def test_nothing_is_promised_twice(
    stack: Stack, database: Database, referral: Messaging, capacity_ids: list[UUID]
) -> None:
    crowd = Crowd(referral, capacity_ids)
    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(watch(database, crowd.stopping))
        for _ in range(CLIENTS):
            tasks.create_task(crowd.come())
        await asyncio.sleep(SECONDS / 2)
        before = crowd.placed
        await asyncio.to_thread(stack.kill, "directory")
        await asyncio.sleep(SECONDS / 2)
        await until(lambda: crowd.placed > before)
        crowd.stopping.set()
    # There was a crowd, it was too large for the room, and the killing was felt.
    assert looking.result() > 10
    assert crowd.placed > CAPACITIES * MAXIMUM
    assert crowd.refused["no-room"] > 0
    assert crowd.unanswered > 0
    assert set(crowd.refused) <= {"no-room", "expired", "invalid"}, crowd.refused
    await until(lambda: _all_ended_as_known(database, crowd))


async def _all_ended_as_known(database: Database, crowd: Crowd) -> bool:
    """Whether each hold is in the state that its client knows, and everything was told once."""
    query = text("SELECT id, status FROM holds WHERE id = ANY(:ids)")
    async with database.transaction() as session:
        rows = {row.id: row.status for row in await session.execute(query, {"ids": list(crowd.ended)})}
        if rows != crowd.ended:
            return False
        for hold_id in random.sample(list(rows), min(len(rows), 50)):
            told = {row.event_type: row.times for row in await session.execute(TOLD, {"id": str(hold_id)})}
            assert set(told.values()) == {1}, told
            assert f"paivand.directory.hold.{rows[hold_id]}.v1" in told
    return True
