"""Who may represent whom. Pure: no clock, no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class PowerOfAttorney(StrEnum):
    """What the person has signed."""

    NOT_NEEDED = "not-needed"
    REQUESTED = "requested"
    SIGNED = "signed"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Representation:
    """Somebody who represents somebody: a lawyer, or an organization whose lawyer is not known."""

    organization_id: UUID
    subject: str | None = None


class ConflictOfInterest(Exception):  # noqa: N818 - a fact, not a fault
    """The same organization or lawyer stands on the other side."""


def check_conflict(candidate: Representation, opposing: Iterable[Representation]) -> None:
    """Passes when nobody on the other side is of the same organization or is the same lawyer.

    Raises:
        ConflictOfInterest: somebody is. It does not say where: what one side does is not the other's to know.
    """
    for other in opposing:
        is_same_person = candidate.subject is not None and candidate.subject == other.subject
        if candidate.organization_id == other.organization_id or is_same_person:
            raise ConflictOfInterest
