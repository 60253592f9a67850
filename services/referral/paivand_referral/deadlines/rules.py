"""How a court's time limit is counted, step by step. Pure: the calendar comes as data."""

import calendar as months_of
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
ESTIMATES_MOVE_BY = timedelta(days=2)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Unit(StrEnum):
    """In what a period is counted."""

    CALENDAR_DAYS = "calendar-days"
    WORKING_DAYS = "working-days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Direction(StrEnum):
    """Whether the period runs from the trigger, or must be kept before it (so many days before a hearing)."""

    AFTER = "after"
    BEFORE = "before"


class Roll(StrEnum):
    """What becomes of an end that falls on a day when the court does not work."""

    NONE = "none"
    NEXT_WORKING_DAY = "next-working-day"
    PREVIOUS_WORKING_DAY = "previous-working-day"


class StepKind(StrEnum):
    """The steps of a computation."""

    TRIGGER = "trigger"
    SKIP = "skip"
    VACATION = "vacation"
    COUNT = "count"
    ROLL = "roll"
    DUE = "due"


class UncoveredYearError(Exception):
    """The calendar says nothing of this year, so nothing can be said of the deadline."""

    def __init__(self, year: int) -> None:
        super().__init__(str(year))
        self.year = year


@dataclass(frozen=True)
class FixedHoliday:
    """A holiday on the same day each year."""

    month: int
    day: int
    name: str

    def __post_init__(self) -> None:
        date(2024, self.month, self.day)  # a leap year: any day that exists


@dataclass(frozen=True)
class MovableHoliday:
    """A holiday on a day that is set for each year; `is_estimated` until it is announced."""

    on: date
    name: str
    is_estimated: bool = False


@dataclass(frozen=True)
class Vacation:
    """When courts pause each year; may run over the new year."""

    begins: tuple[int, int]
    ends: tuple[int, int]
    name: str

    def holds(self, day: date) -> bool:
        """Whether the day is one of the vacation."""
        at = (day.month, day.day)
        if self.begins <= self.ends:
            return self.begins <= at <= self.ends
        return at >= self.begins or at <= self.ends


@dataclass(frozen=True)
class CourtCalendar:
    """On which days the courts of a jurisdiction work, for the years it covers."""

    covers_from: int
    covers_to: int
    rest_days: frozenset[int]
    """Days of the week, Monday is 0."""
    fixed_holidays: tuple[FixedHoliday, ...] = ()
    movable_holidays: tuple[MovableHoliday, ...] = ()
    vacations: tuple[Vacation, ...] = ()

    def __post_init__(self) -> None:
        if not self.rest_days < set(range(7)):
            raise ValueError("a week needs a working day")

    def holidays_on(self, day: date) -> list[tuple[str, bool]]:
        """Names of the day's holidays, and whether each is an estimate.

        Raises:
            UncoveredYearError: the calendar does not know that year.
        """
        if not self.covers_from <= day.year <= self.covers_to:
            raise UncoveredYearError(day.year)
        fixed = [(each.name, False) for each in self.fixed_holidays if (each.month, each.day) == (day.month, day.day)]
        return fixed + [(each.name, each.is_estimated) for each in self.movable_holidays if each.on == day]

    def is_working_day(self, day: date) -> bool:
        """Whether courts work: no rest day, no holiday. A vacation does not matter here."""
        return not self.holidays_on(day) and day.weekday() not in self.rest_days

    def vacation_on(self, day: date) -> Vacation | None:
        """The vacation that holds the day."""
        return next((each for each in self.vacations if each.holds(day)), None)


@dataclass(frozen=True)
class Period:
    """How long, and how it is counted."""

    count: int
    unit: Unit
    direction: Direction = Direction.AFTER
    includes_trigger_day: bool = False
    roll: Roll = Roll.NEXT_WORKING_DAY
    is_suspended_in_vacations: bool = False
    """Days of a court vacation do not count, and it never ends on one."""

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a period lasts at least one unit")
        against = Roll.PREVIOUS_WORKING_DAY if self.direction is Direction.AFTER else Roll.NEXT_WORKING_DAY
        if self.roll is against:
            raise ValueError("an end may only be moved away from the trigger")


@dataclass(frozen=True)
class Step:
    """One step of the explanation: the day that it came to, and why."""

    kind: StepKind
    on: date
    detail: str


@dataclass(frozen=True)
class Computation:
    """The last day, and how it was found."""

    due_on: date
    is_provisional: bool
    """It depends on a holiday whose date is only estimated: compute again once it is announced."""
    steps: Sequence[Step]


@dataclass
class _Walk:
    """Goes from day to day in the period's direction and notes what it passes over."""

    period: Period
    calendar: CourtCalendar
    steps: list[Step] = field(default_factory=list[Step])

    @property
    def onward(self) -> timedelta:
        return DAY if self.period.direction is Direction.AFTER else -DAY

    def days(self, first: date) -> Iterator[date]:
        day = first
        while True:
            yield day
            day += self.onward

    def is_suspended(self, day: date) -> bool:
        return self.period.is_suspended_in_vacations and self.calendar.vacation_on(day) is not None

    def is_open(self, day: date) -> bool:
        return self.calendar.is_working_day(day) and not self.is_suspended(day)

    def why_closed(self, day: date) -> str:
        names = [
            f"{name} (the date is an estimate)" if is_estimated else name
            for name, is_estimated in self.calendar.holidays_on(day)
        ]
        if day.weekday() in self.calendar.rest_days:
            names.append(WEEKDAYS[day.weekday()])
        vacation = self.calendar.vacation_on(day)
        if vacation is not None and self.is_suspended(day):
            names.append(vacation.name)
        return ", ".join(names)

    def note(self, kind: StepKind, on: date, detail: str) -> None:
        self.steps.append(Step(kind, on, detail))


