"""The life of a referral as one table: who may take which action in which state, and what it needs.

States are FHIR Task codes. Nothing here reads a clock, a database or a request.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from paivand_contracts.codes import Priority, ReferralStatus

S = ReferralStatus


class Action(StrEnum):
    """What a party can do to a referral; also the last part of the path."""

    ACCEPT = "accept"
    REJECT = "reject"
    REDIRECT = "redirect"
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"
    ENTER_IN_ERROR = "enter-in-error"


class Party(StrEnum):
    """How an organization stands to a referral. One that refers to its own service is both."""

    REQUESTER = "requester"
    OWNER = "owner"


class Box(StrEnum):
    """Which side of its referrals an organization looks at."""

    INBOX = "inbox"
    OUTBOX = "outbox"


class Needs(StrEnum):
    """What must come with an action."""

    NOTHING = "nothing"
    REASON = "reason"
    OUTCOME = "outcome"


class ConsentScope(StrEnum):
    """What the person agreed to."""

    REFERRAL = "referral"
    SUMMARY = "summary"
    REDIRECT = "redirect"


OPEN = frozenset({S.REQUESTED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD})


@dataclass(frozen=True)
class Transition:
    """One row of the table."""

    by: Party
    sources: frozenset[ReferralStatus]
    target: ReferralStatus
    needs: Needs = Needs.NOTHING


def _row(by: Party, sources: Collection[ReferralStatus], target: ReferralStatus, needs: Needs = Needs.NOTHING):
    return Transition(by, frozenset(sources), target, needs)


TRANSITIONS: Mapping[Action, Transition] = {
    Action.ACCEPT: _row(Party.OWNER, {S.REQUESTED}, S.ACCEPTED),
    Action.REJECT: _row(Party.OWNER, {S.REQUESTED}, S.REJECTED, Needs.REASON),
    Action.REDIRECT: _row(Party.OWNER, {S.REQUESTED}, S.REJECTED, Needs.REASON),
    Action.START: _row(Party.OWNER, {S.ACCEPTED}, S.IN_PROGRESS),
    Action.HOLD: _row(Party.OWNER, {S.IN_PROGRESS}, S.ON_HOLD, Needs.REASON),
    Action.RESUME: _row(Party.OWNER, {S.ON_HOLD}, S.IN_PROGRESS),
    Action.COMPLETE: _row(Party.OWNER, {S.IN_PROGRESS, S.ON_HOLD}, S.COMPLETED, Needs.OUTCOME),
    Action.FAIL: _row(Party.OWNER, {S.IN_PROGRESS, S.ON_HOLD}, S.FAILED, Needs.REASON),
    Action.CANCEL: _row(Party.REQUESTER, {S.REQUESTED, S.ACCEPTED}, S.CANCELLED, Needs.REASON),
    Action.ENTER_IN_ERROR: _row(Party.REQUESTER, OPEN, S.ENTERED_IN_ERROR),
}


# What needs the person's consent at that moment. Ending help does not.
STANDS_ON_CONSENT = frozenset({Action.ACCEPT, Action.REDIRECT, Action.START, Action.RESUME})

# Where a referral goes whose consent has ended: nobody may work on it, nothing that was done is lost.
AFTER_CONSENT: Mapping[ReferralStatus, ReferralStatus] = {
    S.REQUESTED: S.CANCELLED,
    S.ACCEPTED: S.ON_HOLD,
    S.IN_PROGRESS: S.ON_HOLD,
    S.ON_HOLD: S.ON_HOLD,
}


# What the other party no longer sees once the consent has ended.
WITHHELD = ("case", "summary", "note")


class NotYours(Exception):  # noqa: N818 - a fact, not a fault
    """The action belongs to the other party."""


class NotNow(Exception):  # noqa: N818 - a fact, not a fault
    """The action is not possible in this state; `allowed` is what the caller may do instead."""

    def __init__(self, allowed: list[Action]) -> None:
        super().__init__(allowed)
        self.allowed = allowed


def parties(organization: object, *, requester: object, owner: object) -> frozenset[Party]:
    """How an organization stands to a referral with these two sides."""
    stands = {Party.REQUESTER: requester == organization, Party.OWNER: owner == organization}
    return frozenset(party for party, is_so in stands.items() if is_so)


def allowed_actions(status: ReferralStatus, who: Collection[Party]) -> list[Action]:
    """What the given parties may do in a state."""
    return [action for action, row in TRANSITIONS.items() if status in row.sources and row.by in who]


def decide(
    status: ReferralStatus, action: Action, who: Collection[Party], *, has_consent: bool = True
) -> ReferralStatus:
    """The state after an action.

    Raises:
        NotYours: the action belongs to the other party.
        NotNow: it is not possible in this state.
        NoConsent: it needs the person's consent, which has ended.
    """
    row = TRANSITIONS[action]
    if row.by not in who:
        raise NotYours
    if status not in row.sources:
        raise NotNow(allowed_actions(status, who))
    if action in STANDS_ON_CONSENT and not has_consent:
        raise NoConsent
    return row.target


class NoConsent(Exception):  # noqa: N818 - a fact, not a fault
    """The consent that the referral stands on has ended."""


def ended_as(end: str | None, until: datetime | None, at: datetime) -> str | None:
    """Why the consent of a referral no longer holds, if so. One that has run out ends by itself, job or no job."""
    if end is not None:
        return end
    return "expired" if until is not None and until <= at else None


def may_see_case(who: Collection[Party], consent_ended: str | None) -> bool:
    """Whether a party sees what the person agreed to show; the requester owns the case and always does."""
    return Party.REQUESTER in who or consent_ended is None


def respond_by(asked_at: datetime, priority: Priority, within: Mapping[Priority, timedelta]) -> datetime:
    """Until when the owner must have accepted or rejected."""
    return asked_at + within[priority]


def missing_consent(scope: Collection[ConsentScope], *, has_summary: bool) -> ConsentScope | None:
    """The scope that a new referral lacks, if any."""
    if ConsentScope.REFERRAL not in scope:
        return ConsentScope.REFERRAL
    if has_summary and ConsentScope.SUMMARY not in scope:
        return ConsentScope.SUMMARY
    return None
