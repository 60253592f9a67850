"""Writes entries as iCalendar text (RFC 5545, RFC 7986). The same entries give the same bytes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from icalendar import Alarm, Calendar, Timezone
from icalendar import Event as Component

from ..hearings.zones import zone
from .rules import DueDay, Event

PRODUCT = "-//Paivand//Hearings//EN"
DOMAIN = "paivand"
REFRESH = timedelta(minutes=15)
ALARMS = (timedelta(days=2), timedelta(hours=2))
FIRST_YEAR, LAST_YEAR = 2020, 2038
"""What a VTIMEZONE tells: enough for any hearing, and short."""


def feed(title: str, events: Sequence[Event], due_days: Sequence[DueDay], *, with_place: bool) -> bytes:
    """A whole calendar to follow."""
    calendar = _calendar("PUBLISH")
    calendar.add("NAME", title)
    calendar.add("X-WR-CALNAME", title)
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT15M")
    for name in sorted({event.sitting.time_zone for event in events}):
        calendar.add_component(_timezone(name))
    for event in events:
        calendar.add_component(_hearing(event, with_place=with_place))
    for due_day in due_days:
        calendar.add_component(_due_day(due_day))
    return calendar.to_ical()


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    return calendar


@lru_cache(maxsize=64)
def _timezone(name: str) -> Timezone:
    timezone = Timezone.from_tzinfo(zone(name), name, date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 1, 1))
    for part in cast(list[Any], timezone.subcomponents):
        skipped = part["TZOFFSETTO"].td - part["TZOFFSETFROM"].td
        # The library names the first time that clocks show after they went forward; the standard wants the time at
        # which they did.
        if skipped > timedelta():
            part["DTSTART"].dt -= skipped
            for dates in _all(part.get("RDATE", [])):
                for each in dates.dts:
                    each.dt -= skipped
    return timezone


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _hearing(event: Event, *, with_place: bool) -> Component:
    sitting = event.sitting
    component = _component(event.id, event.sequence, event.updated_at, is_cancelled=event.is_cancelled)
    component.add("SUMMARY", f"{sitting.case_number} {sitting.hearing_type.replace('-', ' ')}")
    starts, ends = _local(sitting.starts_at, sitting.ends_at, zone_name=sitting.time_zone)
    component.add("DTSTART", starts)
    component.add("DTEND", ends)
    if with_place and sitting.place:
        component.add("LOCATION", sitting.place)
    if not event.is_cancelled:
        for before in ALARMS:
            component.add_component(_alarm(before))
    return component


def _due_day(due_day: DueDay) -> Component:
    component = _component(due_day.id, due_day.version - 1, due_day.updated_at, is_cancelled=due_day.is_cancelled)
    component.add("SUMMARY", f"{due_day.case_number} deadline")
    component.add("DTSTART", due_day.due_on)
    component.add("TRANSP", "TRANSPARENT")
    return component


def _component(of: object, sequence: int, updated_at: datetime, *, is_cancelled: bool) -> Component:
    component = Component()
    component.add("UID", f"{of}@{DOMAIN}")
    component.add("SEQUENCE", sequence)
    component.add("DTSTAMP", updated_at.astimezone(UTC))
    component.add("LAST-MODIFIED", updated_at.astimezone(UTC))
    component.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    component.add("CLASS", "CONFIDENTIAL")
    return component


def _local(*instants: datetime, zone_name: str) -> list[datetime]:
    """The clock in the courtroom; in UTC when it shows one of them for the second time, which iCalendar cannot say."""
    local = [each.astimezone(zone(zone_name)) for each in instants]
    return [each.astimezone(UTC) for each in instants] if any(each.fold for each in local) else local


def _alarm(before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", "Hearing")
    alarm.add("TRIGGER", -before)
    return alarm
