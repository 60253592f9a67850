"""When to try again, and whose account may become a member's."""

from collections.abc import Collection
from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
ROLES_OF = {"member": frozenset({"member"}), "manager": frozenset({"member", "manager"})}
NETWORK_ROLES = frozenset({"member", "manager"})


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: doubled each time. It never gives up, Keycloak down only delays."""
    return min(FIRST_PAUSE * 2 ** min(attempts, 10), LONGEST_PAUSE)


def is_system(username: str) -> bool:
    """Whether an account is a client's own: Keycloak names it so. People are named by their address."""
    return username.startswith("service-account-")


def is_free(organization_ids: Collection[str], own: str, roles: Collection[str], *, is_enabled: bool) -> bool:
    """Whether an account that exists may be taken in: one's own, or one that was removed from where it was.

    Otherwise a manager could draw a coordinator's, an operator's or another member's account to oneself, and
    lock it by removing it again.
    """
    if organization_ids:
        return set(organization_ids) == {own}
    return not is_enabled and all(role.startswith("default-roles-") for role in roles)
