"""What counts how much when services are ranked. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from paivand_contracts.matching import JudgedCriterion, Verdict


class Weights(NamedTuple):
    """The most that each reason can give; together 100.

    A service that has stated no conditions gets half of `eligibility`: nobody knows. Distance and response record are
    not known yet and give nothing.
    """

    eligibility: int = 40
    room: int = 25
    fresh: int = 20
    language: int = 15


FULL = "full"


def reasons(criteria: Iterable[JudgedCriterion], *, is_full: bool) -> list[str]:
    """What is in the way of a near miss."""
    failed = [str(each.attribute) for each in criteria if each.verdict is Verdict.NOT_MET]
    return [*failed, *([FULL] if is_full else [])]
