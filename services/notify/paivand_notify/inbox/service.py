"""Use cases of the inbox."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from paivand_contracts.codes import Role
from paivand_contracts.envelope import new_id
from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.pagination import PageRequest
from paivand_kit.problems import ProblemError, not_found
from sqlalchemy.ext.asyncio import AsyncSession

from ..texts import text_of
from . import repository
from .news import News
from .rules import Audience
from .tables import InboxEntryRow


def inboxes_of(caller: Caller) -> list[Audience]:
    """The inboxes a caller may open: the organization's for its people, the coordinators' for coordinators.

    Raises:
        ProblemError: `forbidden`, for a member or manager whose token names no organization.
    """
    inboxes: list[Audience] = []
    if caller.organization_id is not None and caller.roles & {Role.MEMBER, Role.MANAGER}:
        inboxes.append(caller.organization_id)
    if Role.COORDINATOR in caller.roles:
        inboxes.append(None)
    if not inboxes:
        raise ProblemError(ProblemType.FORBIDDEN, "This needs an account that belongs to a member organization.")
    return inboxes


async def record(session: AsyncSession, news: Sequence[News]) -> None:
    """Writes the entries that a batch of news makes, one for each who must know."""
    await repository.lock_order(session)
    await repository.add(session, [_entry(each, audience) for each in news for audience in each.audiences])


def _entry(news: News, audience: Audience) -> dict[str, Any]:
    # Fails here, and not at each reader, when a producer sends anything but a number.
    text_of(news.kind, news.reference, times=news.times)
    return {
        "id": str(new_id()),
        "event_id": str(news.event.id),
        "organization_id": str(audience) if audience else None,
        "kind": news.kind,
        "subject_type": news.subject_type,
        "subject_id": str(news.subject_id),
        "reference": news.reference,
        "status": news.status,
        "priority": news.priority,
        "times": news.times,
    }


async def read_page(
    session: AsyncSession, caller: Caller, page: PageRequest, *, is_unread: bool | None
) -> dict[str, Any]:
    """A page of the caller's inboxes, newest first."""
    rows = await repository.list_newest(
        session, inboxes_of(caller), is_unread=is_unread, before=page.last(int), limit=page.limit + 1
    )
    return page.page(rows, lambda row: (row.position,))


async def read(session: AsyncSession, caller: Caller, entry_id: UUID) -> InboxEntryRow:
    """One entry. Raises `not-found`."""
    entry = await repository.get(session, inboxes_of(caller), entry_id)
    if entry is None:
        raise not_found("inbox entry")
    return entry


async def mark_read(session: AsyncSession, caller: Caller, entry_id: UUID) -> InboxEntryRow:
    """Marks an entry read for the whole team; again changes nothing. Raises `not-found`."""
    entry = await repository.mark_read(session, inboxes_of(caller), entry_id, subject=caller.subject)
    if entry is None:
        raise not_found("inbox entry")
    return entry
