"""Who is told when."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from paivand_referral.reminders.rules import LATEST, NEAR, REMIND_BEFORE, Kind, Planned, plan

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SHELTER, LAWYER = uuid4(), uuid4()
DAY = timedelta(days=1)


def planned(starts_in: timedelta, *, lawyers: frozenset[UUID] = frozenset({LAWYER})) -> list[Planned]:
    return plan(
        starts_at=NOW + starts_in,
        now=NOW,
        companion=SHELTER,
        lawyers=lawyers,
        before=REMIND_BEFORE,
        acknowledge_within=DAY,
    )


def test_both_are_reminded_and_the_lawyer_is_asked_to_confirm() -> None:
    assert [((each.due_at - NOW) / DAY, each.kind) for each in planned(10 * DAY) if each.organization_id == LAWYER] == [
        (1, Kind.UNACKNOWLEDGED),
        (3, Kind.APPROACHING),
        (7, Kind.UNPREPARED),
        (8, Kind.APPROACHING),
        (10 - 2 / 24, Kind.APPROACHING),
    ]
    assert {each.kind for each in planned(10 * DAY) if each.organization_id == SHELTER} == {
        Kind.APPROACHING,
        Kind.UNPREPARED,
    }


def test_what_lies_in_the_past_is_not_made_up_for() -> None:
    assert planned(-timedelta(minutes=1)) == []
    soon = planned(timedelta(hours=3), lawyers=frozenset())
    assert [(each.kind, each.due_at - NOW) for each in soon] == [
        (Kind.UNPREPARED, timedelta()),
        (Kind.APPROACHING, timedelta(hours=1)),
    ]


def test_who_is_both_is_told_once() -> None:
    both = planned(10 * DAY, lawyers=frozenset({SHELTER}))
    assert len(both) == len({(each.kind, each.minutes_before) for each in both}) == 5


@given(st.timedeltas(-30 * DAY, 400 * DAY), st.frozensets(st.uuids(), max_size=4))
def test_all_lies_between_now_and_the_hearing_once_each(starts_in: timedelta, lawyers: frozenset[UUID]) -> None:
    plans = planned(starts_in, lawyers=lawyers)
    starts_at = NOW + starts_in
    assert all(NOW <= each.due_at < starts_at for each in plans)
    assert all(each.due_at >= starts_at - NEAR for each in plans if each.kind is Kind.UNPREPARED)
    assert all(each.due_at <= starts_at - LATEST for each in plans if each.kind is Kind.UNACKNOWLEDGED)
    assert len({(each.organization_id, each.kind, each.minutes_before) for each in plans}) == len(plans)
