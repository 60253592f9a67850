"""What is written is read back by libraries that did not write it, across changes of the clocks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
import recurring_ical_events
from dateutil.tz import tzical
from icalendar import Calendar
from paivand_contracts.hearings import HearingStatus
from paivand_referral.calendars.icalendar_text import feed
from paivand_referral.calendars.rules import DueDay, Sitting, events_of
from paivand_referral.hearings.zones import zone

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
SITTING = Sitting(
    id=uuid4(),
    case_number="C-7K2M-9QXD-4D",
    hearing_type="first-appearance",
    status=HearingStatus.SCHEDULED,
    starts_at=AT,
    ends_at=AT + timedelta(minutes=90),
    time_zone="Asia/Dushanbe",
    place="Court of Sino district, 4",
    follows_id=None,
    version=3,
    updated_at=AT - timedelta(days=1),
)
ZONES = [
    *("Asia/Dushanbe", "Europe/Warsaw", "Europe/Dublin", "America/New_York"),
    *("Australia/Lord_Howe", "Asia/Tehran", "Africa/Casablanca", "Pacific/Chatham"),
]


@pytest.mark.parametrize("name", ZONES)
def test_another_library_reads_the_zone_as_it_is(name: str) -> None:
    """Each half hour of three years, by the offsets that the calendar itself brings along."""
    text = feed("Hearings", events_of([replace(SITTING, time_zone=name)]), [], with_place=False).decode()
    theirs = tzical(StringIO(text.replace("\r\n", "\n"))).get(name)
    ours = zone(name)
    at = datetime(2025, 1, 1, tzinfo=UTC)
    while at.year < 2028:
        local = at.astimezone(ours)
        # Twice shown times are written in UTC, and dateutil reads the first of them.
        if not local.fold:
            assert local.replace(tzinfo=theirs).utcoffset() == local.utcoffset(), at
        at += timedelta(minutes=30)


@pytest.mark.parametrize("name", ["Europe/Warsaw", "America/New_York", "Asia/Dushanbe"])
def test_every_instant_around_a_change_of_the_clocks_comes_back(name: str) -> None:
    first = datetime(2026, 10, 24, 12, tzinfo=UTC)
    starts = [first + timedelta(minutes=30 * number) for number in range(96)]
    starts += [datetime(2026, 3, 28, 12, tzinfo=UTC) + timedelta(minutes=30 * number) for number in range(96)]
    sittings = [
        replace(SITTING, id=uuid4(), time_zone=name, starts_at=at, ends_at=at + timedelta(minutes=45)) for at in starts
    ]
    parsed = Calendar.from_ical(feed("Hearings", events_of(sittings), [], with_place=False))
    seen = recurring_ical_events.of(parsed).between(date(2026, 1, 1), date(2027, 1, 1))
    assert sorted(event["DTSTART"].dt.astimezone(UTC) for event in seen) == sorted(starts)
    assert {event["DTEND"].dt.astimezone(UTC) - event["DTSTART"].dt.astimezone(UTC) for event in seen} == {
        timedelta(minutes=45)
    }


def test_titles_say_number_and_type_and_the_place_only_when_asked() -> None:
    events = events_of([SITTING])
    (event,) = Calendar.from_ical(feed("Hearings", events, [], with_place=False)).walk("VEVENT")
    assert event["SUMMARY"] == "C-7K2M-9QXD-4D first appearance"
    assert event["CLASS"] == "CONFIDENTIAL"
    assert b"Sino" not in feed("Hearings", events, [], with_place=False)
    (placed,) = Calendar.from_ical(feed("Hearings", events, [], with_place=True)).walk("VEVENT")
    assert placed["LOCATION"] == "Court of Sino district, 4"


def test_what_a_calendar_program_needs_is_there() -> None:
    due = DueDay(uuid4(), "C-7K2M-9QXD-4D", date(2026, 12, 1), is_cancelled=False, version=1, updated_at=AT)
    text = feed("Hearings", events_of([SITTING]), [due], with_place=False)
    calendar = Calendar.from_ical(text)
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M" in text
    assert calendar["METHOD"] == "PUBLISH"
    hearing, deadline = calendar.walk("VEVENT")
    assert hearing["DTSTART"].params["TZID"] == "Asia/Dushanbe"
    assert [alarm["TRIGGER"].dt for alarm in hearing.walk("VALARM")] == [timedelta(days=-2), timedelta(hours=-2)]
    assert (deadline["SUMMARY"], deadline["DTSTART"].dt) == ("C-7K2M-9QXD-4D deadline", date(2026, 12, 1))


def test_the_same_entries_give_the_same_bytes() -> None:
    assert feed("Hearings", events_of([SITTING]), [], with_place=True) == feed(
        "Hearings", events_of([SITTING]), [], with_place=True
    )
