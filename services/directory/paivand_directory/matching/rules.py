"""What counts how much when services are ranked. Pure."""

from typing import NamedTuple


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


def reasons(failed: str | None, *, is_full: bool) -> list[str]:
    """What is in the way of a near miss."""
    return [*([failed] if failed else []), *([FULL] if is_full else [])]
