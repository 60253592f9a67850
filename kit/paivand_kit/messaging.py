"""The service's connection to NATS. The service starts and answers HTTP whether NATS is up or not."""

# nats-py leaves some parameters untyped.
# pyright: reportUnknownMemberType=false

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StreamConfig
from nats.js.errors import NotFoundError
from paivand_contracts.envelope import Message
from paivand_contracts.problems import ProblemType
from pydantic import ValidationError

from .jobs import stop
from .problems import ProblemError
from .settings import ServiceSettings
from .telemetry import context_of, current_traceparent, tracer

log = logging.getLogger(__name__)
Question = TypeVar("Question", bound=Message)
Reply = TypeVar("Reply", bound=Message)
ANSWERS_AT_ONCE = 16
INBOXES = "_INBOX_"
STREAM_AGE_SECONDS = 7 * 24 * 3600


def stream_name(producer: str) -> str:
    """Name of the JetStream stream of a producer."""
    return f"PAIVAND_{producer.upper()}"


class Messaging:
    """A lasting connection; reconnects for ever."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._client = Client()
        self._ready = asyncio.Event()
        self.on_reconnect: list[Callable[[], None]] = []

    @property
    def is_connected(self) -> bool:
        """Whether messages can be sent now."""
        return self._client.is_connected

    async def connected(self) -> Client:
        """The client, once the first connection stands."""
        await self._ready.wait()
        return self._client

    async def jetstream(self) -> JetStreamContext:
        """The JetStream context, once the first connection stands."""
        return (await self.connected()).jetstream(timeout=5)

    async def run(self) -> None:
        """Connects, then waits to be cancelled and closes."""
        settings = self._settings

        async def reconnected() -> None:
            for wake in self.on_reconnect:
                wake()

        async def failed(error: Exception) -> None:
            log.warning("nats: %s", type(error).__name__)

        while not self._ready.is_set():
            try:
                self._client = await nats.connect(
                    settings.nats_url,
                    user=settings.nats_user,
                    password=settings.nats_password.get_secret_value(),
                    name=settings.nats_user,
                    inbox_prefix=f"{INBOXES}{settings.nats_user}",
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.25,
                    reconnected_cb=reconnected,
                    error_cb=failed,
                )
                self._ready.set()
            except (TimeoutError, OSError, NatsError) as error:
                log.warning("nats not reachable, trying again: %s", type(error).__name__)
                await asyncio.sleep(0.5)
        try:
            await asyncio.Event().wait()
        finally:
            await self._client.close()

    async def ensure_stream(self, producer: str) -> None:
        """Creates the producer's stream if it is not there (first start, or JetStream's store was lost)."""
        stream = await self.jetstream()
        try:
            await stream.stream_info(stream_name(producer))
        except NotFoundError:
            config = StreamConfig(
                name=stream_name(producer),
                subjects=[f"paivand.{producer}.*.*.v1"],
                retention=RetentionPolicy.LIMITS,
                discard=DiscardPolicy.OLD,
                max_age=STREAM_AGE_SECONDS,
                duplicate_window=120,
            )
            await stream.add_stream(config)
            log.info("created stream %s", stream_name(producer))

    async def request(self, subject: str, message: Message, reply: type[Reply], *, seconds: float = 2.0) -> Reply:
        """Asks another service and waits for its typed answer, not longer than the deadline.

        Raises:
            ProblemError: `unavailable` with Retry-After, when there is no answer in time or none that can be read.
        """
        traceparent = current_traceparent()
        headers = {"traceparent": traceparent} if traceparent else None
        try:
            async with asyncio.timeout(seconds):
                client = await self.connected()
                answer = await client.request(
                    subject, message.model_dump_json().encode(), timeout=seconds, headers=headers
                )
                return reply.model_validate_json(answer.data)
        except (NatsError, TimeoutError, OSError, ValidationError) as error:
            log.warning("no answer on %s: %s", subject, type(error).__name__)
            raise ProblemError(
                ProblemType.UNAVAILABLE,
                "Another part of the network does not answer. Send the same again in a moment.",
                headers={"Retry-After": "2"},
            ) from None

    async def respond(
        self, subject: str, queue: str, question: type[Question], answer: Callable[[Question], Awaitable[Message]]
    ) -> None:
        """Answers typed requests until cancelled, several at once; replicas share them by the queue group."""
        client = await self.connected()
        at_once = asyncio.Semaphore(ANSWERS_AT_ONCE)
        answering: set[asyncio.Task[None]] = set()

        async def on_request(message: Msg) -> None:
            if not message.reply.startswith(INBOXES):
                # The asker names it: an answer to an event's subject would go out as our own event.
                log.error("request on %s that names no inbox for the answer dropped", subject)
                return
            # nats-py waits for this before it takes the next message, so the work goes on beside it.
            await at_once.acquire()
            task = asyncio.create_task(give_answer(message))
            answering.add(task)
            task.add_done_callback(answering.discard)

        async def give_answer(message: Msg) -> None:
            parent = context_of((message.headers or {}).get("traceparent"))
            with tracer.start_as_current_span(f"answer {subject}", context=parent):
                try:
                    asked = question.model_validate_json(message.data)
                    await message.respond((await answer(asked)).model_dump_json().encode())
                except Exception as error:
                    # The asker runs into its deadline and says so to its own caller.
                    log.error("no answer given on %s: %s", subject, type(error).__name__, exc_info=error)
                finally:
                    at_once.release()

        subscription = await client.subscribe(subject, queue=queue, cb=on_request)
        try:
            await asyncio.Event().wait()
        finally:
            # When the service stops, the connection may be closed before this.
            with suppress(NatsError):
                await subscription.unsubscribe()
            await stop(list(answering))
