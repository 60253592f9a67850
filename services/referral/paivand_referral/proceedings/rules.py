"""What can be done to a proceeding. Pure: no clock, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The branch of law."""

    CRIMINAL = "criminal"
    CIVIL_COMPENSATION = "civil-compensation"
    ADMINISTRATIVE = "administrative"
    RESIDENCE_OR_ASYLUM = "residence-or-asylum"
    FAMILY = "family"
    LABOUR = "labour"


class Stage(StrEnum):
    """How far it has come."""

    REPORT = "report"
    INVESTIGATION = "investigation"
    CHARGE = "charge"
    TRIAL = "trial"
    JUDGMENT = "judgment"
    APPEAL = "appeal"
    ENFORCEMENT = "enforcement"


class PersonRole(StrEnum):
    """The person's part in it."""

    VICTIM = "victim"
    WITNESS = "witness"
    INJURED_PARTY = "injured-party"
    CLAIMANT = "claimant"
    DEFENDANT_NON_PUNISHMENT = "defendant-non-punishment"


class PartyRole(StrEnum):
    """The part of somebody else, who is never named."""

    ACCUSED = "accused"
    DEFENDANT = "defendant"
    CLAIMANT = "claimant"
    CO_VICTIM = "co-victim"
    WITNESS = "witness"
    EMPLOYER = "employer"
    RELATIVE = "relative"
    STATE = "state"
    OTHER = "other"


class Side(StrEnum):
    """Whether somebody stands with the person or against."""

    SAME = "same"
    OPPOSING = "opposing"


class Status(StrEnum):
    """Whether it goes on."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Action(StrEnum):
    """What can be done to it as a whole; also the last part of the path."""

    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"


class Outcome(StrEnum):
    """How it ended."""

    CONVICTION = "conviction"
    ACQUITTAL = "acquittal"
    DISCONTINUED = "discontinued"
    COMPENSATION_AWARDED = "compensation-awarded"
    CLAIM_DISMISSED = "claim-dismissed"
    SETTLED = "settled"
    STATUS_GRANTED = "status-granted"
    STATUS_REFUSED = "status-refused"
    NON_PUNISHMENT_APPLIED = "non-punishment-applied"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


class Reason(StrEnum):
    """Why it pauses or goes on."""

    ACCUSED_NOT_FOUND = "accused-not-found"
    WAITING_FOR_EVIDENCE = "waiting-for-evidence"
    REFLECTION_PERIOD = "reflection-period"
    HEALTH_OF_PERSON = "health-of-person"
    OTHER_PROCEEDING = "other-proceeding"
    NEW_EVIDENCE = "new-evidence"
    APPEAL_FILED = "appeal-filed"
    MISTAKE = "mistake"
    OTHER = "other"


@dataclass(frozen=True)
class Transition:
    """One row of the table."""

    sources: frozenset[Status]
    target: Status


TRANSITIONS: Mapping[Action, Transition] = {
    Action.SUSPEND: Transition(frozenset({Status.OPEN}), Status.SUSPENDED),
    Action.RESUME: Transition(frozenset({Status.SUSPENDED}), Status.OPEN),
    Action.CLOSE: Transition(frozenset({Status.OPEN, Status.SUSPENDED}), Status.CLOSED),
    Action.REOPEN: Transition(frozenset({Status.CLOSED}), Status.OPEN),
}


class NotNow(Exception):  # noqa: N818 - a fact, not a fault
    """The action is not possible in this state; `allowed` is what is."""

    def __init__(self, allowed: list[Action]) -> None:
        super().__init__(allowed)
        self.allowed = allowed


def decide(status: Status, action: Action) -> Status:
    """The state after an action.

    Raises:
        NotNow: it is not possible in this state.
    """
    row = TRANSITIONS[action]
    if status not in row.sources:
        raise NotNow([allowed for allowed, other in TRANSITIONS.items() if status in other.sources])
    return row.target


def takes_changes(status: Status) -> bool:
    """Whether its record, lawyers and hearings may change. A closed one is reopened first."""
    return status is not Status.CLOSED
