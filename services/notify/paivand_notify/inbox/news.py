"""What an event of another service means here: to whom it is news, and in which words."""

from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

from paivand_contracts.audit import UnusualReadingFound
from paivand_contracts.capacity import CapacityStale
from paivand_contracts.codes import Priority, ReferralStatus
from paivand_contracts.envelope import Event, events_of
from paivand_contracts.hearings import HearingEvent, HearingEventBase, HearingFacts, HearingNoticeBase, HearingStatus
from paivand_contracts.membership import MembershipExpiring
from paivand_contracts.referral import ReferralEvent, ReferralEventBase
from pydantic import Field, TypeAdapter

from ..texts import times_of
from .rules import Audience, Kind, SubjectType, audiences_of, kind_of

Told = (
    ReferralEventBase | HearingEventBase | HearingNoticeBase | CapacityStale | MembershipExpiring | UnusualReadingFound
)
"""The events that people and systems are told of."""
TOLD = (
    *(ReferralEventBase, HearingEventBase, HearingNoticeBase, CapacityStale, MembershipExpiring),
    UnusualReadingFound,
)
ToldEvent = Annotated[
    ReferralEvent | HearingEvent | CapacityStale | MembershipExpiring | UnusualReadingFound,
    Field(discriminator="type"),
]
told_event: TypeAdapter[Any] = TypeAdapter(cast(Any, ToldEvent))


def told_events() -> list[type[Event]]:
    """The models of those events that an organization's systems may be told of too."""
    return [*events_of(ReferralEvent), *events_of(HearingEvent), CapacityStale, MembershipExpiring]


# A routine hearing is in the calendar; what moves or lacks something cannot wait for the next mail round.
PRIORITY_OF_HEARING = {
    Kind.HEARING_SCHEDULED: Priority.ROUTINE,
    Kind.HEARING_HELD: Priority.ROUTINE,
    Kind.HEARING_UNACKNOWLEDGED: Priority.ASAP,
    Kind.HEARING_UNPREPARED: Priority.ASAP,
}


@dataclass(frozen=True, slots=True)
class News:
    """One event, as those who must know are told of it."""

    event: Event
    kind: Kind
    subject_type: SubjectType
    subject_id: UUID
    reference: str | None
    """A number or a day, the only thing beside the kind that gets into a text."""
    status: ReferralStatus | HearingStatus | None
    priority: Priority
    audiences: list[Audience]
    organization_ids: frozenset[UUID]
    """The organizations whose own thing it is: their webhooks get the event, whoever acted."""
    times: str | None = None
    """When a hearing is, and was, on the clocks of its court."""


def news_of(event: Told) -> News:
    """What an event tells, and to whom."""
    kind = kind_of(event.type)
    if isinstance(event, ReferralEventBase):
        facts = event.data
        requester, owner = facts.requester_organization_id, facts.owner_organization_id
        return News(
            event,
            kind,
            SubjectType.REFERRAL,
            subject_id=facts.referral_id,
            reference=facts.number,
            status=facts.status,
            priority=facts.priority,
            audiences=sorted(audiences_of(kind, requester=requester, owner=owner), key=str),
            organization_ids=frozenset({requester, owner}),
        )
    if isinstance(event, HearingEventBase | HearingNoticeBase):
        return _news_of_hearing(event, kind)
    if isinstance(event, UnusualReadingFound):
        return _news_of_reading(event, kind)
    owner = event.data.organization_id
    is_membership = isinstance(event, MembershipExpiring)
    return News(
        event,
        kind,
        SubjectType.MEMBERSHIP if is_membership else SubjectType.CAPACITY,
        subject_id=owner if is_membership else event.data.capacity_id,
        reference=event.data.expires_on.isoformat() if is_membership else None,
        status=None,
        # Without its agreements a member loses access; figures only rank lower.
        priority=Priority.URGENT if is_membership else Priority.ROUTINE,
        audiences=sorted(audiences_of(kind, owner=owner), key=str),
        organization_ids=frozenset({owner}),
    )


def _news_of_hearing(event: HearingEventBase | HearingNoticeBase, kind: Kind) -> News:
    facts = event.data
    if isinstance(facts, HearingFacts):
        lawyers, status = frozenset(facts.lawyer_organization_ids), facts.status
        before, after = facts.previous_starts_at, facts.starts_at
        if facts.next_starts_at is not None:
            before, after = facts.starts_at, facts.next_starts_at
    else:
        lawyers, status, before, after = frozenset[UUID](), None, None, facts.starts_at
    return News(
        event,
        kind,
        SubjectType.HEARING,
        subject_id=facts.hearing_id,
        reference=facts.case_number,
        status=status,
        priority=PRIORITY_OF_HEARING.get(kind, Priority.URGENT),
        audiences=sorted(audiences_of(kind, owner=facts.organization_id, lawyers=lawyers), key=str),
        organization_ids=lawyers | {facts.organization_id},
        times=times_of(after, facts.time_zone, before=before),
    )


def _news_of_reading(event: UnusualReadingFound, kind: Kind) -> News:
    """For the coordinators alone: no organization's systems are told."""
    return News(
        event,
        kind,
        SubjectType.AUDIT,
        subject_id=event.data.account_id,
        reference=None,
        status=None,
        priority=Priority.URGENT,
        audiences=sorted(audiences_of(kind), key=str),
        organization_ids=frozenset(),
    )
