"""One entry through all adjournments, that only ever rises in sequence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from paivand_contracts.hearings import HearingStatus
from paivand_referral.calendars.rules import Event, Sitting, events_of

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)


def a_sitting(**changes: object) -> Sitting:
    values: dict[str, object] = {
        "id": uuid4(),
        "case_number": "C-7K2M-9QXD-4D",
        "hearing_type": "trial",
        "status": HearingStatus.SCHEDULED,
        "starts_at": AT,
        "ends_at": AT + timedelta(hours=1),
        "time_zone": "Asia/Dushanbe",
        "place": None,
        "follows_id": None,
        "version": 1,
        "updated_at": AT,
    }
    return Sitting(**{**values, **changes})  # pyright: ignore[reportArgumentType]


def test_an_adjourned_hearing_moves_and_keeps_its_id() -> None:
    first = a_sitting(status=HearingStatus.ADJOURNED, version=2)
    second = a_sitting(status=HearingStatus.ADJOURNED, version=4, follows_id=first.id)
    third = a_sitting(follows_id=second.id, starts_at=AT + timedelta(days=9), updated_at=AT + timedelta(hours=1))
    (event,) = events_of([third, first, second])
    assert event == Event(first.id, third, sequence=6, updated_at=AT + timedelta(hours=1))
    assert not event.is_cancelled


def test_one_without_a_new_date_is_cancelled_until_there_is_one() -> None:
    first = a_sitting(status=HearingStatus.ADJOURNED, version=2)
    (cancelled,) = events_of([first])
    (revived,) = events_of([first, a_sitting(follows_id=first.id)])
    assert cancelled.is_cancelled
    assert not revived.is_cancelled
    assert revived.id == cancelled.id
    assert revived.sequence > cancelled.sequence


def test_what_continues_a_held_hearing_is_another_entry() -> None:
    held = a_sitting(status=HearingStatus.HELD)
    following = a_sitting(follows_id=held.id)
    assert {(event.id, event.is_cancelled) for event in events_of([held, following])} == {
        (held.id, False),
        (following.id, False),
    }


@given(st.lists(st.sampled_from(["change", "adjourn", "adjourn-without-date", "next-date"]), max_size=12))
def test_whatever_happens_the_sequence_rises_and_the_id_stays(happens: list[str]) -> None:
    chain = [a_sitting()]
    seen = events_of(chain)
    for what in happens:
        last = chain[-1]
        if last.status is HearingStatus.SCHEDULED and what != "next-date":
            status = HearingStatus.SCHEDULED if what == "change" else HearingStatus.ADJOURNED
            chain[-1] = replace(last, version=last.version + 1, status=status)
            if what == "adjourn":
                chain.append(a_sitting(follows_id=last.id))
        elif last.status is HearingStatus.ADJOURNED and what == "next-date":
            chain.append(a_sitting(follows_id=last.id))
        else:
            continue
        (event,) = events_of(chain)
        assert event.id == seen[-1].id
        assert event.sequence > seen[-1].sequence
        seen.append(event)
