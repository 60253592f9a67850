"""The life of a membership, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_directory.memberships.rules import (
    TRANSITIONS,
    Action,
    AgreementKind,
    AgreementsMissing,
    MembershipStatus,
    NotNow,
    SecondPersonNeeded,
    allowed_actions,
    covered_until,
    decide,
    is_covered,
)

S = MembershipStatus
TODAY = date(2026, 11, 24)
LIFE = {
    (S.APPLIED, Action.REVIEW): S.UNDER_REVIEW,
    (S.UNDER_REVIEW, Action.ACTIVATE): S.ACTIVE,
    (S.ACTIVE, Action.SUSPEND): S.SUSPENDED,
    (S.SUSPENDED, Action.REINSTATE): S.ACTIVE,
    **{(state, Action.WITHDRAW): S.WITHDRAWN for state in S if state != S.WITHDRAWN},
}


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("action", Action)
def test_each_pair_does_what_the_issue_says_or_is_refused(status: S, action: Action) -> None:
    if (status, action) in LIFE:
        assert decide(status, action, is_reviewer=False, is_covered=True) == LIFE[status, action]
        return
    with pytest.raises(NotNow) as refused:
        decide(status, action, is_reviewer=False, is_covered=True)
    assert refused.value.allowed == [each for each in Action if (status, each) in LIFE]


def test_the_reviewer_does_not_activate_but_may_withdraw() -> None:
    with pytest.raises(SecondPersonNeeded) as refused:
        decide(S.UNDER_REVIEW, Action.ACTIVATE, is_reviewer=True, is_covered=True)
    assert refused.value.allowed == [Action.WITHDRAW]


@pytest.mark.parametrize(("status", "action"), [(S.UNDER_REVIEW, Action.ACTIVATE), (S.SUSPENDED, Action.REINSTATE)])
def test_nobody_comes_in_without_agreements(status: S, action: Action) -> None:
    with pytest.raises(AgreementsMissing):
        decide(status, action, is_reviewer=False, is_covered=False)


@given(st.lists(st.tuples(st.sampled_from(Action), st.booleans(), st.booleans())))
def test_no_way_leads_to_active_past_review_second_person_and_agreements(
    steps: list[tuple[Action, bool, bool]],
) -> None:
    status, vetted = S.APPLIED, False
    for action, is_reviewer, covered in steps:
        try:
            target = decide(status, action, is_reviewer=is_reviewer, is_covered=covered)
        except (NotNow, AgreementsMissing):
            continue
        vetted = vetted or (status == S.UNDER_REVIEW and not is_reviewer and covered)
        status = target
        assert status != S.ACTIVE or (vetted and (covered or action != Action.REINSTATE))


def test_withdrawn_is_the_end() -> None:
    assert allowed_actions(S.WITHDRAWN, is_reviewer=False) == []
    assert {row.target for row in TRANSITIONS.values()} == set(S) - {S.APPLIED}


class TestCoverage:
    def test_lasts_as_long_as_the_first_to_end(self) -> None:
        later = TODAY + timedelta(days=9)
        signed = [(AgreementKind.DATA_PROTECTION, TODAY), (AgreementKind.CODE_OF_CONDUCT, later)]
        assert covered_until(signed) == TODAY
        assert covered_until([*signed, (AgreementKind.DATA_PROTECTION, later)]) == later

    def test_one_kind_is_not_enough(self) -> None:
        assert covered_until([(AgreementKind.DATA_PROTECTION, TODAY)]) is None

    def test_ends_on_its_day(self) -> None:
        assert is_covered(TODAY + timedelta(days=1), TODAY)
        assert not is_covered(TODAY, TODAY)
        assert not is_covered(None, TODAY)
