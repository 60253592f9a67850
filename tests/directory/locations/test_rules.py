"""What others may know of a confidential location."""

from uuid import UUID, uuid4

import pytest
from paivand_directory.locations.rules import OPEN_FIELDS, has_both_coordinates_or_none, is_open, redacted

OWNER, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("is_redacted", "asking", "expected"),
    [(False, OTHER, True), (False, None, True), (True, OWNER, True), (True, OTHER, False), (True, None, False)],
)
def test_redacted_location_is_open_to_its_own_organization_only(
    is_redacted: bool, asking: UUID | None, expected: bool
) -> None:
    assert is_open(is_redacted=is_redacted, organization_id=OWNER, asking_organization_id=asking) is expected


def test_everything_is_hidden_unless_it_is_named_as_open() -> None:
    location = dict.fromkeys(OPEN_FIELDS, "seen") | {"name": "Rudaki 12", "phones": [1], "added_tomorrow": "x"}
    hidden = {"name": None, "phones": [], "added_tomorrow": None}
    assert redacted(location) == dict.fromkeys(OPEN_FIELDS, "seen") | hidden


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [(None, None, True), (0.0, 0.0, True), (1.0, None, False), (None, 1.0, False)],
)
def test_one_coordinate_alone_is_no_place(latitude: float | None, longitude: float | None, expected: bool) -> None:
    assert has_both_coordinates_or_none(latitude, longitude) is expected
