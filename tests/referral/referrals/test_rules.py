"""The table of transitions, against a second statement of it: every state, action and side."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_contracts.codes import Priority, ReferralStatus
from paivand_referral.referrals import rules
from paivand_referral.referrals.rules import (
    AFTER_CONSENT,
    OPEN,
    Action,
    ConsentScope,
    NoConsent,
    NotNow,
    NotYours,
    Party,
    decide,
    ended_as,
)

# state -> action -> state after it. What is not here is refused.
OWNER_MAY = {
    "requested": {"accept": "accepted", "reject": "rejected", "redirect": "rejected"},
    "accepted": {"start": "in-progress"},
    "in-progress": {"hold": "on-hold", "complete": "completed", "fail": "failed"},
    "on-hold": {"resume": "in-progress", "complete": "completed", "fail": "failed"},
}
REQUESTER_MAY = {
    "requested": {"cancel": "cancelled", "enter-in-error": "entered-in-error"},
    "accepted": {"cancel": "cancelled", "enter-in-error": "entered-in-error"},
    "in-progress": {"enter-in-error": "entered-in-error"},
    "on-hold": {"enter-in-error": "entered-in-error"},
}
SIDES = {
    "owner": frozenset({Party.OWNER}),
    "requester": frozenset({Party.REQUESTER}),
    "both": frozenset({Party.OWNER, Party.REQUESTER}),
    "stranger": frozenset[Party](),
}


def expected(status: str, action: str, side: str) -> str | None:
    targets = {}
    if side in ("owner", "both"):
        targets |= OWNER_MAY.get(status, {})
    if side in ("requester", "both"):
        targets |= REQUESTER_MAY.get(status, {})
    return targets.get(action)


@pytest.mark.parametrize(("status", "action", "side"), list(product(ReferralStatus, Action, SIDES)))
def test_every_state_action_and_side(status: ReferralStatus, action: Action, side: str) -> None:
    target = expected(status, action, side)
    if target is not None:
        assert rules.decide(status, action, SIDES[side]) == target
        return
    with pytest.raises((NotYours, NotNow)) as refused:
        rules.decide(status, action, SIDES[side])
    owner_actions = {name for targets in OWNER_MAY.values() for name in targets}
    its_side = "owner" if action in owner_actions else "requester"
    assert isinstance(refused.value, NotNow) == (side in (its_side, "both"))
    if isinstance(refused.value, NotNow):
        possible = {name for name in Action if expected(status, name, side)}
        assert set(refused.value.allowed) == possible


@given(st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(list(SIDES)))))
def test_a_closed_referral_stays_closed(steps: list[tuple[Action, str]]) -> None:
    status = ReferralStatus.REQUESTED
    for action, side in steps:
        was_open = status in rules.OPEN
        try:
            status = rules.decide(status, action, SIDES[side])
        except (NotYours, NotNow):
            continue
        assert was_open


def test_an_organization_that_refers_to_itself_is_both_sides() -> None:
    assert rules.parties("a", requester="a", owner="a") == {Party.OWNER, Party.REQUESTER}
    assert rules.parties("c", requester="a", owner="b") == frozenset()


def test_the_answer_is_due_by_priority() -> None:
    asked = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    within = {Priority.STAT: timedelta(hours=1), Priority.ROUTINE: timedelta(hours=72)}
    assert rules.respond_by(asked, Priority.STAT, within) == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert rules.respond_by(asked, Priority.ROUTINE, within) == datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scope", "has_summary", "missing"),
    [
        ({"referral"}, False, None),
        ({"referral"}, True, "summary"),
        ({"referral", "summary"}, True, None),
        ({"summary"}, True, "referral"),
        ({"redirect"}, False, "referral"),
        (set(), False, "referral"),
    ],
)
def test_consent_covers_what_is_shown(scope: set[str], has_summary: bool, missing: str | None) -> None:
    assert rules.missing_consent({ConsentScope(name) for name in scope}, has_summary=has_summary) == missing


class TestConsentOfAReferral:
    NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("end", "hours", "expected"),
        [
            (None, None, None),
            (None, 1, None),
            (None, 0, "expired"),
            (None, -1, "expired"),
            ("withdrawn", None, "withdrawn"),
            ("withdrawn", -1, "withdrawn"),
        ],
    )
    def test_it_runs_out_by_itself(self, end: str | None, hours: int | None, expected: str | None) -> None:
        until = None if hours is None else self.NOON + timedelta(hours=hours)
        assert ended_as(end, until, self.NOON) == expected

    @given(st.sampled_from(ReferralStatus), st.sampled_from(Action), st.sets(st.sampled_from(Party)))
    def test_without_consent_nothing_more_is_possible_than_with_it(
        self, status: ReferralStatus, action: Action, who: set[Party]
    ) -> None:
        try:
            target = decide(status, action, who, has_consent=False)
        except (NotYours, NotNow, NoConsent):
            return
        assert target == decide(status, action, who)
        assert target not in (ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS)

    def test_no_open_referral_goes_on_after_it(self) -> None:
        assert set(AFTER_CONSENT) == OPEN
        assert not set(AFTER_CONSENT.values()) & {ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS}
