"""What may become of a hold. Pure."""

from enum import StrEnum

from paivand_contracts.capacity import HoldStatus


class Action(StrEnum):
    """What is asked for."""

    CONFIRM = "confirm"
    RELEASE = "release"


ALLOWED: dict[HoldStatus, dict[Action, HoldStatus]] = {
    HoldStatus.HELD: {Action.CONFIRM: HoldStatus.CONFIRMED, Action.RELEASE: HoldStatus.RELEASED},
    HoldStatus.CONFIRMED: {Action.CONFIRM: HoldStatus.CONFIRMED, Action.RELEASE: HoldStatus.RELEASED},
    # Nothing is left to give back, so who releases has what it wants.
    HoldStatus.RELEASED: {Action.RELEASE: HoldStatus.RELEASED},
    HoldStatus.EXPIRED: {Action.RELEASE: HoldStatus.EXPIRED},
}


def outcome(status: HoldStatus, action: Action) -> HoldStatus | None:
    """The state after the action; None when it is not possible. An action done before changes nothing."""
    return ALLOWED[status].get(action)


def confirmed_by(before: HoldStatus, after: HoldStatus, quantity: int) -> int:
    """By how much the change raises what is confirmed."""
    taken = {HoldStatus.CONFIRMED: quantity}
    return taken.get(after, 0) - taken.get(before, 0)


def held_by(before: HoldStatus, after: HoldStatus, quantity: int) -> int:
    """By how much the change raises what is held."""
    kept = {HoldStatus.HELD: quantity}
    return kept.get(after, 0) - kept.get(before, 0)
