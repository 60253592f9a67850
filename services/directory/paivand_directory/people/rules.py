"""The words of people."""

from enum import StrEnum


class PersonRole(StrEnum):
    """What a person may do in the own organization."""

    MEMBER = "member"
    MANAGER = "manager"


class PersonStatus(StrEnum):
    """How far an invitation is."""

    PENDING = "pending"
    INVITED = "invited"
    REFUSED = "refused"
    REMOVED = "removed"


PRESENT = frozenset({PersonStatus.PENDING, PersonStatus.INVITED})
