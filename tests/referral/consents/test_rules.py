"""What a consent covers and who may give it, as tables and for anything at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_referral.cases.schemas import AgeBand
from paivand_referral.consents.rules import (
    Category,
    ConsentStatus,
    Disclosure,
    GivenBy,
    Missing,
    Purpose,
    Terms,
    may_give,
    missing,
    needs_assent,
    scopes,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLINIC, CLINIC_SERVICE, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
TERMS = Terms(
    status=ConsentStatus.ACTIVE,
    valid_from=NOON,
    valid_until=NOON + timedelta(days=30),
    purposes=frozenset({Purpose.REFERRAL}),
    categories=frozenset({Category.PROFILE, Category.SUMMARY}),
    recipient_organization_ids=frozenset(),
    recipient_service_ids=frozenset({CLINIC_SERVICE}),
)
WANTED = Disclosure(
    organization_id=CLINIC, service_id=CLINIC_SERVICE, categories=frozenset({Category.PROFILE}), at=NOON
)


@pytest.mark.parametrize(
    ("terms", "wanted", "expected"),
    [
        ({}, {}, []),
        ({"status": ConsentStatus.INACTIVE}, {}, [Missing.ACTIVE]),
        ({}, {"at": NOON - timedelta(seconds=1)}, [Missing.PERIOD]),
        ({}, {"at": NOON + timedelta(days=30)}, [Missing.PERIOD]),
        ({"valid_until": None}, {"at": NOON + timedelta(days=9999)}, []),
        ({}, {"service_id": OTHER}, [Missing.RECIPIENT]),
        ({"recipient_organization_ids": frozenset({CLINIC})}, {"service_id": OTHER}, []),
        ({"purposes": frozenset(Purpose)}, {"service_id": OTHER}, [Missing.RECIPIENT]),
        ({"purposes": frozenset(Purpose)}, {"service_id": OTHER, "is_onward": True}, []),
        ({"purposes": frozenset({Purpose.ONWARD_REFERRAL})}, {}, [Missing.REFERRAL]),
        ({}, {"categories": frozenset(Category)}, [Missing.IDENTITY]),
        ({"categories": frozenset()}, {"categories": frozenset(Category)}, list(Missing)[4:]),
    ],
)
def test_table_of_what_is_missing(terms: dict, wanted: dict, expected: list[Missing]) -> None:
    assert missing(replace(TERMS, **terms), replace(WANTED, **wanted)) == expected


a_time = st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))
any_terms = st.builds(
    Terms,
    status=st.sampled_from(ConsentStatus),
    valid_from=a_time,
    valid_until=st.none() | a_time,
    purposes=st.frozensets(st.sampled_from(Purpose)),
    categories=st.frozensets(st.sampled_from(Category)),
    recipient_organization_ids=st.frozensets(st.sampled_from([CLINIC, OTHER])),
    recipient_service_ids=st.frozensets(st.sampled_from([CLINIC_SERVICE, OTHER])),
)
any_disclosure = st.builds(
    Disclosure,
    organization_id=st.sampled_from([CLINIC, OTHER]),
    service_id=st.sampled_from([CLINIC_SERVICE, OTHER]),
    categories=st.frozensets(st.sampled_from(Category)),
    at=a_time,
    is_onward=st.booleans(),
)


class TestAnyConsent:
    @given(any_terms, any_disclosure)
    def test_less_consent_never_covers_more(self, terms: Terms, wanted: Disclosure) -> None:
        before = set(missing(terms, wanted))
        for less in (
            replace(terms, status=ConsentStatus.INACTIVE),
            replace(terms, purposes=frozenset()),
            replace(terms, categories=frozenset()),
            replace(terms, recipient_organization_ids=frozenset(), recipient_service_ids=frozenset()),
        ):
            assert before <= set(missing(less, wanted))

    @given(any_terms, any_disclosure)
    def test_what_is_covered_is_active_current_and_named(self, terms: Terms, wanted: Disclosure) -> None:
        if missing(terms, wanted):
            return
        assert terms.status == ConsentStatus.ACTIVE
        assert terms.valid_from <= wanted.at
        assert terms.valid_until is None or wanted.at < terms.valid_until
        assert wanted.categories <= terms.categories
        named = terms.recipient_organization_ids | terms.recipient_service_ids
        assert named & {wanted.organization_id, wanted.service_id} or Purpose.ONWARD_REFERRAL in terms.purposes


class TestWhoMayGive:
    @pytest.mark.parametrize("age_band", AgeBand)
    def test_somebody_may_for_each_age(self, age_band: AgeBand) -> None:
        assert may_give(age_band)

    @pytest.mark.parametrize("age_band", [AgeBand.CHILD_0_11, AgeBand.CHILD_12_17])
    def test_a_child_is_asked_but_does_not_decide_alone(self, age_band: AgeBand) -> None:
        assert GivenBy.PERSON not in may_give(age_band)
        assert all(needs_assent(who) for who in may_give(age_band))

    @pytest.mark.parametrize("age_band", [AgeBand.ADULT_18_24, AgeBand.ADULT_25_59, AgeBand.OLDER_60])
    def test_nobodys_parents_decide_for_an_adult(self, age_band: AgeBand) -> None:
        assert may_give(age_band) == {GivenBy.PERSON, GivenBy.GUARDIAN, GivenBy.AUTHORITY}

    def test_who_agrees_themself_needs_no_assent(self) -> None:
        assert not needs_assent(GivenBy.PERSON)


def test_short_form() -> None:
    assert scopes(["referral", "onward-referral"], ["profile", "summary"]) == ["redirect", "referral", "summary"]
    assert scopes(["referral"], ["profile"]) == ["referral"]
