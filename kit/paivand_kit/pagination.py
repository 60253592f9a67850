"""Keyset pages: a cursor names the last row seen; there are no offsets."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from paivand_contracts.problems import InvalidField, ProblemType
from pydantic import BaseModel, Field, TypeAdapter

from .problems import ProblemError

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A page of a list. Follow `next_cursor` (or the Link header with rel="next") until it is null."""

    items: list[Item]
    next_cursor: str | None = Field(description="Opaque; send it back as `cursor`. Null on the last page.")


class PageRequest:
    """`limit` and `cursor` of a list request, and the Link header of its answer."""

    def __init__(self, request: Request, response: Response, limit: int, cursor: str | None) -> None:
        self._request, self._response = request, response
        self.limit = limit
        self._cursor = cursor

    def after(self, *kinds: type) -> tuple[Any, ...] | None:
        """The key of the last row seen, read as the given kinds (str, int, UUID, datetime); None on the first page.

        Raises:
            ProblemError: `invalid`, when the cursor is not one of ours.
        """
        if self._cursor is None:
            return None
        try:
            decoded = base64.urlsafe_b64decode(self._cursor + "=" * (-len(self._cursor) % 4))
            values = _KEYS.validate_json(decoded)
            return tuple(_READERS[kind](value) for kind, value in zip(kinds, values, strict=True))
        except (ValueError, TypeError, binascii.Error, KeyError, OverflowError):
            fault = InvalidField(parameter="cursor", rule="cursor", detail="Send a `next_cursor` that a page gave you.")
            raise ProblemError(ProblemType.INVALID, "The cursor is not valid.", errors=[fault]) from None

    def last(self, kind: type) -> Any:
        """The same for lists whose key is one value; None on the first page."""
        values = self.after(kind)
        return values[0] if values else None

    def page(self, rows: Sequence[Item], key: Callable[[Item], tuple[Any, ...]]) -> dict[str, Any]:
        """Cuts `limit + 1` fetched rows to a page and sets the Link header; `key` gives a row's keyset values."""
        more = len(rows) > self.limit
        items = list(rows[: self.limit])
        next_cursor = _encode(key(items[-1])) if more else None
        if next_cursor:
            query = self._request.url.include_query_params(cursor=next_cursor)
            self._response.headers["Link"] = f'<{query.path}?{query.query}>; rel="next"'
        return {"items": items, "next_cursor": next_cursor}


def _encode(values: tuple[Any, ...]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps([str(value) if isinstance(value, UUID) else value for value in plain], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _aware(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError
    return value


def _uuid(value: Any) -> UUID:
    return UUID(_text(value))


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**62:
        raise ValueError
    return value


_READERS: dict[type, Callable[[Any], Any]] = {str: _text, int: _integer, UUID: _uuid, datetime: _aware}

_KEYS: TypeAdapter[list[Any]] = TypeAdapter(list[Any])


# A coroutine, since FastAPI would call a class or a plain function in a thread, which costs more than the page.
async def _page_request(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many items.")] = 50,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    return PageRequest(request, response, limit, cursor)


PageQuery = Annotated[PageRequest, Depends(_page_request)]
