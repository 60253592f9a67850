"""What counts how much when services are ranked. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from paivand_contracts.matching import Criterion, JudgedCriterion, Operator, Verdict


class Weights(NamedTuple):
    """The most that each reason can give; together 100.

    Where nobody knows, half is given: to a service that states no conditions, and for an organization that was asked
    too rarely to have a record. Without a place to start from, distance gives nothing to anybody.
    """

    eligibility: int = 35
    room: int = 20
    fresh: int = 15
    language: int = 10
    distance: int = 10
    response: int = 10


FARTHEST_KM = 200
"""From here on distance gives nothing."""
FULL, CLOSED = "full", "closed"


def obstacles(
    criteria: Iterable[JudgedCriterion], *, is_full: bool, is_open: bool | None, full_until: datetime | None
) -> dict[str, str]:
    """What is in the way of a near miss, by its code, in words."""
    found = {str(each.attribute): _in_words(each) for each in criteria if each.verdict is Verdict.NOT_MET}
    if is_full:
        found[FULL] = f"full until {full_until:%Y-%m-%d %H:%M} UTC" if full_until else "full"
    if is_open is False:
        found[CLOSED] = "closed at that time"
    return found


def _in_words(criterion: Criterion) -> str:
    codes = ", ".join(criterion.codes)
    least, most = criterion.minimum, criterion.maximum
    if criterion.operator in (Operator.WITHIN, Operator.ALL_WITHIN):
        said = f"at least {least}" if most is None else f"at most {most}" if least is None else f"{least} to {most}"
    else:
        said = {Operator.ANY_OF: "only", Operator.NONE_OF: "not", Operator.COVERS: "nothing but"}[criterion.operator]
        said = f"{said} {codes}"
    return f"{criterion.attribute}: {said}"
