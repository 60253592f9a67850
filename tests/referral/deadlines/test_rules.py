"""Counting rules: by example, and by properties that hold for any period on any calendar."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from paivand_referral.deadlines.rules import (
    CourtCalendar,
    Direction,
    FixedHoliday,
    MovableHoliday,
    Period,
    Roll,
    StepKind,
    UncoveredYearError,
    Unit,
    Vacation,
    compute,
)

DAY = timedelta(days=1)
SUMMER = Vacation((7, 15), (8, 31), "Summer vacation")
WINTER = Vacation((12, 24), (1, 6), "Winter vacation")
PLAIN = CourtCalendar(2020, 2040, frozenset({5, 6}))
COURTS = replace(
    PLAIN,
    fixed_holidays=(FixedHoliday(1, 1, "New Year"), FixedHoliday(5, 1, "Labour Day")),
    movable_holidays=(MovableHoliday(date(2026, 4, 6), "Spring holiday", is_estimated=True),),
    vacations=(SUMMER, WINTER),
)
BEFORE = Period(1, Unit.WORKING_DAYS, Direction.BEFORE, roll=Roll.PREVIOUS_WORKING_DAY)


@pytest.mark.parametrize(
    ("trigger_on", "period", "due_on"),
    [
        # Friday: ten days later is a Monday.
        (date(2026, 1, 9), Period(10, Unit.CALENDAR_DAYS), date(2026, 1, 19)),
        # Eight days later is a Saturday: the Monday after, unless nothing is moved.
        (date(2026, 1, 9), Period(8, Unit.CALENDAR_DAYS), date(2026, 1, 19)),
        (date(2026, 1, 9), Period(8, Unit.CALENDAR_DAYS, roll=Roll.NONE), date(2026, 1, 17)),
        # The trigger day as the first one: a day less.
        (date(2026, 1, 9), Period(11, Unit.CALENDAR_DAYS, includes_trigger_day=True), date(2026, 1, 19)),
        # Working days pass over the weekend and the holiday of Monday the 6th.
        (date(2026, 4, 2), Period(2, Unit.WORKING_DAYS), date(2026, 4, 7)),
        (date(2026, 1, 31), Period(1, Unit.MONTHS, roll=Roll.NONE), date(2026, 2, 28)),
        (date(2027, 12, 31), Period(2, Unit.MONTHS, roll=Roll.NONE), date(2028, 2, 29)),
        (date(2028, 2, 29), Period(1, Unit.YEARS, roll=Roll.NONE), date(2029, 2, 28)),
        (date(2026, 3, 4), Period(2, Unit.WEEKS), date(2026, 3, 18)),
        (date(2026, 3, 4), Period(1, Unit.MONTHS, includes_trigger_day=True, roll=Roll.NONE), date(2026, 4, 3)),
        # Five days before the vacation and the rest of the fourteen after it.
        (date(2026, 7, 9), Period(14, Unit.CALENDAR_DAYS, is_suspended_in_vacations=True), date(2026, 9, 9)),
        # Fourteen days of vacation over the new year are added to the month.
        (date(2026, 12, 10), Period(1, Unit.MONTHS, is_suspended_in_vacations=True), date(2027, 1, 25)),
        # Ends on a Sunday just before a vacation: moved past all of it.
        (date(2026, 7, 5), Period(7, Unit.CALENDAR_DAYS, is_suspended_in_vacations=True), date(2026, 7, 13)),
        # Counted back from a hearing on a Friday, over the holiday and the weekend.
        (date(2026, 4, 10), replace(BEFORE, count=5), date(2026, 4, 2)),
        (date(2026, 5, 31), replace(BEFORE, unit=Unit.MONTHS, count=3), date(2026, 2, 27)),
    ],
)
def test_last_day(trigger_on: date, period: Period, due_on: date) -> None:
    assert compute(trigger_on, period, COURTS).due_on == due_on


def test_the_explanation_names_each_step() -> None:
    period = Period(2, Unit.WORKING_DAYS)
    computed = compute(date(2026, 4, 2), period, COURTS)
    assert [(step.kind, step.on) for step in computed.steps] == [
        (StepKind.TRIGGER, date(2026, 4, 2)),
        (StepKind.SKIP, date(2026, 4, 6)),
        (StepKind.COUNT, date(2026, 4, 7)),
        (StepKind.DUE, date(2026, 4, 7)),
    ]
    assert "Spring holiday (the date is an estimate)" in computed.steps[1].detail
    assert computed.is_provisional
    assert not compute(date(2026, 4, 13), period, COURTS).is_provisional


def test_an_estimate_matters_only_near_the_end_unless_working_days_are_counted() -> None:
    days = Period(20, Unit.CALENDAR_DAYS)
    assert not compute(date(2026, 4, 1), days, COURTS).is_provisional
    assert compute(date(2026, 4, 1), replace(days, unit=Unit.WORKING_DAYS), COURTS).is_provisional
    # The day before the estimate, which may yet come a day sooner.
    assert compute(date(2026, 3, 31), Period(3, Unit.CALENDAR_DAYS, roll=Roll.NONE), COURTS).due_on == date(2026, 4, 3)
    assert compute(date(2026, 3, 31), Period(5, Unit.CALENDAR_DAYS, roll=Roll.NONE), COURTS).is_provisional


def test_each_day_of_a_move_says_why() -> None:
    computed = compute(date(2026, 12, 30), Period(2, Unit.CALENDAR_DAYS), COURTS)
    moves = [step.detail for step in computed.steps if step.kind is StepKind.ROLL]
    assert [move.partition(" (")[0] for move in moves] == [
        "2027-01-01 is no working day",
        "2027-01-02 is no working day",
        "2027-01-03 is no working day",
    ]
    assert "New Year" in moves[0]
    assert "Saturday" in moves[1]


def test_a_year_that_the_calendar_does_not_know_is_refused() -> None:
    known = replace(PLAIN, covers_to=2026)
    with pytest.raises(UncoveredYearError, match="2027"):
        compute(date(2026, 12, 30), Period(5, Unit.CALENDAR_DAYS), known)
    with pytest.raises(UncoveredYearError, match="2036"):
        compute(date(2026, 12, 30), Period(10, Unit.YEARS), replace(PLAIN, covers_to=2030))
    # What needs no calendar asks none.
    unmoved = Period(10, Unit.YEARS, roll=Roll.NONE)
    assert compute(date(2026, 12, 30), unmoved, replace(PLAIN, covers_to=2030)).due_on == date(2036, 12, 30)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period(0, Unit.CALENDAR_DAYS),
        lambda: Period(1, Unit.CALENDAR_DAYS, roll=Roll.PREVIOUS_WORKING_DAY),
        lambda: Period(1, Unit.CALENDAR_DAYS, Direction.BEFORE, roll=Roll.NEXT_WORKING_DAY),
        lambda: replace(PLAIN, rest_days=frozenset(range(7))),
        lambda: FixedHoliday(2, 30, "No such day"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()


dates = st.dates(date(2024, 1, 1), date(2030, 12, 31))
calendars = st.builds(
    CourtCalendar,
    st.just(2015),
    st.just(2045),
    st.frozensets(st.integers(0, 6), max_size=3),
    st.just(()),
    st.lists(st.builds(MovableHoliday, dates, st.just("Holiday"), st.booleans()), max_size=20).map(tuple),
    st.sampled_from([(), (SUMMER,), (WINTER,), (SUMMER, WINTER)]),
)


@st.composite
def periods(draw: st.DrawFn, *units: Unit) -> Period:
    direction = draw(st.sampled_from(Direction))
    away = Roll.NEXT_WORKING_DAY if direction is Direction.AFTER else Roll.PREVIOUS_WORKING_DAY
    unit = draw(st.sampled_from(units or tuple(Unit)))
    longest = {Unit.YEARS: 4, Unit.MONTHS: 24, Unit.WEEKS: 60}.get(unit, 200)
    return Period(
        draw(st.integers(1, longest)),
        unit,
        direction,
        draw(st.booleans()),
        draw(st.sampled_from([Roll.NONE, away])),
        draw(st.booleans()),
    )


def towards(period: Period) -> int:
    """1 when time goes forward in the period, -1 when it is counted back."""
    return 1 if period.direction is Direction.AFTER else -1


@given(dates, periods(), calendars)
def test_it_never_ends_on_the_wrong_side_of_the_trigger(trigger_on: date, period: Period, calendar: CourtCalendar):
    assert (compute(trigger_on, period, calendar).due_on - trigger_on) * towards(period) >= timedelta()


@given(dates, periods(), calendars)
def test_a_moved_end_is_a_day_when_the_court_works(trigger_on: date, period: Period, calendar: CourtCalendar) -> None:
    assume(period.roll is not Roll.NONE)
    due_on = compute(trigger_on, period, calendar).due_on
    assert calendar.is_working_day(due_on)
    assert not (period.is_suspended_in_vacations and calendar.vacation_on(due_on))


@given(dates, periods(), calendars)
def test_one_unit_more_never_ends_sooner(trigger_on: date, period: Period, calendar: CourtCalendar) -> None:
    shorter = compute(trigger_on, period, calendar).due_on
    longer = compute(trigger_on, replace(period, count=period.count + 1), calendar).due_on
    assert (longer - shorter) * towards(period) >= timedelta()


@given(dates, periods(), calendars, dates)
def test_one_holiday_more_never_shortens(trigger_on: date, period: Period, calendar: CourtCalendar, extra: date):
    before = compute(trigger_on, period, calendar).due_on
    more = replace(calendar, movable_holidays=(*calendar.movable_holidays, MovableHoliday(extra, "One more")))
    assert (compute(trigger_on, period, more).due_on - before) * towards(period) >= timedelta()


@given(dates, periods(), calendars)
def test_a_vacation_never_shortens(trigger_on: date, period: Period, calendar: CourtCalendar) -> None:
    without = compute(trigger_on, replace(period, is_suspended_in_vacations=False), calendar).due_on
    with_it = compute(trigger_on, replace(period, is_suspended_in_vacations=True), calendar).due_on
    assert (with_it - without) * towards(period) >= timedelta()


@given(dates, periods(Unit.CALENDAR_DAYS, Unit.WORKING_DAYS), calendars)
def test_days_are_counted_as_by_hand(trigger_on: date, period: Period, calendar: CourtCalendar) -> None:
    """The plainest count there is, over all days from the trigger to the end."""
    end = compute(trigger_on, replace(period, roll=Roll.NONE), calendar).due_on
    step = DAY * towards(period)
    days = [trigger_on + step * number for number in range(abs((end - trigger_on).days) + 1)]
    counted = [
        day
        for day in (days if period.includes_trigger_day else days[1:])
        if not (period.is_suspended_in_vacations and calendar.vacation_on(day))
        and (period.unit is Unit.CALENDAR_DAYS or calendar.is_working_day(day))
    ]
    assert len(counted) == period.count
    assert counted[-1] == end


@given(dates, periods(Unit.MONTHS))
def test_months_keep_the_number_of_the_day(trigger_on: date, period: Period) -> None:
    plain = replace(period, roll=Roll.NONE, includes_trigger_day=False, is_suspended_in_vacations=False)
    end = compute(trigger_on, plain, PLAIN).due_on
    months = (end.year - trigger_on.year) * 12 + end.month - trigger_on.month
    assert months == period.count * towards(period)
    assert end.day == trigger_on.day or (end.day < trigger_on.day and (end + DAY).day == 1)


@given(dates, periods(), calendars)
def test_the_last_step_is_the_answer_and_the_first_the_trigger(
    trigger_on: date, period: Period, calendar: CourtCalendar
) -> None:
    computed = compute(trigger_on, period, calendar)
    assert (computed.steps[0].kind, computed.steps[0].on) == (StepKind.TRIGGER, trigger_on)
    assert (computed.steps[-1].kind, computed.steps[-1].on) == (StepKind.DUE, computed.due_on)
