"""When a delivery is tried again. Pure: no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """A way out."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class DeliveryStatus(StrEnum):
    """State of a delivery. `dead` waits for a person, who may send it again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class Result(StrEnum):
    """How one attempt ended: taken, worth another attempt, or refused for good."""

    DELIVERED = "delivered"
    RETRY = "retry"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's end. `reason` is a code, never a text of the other side, which may say anything."""

    result: Result
    reason: str
    http_status: int | None = None


def pause_before_next(attempts: int, pauses: Sequence[float], *, chance: float) -> float | None:
    """Seconds until the next attempt after so many; None when there shall be none.

    `chance` (0 to 1) spreads the pauses by a fifth to both sides: what failed together shall not come back together.
    """
    if attempts > len(pauses):
        return None
    return pauses[attempts - 1] * (0.8 + 0.4 * chance)
