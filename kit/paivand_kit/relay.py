"""Carries committed outbox rows to JetStream, in the order of commits, and answers consumers that catch up."""

# nats-py leaves some parameters untyped.
# pyright: reportUnknownMemberType=false

import asyncio
import json
import logging
from contextlib import nullcontext
from typing import Any, cast

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import NoStreamResponseError
from opentelemetry.trace import SpanKind
from paivand_contracts.envelope import OutboxPage, OutboxRead, outbox_read_subject
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from .database import Database
from .jobs import wait
from .leadership import lead
from .messaging import Messaging, stream_name
from .outbox import read_outbox
from .telemetry import context_of, is_exporting, observe, tracer

log = logging.getLogger(__name__)
CHANNEL = "outbox"
BATCH = 500
POLL_SECONDS = 1.0
UNSETTLED_SECONDS = 0.003
GATHER_SECONDS = 0.01
ACKNOWLEDGED_WITHIN_SECONDS = 3

# Numbers the settled rows. The row lock on outbox_relay keeps two relays from numbering at once. Who has waited for it
# sees the new last_sequence in the locked row, but all else as it was before, and would number the same rows again;
# the comparison with the old last_sequence makes that one do nothing. `open` counts the rows without a number before.
SEQUENCE = text("""
    WITH relay AS (
        SELECT last_sequence FROM outbox_relay
        WHERE last_sequence = (SELECT last_sequence FROM outbox_relay) FOR UPDATE
    ),
    settled AS (
        SELECT position, row_number() OVER (ORDER BY transaction_id, position) AS place FROM (
            SELECT position, transaction_id FROM outbox
            WHERE sequence IS NULL AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY transaction_id, position LIMIT :batch
        ) AS oldest
    ),
    numbered AS (
        UPDATE outbox SET sequence = relay.last_sequence + settled.place FROM settled, relay
        WHERE outbox.position = settled.position RETURNING outbox.sequence, outbox.event_type, outbox.event
    ),
    moved AS (
        UPDATE outbox_relay SET last_sequence = greatest(last_sequence, (SELECT max(sequence) FROM numbered))
        WHERE EXISTS (SELECT FROM numbered)
    )
    SELECT numbered.*,
        (SELECT count(*) FROM (SELECT FROM outbox WHERE sequence IS NULL LIMIT :batch + 1) AS unnumbered) AS open
    FROM (SELECT) AS always LEFT JOIN numbered ON true ORDER BY numbered.sequence
""")
UNPUBLISHED = text("""
    SELECT sequence, event_type, event FROM outbox
    WHERE sequence > (SELECT published_sequence FROM outbox_relay) ORDER BY sequence LIMIT :batch
""")
PUBLISHED = text("UPDATE outbox_relay SET published_sequence = :sequence WHERE published_sequence < :sequence")
# Rows that came with a dump from another cluster, whose transaction ids this one has not reached: they are committed.
ADOPT = text("""
    UPDATE outbox SET transaction_id = pg_current_xact_id()
    WHERE sequence IS NULL AND transaction_id >= pg_snapshot_xmax(pg_current_snapshot())
""")
PUBLISHED_SO_FAR = text("SELECT published_sequence FROM outbox_relay")
LAG = text("""
    SELECT extract(epoch FROM now() - min(created_at)) FROM outbox
    WHERE sequence IS NULL OR sequence > (SELECT published_sequence FROM outbox_relay)
""")


