"""Who may change what of an organization."""

import pytest
from paivand_directory.organizations.rules import COORDINATED_FIELDS, MANAGED_FIELDS, changeable_fields
from paivand_directory.organizations.schemas import OrganizationPatch


@pytest.mark.parametrize(
    ("is_manager_of_it", "is_coordinator", "expected"),
    [
        (False, False, frozenset()),
        (True, False, MANAGED_FIELDS),
        (False, True, COORDINATED_FIELDS),
        (True, True, MANAGED_FIELDS | COORDINATED_FIELDS),
    ],
)
def test_each_role_changes_its_fields(is_manager_of_it: bool, is_coordinator: bool, expected: frozenset[str]) -> None:
    assert changeable_fields(is_manager_of_it=is_manager_of_it, is_coordinator=is_coordinator) == expected


def test_every_field_that_can_be_sent_belongs_to_one_role() -> None:
    assert not MANAGED_FIELDS & COORDINATED_FIELDS
    assert OrganizationPatch.model_fields.keys() == MANAGED_FIELDS | COORDINATED_FIELDS
