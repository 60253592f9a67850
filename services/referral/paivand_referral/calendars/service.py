"""Use cases of the calendar feeds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_contracts.envelope import new_id, now
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.preconditions import check_version
from paivand_kit.problems import ProblemError, not_found
from paivand_kit.secret_links import digest_of, new_secret
from sqlalchemy.ext.asyncio import AsyncSession

from ..hearings.zones import EDITION
from . import icalendar_text, repository, rules
from .schemas import CalendarFeedCreate, FeedScope
from .tables import CalendarFeedRow

KEPT = timedelta(days=90)
"""How long a past hearing stays in a calendar."""
AT_MOST = 5000
FORMAT = 1
"""Rises when the same entries give another text."""


@dataclass(frozen=True)
class Reading:
    """What an address shows at this moment."""

    events: Sequence[rules.Event]
    shows_place: bool
    scope: FeedScope
    digest: bytes
    changed_at: datetime

    @property
    def etag(self) -> str:
        """Strong: the same entries give the same bytes."""
        return f'"{self.digest.hex()[:32]}"'

    def text(self) -> bytes:
        """The calendar itself."""
        title = "Hearings" if self.scope is FeedScope.LAWYER else "Hearings of the organization"
        return icalendar_text.feed(title, self.events, [], with_place=self.shows_place)


def scope_of(row: CalendarFeedRow) -> FeedScope:
    """Whose hearings a feed shows."""
    return FeedScope.LAWYER if row.subject else FeedScope.ORGANIZATION


async def add(session: AsyncSession, caller: Caller, new: CalendarFeedCreate) -> tuple[CalendarFeedRow, str]:
    """A new feed, and the secret of its address, which is not kept.

    Raises:
        ProblemError: `forbidden`, when somebody else than a manager wants the organization's.
    """
    if new.scope is FeedScope.ORGANIZATION and Role.MANAGER not in caller.roles:
        raise ProblemError(ProblemType.FORBIDDEN, "The calendar of the whole organization is for its managers.")
    secret = new_secret()
    row = CalendarFeedRow(
        id=new_id(),
        organization_id=caller.organization(),
        subject=caller.subject if new.scope is FeedScope.LAWYER else None,
        shows_place=new.shows_place,
        token_digest=digest_of(secret),
        created_by=caller.subject,
    )
    await repository.add(session, row)
    return row, secret


async def read(session: AsyncSession, caller: Caller, feed_id: UUID) -> CalendarFeedRow:
    """One that the caller may see; 404 for any other."""
    row = await repository.get(session, caller, feed_id)
    if row is None:
        raise not_found("calendar feed")
    return row


async def revoke(session: AsyncSession, caller: Caller, feed_id: UUID, expected: int | None) -> None:
    """Ends an address for good. Raises `not-found`, `stale`."""
    row = await repository.get(session, caller, feed_id, lock=True)
    if row is None:
        raise not_found("calendar feed")
    check_version(expected, row.version)
    await repository.remove(session, row)


async def end_of_person(session: AsyncSession, subject: str, organization_id: UUID) -> None:
    """Somebody works for an organization no more: the addresses that this account was shown end."""
    await repository.remove_of_person_unscoped(session, subject, organization_id)


async def follow(session: AsyncSession, token_digest: bytes) -> Reading:
    """What the address shows now, to whoever has it. 404 for an unknown one, or while its organization is suspended."""
    row = await repository.find_unscoped(session, token_digest)
    if row is None:
        raise not_found("calendar")
    scope = scope_of(row)
    role = Role.MEMBER if scope is FeedScope.LAWYER else Role.MANAGER
    reader = Caller(row.subject or "", "calendar", row.organization_id, frozenset({role}))
    sittings = await repository.list_sittings(
        session, reader, of_record_only=scope is FeedScope.LAWYER, since=now() - KEPT, limit=AT_MOST
    )
    events = rules.events_of(sittings)
    digest = hashlib.sha256(repr((FORMAT, EDITION, scope, row.shows_place, events)).encode()).digest()
    changed_at = await repository.note_use(session, row, digest)
    return Reading(events, row.shows_place, scope, digest, changed_at)
