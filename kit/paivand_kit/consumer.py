"""Handles another service's events, each exactly once in effect, in the producer's order.

The consumer keeps its own cursor (the highest sequence handled without a gap) and an inbox row per event, both in
the transaction of the effect. An event whose sequence is not the next one shows a gap; the consumer then reads
the producer's outbox by request/reply. It also asks now and then, so that nothing is lost with JetStream's store.
"""

# nats-py leaves some parameters untyped.
# pyright: reportUnknownMemberType=false

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError
from opentelemetry.trace import SpanKind, use_span
from paivand_contracts.envelope import Event, OutboxPage, OutboxRead, outbox_read_subject
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy import BigInteger, Text, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, Database
from .leadership import lead
from .messaging import Messaging, stream_name
from .problems import ProblemError
from .telemetry import context_of, is_exporting, observe, tracer

log = logging.getLogger(__name__)
AnyEvent = TypeVar("AnyEvent", bound=Event)
Handler = Callable[[AsyncSession, Sequence[AnyEvent]], Awaitable[None]]
BATCH = 200
IDLE_SECONDS = 2.0
ATTEMPTS = 5
GATHER_SECONDS = 0.015


# An array keeps the statement the same for batches of any size, so that it is prepared once.
NOTE = text("""
    INSERT INTO inbox_events (event_id, producer) SELECT unnest(CAST(:ids AS uuid[])), :producer
    ON CONFLICT DO NOTHING RETURNING event_id
""")


