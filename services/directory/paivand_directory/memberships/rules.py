"""The life of a membership as one table. Only coordinators move it, always with a reason.

Nothing here reads a clock, a database or a request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class MembershipStatus(StrEnum):
    """State of a membership."""

    APPLIED = "applied"
    UNDER_REVIEW = "under-review"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What a coordinator can do to a membership; also the last part of the path."""

    REVIEW = "review"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"


class AgreementKind(StrEnum):
    """What a member signs."""

    DATA_PROTECTION = "data-protection"
    CODE_OF_CONDUCT = "code-of-conduct"


S = MembershipStatus
WARNING = timedelta(days=30)


@dataclass(frozen=True)
class Transition:
    """One row of the table."""

    sources: frozenset[MembershipStatus]
    target: MembershipStatus
    by_second_person: bool = False
    """Not by the coordinator who took the application under review."""
    needs_agreements: bool = False


TRANSITIONS: Mapping[Action, Transition] = {
    Action.REVIEW: Transition(frozenset({S.APPLIED}), S.UNDER_REVIEW),
    Action.ACTIVATE: Transition(frozenset({S.UNDER_REVIEW}), S.ACTIVE, by_second_person=True, needs_agreements=True),
    Action.SUSPEND: Transition(frozenset({S.ACTIVE}), S.SUSPENDED),
    Action.REINSTATE: Transition(frozenset({S.SUSPENDED}), S.ACTIVE, needs_agreements=True),
    Action.WITHDRAW: Transition(frozenset({S.APPLIED, S.UNDER_REVIEW, S.ACTIVE, S.SUSPENDED}), S.WITHDRAWN),
}


class NotNow(Exception):  # noqa: N818 - a fact, not a fault
    """The action is not possible in this state; `allowed` is what this coordinator may do instead."""

    def __init__(self, allowed: list[Action]) -> None:
        super().__init__(allowed)
        self.allowed = allowed


class SecondPersonNeeded(NotNow):
    """Whoever reviewed an application cannot also activate it."""


class AgreementsMissing(Exception):  # noqa: N818 - a fact, not a fault
    """Not everything is signed, or not for today."""


def allowed_actions(status: MembershipStatus, *, is_reviewer: bool) -> list[Action]:
    """What a coordinator may do in a state."""
    return [
        action
        for action, row in TRANSITIONS.items()
        if status in row.sources and not (row.by_second_person and is_reviewer)
    ]


def decide(status: MembershipStatus, action: Action, *, is_reviewer: bool, is_covered: bool) -> MembershipStatus:
    """The state after an action.

    Raises:
        NotNow: it is not possible in this state.
        SecondPersonNeeded: it is, but for another coordinator.
        AgreementsMissing: `is_covered` is false, and the action needs every agreement.
    """
    row = TRANSITIONS[action]
    if status not in row.sources:
        raise NotNow(allowed_actions(status, is_reviewer=is_reviewer))
    if row.by_second_person and is_reviewer:
        raise SecondPersonNeeded(allowed_actions(status, is_reviewer=is_reviewer))
    if row.needs_agreements and not is_covered:
        raise AgreementsMissing
    return row.target


def is_application(status: MembershipStatus) -> bool:
    """Whether it is not decided yet. Later no coordinator names managers: one could so let oneself in, to see cases."""
    return status in (S.APPLIED, S.UNDER_REVIEW)


def covered_until(agreements: Iterable[tuple[AgreementKind, date]]) -> date | None:
    """The day on which the first agreement ends, by (kind, expires_on); None when one was never signed."""
    ends: dict[AgreementKind, date] = {}
    for kind, expires_on in agreements:
        ends[kind] = max(expires_on, ends.get(kind, date.min))
    return min(ends.values()) if set(ends) == set(AgreementKind) else None


def is_covered(expires_on: date | None, today: date) -> bool:
    """Whether every agreement holds today. On the day of its end one holds no more."""
    return expires_on is not None and expires_on > today
