"""Who must know of what: the whole table, spelled out."""

from uuid import uuid4

import pytest
from paivand_contracts.envelope import subject_of
from paivand_notify.inbox.news import told_events
from paivand_notify.inbox.rules import Audience, Kind, audiences_of, kind_of

REQUESTER, OWNER, LAWYER = uuid4(), uuid4(), uuid4()

TABLE: list[tuple[Kind, set[Audience]]] = [
    (Kind.REQUESTED, {OWNER}),
    (Kind.ACCEPTED, {REQUESTER}),
    (Kind.REJECTED, {REQUESTER}),
    (Kind.STARTED, {REQUESTER}),
    (Kind.HELD, {REQUESTER}),
    (Kind.RESUMED, {REQUESTER}),
    (Kind.COMPLETED, {REQUESTER}),
    (Kind.FAILED, {REQUESTER}),
    (Kind.CANCELLED, {OWNER}),
    (Kind.ENTERED_IN_ERROR, {OWNER, REQUESTER}),
    (Kind.OVERDUE, {OWNER, None}),
    (Kind.CONSENT_ENDED, {OWNER, REQUESTER}),
    (Kind.CONSENT_RENEWED, {OWNER}),
    (Kind.CAPACITY_STALE, {OWNER}),
    (Kind.MEMBERSHIP_EXPIRING, {OWNER, None}),
    (Kind.HEARING_SCHEDULED, {OWNER, LAWYER}),
    (Kind.HEARING_CHANGED, {OWNER, LAWYER}),
    (Kind.HEARING_ADJOURNED, {OWNER, LAWYER}),
    (Kind.HEARING_HELD, {OWNER, LAWYER}),
    (Kind.HEARING_VACATED, {OWNER, LAWYER}),
    (Kind.HEARING_CANCELLED, {OWNER, LAWYER}),
    (Kind.HEARING_APPROACHING, {OWNER}),
    (Kind.HEARING_UNACKNOWLEDGED, {OWNER}),
    (Kind.HEARING_UNPREPARED, {OWNER}),
    (Kind.UNUSUAL_READING, {None}),
]


@pytest.mark.parametrize(("kind", "audiences"), TABLE, ids=[kind for kind, _ in TABLE])
def test_who_must_know(kind: Kind, audiences: set[Audience]) -> None:
    assert audiences_of(kind, requester=REQUESTER, owner=OWNER, lawyers=[LAWYER]) == audiences


def test_table_and_contract_name_the_same_events() -> None:
    assert {kind for kind, _ in TABLE} == set(Kind)
    assert set(Kind) - {Kind.UNUSUAL_READING} == {kind_of(subject_of(event)) for event in told_events()}


def test_organization_that_is_both_sides_is_told_once() -> None:
    assert audiences_of(Kind.ENTERED_IN_ERROR, requester=OWNER, owner=OWNER) == {OWNER}


def test_unknown_event_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="forwarded"):
        kind_of("paivand.referral.referral.forwarded.v1")
