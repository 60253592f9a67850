"""What a service entry must fulfil beyond the shape of its fields."""

import pytest
from paivand_directory.services.rules import is_age_range, without_repeats


@pytest.mark.parametrize(
    ("minimum_age", "maximum_age", "expected"),
    [(None, None, True), (18, None, True), (None, 17, True), (18, 18, True), (12, 17, True), (18, 17, False)],
)
def test_age_range_holds_somebody(minimum_age: int | None, maximum_age: int | None, expected: bool) -> None:
    assert is_age_range(minimum_age, maximum_age) is expected


def test_repeated_codes_are_kept_once_in_order() -> None:
    assert without_repeats(["shelter", "cash", "shelter"]) == ["shelter", "cash"]
