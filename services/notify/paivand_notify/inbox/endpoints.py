"""HTTP of the inbox."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery

from ..permissions import ReadInbox
from . import service
from .schemas import InboxEntry
from .stream import InboxStream
from .tables import InboxEntryRow

router = APIRouter(prefix="/notify/v1/inbox", tags=["inbox"], route_class=IdempotentRoute)

STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "An endless stream. Each event is named `entry`; its id is the entry's `position`, its data the "
        "entry as JSON. Comments are heartbeats. It ends when the token expires: come again with a new one.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("", response_model=Page[InboxEntry])
async def list_entries(
    caller: ReadInbox,
    session: Session,
    page: PageQuery,
    unread: Annotated[bool | None, Query(description="true: only unread entries; false: only read ones.")] = None,
) -> dict[str, Any]:
    """The entries of your organization's inbox, newest first; coordinators see the coordinators' inbox."""
    return await service.read_page(session, caller, page, is_unread=unread)


@router.get("/stream", status_code=200, response_class=InboxStream, responses=STREAM)
async def follow_entries(
    caller: ReadInbox,
    request: Request,
    last_event_id: Annotated[
        int | None,
        Header(
            ge=0, le=2**62, description="Position of the last entry that you have; without it you get only new ones."
        ),
    ] = None,
) -> InboxStream:
    """New entries as they come (Server-Sent Events), without gaps or repeats when you resume with Last-Event-ID."""
    state = request.app.state
    subscription = state.feed.open(caller.subject, service.inboxes_of(caller))
    return InboxStream(
        state.feed,
        subscription,
        after=last_event_id,
        until=caller.expires_at,
        heartbeat_seconds=state.settings.stream_heartbeat_seconds,
    )


@router.get("/{entry_id}", response_model=InboxEntry)
async def read_entry(caller: ReadInbox, session: Session, entry_id: UUID) -> InboxEntryRow:
    """One entry of your inbox."""
    return await service.read(session, caller, entry_id)


@router.post("/{entry_id}/read", response_model=InboxEntry)
async def mark_entry_read(caller: ReadInbox, session: Session, entry_id: UUID) -> InboxEntryRow:
    """Marks the entry read, for the whole team."""
    return await service.mark_read(session, caller, entry_id)
