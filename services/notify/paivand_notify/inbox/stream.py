"""Server-Sent Events (WHATWG HTML section 9.2) of the inbox."""

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from .feed import Feed, Subscription
from .schemas import InboxEntry

# A client that takes nothing for so long is given up; it resumes with Last-Event-ID.
SEND_SECONDS = 30.0


class InboxStream(EventSourceResponse):
    """The answer that never ends by itself, until the token does or the client leaves."""

    def __init__(
        self, feed: Feed, subscription: Subscription, *, after: int | None, until: float, heartbeat_seconds: float
    ) -> None:
        super().__init__(
            self._events(subscription, after, until),
            sep="\n",
            ping=heartbeat_seconds,
            ping_message_factory=lambda: ServerSentEvent(comment="heartbeat", sep="\n"),
            send_timeout=SEND_SECONDS,
        )
        self._feed, self._subscription = feed, subscription

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streams, and gives the subscription back however it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feed.close(self._subscription)

    async def _events(
        self, subscription: Subscription, after: int | None, until: float
    ) -> AsyncIterator[ServerSentEvent]:
        await subscription.start(after=after)
        # Now the client can tell that it will miss nothing from here on, although nothing has happened yet.
        yield ServerSentEvent(comment="open", sep="\n")
        async for entry in subscription.entries(until=until):
            data = InboxEntry.model_validate(entry).model_dump_json()
            yield ServerSentEvent(data, event="entry", id=str(entry.position), sep="\n")
