"""How rows read in HSDS."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from paivand_directory.hsds.rules import envelope, picked, plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("5"), 5),
        (Decimal("5.5"), 5.5),
        (date(2026, 11, 24), "2026-11-24"),
        (datetime(2026, 11, 24, 1, 2, tzinfo=UTC), "2026-11-24T01:02:00+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"a": None, "b": [{"c": None, "d": 0}], "e": ""}, {"b": [{"d": 0}], "e": ""}),
    ],
)
def test_values_are_as_json_has_them_and_null_is_left_out(value: Any, expected: Any) -> None:
    assert plain(value) == expected


def test_only_the_named_fields_are_picked() -> None:
    assert picked({"id": 1, "name": None, "secret": 2}, ("id", "name")) == {"id": 1}
    assert picked(date(2026, 11, 24), ("year",)) == {"year": 2026}


@pytest.mark.parametrize(
    ("count", "total", "page", "expected"),
    [(0, 0, 1, (0, True, True, True)), (2, 5, 1, (3, True, False, False)), (1, 5, 3, (3, False, True, False))],
)
def test_envelope_counts_pages(count: int, total: int, page: int, expected: tuple[Any, ...]) -> None:
    found = envelope([{}] * count, total=total, page=page, per_page=2)
    assert (found["total_pages"], found["first_page"], found["last_page"], found["empty"]) == expected
