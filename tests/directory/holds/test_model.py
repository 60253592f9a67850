"""Holds do what a simple model does, whatever comes in which order."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from paivand_contracts.codes import Role
from paivand_contracts.envelope import now
from paivand_contracts.problems import ProblemType
from paivand_directory.capacity import service as capacities
from paivand_directory.capacity.schemas import CapacityCreate, CapacityPatch
from paivand_directory.holds import service
from paivand_directory.holds.jobs import tell_of_expired
from paivand_directory.holds.rules import Action
from paivand_directory.holds.service import Wish
from paivand_directory.organizations import service as organizations
from paivand_directory.organizations.schemas import OrganizationPut
from paivand_directory.services import service as services
from paivand_directory.services.schemas import ServiceCreate
from paivand_kit.caller import Caller
from paivand_kit.database import Database
from paivand_kit.problems import ProblemError
from paivand_local.testing import PostgresServer
from sqlalchemy import text

pytestmark = pytest.mark.integration
MAXIMUM = 6
LAPSE = text("UPDATE holds SET until = statement_timestamp() - interval '1 second' WHERE id = :id AND status = 'held'")


@dataclass
class Model:
    """What should be: each hold's quantity and state, and those who came without one."""

    maximum: int = MAXIMUM
    walked_in: int = 0
    holds: dict[UUID, tuple[int, str]] = field(default_factory=dict)

    def total(self, state: str) -> int:
        return sum(quantity for quantity, is_in in self.holds.values() if is_in == state)

    @property
    def available(self) -> int:
        return self.maximum - self.walked_in - self.total("held") - self.total("confirmed")


class Holds(RuleBasedStateMachine):
    """The model beside the real thing."""

    database: Database
    loop: asyncio.AbstractEventLoop
    wishes = Bundle("wishes")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.caller = Caller("tests", "tests", uuid4(), frozenset({Role.COORDINATOR, Role.MANAGER}))
        self.capacity_id: UUID = self.run(self._open())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def done(self, use_case: Any, *arguments: Any) -> Any:
        """The answer of a use case in its own transaction, or the kind of problem."""

        async def work() -> Any:
            async with self.database.transaction() as session:
                return await use_case(session, *arguments)

        try:
            return self.run(work())
        except ProblemError as problem:
            return problem.kind

    async def _open(self) -> UUID:
        async with self.database.transaction() as session:
            body = OrganizationPut(name="Shelter", description="Helps.")
            await organizations.admit(session, self.caller, self.caller.organization(), body, None)
            offered = await services.publish(
                session, self.caller, ServiceCreate(name="Beds", taxonomy_terms=["shelter"])
            )
            asked = CapacityCreate.model_validate({"unit": "bed", "name": "Beds", "maximum": MAXIMUM})
            return (await capacities.add(session, self.caller, offered.id, asked))["id"]

    @rule(target=wishes, quantity=st.integers(1, 4))
    def place(self, quantity: int) -> Wish:
        until = now() + timedelta(hours=1)
        wish = Wish(uuid4(), self.capacity_id, self.caller.organization(), quantity, until)
        answer = self.done(service.place_unscoped, wish, "tests")
        if quantity > self.model.available:
            assert answer == ProblemType.NO_ROOM
        else:
            assert answer["status"] == "held"
            self.model.holds[wish.id] = (quantity, "held")
        return wish

    @rule(wish=wishes)
    def place_again(self, wish: Wish) -> None:
        _, state = self.model.holds.get(wish.id, (0, "absent"))
        # `time_passes` changes what was asked for, and a hold that is absent has no room.
        if state not in ("absent", "expired"):
            assert self.done(service.place_unscoped, wish, "tests")["status"] == self.model.holds[wish.id][1]
            other = replace(wish, quantity=wish.quantity + 1)
            assert self.done(service.place_unscoped, other, "tests") == ProblemType.CONFLICT

    @rule(wish=wishes)
    def confirm(self, wish: Wish) -> None:
        answer = self.done(service.act_unscoped, wish.id, wish.organization_id, Action.CONFIRM, "tests")
        quantity, state = self.model.holds.get(wish.id, (0, "absent"))
        if state in ("held", "confirmed"):
            assert answer["status"] == "confirmed"
            self.model.holds[wish.id] = (quantity, "confirmed")
        else:
            assert answer == (ProblemType.NOT_FOUND if state == "absent" else ProblemType.TRANSITION_NOT_ALLOWED)

    @rule(wish=wishes)
    def release(self, wish: Wish) -> None:
        answer = self.done(service.act_unscoped, wish.id, wish.organization_id, Action.RELEASE, "tests")
        quantity, state = self.model.holds.get(wish.id, (0, "absent"))
        if state == "absent":
            assert answer == ProblemType.NOT_FOUND
            return
        after = "expired" if state == "expired" else "released"
        assert answer["status"] == after
        self.model.holds[wish.id] = (quantity, after)

    @rule(wish=wishes)
    def time_passes(self, wish: Wish) -> None:
        """The clock cannot be moved; the hold's time can."""

        async def lapse(session: Any) -> None:
            await session.execute(LAPSE, {"id": wish.id})

        self.done(lapse)
        quantity, state = self.model.holds.get(wish.id, (0, "absent"))
        if state == "held":
            self.model.holds[wish.id] = (quantity, "expired")

    @rule()
    def expired_ones_are_told(self) -> None:
        self.run(tell_of_expired(self.database))

    @rule(available=st.integers(0, MAXIMUM + 2), maximum=st.none() | st.integers(0, MAXIMUM + 2))
    def count(self, available: int, maximum: int | None) -> None:
        sent = {"available": available} | ({} if maximum is None else {"maximum": maximum})
        answer = self.done(capacities.change, self.caller, self.capacity_id, CapacityPatch.model_validate(sent), None)
        most = self.model.maximum if maximum is None else maximum
        walked_in = most - available - self.model.total("held") - self.model.total("confirmed")
        if walked_in < 0:
            assert answer == ProblemType.INVALID
        else:
            self.model.maximum, self.model.walked_in = most, walked_in

    @invariant()
    def figures_are_the_models(self) -> None:
        row = self.done(capacities.get, self.caller, self.capacity_id)
        assert row["confirmed"] + row["held"] + row["available"] == row["maximum"] == self.model.maximum
        assert row["held"] == self.model.total("held")
        assert row["confirmed"] == self.model.walked_in + self.model.total("confirmed")
        assert row["available"] == self.model.available >= 0


def test_holds_follow_the_model(postgres: PostgresServer) -> None:
    Holds.loop = asyncio.new_event_loop()
    Holds.database = Database(postgres.url("directory"), pool_size=2)
    try:
        run_state_machine_as_test(Holds, settings=settings(max_examples=30, stateful_step_count=25, deadline=None))
    finally:
        Holds.loop.run_until_complete(Holds.database.close())
        Holds.loop.close()
