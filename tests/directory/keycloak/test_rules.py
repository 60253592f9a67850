"""When to try again, and whose account may be taken in."""

from itertools import pairwise

import pytest
from paivand_directory.keycloak.rules import LONGEST_PAUSE, is_free, is_system, pause_after

NOTHING = ["default-roles-paivand"]


def test_pauses_grow_up_to_the_longest_and_never_end() -> None:
    pauses = [pause_after(attempts) for attempts in range(1000)]
    assert all(first <= second for first, second in pairwise(pauses))
    assert pauses[0] < pauses[1] < pauses[2]
    assert pauses[-1] == LONGEST_PAUSE


@pytest.mark.parametrize(
    ("organizations", "roles", "is_enabled", "free"),
    [
        (["own"], [*NOTHING, "member"], True, True),
        (["other"], NOTHING, False, False),
        (["own", "other"], NOTHING, True, False),
        ([], NOTHING, False, True),
        # An operator's account may have its power by roles that the directory cannot see.
        ([], NOTHING, True, False),
        ([], [*NOTHING, "coordinator"], False, False),
    ],
)
def test_only_own_or_removed_accounts_are_free(
    organizations: list[str], roles: list[str], is_enabled: bool, free: bool
) -> None:
    assert is_free(organizations, "own", roles, is_enabled=is_enabled) is free


@pytest.mark.parametrize(
    ("username", "system"), [("service-account-integrator-adolat", True), ("service@example.org", False)]
)
def test_systems_are_known_by_keycloaks_name_for_them(username: str, system: bool) -> None:
    assert is_system(username) is system
