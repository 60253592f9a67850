"""The live feed: one reader per process follows new entries and hands each to the open streams of its audience."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence

from paivand_contracts.problems import ProblemType
from paivand_kit.database import Database
from paivand_kit.jobs import wait
from paivand_kit.listener import Listener
from paivand_kit.problems import ProblemError

from ..channels import INBOX
from ..termination import on_terminate
from . import repository
from .rules import Audience
from .tables import InboxEntryRow

log = logging.getLogger(__name__)
BATCH = 200
HELD_ENTRIES = 200
POLL_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 60.0


class Subscription:
    """One open stream. A slow reader's held entries are dropped and read again from the table, so it delays nobody."""

    def __init__(self, subject: str, audiences: Sequence[Audience], database: Database) -> None:
        self.subject, self.audiences = subject, audiences
        self._database = database
        self._held: deque[InboxEntryRow] = deque()
        self._position = 0
        self._is_behind = True
        self._is_closed = False
        self._wake = asyncio.Event()

    def offer(self, entry: InboxEntryRow) -> None:
        """Called by the feed, in the order of positions."""
        self._held.append(entry)
        if len(self._held) > HELD_ENTRIES:
            self.fall_behind()
        self._wake.set()

    def fall_behind(self) -> None:
        """Makes it read from the table again."""
        self._held.clear()
        self._is_behind = True
        self._wake.set()

    def end(self) -> None:
        """Ends the stream."""
        self._is_closed = True
        self._wake.set()

    async def start(self, *, after: int | None) -> None:
        """Sets where `entries` begins: past a position, or (None) now."""
        async with self._database.transaction() as session:
            latest = await repository.get_latest_position(session)
        # Never past the newest: an id from elsewhere would otherwise silence the stream.
        self._position = latest if after is None else min(after, latest)

    async def entries(self, *, until: float) -> AsyncIterator[InboxEntryRow]:
        """Entries since the start, each once and in order, until that time (seconds since 1970)."""
        while not self._is_closed and time.time() < until:
            for entry in await self._next(min(until - time.time(), LONGEST_WAIT_SECONDS)):
                # Offered and read from the table overlap; the position tells which are new.
                if entry.position > self._position:
                    self._position = entry.position
                    yield entry

    async def _next(self, seconds: float) -> list[InboxEntryRow]:
        if self._is_behind:
            # Cleared first: what is dropped while the query runs makes it true again.
            self._is_behind = False
            async with self._database.transaction() as session:
                page = await repository.list_after(session, self.audiences, after=self._position, limit=BATCH)
            self._is_behind = self._is_behind or len(page) == BATCH
            return page
        self._wake.clear()
        if not self._held and not self._is_closed:
            await wait(self._wake, seconds)
        held, self._held = list(self._held), deque()
        return held


class Feed:
    """All open streams of this process."""

    def __init__(self, database: Database, listener: Listener, *, per_subject: int, per_process: int) -> None:
        self._database, self._per_subject, self._per_process = database, per_subject, per_process
        self._subscriptions: set[Subscription] = set()
        self._of_audience: dict[Audience, set[Subscription]] = {}
        self._of_subject: Counter[str] = Counter()
        self._position: int | None = None
        self._is_ending = False
        self._wake = asyncio.Event()
        listener.on(INBOX, self._wake.set)

    def open(self, subject: str, audiences: Sequence[Audience]) -> Subscription:
        """Opens a stream; whoever opens it closes it.

        Raises:
            ProblemError: `too-many-requests`, when the subject or the process has all the streams it may have.
        """
        if self._of_subject[subject] >= self._per_subject or len(self._subscriptions) >= self._per_process:
            raise ProblemError(
                ProblemType.TOO_MANY_REQUESTS, "Too many open streams. Close one first.", headers={"Retry-After": "5"}
            )
        subscription = Subscription(subject, audiences, self._database)
        if self._is_ending:
            subscription.end()
        self._subscriptions.add(subscription)
        self._of_subject[subject] += 1
        for audience in audiences:
            self._of_audience.setdefault(audience, set()).add(subscription)
        return subscription

    def close(self, subscription: Subscription) -> None:
        """Forgets a stream that has ended."""
        self._subscriptions.discard(subscription)
        self._of_subject -= Counter([subscription.subject])
        for audience in subscription.audiences:
            followers = self._of_audience.get(audience, set())
            followers.discard(subscription)
            if not followers:
                self._of_audience.pop(audience, None)

    async def run(self) -> None:
        """Follows the table until cancelled, then ends all streams."""
        with on_terminate(self._end_all):
            while True:
                self._wake.clear()
                try:
                    is_more = await self._hand_out()
                except Exception as error:
                    log.warning("feed interrupted, going on from the same position: %s", type(error).__name__)
                    is_more = False
                if not is_more:
                    await wait(self._wake, POLL_SECONDS)

    def _end_all(self) -> None:
        self._is_ending = True
        for subscription in self._subscriptions:
            subscription.end()

    async def _hand_out(self) -> bool:
        """Reads what is new and offers it; whether there may be more."""
        async with self._database.transaction() as session:
            if self._position is None:
                self._position = await repository.get_latest_position(session)
                # A stream that was opened earlier may have started below this position.
                for subscription in self._subscriptions:
                    subscription.fall_behind()
            entries = await repository.list_after_unscoped(session, after=self._position, limit=BATCH)
        for entry in entries:
            for subscription in self._of_audience.get(entry.organization_id, ()):
                subscription.offer(entry)
            self._position = entry.position
        return len(entries) == BATCH
