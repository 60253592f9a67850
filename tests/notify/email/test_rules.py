"""Which news a subscriber wants."""

import pytest
from paivand_notify.email.rules import wants


@pytest.mark.parametrize(
    ("kind", "priority", "kinds", "is_only_urgent", "is_wanted"),
    [
        ("accepted", "routine", None, False, True),
        ("accepted", "routine", None, True, False),
        ("accepted", "urgent", None, True, True),
        ("accepted", "asap", None, True, True),
        ("accepted", "stat", None, True, True),
        ("accepted", "stat", ["rejected"], False, False),
        ("rejected", "routine", ["rejected"], False, True),
        ("rejected", "routine", ["rejected"], True, False),
        ("rejected", "stat", [], False, False),
    ],
)
def test_wants(kind: str, priority: str, kinds: list[str] | None, is_only_urgent: bool, is_wanted: bool) -> None:
    assert wants(kind, priority, kinds=kinds, is_only_urgent=is_only_urgent) is is_wanted
