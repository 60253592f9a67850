"""HTTP of the calendar feeds."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from paivand_kit.database import Session
from paivand_kit.idempotency import IdempotentRoute
from paivand_kit.pagination import Page, PageQuery
from paivand_kit.preconditions import IfMatch, etag
from paivand_kit.row_scope import as_service

from ..permissions import FollowCalendar, ManageCalendarFeeds
from . import repository, service
from .schemas import CalendarFeed, CalendarFeedCreate, CalendarFeedWithAddress
from .tables import CalendarFeedRow

router = APIRouter(prefix="/referral/v1", tags=["calendar"], route_class=IdempotentRoute)
CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"description": "The calendar.", "content": {"text/calendar": {"schema": {"type": "string"}}}},
    304: {"description": "It has not changed since you last read it."},
}


def _shown(row: CalendarFeedRow) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in CalendarFeed.model_fields if name != "scope"}
    return {**columns, "scope": service.scope_of(row)}


@router.post("/calendar-feeds", status_code=201, response_model=CalendarFeedWithAddress)
async def add_feed(
    new: CalendarFeedCreate, caller: ManageCalendarFeeds, session: Session, request: Request, response: Response
) -> dict[str, Any]:
    """Makes an address under which a calendar program can follow your hearings. It is shown this once."""
    row, secret = await service.add(session, caller, new)
    request.state.once.withheld = ("url",)
    response.headers["ETag"] = etag(row.version)
    response.headers["Location"] = f"/referral/v1/calendar-feeds/{row.id}"
    return {**_shown(row), "url": f"{request.app.state.public_url}/referral/v1/calendar/{secret}.ics"}


@router.get("/calendar-feeds", response_model=Page[CalendarFeed])
async def list_feeds(caller: ManageCalendarFeeds, session: Session, page: PageQuery) -> dict[str, Any]:
    """Your own feeds; for managers all of the organization's. Newest first."""
    rows = await repository.list_newest(session, caller, before=page.last(UUID), limit=page.limit + 1)
    return page.page([_shown(row) for row in rows], lambda row: (row["id"],))


@router.get("/calendar-feeds/{feed_id}", response_model=CalendarFeed)
async def read_feed(feed_id: UUID, caller: ManageCalendarFeeds, session: Session, response: Response) -> dict[str, Any]:
    """One feed. See by `last_used_at` whether anybody follows it."""
    row = await service.read(session, caller, feed_id)
    response.headers["ETag"] = etag(row.version)
    return _shown(row)


@router.delete("/calendar-feeds/{feed_id}", status_code=204)
async def revoke_feed(feed_id: UUID, caller: ManageCalendarFeeds, expected: IfMatch, session: Session) -> None:
    """Ends the address for good, e.g. when a device was lost."""
    await service.revoke(session, caller, feed_id, expected)


@router.get("/calendar/{token}.ics", response_class=Response, responses=CALENDAR)
@router.head("/calendar/{token}.ics", response_class=Response, include_in_schema=False)
async def follow_calendar(
    token_digest: FollowCalendar,
    session: Session,
    if_none_match: Annotated[str | None, Header(description="ETags of what you have.", max_length=2000)] = None,
    if_modified_since: Annotated[str | None, Header(description="When you last read it.", max_length=100)] = None,
) -> Response:
    """The calendar behind the address (iCalendar, RFC 5545), for programs that cannot sign in.

    Each hearing keeps its UID through all adjournments. Titles say the case number and the kind of hearing.
    """
    # Nobody has signed in: the address says whose calendar it is.
    async with as_service(session):
        reading = await service.follow(session, token_digest)
    headers = {
        "ETag": reading.etag,
        "Last-Modified": format_datetime(reading.changed_at.astimezone(UTC).replace(microsecond=0), usegmt=True),
        "Cache-Control": "private, no-cache",
    }
    if _has_it(reading, if_none_match, if_modified_since):
        return Response(status_code=304, headers=headers)
    return Response(reading.text(), media_type="text/calendar; charset=utf-8", headers=headers)


def _has_it(reading: service.Reading, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """As RFC 9110 section 13.2.2 has it: the time counts only without an ETag."""
    if if_none_match is not None:
        known = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
        return reading.etag in known or "*" in known
    if if_modified_since is None:
        return False
    try:
        seen_at = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    seen_at = seen_at if seen_at.tzinfo else seen_at.replace(tzinfo=UTC)
    return reading.changed_at.replace(microsecond=0) <= seen_at <= datetime.now(UTC)
