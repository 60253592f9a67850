"""The life of a hearing, its time, and what it still lacks. Pure: no clock, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from paivand_contracts.hearings import HearingStatus as S


class Action(StrEnum):
    """What can become of a hearing; also the last part of the path."""

    ADJOURN = "adjourn"
    HOLD = "hold"
    VACATE = "vacate"
    CANCEL = "cancel"


class Outcome(StrEnum):
    """What came of a hearing that took place."""

    CONTINUED = "continued"
    TESTIMONY_GIVEN = "testimony-given"
    DECISION_RESERVED = "decision-reserved"
    DECIDED = "decided"
    SETTLED = "settled"
    NON_APPEARANCE = "non-appearance"
    OTHER = "other"


class Reason(StrEnum):
    """Why a hearing does not take place as planned."""

    PERSON_UNWELL = "person-unwell"
    PERSON_ABSENT = "person-absent"
    ACCUSED_ABSENT = "accused-absent"
    COUNSEL_ABSENT = "counsel-absent"
    WITNESS_ABSENT = "witness-absent"
    NO_INTERPRETER = "no-interpreter"
    NO_PROTECTION_MEASURE = "no-protection-measure"
    NOT_SUMMONED = "not-summoned"
    EVIDENCE_NOT_READY = "evidence-not-ready"
    COURT_BUSY = "court-busy"
    SETTLED = "settled"
    MISTAKE = "mistake"
    OTHER = "other"


class Attendee(StrEnum):
    """Whose attendance is required."""

    PERSON = "person"
    LAWYER = "lawyer"
    SUPPORT_PERSON = "support-person"
    INTERPRETER = "interpreter"
    GUARDIAN = "guardian"
    PSYCHOLOGIST = "psychologist"


class Interpreter(StrEnum):
    """Whether somebody interprets."""

    NOT_NEEDED = "not-needed"
    NEEDED = "needed"
    BOOKED = "booked"


class Arrangement(StrEnum):
    """Whether something is arranged: safe transport, childcare, a support person."""

    NOT_NEEDED = "not-needed"
    NEEDED = "needed"
    ARRANGED = "arranged"


class Measure(StrEnum):
    """A measure of protection during the hearing (Directive 2012/29/EU, articles 19 to 23)."""

    SEPARATE_ENTRANCE = "separate-entrance"
    SEPARATE_WAITING_ROOM = "separate-waiting-room"
    SCREEN = "screen"
    VIDEO_LINK = "video-link"
    CLOSED_SESSION = "closed-session"
    SUPPORT_PERSON = "support-person"
    PSEUDONYM = "pseudonym"
    RECORDED_STATEMENT = "recorded-statement"


class MeasureStatus(StrEnum):
    """What became of a measure."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class Attention(StrEnum):
    """What a hearing that is near still lacks."""

    NO_LAWYER = "no-lawyer"
    NO_INTERPRETER = "no-interpreter"
    NO_TRANSPORT = "no-transport"


NEAR = timedelta(hours=72)
TARGET: Mapping[Action, S] = {
    Action.ADJOURN: S.ADJOURNED,
    Action.HOLD: S.HELD,
    Action.VACATE: S.VACATED,
    Action.CANCEL: S.CANCELLED,
}


class NotNow(Exception):  # noqa: N818 - a fact, not a fault
    """The hearing has ended, one way or another: nothing becomes of it any more."""


class TooEarly(Exception):  # noqa: N818 - a fact, not a fault
    """A hearing that has not begun cannot have been held."""


def decide(status: S, action: Action, *, starts_at: datetime, now: datetime) -> S:
    """The state after an action.

    Raises:
        NotNow: only a scheduled hearing takes an action.
        TooEarly: it has not begun yet.
    """
    if status is not S.SCHEDULED:
        raise NotNow
    if action is Action.HOLD and now < starts_at:
        raise TooEarly
    return TARGET[action]


class LocalTimeError(Exception):
    """A time that the zone's clocks show never, or twice. The text says what to send instead."""


@dataclass(frozen=True)
class Start:
    """When a hearing begins: what the clock in the courtroom shows, and the instant that follows."""

    local: datetime
    fold: int
    at: datetime


def start_of(said: datetime, zone: tzinfo) -> Start:
    """The start that somebody has said: local time without an offset, or an instant with one.

    Raises:
        LocalTimeError: the clocks never show that time, or show it twice.
    """
    if said.tzinfo is not None:
        there = said.astimezone(zone)
        return Start(there.replace(tzinfo=None, fold=0), there.fold, said.astimezone(UTC))
    first, second = (said.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return Start(said.replace(fold=0), 0, first.astimezone(UTC))
    later = first.astimezone(UTC).astimezone(zone)
    if later.replace(tzinfo=None) != said.replace(fold=0):
        raise LocalTimeError(
            "Clocks are set forward over this time: it does not exist on that day. The same moment is shown as "
            f"{later:%H:%M} after the change."
        )
    raise LocalTimeError(
        "Clocks are set back on that day and show this time twice. Send it with its offset: "
        f"{first:%z} for the first time, {second:%z} for the second."
    )


def instant_of(local: datetime, fold: int, zone: tzinfo) -> datetime:
    """The instant of a stored local time under the zone's rules as they are now."""
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def attention(
    *,
    status: S,
    starts_at: datetime,
    interpreter: Interpreter,
    transport: Arrangement,
    has_lawyer: bool,
    now: datetime,
) -> list[Attention]:
    """What a scheduled hearing within 72 hours lacks. `repository.needing_attention` says the same in SQL."""
    if status is not S.SCHEDULED or not now <= starts_at <= now + NEAR:
        return []
    lacks = {
        Attention.NO_LAWYER: not has_lawyer,
        Attention.NO_INTERPRETER: interpreter is Interpreter.NEEDED,
        Attention.NO_TRANSPORT: transport is Arrangement.NEEDED,
    }
    return [lack for lack, is_so in lacks.items() if is_so]


def anew(arrangement: Arrangement) -> Arrangement:
    """What was arranged for one day must be arranged again for another."""
    return Arrangement.NEEDED if arrangement is Arrangement.ARRANGED else arrangement


def interpreter_anew(interpreter: Interpreter) -> Interpreter:
    """The same for an interpreter."""
    return Interpreter.NEEDED if interpreter is Interpreter.BOOKED else interpreter
