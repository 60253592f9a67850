"""Times, states and what is lacking: as tables, and as properties."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_contracts.hearings import HearingStatus
from paivand_referral.hearings import zones
from paivand_referral.hearings.rules import (
    NEAR,
    TARGET,
    Action,
    Arrangement,
    Attention,
    Interpreter,
    LocalTimeError,
    NotNow,
    TooEarly,
    attention,
    decide,
    instant_of,
    start_of,
)

local = datetime.fromisoformat
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN, DUSHANBE = zones.zone("Europe/Berlin"), zones.zone("Asia/Dushanbe")
A_ZONE = st.sampled_from(sorted(zones.names())).map(zones.zone)
A_LOCAL_TIME = st.datetimes(local("2001-01-01T00:00"), local("2060-01-01T00:00")).map(
    lambda at: at.replace(second=0, microsecond=0)
)
AN_INSTANT = A_LOCAL_TIME.map(lambda at: at.replace(tzinfo=UTC))


class TestDecide:
    @pytest.mark.parametrize(("status", "action"), list(product(HearingStatus, Action)))
    def test_only_a_scheduled_hearing_takes_an_action(self, status: HearingStatus, action: Action) -> None:
        if status is HearingStatus.SCHEDULED:
            assert decide(status, action, starts_at=NOW, now=NOW) is TARGET[action]
        else:
            with pytest.raises(NotNow):
                decide(status, action, starts_at=NOW, now=NOW)

    @pytest.mark.parametrize("action", Action)
    def test_only_holding_waits_for_the_beginning(self, action: Action) -> None:
        later = NOW + timedelta(minutes=1)
        if action is Action.HOLD:
            with pytest.raises(TooEarly):
                decide(HearingStatus.SCHEDULED, action, starts_at=later, now=NOW)
        else:
            assert decide(HearingStatus.SCHEDULED, action, starts_at=later, now=NOW) is TARGET[action]


class TestStart:
    def test_local_time_is_what_the_court_said(self) -> None:
        start = start_of(local("2026-12-01T09:30"), DUSHANBE)
        assert (start.local, start.at) == (local("2026-12-01T09:30"), datetime(2026, 12, 1, 4, 30, tzinfo=UTC))

    def test_an_hour_that_clocks_skip_is_refused(self) -> None:
        with pytest.raises(LocalTimeError, match=r"set forward.* shown as 03:30"):
            start_of(local("2027-03-28T02:30"), BERLIN)

    def test_an_hour_that_clocks_show_twice_needs_its_offset(self) -> None:
        twice = local("2026-10-25T02:30")
        with pytest.raises(LocalTimeError, match=r"set back.*\+0200 for the first time, \+0100 for the second"):
            start_of(twice, BERLIN)
        for hours, fold in ((2, 0), (1, 1)):
            said = datetime.fromisoformat(f"2026-10-25T02:30+0{hours}:00")
            start = start_of(said, BERLIN)
            assert (start.local, start.fold, start.at) == (twice, fold, said.astimezone(UTC))

    def test_another_offset_than_the_courts_means_the_same_moment(self) -> None:
        start = start_of(datetime(2026, 12, 1, 4, 30, tzinfo=UTC), DUSHANBE)
        assert start == start_of(local("2026-12-01T09:30"), DUSHANBE)

    @given(AN_INSTANT, A_ZONE)
    def test_every_instant_has_one_start_and_comes_back_from_it(self, instant: datetime, zone: zones.ZoneInfo) -> None:
        start = start_of(instant, zone)
        assert start.at == instant
        assert instant_of(start.local, start.fold, zone) == instant

    @given(A_LOCAL_TIME, A_ZONE)
    def test_a_local_time_is_shown_by_its_clocks_or_refused(self, local: datetime, zone: zones.ZoneInfo) -> None:
        try:
            start = start_of(local, zone)
        except LocalTimeError:
            offsets = {local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
            assert len(offsets) == 2
        else:
            assert start.at.astimezone(zone).replace(tzinfo=None) == local


class TestAttention:
    READY = {"interpreter": Interpreter.BOOKED, "transport": Arrangement.ARRANGED, "has_lawyer": True}

    @pytest.mark.parametrize(
        ("lack", "expected"),
        [
            ({}, []),
            ({"has_lawyer": False}, [Attention.NO_LAWYER]),
            ({"interpreter": Interpreter.NEEDED}, [Attention.NO_INTERPRETER]),
            ({"interpreter": Interpreter.NOT_NEEDED}, []),
            ({"transport": Arrangement.NEEDED}, [Attention.NO_TRANSPORT]),
            ({"transport": Arrangement.NOT_NEEDED}, []),
            ({"has_lawyer": False, "transport": Arrangement.NEEDED}, [Attention.NO_LAWYER, Attention.NO_TRANSPORT]),
        ],
    )
    def test_names_what_is_lacking(self, lack: dict, expected: list[Attention]) -> None:
        state = {"status": HearingStatus.SCHEDULED, "starts_at": NOW + NEAR, **self.READY, **lack}
        assert attention(now=NOW, **state) == expected

    @given(st.timedeltas(timedelta(days=-10), timedelta(days=10)), st.sampled_from(HearingStatus))
    def test_only_of_what_takes_place_within_72_hours(self, away: timedelta, status: HearingStatus) -> None:
        lacks = attention(
            status=status,
            starts_at=NOW + away,
            interpreter=Interpreter.NEEDED,
            transport=Arrangement.NEEDED,
            has_lawyer=False,
            now=NOW,
        )
        assert bool(lacks) == (status is HearingStatus.SCHEDULED and timedelta() <= away <= timedelta(hours=72))


def test_zones_are_those_of_the_pinned_data() -> None:
    assert "Asia/Dushanbe" in zones.names()
    for name in ("Mars/Olympus", "../etc/passwd", "", "asia/dushanbe"):
        with pytest.raises(KeyError):
            zones.zone(name)
