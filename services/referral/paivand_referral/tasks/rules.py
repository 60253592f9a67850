"""What is to be done at each stage, and what can become of a task. Pure: no clock, no I/O."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

from ..proceedings.rules import Stage


class Kind(StrEnum):
    """What is to be done."""

    INFORM_OF_RIGHTS = "inform-of-rights"
    REFLECTION_PERIOD_ASKED = "reflection-period-asked"
    LEGAL_AID_ASKED = "legal-aid-asked"
    PREPARE_PERSON = "prepare-person"
    BOOK_INTERPRETER = "book-interpreter"
    ARRANGE_TRANSPORT = "arrange-transport"
    PROTECTION_ASKED = "protection-asked"
    NON_PUNISHMENT_ASKED = "non-punishment-asked"
    STATEMENT_READ = "statement-read"
    COMPENSATION_CLAIMED = "compensation-claimed"
    IMPACT_STATEMENT_FILED = "impact-statement-filed"
    JUDGMENT_EXPLAINED = "judgment-explained"
    APPEAL_CONSIDERED = "appeal-considered"
    COMPENSATION_ENFORCED = "compensation-enforced"
    SAFE_RETURN_ASSESSED = "safe-return-assessed"
    OTHER = "other"


class Status(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


# How many days after the stage began each is due.
TEMPLATES: Mapping[Stage, Mapping[Kind, int]] = {
    Stage.REPORT: {Kind.INFORM_OF_RIGHTS: 1, Kind.REFLECTION_PERIOD_ASKED: 3, Kind.LEGAL_AID_ASKED: 3},
    Stage.INVESTIGATION: {Kind.PREPARE_PERSON: 3, Kind.BOOK_INTERPRETER: 3, Kind.PROTECTION_ASKED: 3},
    Stage.CHARGE: {Kind.NON_PUNISHMENT_ASKED: 7, Kind.STATEMENT_READ: 7, Kind.COMPENSATION_CLAIMED: 14},
    Stage.TRIAL: {
        Kind.PREPARE_PERSON: 7,
        Kind.BOOK_INTERPRETER: 7,
        Kind.ARRANGE_TRANSPORT: 7,
        Kind.PROTECTION_ASKED: 7,
        Kind.IMPACT_STATEMENT_FILED: 14,
    },
    Stage.JUDGMENT: {Kind.JUDGMENT_EXPLAINED: 3, Kind.APPEAL_CONSIDERED: 5},
    Stage.APPEAL: {Kind.PREPARE_PERSON: 7, Kind.PROTECTION_ASKED: 7},
    Stage.ENFORCEMENT: {Kind.COMPENSATION_ENFORCED: 30, Kind.SAFE_RETURN_ASSESSED: 30},
}


def from_template(stage: Stage, began_on: date, open_kinds: Collection[Kind]) -> dict[Kind, date]:
    """What a stage asks for and nobody has on their list yet, and by when."""
    asked = TEMPLATES[stage].items()
    return {kind: began_on + timedelta(days=days) for kind, days in asked if kind not in open_kinds}


def may_become(status: Status, target: Status) -> bool:
    """Whether a task may change so. What is ended may be opened again: it was a slip."""
    return status is not target and Status.OPEN in (status, target)


def is_overdue(status: Status, due_on: date | None, today: date) -> bool:
    """Whether it should have been done before today."""
    return status is Status.OPEN and due_on is not None and due_on < today