class ConsumerCursorRow(Base):
    """How far the service has handled a producer's events, without a gap."""

    __tablename__ = "consumer_cursors"

    producer: Mapped[str] = mapped_column(Text, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class InboxRow(Base):
    """One event that was handled. Kept for a month."""

    __tablename__ = "inbox_events"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    producer: Mapped[str] = mapped_column(Text)
    handled_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class DeadLetterRow(Base):
    """An event that could not be handled; kept for a person to look at, so that the others can pass."""

    __tablename__ = "consumer_dead_letters"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    producer: Mapped[str] = mapped_column(Text)
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    error: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EventConsumer:
    """Consumes one producer's stream for one service. Runs in one replica at a time."""

    def __init__(
        self,
        *,
        service: str,
        producer: str,
        events: TypeAdapter[Any],
        handle: Handler[Any],
        database: Database,
        messaging: Messaging,
    ) -> None:
        self._service, self._producer, self._events, self._handle = service, producer, events, handle
        self._database, self._messaging = database, messaging
        self._cursor = 0
        self._seen = 0
        observe(f"paivand.consumer.{producer}.lag", "Events known but not yet handled.", self._lag)

    def _lag(self) -> float:
        return float(max(0, self._seen - self._cursor))

    async def run(self) -> None:
        """Runs until cancelled."""
        await lead(self._database.engine, f"{self._service}.consume.{self._producer}", self._consume)

    async def _consume(self, _: AsyncConnection) -> None:
        await self._ensure_cursor()
        while True:
            try:
                await self._follow(await self._messaging.jetstream())
            except NotFoundError:
                # The producer has not made its stream yet, or it was lost with JetStream's store.
                await self._catch_up()
            except (NatsError, APIError, OSError) as error:
                log.warning("events of %s interrupted: %s", self._producer, type(error).__name__)
                await self._catch_up()
            await asyncio.sleep(0.5)

    async def _follow(self, stream: JetStreamContext) -> None:
        """Handles what comes until the stream fails."""
        subscription = await self._subscribe(stream)
        try:
            await self._catch_up()
            while True:
                await self._fetch(subscription)
        finally:
            with suppress(NatsError):
                await subscription.unsubscribe()

    async def _subscribe(self, stream: JetStreamContext) -> JetStreamContext.PushSubscription:
        """Has new messages pushed here, without acknowledgement: what was handled is known by our own cursor."""
        name = stream_name(self._producer)
        config = ConsumerConfig(
            name=self._service,
            deliver_subject=f"_INBOX_{self._service}.events.{name}",
            ack_policy=AckPolicy.NONE,
            deliver_policy=DeliverPolicy.NEW,
            inactive_threshold=60,
        )
        await stream.add_consumer(name, config)
        return await stream.subscribe_bind(stream=name, config=config, consumer=self._service)

    async def _fetch(self, subscription: JetStreamContext.PushSubscription) -> None:
        """Waits for the next message, takes along what else is there, and handles all in one transaction."""
        try:
            messages = [await subscription.next_msg(timeout=IDLE_SECONDS)]
        except NatsTimeout:
            await subscription.consumer_info()
            await self._catch_up()
            return
        # Under load a batch costs little more than one event.
        await asyncio.sleep(GATHER_SECONDS)
        while subscription.pending_msgs and len(messages) < BATCH:
            messages.append(await subscription.next_msg(timeout=1))
        documents = [_parse(message) for message in messages]
        if not await self._take([document for document in documents if document is not None]):
            await self._catch_up()

    async def _catch_up(self) -> None:
        """Reads the producer's outbox from the cursor on until there is nothing more, or nobody answers."""
        subject = outbox_read_subject(self._producer)
        while True:
            asked = OutboxRead(after=self._cursor, limit=BATCH)
            try:
                page = await self._messaging.request(subject, asked, OutboxPage, seconds=5)
            except ProblemError:
                # The stream goes on meanwhile; what is missing is asked for again.
                log.info("outbox of %s cannot be read now", self._producer)
                return
            self._seen = page.last_sequence
            if page.last_sequence < self._cursor:
                # It will give numbers out again that count as handled here: only a person can put that right.
                log.error(
                    "%s has an older state than this service (%d, here %d), as after a restore: set the cursor back",
                    *(self._producer, page.last_sequence, self._cursor),
                )
            if not page.events:
                return
            await self._take(page.events)

    async def _take(self, documents: list[dict[str, Any]]) -> bool:
        """Handles those that come next in order. False when there is a gap before the rest."""
        documents.sort(key=lambda document: document["sequence"])
        self._seen = max([self._seen, *(document["sequence"] for document in documents)])
        run: list[dict[str, Any]] = []
        for document in documents:
            if document["sequence"] == self._cursor + len(run) + 1:
                run.append(document)
        if run:
            try:
                await self._commit(run)
            except Exception as error:
                if _is_transient(error):
                    raise
                log.warning("batch failed, taking its events one by one: %s", type(error).__name__, exc_info=error)
                await self._one_by_one(run)
        return self._cursor >= self._seen

    async def _one_by_one(self, documents: list[dict[str, Any]]) -> None:
        for document in documents:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    await self._commit([document])
                    break
                except Exception as error:
                    if _is_transient(error):
                        raise
                    log.error("event not handled (%d of %d)", attempt, ATTEMPTS, exc_info=error)
                    if attempt == ATTEMPTS:
                        await self._commit([document], failed=type(error).__name__)
                    await asyncio.sleep(0.05 * 2**attempt)

    async def _commit(self, documents: list[dict[str, Any]], *, failed: str | None = None) -> None:
        """One transaction: lock the cursor, note the events, do their effects, move the cursor."""
        last: int = documents[-1]["sequence"]
        with self._span(documents):
            async with self._database.transaction() as session:
                cursor = await self._lock_cursor(session)
                if cursor != documents[0]["sequence"] - 1:
                    # Another replica led for a moment; its cursor stands.
                    self._cursor = cursor
                    return
                fresh = await self._note(session, documents)
                if failed is None:
                    parsed = [event for event in map(self._read, fresh) if event is not None]
                    if parsed:
                        await self._handle(session, parsed)
                else:
                    await session.execute(
                        insert(DeadLetterRow).values(
                            [
                                {"event_id": item["id"], "producer": self._producer, "event": item, "error": failed}
                                for item in fresh
                            ]
                        )
                    )
                await session.execute(
                    update(ConsumerCursorRow).where(ConsumerCursorRow.producer == self._producer).values(sequence=last)
                )
        self._cursor = last

    async def _lock_cursor(self, session: AsyncSession) -> int:
        query = select(ConsumerCursorRow.sequence).where(ConsumerCursorRow.producer == self._producer)
        return (await session.execute(query.with_for_update())).scalar_one()

    async def _note(self, session: AsyncSession, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
        ids = [UUID(document["id"]) for document in documents]
        noted = await session.execute(NOTE, {"ids": ids, "producer": self._producer})
        fresh = {str(event_id) for event_id in noted.scalars()}
        return [document for document in documents if document["id"] in fresh]

    def _read(self, document: dict[str, Any]) -> Event | None:
        """The typed event; None for a type that this version does not know yet."""
        try:
            return self._events.validate_python(document)
        except ValidationError as fault:
            if any(item["type"] == "union_tag_invalid" for item in fault.errors()):
                log.info("event type not known here, passed over: %s", document.get("type"))
                return None
            raise

    @contextmanager
    def _span(self, documents: list[dict[str, Any]]) -> Generator[None]:
        """Continues the trace of each event, when anybody records spans; what is done for all counts as the first's."""
        if not is_exporting():
            with tracer.start_as_current_span(f"handle {self._producer} events"):
                yield
            return
        first, *others = (
            tracer.start_span(
                f"handle {document['type']}",
                context=context_of(document.get("traceparent")),
                kind=SpanKind.CONSUMER,
            )
            for document in documents
        )
        try:
            with use_span(first, end_on_exit=True):
                yield
        finally:
            for span in others:
                span.end()

    async def _ensure_cursor(self) -> None:
        async with self._database.transaction() as session:
            await session.execute(insert(ConsumerCursorRow).values(producer=self._producer).on_conflict_do_nothing())
            self._cursor = await self._lock_cursor(session)


def _is_transient(error: Exception) -> bool:
    """Whether the database failed rather than the event."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError)


class _Head(BaseModel):
    """What an event must have before anything of it can be noted, even that it could not be handled."""

    id: UUID
    sequence: Annotated[int, Field(strict=True, ge=1, lt=2**63)]
    type: str


def _parse(message: Msg) -> dict[str, Any] | None:
    """The CloudEvents document of a message; None for anything that no relay of ours has sent."""
    try:
        document = TypeAdapter(dict[str, Any]).validate_json(message.data)
        if _Head.model_validate(document).type == message.subject:
            return document
    except ValidationError:
        pass
    log.error("message that is no event of its subject dropped")
    return None


async def forget_old_inbox_rows(database: Database) -> None:
    """Deletes inbox rows older than a month; the cursor guards against anything that old. Safe in several replicas."""
    async with database.transaction() as session:
        a_month_ago = func.now() - text("interval '30 days'")
        await session.execute(delete(InboxRow).where(InboxRow.handled_at < a_month_ago))
