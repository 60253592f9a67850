"""Who must know of which event. Pure: no I/O."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from uuid import UUID

# Whose inbox: a member organization's, or (None) that of the network's coordinators.
Audience = UUID | None


class SubjectType(StrEnum):
    """What an entry is about: the entity in the event's type."""

    REFERRAL = "referral"
    CAPACITY = "capacity"
    MEMBERSHIP = "membership"
    HEARING = "hearing"
    AUDIT = "audit"


class Kind(StrEnum):
    """What happened: of a referral the last word of the event's type, otherwise the entity and that word."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    STARTED = "started"
    HELD = "held"
    RESUMED = "resumed"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    OVERDUE = "overdue"
    CONSENT_ENDED = "consent-ended"
    CONSENT_RENEWED = "consent-renewed"
    CAPACITY_STALE = "capacity-stale"
    MEMBERSHIP_EXPIRING = "membership-expiring"
    HEARING_SCHEDULED = "hearing-scheduled"
    HEARING_CHANGED = "hearing-changed"
    HEARING_ADJOURNED = "hearing-adjourned"
    HEARING_HELD = "hearing-held"
    HEARING_VACATED = "hearing-vacated"
    HEARING_CANCELLED = "hearing-cancelled"
    HEARING_APPROACHING = "hearing-approaching"
    HEARING_UNACKNOWLEDGED = "hearing-unacknowledged"
    HEARING_UNPREPARED = "hearing-unprepared"
    UNUSUAL_READING = "audit-unusual-reading-found"


class Party(StrEnum):
    """Who somebody is to what happened. Of what belongs to one organization, that is the owner."""

    REQUESTER = "requester"
    OWNER = "owner"
    COORDINATORS = "coordinators"
    LAWYERS = "lawyers"


HEARING_MOVES = (
    *(Kind.HEARING_SCHEDULED, Kind.HEARING_CHANGED, Kind.HEARING_ADJOURNED),
    *(Kind.HEARING_HELD, Kind.HEARING_VACATED, Kind.HEARING_CANCELLED),
)

# The one who acts knows already; the other side must be told. A redirect is a `requested` of the new referral.
# `entered-in-error` may come from either side and ends the matter for both. A consent may end without anybody acting.
MUST_KNOW: Mapping[Kind, frozenset[Party]] = {
    Kind.REQUESTED: frozenset({Party.OWNER}),
    Kind.ACCEPTED: frozenset({Party.REQUESTER}),
    Kind.REJECTED: frozenset({Party.REQUESTER}),
    Kind.STARTED: frozenset({Party.REQUESTER}),
    Kind.HELD: frozenset({Party.REQUESTER}),
    Kind.RESUMED: frozenset({Party.REQUESTER}),
    Kind.COMPLETED: frozenset({Party.REQUESTER}),
    Kind.FAILED: frozenset({Party.REQUESTER}),
    Kind.CANCELLED: frozenset({Party.OWNER}),
    Kind.ENTERED_IN_ERROR: frozenset({Party.OWNER, Party.REQUESTER}),
    Kind.OVERDUE: frozenset({Party.OWNER, Party.COORDINATORS}),
    Kind.CONSENT_ENDED: frozenset({Party.OWNER, Party.REQUESTER}),
    Kind.CONSENT_RENEWED: frozenset({Party.OWNER}),
    Kind.CAPACITY_STALE: frozenset({Party.OWNER}),
    Kind.MEMBERSHIP_EXPIRING: frozenset({Party.OWNER, Party.COORDINATORS}),
    # Both: a court or a colleague may have moved it, and nobody may come on the wrong day.
    **dict.fromkeys(HEARING_MOVES, frozenset({Party.OWNER, Party.LAWYERS})),
    # What time brings about names the one organization that it is for.
    Kind.HEARING_APPROACHING: frozenset({Party.OWNER}),
    Kind.HEARING_UNACKNOWLEDGED: frozenset({Party.OWNER}),
    Kind.HEARING_UNPREPARED: frozenset({Party.OWNER}),
    # Not its own organization, where somebody may be in league with the account.
    Kind.UNUSUAL_READING: frozenset({Party.COORDINATORS}),
}


def kind_of(event_type: str) -> Kind:
    """The kind of an event, e.g. of `paivand.referral.referral.accepted.v1`.

    Raises:
        ValueError: no such kind.
    """
    _, _, entity, happened, _ = event_type.split(".")
    return Kind(happened if entity == SubjectType.REFERRAL else f"{entity}-{happened}")


def audiences_of(
    kind: Kind, *, requester: UUID | None = None, owner: UUID | None = None, lawyers: Collection[UUID] = ()
) -> set[Audience]:
    """Whose inboxes get an entry; an organization that is several of the parties gets one."""
    inboxes: dict[Party, Collection[Audience]] = {
        Party.REQUESTER: [requester],
        Party.OWNER: [owner],
        Party.COORDINATORS: [None],
        Party.LAWYERS: lawyers,
    }
    return {inbox for party in MUST_KNOW[kind] for inbox in inboxes[party]}