def compute(trigger_on: date, period: Period, calendar: CourtCalendar) -> Computation:
    """The last day of a period, with each step that led to it.

    Raises:
        UncoveredYearError: the way leads through a year that the calendar does not know.
    """
    walk = _Walk(period, calendar)
    counted = "counts as the first day" if period.includes_trigger_day else "itself does not count"
    walk.note(StepKind.TRIGGER, trigger_on, f"The day of the event, a {_weekday(trigger_on)}, {counted}.")
    first = trigger_on if period.includes_trigger_day else trigger_on + walk.onward
    calendar.holidays_on(first)
    if period.unit in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS):
        end = _count_days(walk, first)
    else:
        end = _count_dates(walk, trigger_on, first)
    due_on = _rolled(walk, end)
    walk.note(StepKind.DUE, due_on, f"The last day is {due_on.isoformat()}, a {_weekday(due_on)}.")
    begins = first if period.unit is Unit.WORKING_DAYS else end
    return Computation(due_on, _is_provisional(calendar, begins, due_on), tuple(walk.steps))


def _is_provisional(calendar: CourtCalendar, begins: date, due_on: date) -> bool:
    """Whether an estimated holiday matters to the days between, or would if it came a little sooner or later."""
    earliest, latest = min(begins, due_on) - ESTIMATES_MOVE_BY, max(begins, due_on) + ESTIMATES_MOVE_BY
    return any(each.is_estimated and earliest <= each.on <= latest for each in calendar.movable_holidays)


def _count_days(walk: _Walk, first: date) -> date:
    period, left = walk.period, walk.period.count
    holidays: list[Step] = []
    suspended: list[date] = []
    end = first
    for day in walk.days(first):
        if walk.is_suspended(day):
            suspended.append(day)
        elif period.unit is Unit.WORKING_DAYS and not walk.calendar.is_working_day(day):
            if walk.calendar.holidays_on(day):
                holidays.append(Step(StepKind.SKIP, day, f"Does not count: {walk.why_closed(day)}."))
        else:
            left -= 1
            if left == 0:
                end = day
                break
    what = f"{period.count} {_words(period)} {_way(period)} from {first.isoformat()} end on {end.isoformat()}"
    rest = " Days of rest do not count." if period.unit is Unit.WORKING_DAYS else ""
    walk.steps += holidays
    _note_vacation(walk, suspended)
    walk.note(StepKind.COUNT, end, f"{what}.{rest}")
    return end


def _count_dates(walk: _Walk, trigger_on: date, first: date) -> date:
    """Weeks, months and years end on the day of the same name or number; a month without it ends on its last day."""
    period = walk.period
    sign = 1 if period.direction is Direction.AFTER else -1
    if period.unit is Unit.WEEKS:
        end = trigger_on + sign * timedelta(weeks=period.count)
    else:
        end = _add_months(trigger_on, sign * period.count * (12 if period.unit is Unit.YEARS else 1))
    if period.includes_trigger_day:
        end -= walk.onward
    walk.note(
        StepKind.COUNT, end, f"{period.count} {_words(period)} {_way(period)}: {end.isoformat()}, a {_weekday(end)}."
    )
    suspended: list[date] = []
    if period.is_suspended_in_vacations:
        suspended = [day for day in _between(walk, first, end) if walk.is_suspended(day)]
    if suspended:
        left = len(suspended)
        for day in walk.days(end + walk.onward):
            if walk.is_suspended(day):
                suspended.append(day)
            else:
                left -= 1
            if left == 0:
                end = day
                break
        _note_vacation(walk, suspended)
        walk.note(StepKind.COUNT, end, f"As many days are added: {end.isoformat()}.")
    return end


def _between(walk: _Walk, first: date, end: date) -> Iterator[date]:
    for day in walk.days(first):
        if (day > end) if walk.onward > timedelta() else (day < end):
            return
        yield day


def _add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, months_of.monthrange(year, month)[1]))


def _note_vacation(walk: _Walk, suspended: Sequence[date]) -> None:
    if suspended:
        begins, ends = min(suspended), max(suspended)
        text = (
            f"{len(suspended)} days of court vacation between {begins.isoformat()} and {ends.isoformat()} do not count."
        )
        walk.note(StepKind.VACATION, ends, text)


def _rolled(walk: _Walk, end: date) -> date:
    if walk.period.roll is Roll.NONE:
        return end
    for day in walk.days(end):
        if walk.is_open(day):
            return day
        onward = "next" if walk.onward > timedelta() else "previous"
        to = day + walk.onward
        walk.note(StepKind.ROLL, to, f"{day.isoformat()} is no working day ({walk.why_closed(day)}): {onward} day.")
    raise AssertionError  # the walk ends only by an answer or an uncovered year


def _weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def _words(period: Period) -> str:
    words = period.unit.value.replace("-", " ")
    return words[:-1] if period.count == 1 else words


def _way(period: Period) -> str:
    return "counted forward" if period.direction is Direction.AFTER else "counted back"
