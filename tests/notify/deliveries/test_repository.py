"""SQL of the queue: what is unique, and that a claim stays cheap."""

from uuid import uuid4

import pytest
from paivand_kit.database import Database
from paivand_notify.deliveries import repository
from paivand_notify.deliveries.rules import Channel
from paivand_notify.deliveries.service import Target, enqueue, forget_delivered
from sqlalchemy import text

from tests.factories.referral_events import an_event
from tests.notify.deliveries.conftest import Queue
from tests.notify.plans import Recorder, nodes

pytestmark = pytest.mark.integration
ROWS = 100_000
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SET_AGE = text("""
    UPDATE deliveries SET status = :status, settled_at = now() - make_interval(days => :days) WHERE id = :id
""")


async def test_event_is_queued_once_for_a_target(queue: Queue, database: Database) -> None:
    target = uuid4()
    event = an_event("accepted", sequence=7, traceparent=TRACEPARENT)
    for _ in range(2):
        async with database.transaction() as session:
            await enqueue(session, [(event, Target(Channel.WEBHOOK, target, None))] * 2)
    [row] = await queue.rows(target)
    assert row.traceparent == TRACEPARENT
    assert row.event == event.model_copy(update={"sequence": None, "traceparent": None}).model_dump(
        mode="json", exclude_none=True
    )
    assert row.event["data"].keys() == {
        *("referral_id", "number", "status", "priority", "requester_organization_id", "owner_organization_id"),
        *("service_id", "respond_by", "version"),
    }


async def test_old_delivered_rows_are_forgotten_others_stay(queue: Queue, database: Database) -> None:
    target = await queue.fill(4)
    ages = [("delivered", 31), ("delivered", 29), ("dead", 31), ("pending", 31)]
    rows = await queue.rows(target)
    async with database.transaction() as session:
        for row, (status, days) in zip(rows, ages, strict=True):
            await session.execute(SET_AGE, {"id": row.id, "status": status, "days": days})
    await forget_delivered(database)
    assert {row.id for row in await queue.rows(target)} == {row.id for row in rows[1:]}


async def test_claim_walks_the_due_index(queue: Queue, database: Database) -> None:
    fill = text("""
        INSERT INTO deliveries (id, channel, target_id, event_id, event_type, event, status, next_attempt_at)
        SELECT gen_random_uuid(), 'webhook', gen_random_uuid(), gen_random_uuid(), 'x', '{}',
            CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'delivered' END,
            now() + CASE WHEN n % 100 = 0 THEN interval '-1 s' ELSE interval '1 h' END
        FROM generate_series(1, :rows) AS n
    """)
    async with database.transaction() as session:
        await session.execute(fill, {"rows": ROWS})
    async with database.transaction() as session:
        with Recorder(session) as recorder:
            claimed = await repository.claim_unscoped(
                session, Channel.WEBHOOK, slots=32, per_target=4, busy_targets=[], lease_seconds=60
            )
        found = nodes(await recorder.plan(0))
        await session.rollback()
    assert len(claimed) == 32
    scans = {node.get("Index Name", node["Node Type"]): node for node in found if "Relation Name" in node}
    assert "Seq Scan" not in scans, scans.keys()
    assert "ix_deliveries_due" in scans
    assert scans["ix_deliveries_due"]["Actual Rows"] <= repository.HORIZON
