"""Which rights there are and by which stage each must have been given. Pure: no clock, no I/O."""

from collections.abc import Mapping
from enum import StrEnum

from ..proceedings.rules import Stage
from ..proceedings.rules import Status as ProceedingStatus


class Right(StrEnum):
    """A right of the victim (Directive 2012/29/EU; Council of Europe convention 197; OSCE NRM handbook, pillar 4)."""

    INFORMATION = "information"
    INTERPRETATION = "interpretation"
    LEGAL_AID = "legal-aid"
    PRIVACY = "privacy"
    PROTECTION = "protection"
    COMPENSATION = "compensation"
    REFLECTION_PERIOD = "reflection-period"
    NON_PUNISHMENT = "non-punishment"
    SAFE_RETURN = "safe-return"


class Status(StrEnum):
    """What was done about a right."""

    OPEN = "open"
    GIVEN = "given"
    REFUSED = "refused"
    NOT_APPLICABLE = "not-applicable"


class Evidence(StrEnum):
    """What shows it. The paper itself stays with the organization."""

    SIGNED_FORM = "signed-form"
    MINUTES = "minutes"
    DECISION = "decision"
    CORRESPONDENCE = "correspondence"
    CASE_NOTE = "case-note"


# The last stage in which there is still time for it.
DUE_BY: Mapping[Right, Stage] = {
    Right.INFORMATION: Stage.REPORT,
    Right.REFLECTION_PERIOD: Stage.REPORT,
    Right.INTERPRETATION: Stage.INVESTIGATION,
    Right.LEGAL_AID: Stage.INVESTIGATION,
    Right.PRIVACY: Stage.INVESTIGATION,
    Right.NON_PUNISHMENT: Stage.CHARGE,
    Right.PROTECTION: Stage.TRIAL,
    Right.COMPENSATION: Stage.TRIAL,
    Right.SAFE_RETURN: Stage.ENFORCEMENT,
}
STAGES = list(Stage)


def needs_evidence(status: Status) -> bool:
    """Whether a claim must be shown: that it was given, or refused."""
    return status in (Status.GIVEN, Status.REFUSED)


def is_missed(right: Right, status: Status, stage: Stage, proceeding: ProceedingStatus) -> bool:
    """Whether its time has passed and nobody said what became of it."""
    is_past = STAGES.index(stage) > STAGES.index(DUE_BY[right]) or proceeding is ProceedingStatus.CLOSED
    return status is Status.OPEN and is_past


def due_in(stage: Stage, proceeding: ProceedingStatus) -> frozenset[Right]:
    """The rights that are missed at that point if they are still open."""
    return frozenset(right for right in Right if is_missed(right, Status.OPEN, stage, proceeding))
