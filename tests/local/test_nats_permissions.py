"""What each service's NATS user may say and hear: its own subjects, and of others only what it needs."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import nats as client
import pytest
from nats.aio.client import Client
from nats.errors import Error
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig
from paivand_local.testing import NatsServer, temporary_site

from tests.factories.waiting import until

pytestmark = pytest.mark.integration

Connect = Callable[[str], Awaitable[Client]]
REFUSALS: dict[Client, list[str]] = {}


@pytest.fixture(scope="module")
def nats() -> Iterator[NatsServer]:
    """A server of this file's own: its stream is not the services' stream."""
    with temporary_site() as site, NatsServer.running(site) as server:
        yield server


@pytest.fixture
async def connect(nats: NatsServer) -> AsyncIterator[Connect]:
    """Connects as a service, and remembers what the server refuses it."""
    open_connections: list[Client] = []

    async def connect(user: str) -> Client:
        refused: list[str] = []

        async def on_error(error: Exception) -> None:
            refused.append(str(error))

        name, password = nats.credentials(user)
        connection = await client.connect(
            nats.url, user=name, password=password, inbox_prefix=f"_INBOX_{user}", error_cb=on_error
        )
        REFUSALS[connection] = refused
        open_connections.append(connection)
        return connection

    yield connect
    for connection in open_connections:
        await connection.close()


MARKER = "nobody.may.publish.this"


async def is_refused(connection: Client, subject: str, *, to: str) -> bool:
    """Whether the server refuses to publish or subscribe there. They come in order: the marker's last."""
    refused = REFUSALS[connection]
    if to == "publish":
        await connection.publish(subject, b"{}")
    else:
        await connection.subscribe(subject)
    await connection.publish(MARKER, b"{}")
    await until(lambda: any(MARKER in each for each in refused))
    return any(MARKER not in each and "permissions violation" in each.lower() for each in refused)


@pytest.mark.parametrize(
    ("user", "to", "subject"),
    [
        ("directory", "publish", "paivand.referral.referral.accepted.v1"),
        ("directory", "subscribe", "paivand.referral.>"),
        ("directory", "publish", "$JS.API.STREAM.UPDATE.PAIVAND_DIRECTORY"),
        ("referral", "publish", "paivand.directory.service.changed.v1"),
        ("referral", "publish", "paivand.directory.request.forged.v1"),
        ("notify", "publish", "_INBOX_directory.somebody"),
        ("directory", "publish", "paivand.referral.request.forged.v1"),
        ("directory", "publish", "$JS.API.CONSUMER.MSG.NEXT.PAIVAND_REFERRAL.notify"),
        ("referral", "subscribe", "paivand.directory.>"),
        ("referral", "subscribe", "_INBOX_directory.>"),
        ("notify", "publish", "paivand.referral.referral.accepted.v1"),
        ("notify", "publish", "paivand.directory.service.changed.v1"),
        ("notify", "subscribe", "paivand.referral.>"),
        ("notify", "subscribe", ">"),
        ("notify", "subscribe", "_INBOX.>"),
        ("notify", "publish", "$JS.API.STREAM.DELETE.PAIVAND_REFERRAL"),
        ("notify", "publish", "$JS.API.STREAM.PURGE.PAIVAND_REFERRAL"),
        ("notify", "publish", "$JS.API.STREAM.MSG.GET.PAIVAND_REFERRAL"),
        ("notify", "publish", "$JS.API.CONSUMER.DELETE.PAIVAND_DIRECTORY.referral"),
        ("notify", "publish", "$JS.API.CONSUMER.MSG.NEXT.PAIVAND_DIRECTORY.referral"),
        # Messages are pushed, and not acknowledged: nobody pulls, and no consumer outlives its service.
        ("notify", "publish", "$JS.API.CONSUMER.MSG.NEXT.PAIVAND_REFERRAL.notify"),
        ("notify", "publish", "$JS.API.CONSUMER.DURABLE.CREATE.PAIVAND_REFERRAL.notify"),
        ("notify", "publish", "$JS.ACK.PAIVAND_REFERRAL.notify.1.1.1.1.0"),
        ("referral", "publish", "$JS.API.STREAM.UPDATE.PAIVAND_DIRECTORY"),
        ("referral", "publish", "$JS.API.STREAM.DELETE.PAIVAND_REFERRAL"),
        ("directory", "publish", "$SYS.REQ.SERVER.PING"),
    ],
)
async def test_what_a_service_does_not_need_is_refused(connect: Connect, user: str, to: str, subject: str) -> None:
    assert await is_refused(await connect(user), subject, to=to)


