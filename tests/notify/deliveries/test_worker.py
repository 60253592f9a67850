"""The queue under workers: nothing lost, nothing sent twice by two, and nobody held up by a slow one."""

import asyncio
from collections import Counter
from uuid import uuid4

import pytest
from paivand_kit.telemetry import current_trace_id
from paivand_notify.deliveries.rules import Outcome, Result
from paivand_notify.deliveries.tables import DeliveryRow

from tests.factories.waiting import until
from tests.notify.deliveries.conftest import Make, Queue, Recipient

pytestmark = pytest.mark.integration


async def test_delivered_once_and_noted(queue: Queue, make_worker: Make, recipient: Recipient) -> None:
    target = await queue.fill(1)
    worker = make_worker(recipient)
    for _ in range(2):
        await worker.start_due()
        await worker.finish()
    [row] = await queue.rows(target)
    assert recipient.taken == [row.id]
    assert (row.status, row.attempts, row.last_reason, row.last_http_status) == ("delivered", 1, "http-status", 204)
    assert row.settled_at is not None


async def test_trace_of_the_event_goes_on(queue: Queue, make_worker: Make, recipient: Recipient) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    await queue.fill(1, traceparent=f"00-{trace_id}-b7ad6b7169203331-01")
    seen: list[str | None] = []

    async def note(_: DeliveryRow) -> None:
        seen.append(current_trace_id())

    recipient.before = note
    worker = make_worker(recipient)
    await worker.start_due()
    await worker.finish()
    assert seen == [trace_id]


async def test_two_workers_never_send_the_same(queue: Queue, make_worker: Make, recipient: Recipient) -> None:
    targets = [await queue.fill(20) for _ in range(15)]
    workers = [make_worker(recipient, places=16) for _ in range(4)]

    async def drain() -> None:
        while len(recipient.taken) < 300:
            await asyncio.gather(*(worker.start_due() for worker in workers))
            await asyncio.gather(*(worker.finish() for worker in workers))

    async with asyncio.timeout(60):
        await drain()
    assert set(Counter(recipient.taken).values()) == {1}
    assert {row.status for target in targets for row in await queue.rows(target)} == {"delivered"}


async def test_lease_of_a_dead_worker_ends_and_another_sends(queue: Queue, make_worker: Make) -> None:
    target = await queue.fill(1)
    never = asyncio.Event()

    async def hang(_: DeliveryRow) -> Outcome:
        await never.wait()
        raise AssertionError

    dead, recipient = make_worker(hang, lease_seconds=0.4), Recipient()
    heir = make_worker(recipient)
    await dead.start_due()
    for task in dead._running:  # kill -9: nothing is settled
        task.cancel()
    await heir.start_due()
    await heir.finish()
    assert recipient.taken == []

    async def take_over() -> bool:
        await heir.start_due()
        await heir.finish()
        return bool(recipient.taken)

    await until(take_over)
    [row] = await queue.rows(target)
    assert (row.status, row.attempts) == ("delivered", 2)


async def test_worker_whose_lease_ended_settles_nothing(queue: Queue, make_worker: Make, recipient: Recipient) -> None:
    target = await queue.fill(1)
    late = Recipient(Outcome(Result.REFUSED, "gone", 410))
    may_answer, is_asked = asyncio.Event(), asyncio.Event()

    async def wait(_: DeliveryRow) -> None:
        is_asked.set()
        await may_answer.wait()

    late.before = wait
    slow, other = make_worker(late), make_worker(recipient)
    await slow.start_due()
    await is_asked.wait()
    await queue.make_due()
    await other.start_due()
    await other.finish()
    may_answer.set()
    await slow.finish()
    [row] = await queue.rows(target)
    assert (row.status, row.last_http_status) == ("delivered", 204)


async def test_failures_are_tried_again_with_pauses_then_dead(queue: Queue, make_worker: Make) -> None:
    target = await queue.fill(1)
    failing = Recipient(Outcome(Result.RETRY, "http-status", 503))
    worker = make_worker(failing)
    for attempts, status in [(1, "pending"), (2, "pending"), (3, "dead")]:
        await worker.start_due()
        await worker.finish()
        [row] = await queue.rows(target)
        assert (row.status, row.attempts, row.last_http_status) == (status, attempts, 503)
        # Not due before its pause has passed.
        await worker.start_due()
        await worker.finish()
        assert len(failing.taken) == attempts
        await queue.make_due()


async def test_refusal_is_dead_at_once(queue: Queue, make_worker: Make) -> None:
    target = await queue.fill(1)
    worker = make_worker(Recipient(Outcome(Result.REFUSED, "gone", 410)))
    await worker.start_due()
    await worker.finish()
    [row] = await queue.rows(target)
    assert (row.status, row.attempts, row.last_reason) == ("dead", 1, "gone")


@pytest.mark.parametrize("fault", [RuntimeError, OSError, TimeoutError])
async def test_fault_of_a_sender_is_an_attempt(queue: Queue, make_worker: Make, fault: type[Exception]) -> None:
    target = await queue.fill(1)

    async def fail(_: DeliveryRow) -> Outcome:
        raise fault

    worker = make_worker(fail)
    await worker.start_due()
    await worker.finish()
    [row] = await queue.rows(target)
    assert (row.status, row.attempts) == ("pending", 1)
    assert row.last_reason in ("fault", "timeout")


async def test_sending_ends_before_the_lease(queue: Queue, make_worker: Make) -> None:
    target = await queue.fill(1)

    async def hang(_: DeliveryRow) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    worker = make_worker(hang, lease_seconds=0.4)
    await worker.start_due()
    await worker.finish()
    [row] = await queue.rows(target)
    assert (row.status, row.last_reason) == ("pending", "timeout")


async def test_slow_target_holds_up_nobody_else(queue: Queue, make_worker: Make, recipient: Recipient) -> None:
    """A thousand deliveries wait for an endpoint that does not answer; another one's come through meanwhile."""
    slow, swift = await queue.fill(1500), uuid4()
    may_answer = asyncio.Event()

    async def wait(delivery: DeliveryRow) -> None:
        if delivery.target_id == slow:
            await may_answer.wait()

    recipient.before = wait
    worker = make_worker(recipient, places=8, places_per_target=4)
    running = asyncio.create_task(worker.run())
    await until(lambda: len(recipient.taken) == 4)
    await queue.fill(20, target_id=swift)

    async def has_arrived() -> bool:
        return {row.status for row in await queue.rows(swift)} == {"delivered"}

    await until(has_arrived)
    slow_ids = {row.id for row in await queue.rows(slow)}
    assert len([each for each in recipient.taken if each in slow_ids]) == 4
    may_answer.set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
