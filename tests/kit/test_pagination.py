"""Cursors: what goes in comes out, and nothing else does."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st
from paivand_kit.pagination import PageRequest
from paivand_kit.problems import ProblemError


def page_request(cursor: str | None = None, *, limit: int = 2, query: str = "") -> tuple[PageRequest, Response]:
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/things",
        "query_string": query.encode(),
        "headers": [],
        "server": ("things", 80),
    }
    response = Response()
    return PageRequest(Request(scope), response, limit, cursor), response


def next_cursor(*key: Any) -> str:
    page, _ = page_request(limit=1)
    cursor = page.page([key, key], key=lambda row: row)["next_cursor"]
    assert isinstance(cursor, str)
    return cursor


@given(
    word=st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=200),
    number=st.integers(-(2**53), 2**53),
    moment=st.datetimes(timezones=st.just(UTC)),
    identity=st.uuids(),
)
def test_cursor_carries_the_key(word: str, number: int, moment: datetime, identity: UUID) -> None:
    cursor = next_cursor(word, number, moment, identity)
    assert page_request(cursor)[0].after(str, int, datetime, UUID) == (word, number, moment, identity)


def test_longest_cyrillic_name_fits() -> None:
    assert len(next_cursor("Ҷ" * 200, uuid4())) <= 2000


def _cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        *("", "!", "x", "ы", "W10"),
        _cursor({}),
        _cursor(["a"]),
        _cursor(["a", "b"]),
        _cursor(["a", str(uuid4()), 1]),
        _cursor([1, str(uuid4())]),
        _cursor(["a\x00", str(uuid4())]),
        _cursor([None, str(uuid4())]),
        *(_cursor(["a", strange]) for strange in (None, 1, 1.5, [], {}, True)),
    ],
)
def test_strange_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        page_request(cursor)[0].after(str, UUID)
    assert [fault.parameter for fault in refusal.value.errors or []] == ["cursor"]


def test_moment_before_the_first_year_is_refused() -> None:
    with pytest.raises(ProblemError):
        page_request(_cursor(["0001-01-01T00:00:00+14:00"]))[0].after(datetime)


def test_last_page_has_no_next() -> None:
    page, response = page_request(limit=2)
    assert page.page([1, 2], key=lambda row: (row,)) == {"items": [1, 2], "next_cursor": None}
    assert "link" not in response.headers


def test_link_keeps_the_other_parameters() -> None:
    page, response = page_request(limit=1, query="text=a%26b&cursor=old")
    cursor = page.page([1, 2], key=lambda row: (row,))["next_cursor"]
    assert response.headers["link"] == f'</things?text=a%26b&cursor={cursor}>; rel="next"'