@pytest.mark.parametrize(
    ("user", "to", "subject"),
    [
        ("directory", "publish", "paivand.directory.service.changed.v1"),
        ("directory", "subscribe", "paivand.directory.request.outbox.read.v1"),
        ("directory", "publish", "paivand.referral.request.outbox.read.v1"),
        ("directory", "publish", "$JS.API.CONSUMER.INFO.PAIVAND_REFERRAL.directory"),
        ("referral", "publish", "_INBOX_directory.answer"),
        ("referral", "publish", "paivand.referral.referral.accepted.v1"),
        ("referral", "subscribe", "paivand.referral.request.outbox.read.v1"),
        ("referral", "publish", "paivand.directory.request.outbox.read.v1"),
        ("notify", "publish", "paivand.notify.audit.head-signed.v1"),
        ("notify", "publish", "paivand.referral.request.outbox.read.v1"),
        ("notify", "publish", "paivand.directory.request.outbox.read.v1"),
    ],
)
async def test_what_a_service_needs_is_allowed(connect: Connect, user: str, to: str, subject: str) -> None:
    assert not await is_refused(await connect(user), subject, to=to)


async def test_a_consumer_has_events_pushed_but_its_answers_are_not_events(connect: Connect) -> None:
    directory, referral = await connect("directory"), await connect("referral")
    producer = directory.jetstream()
    await producer.add_stream(StreamConfig(name="PAIVAND_DIRECTORY", subjects=["paivand.directory.*.*.v1"]))
    await producer.publish("paivand.directory.service.changed.v1", b"{}")
    consumer = referral.jetstream()
    config = ConsumerConfig(name="referral", deliver_subject="_INBOX_referral.events", ack_policy=AckPolicy.NONE)
    await consumer.add_consumer("PAIVAND_DIRECTORY", config)
    pushed = await consumer.subscribe_bind(stream="PAIVAND_DIRECTORY", config=config, consumer="referral")
    await pushed.next_msg(timeout=5)
    with pytest.raises(NatsTimeoutError):
        await consumer.publish("paivand.directory.service.changed.v1", b"{}", timeout=0.5)
    assert (await producer.stream_info("PAIVAND_DIRECTORY")).state.messages == 1


async def test_a_request_is_answered_once_by_the_service_not_by_the_stream(connect: Connect) -> None:
    """A request's subject has one word more than an event's, so no stream takes it and answers first."""
    directory, notify = await connect("directory"), await connect("notify")
    producer = directory.jetstream()
    await producer.add_stream(StreamConfig(name="PAIVAND_DIRECTORY", subjects=["paivand.directory.*.*.v1"]))
    before = (await producer.stream_info("PAIVAND_DIRECTORY")).state.last_seq

    async def answer(message: client.aio.msg.Msg) -> None:
        await message.respond(b"the service")

    await directory.subscribe("paivand.directory.request.outbox.read.v1", queue="directory", cb=answer)
    await directory.flush()
    for _ in range(20):
        assert (
            await notify.request("paivand.directory.request.outbox.read.v1", b"{}", timeout=5)
        ).data == b"the service"
    assert (await producer.stream_info("PAIVAND_DIRECTORY")).state.last_seq == before


async def test_the_asker_cannot_have_the_answerer_speak_to_jetstream(connect: Connect) -> None:
    directory, notify = await connect("directory"), await connect("notify")
    producer, subject = directory.jetstream(), "paivand.directory.request.outbox.read.v1"
    await producer.add_stream(StreamConfig(name="PAIVAND_DIRECTORY", subjects=["paivand.directory.*.*.v1"]))
    await producer.publish("paivand.directory.service.changed.v1", b"{}")

    async def answer(message: client.aio.msg.Msg) -> None:
        await message.respond(b"")

    await directory.subscribe(subject, queue="directory", cb=answer)
    await directory.flush()
    await notify.publish(subject, b"{}", reply="$JS.API.STREAM.PURGE.PAIVAND_DIRECTORY")
    await until(lambda: any("stream.purge" in each for each in REFUSALS[directory]))
    assert (await producer.stream_info("PAIVAND_DIRECTORY")).state.messages > 0


async def test_a_wrong_password_is_refused(nats: NatsServer) -> None:
    with pytest.raises(Error, match=r"(?i)authorization"):
        await client.connect(nats.url, user="notify", password="wrong", allow_reconnect=False)


async def test_nobody_is_refused(nats: NatsServer) -> None:
    with pytest.raises(Error, match=r"(?i)authorization"):
        await client.connect(nats.url, allow_reconnect=False)