class Relay:
    """The relay of one service. Runs in one replica at a time; a commit anywhere wakes it."""

    def __init__(self, service: str, database: Database, messaging: Messaging) -> None:
        self._service, self._database, self._messaging = service, database, messaging
        self._committed = asyncio.Event()
        self._wake = asyncio.Event()
        self._is_leading = False
        self._lag: float | None = None
        database.after_commit.append(self._committed.set)
        messaging.on_reconnect.append(self._wake.set)
        observe("paivand.outbox.lag", "Age of the oldest event not yet published.", lambda: self._lag, unit="s")

    async def run(self) -> None:
        """Runs until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(lead(self._database.engine, f"{self._service}.relay", self._relay))
            tasks.create_task(self._notify_after_commits())
            tasks.create_task(
                self._messaging.respond(outbox_read_subject(self._service), self._service, OutboxRead, self._answer)
            )

    async def _notify_after_commits(self) -> None:
        """Tells the relay, in this process or in another replica's, that there is something to carry.

        NOTIFY inside the writing transaction would take a lock that lets only one transaction commit at a time, so it
        is sent afterwards, once for all commits since the last; a crash in between is covered by the relay's poll.
        """
        while True:
            await self._committed.wait()
            self._committed.clear()
            if self._is_leading:
                self._wake.set()
                continue
            try:
                async with self._database.engine.connect() as connection:
                    autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await autocommit.execute(text(f"NOTIFY {CHANNEL}"))
            except Exception as error:
                log.warning("relay not notified, its poll will find the rows: %s", type(error).__name__)

    async def _relay(self, connection: AsyncConnection) -> None:
        raw = cast(Any, (await connection.get_raw_connection()).driver_connection)
        await raw.add_listener(CHANNEL, self._on_notify)
        await self._messaging.ensure_stream(self._service)
        stream = await self._messaging.jetstream()
        self._is_leading = True
        try:
            await self._carry(connection, stream)
        finally:
            self._is_leading = False

    async def _carry(self, connection: AsyncConnection, stream: JetStreamContext) -> None:
        await connection.execute(ADOPT)
        published: int = (await connection.execute(PUBLISHED_SO_FAR)).scalar_one()
        while True:
            self._wake.clear()
            found = (await connection.execute(SEQUENCE, {"batch": BATCH})).all()
            rows = [row for row in found if row.sequence is not None]
            is_all = found[0].open == len(rows)
            if not rows or rows[0].sequence != published + 1:
                # Nothing new, or a relay before this one numbered events and did not come to publish them.
                rows = (await connection.execute(UNPUBLISHED, {"batch": BATCH})).all()
            if rows:
                await self._publish(stream, rows)
                published = rows[-1].sequence
                await connection.execute(PUBLISHED, {"sequence": published})
            if len(rows) == BATCH:
                continue
            if not is_all:
                # Committed, but an older transaction is still running somewhere in the cluster.
                await asyncio.sleep(UNSETTLED_SECONDS)
                continue
            self._lag = 0.0
            await wait(self._wake, POLL_SECONDS)
            # Under load a batch costs little more than one event.
            await asyncio.sleep(GATHER_SECONDS)

    def _on_notify(self, *_: object) -> None:
        self._wake.set()

    async def _publish(self, stream: JetStreamContext, rows: Any) -> None:
        """Publishes in order and waits for every acknowledgement. Again after a fault: the id makes it harmless."""
        while True:
            try:
                acknowledgements = [await self._send(stream, row) for row in rows]
                async with asyncio.timeout(ACKNOWLEDGED_WITHIN_SECONDS):
                    await asyncio.gather(*acknowledgements)
                return
            except NoStreamResponseError:
                await self._messaging.ensure_stream(self._service)
            except (NatsError, TimeoutError, OSError) as error:
                log.warning("events wait for NATS: %s", type(error).__name__)
                await self._note_lag()
                await wait(self._wake, 0.5)
                self._wake.clear()

    async def _send(self, stream: JetStreamContext, row: Any) -> "asyncio.Future[Any]":
        headers = {"Nats-Msg-Id": str(row.event["id"])}
        body = json.dumps({**row.event, "sequence": row.sequence}, ensure_ascii=False).encode()
        span = (
            tracer.start_as_current_span(
                f"publish {row.event_type}", context=context_of(row.event.get("traceparent")), kind=SpanKind.PRODUCER
            )
            if is_exporting()
            else nullcontext()
        )
        with span:
            return await stream.publish_async(
                row.event_type, body, wait_stall=5, stream=stream_name(self._service), headers=headers
            )

    async def _note_lag(self) -> None:
        async with self._database.transaction() as session:
            age = await session.scalar(LAG)
            self._lag = float(age) if age is not None else 0.0

    async def _answer(self, asked: OutboxRead) -> OutboxPage:
        async with self._database.transaction() as session:
            events, last = await read_outbox(session, after=asked.after, limit=asked.limit)
        return OutboxPage(events=events, last_sequence=last)
