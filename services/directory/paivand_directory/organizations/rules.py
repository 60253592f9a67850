"""Who may change what of an organization."""

MANAGED_FIELDS = frozenset({"name", "alternate_name", "description", "email", "website"})
COORDINATED_FIELDS = frozenset({"status"})


def changeable_fields(*, is_manager_of_it: bool, is_coordinator: bool) -> frozenset[str]:
    """The fields that such a caller may change; empty for anybody else's organization."""
    managed = MANAGED_FIELDS if is_manager_of_it else frozenset[str]()
    return managed | (COORDINATED_FIELDS if is_coordinator else frozenset[str]())
