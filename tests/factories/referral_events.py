"""Referral events as the referral service states them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

from paivand_contracts.codes import Priority, ReferralStatus
from paivand_contracts.referral import ReferralEvent, ReferralEventBase, ReferralFacts

EVENTS: dict[str, type[ReferralEventBase]] = {
    event.model_fields["type"].default.split(".")[3]: event for event in get_args(get_args(ReferralEvent)[0])
}
STATUS = {
    "requested": ReferralStatus.REQUESTED,
    "accepted": ReferralStatus.ACCEPTED,
    "rejected": ReferralStatus.REJECTED,
    "started": ReferralStatus.IN_PROGRESS,
    "held": ReferralStatus.ON_HOLD,
    "resumed": ReferralStatus.IN_PROGRESS,
    "completed": ReferralStatus.COMPLETED,
    "failed": ReferralStatus.FAILED,
    "cancelled": ReferralStatus.CANCELLED,
    "entered-in-error": ReferralStatus.ENTERED_IN_ERROR,
    "overdue": ReferralStatus.REQUESTED,
    "consent-ended": ReferralStatus.ON_HOLD,
    "consent-renewed": ReferralStatus.ON_HOLD,
}


def a_number() -> str:
    """A referral number in form; its check character is not our business."""
    digits = "".join(random.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=9))
    return f"R-{digits[:4]}-{digits[4:8]}-{digits[8]}"


def an_event(
    kind: str,
    *,
    requester: UUID | None = None,
    owner: UUID | None = None,
    priority: Priority = Priority.ROUTINE,
    number: str | None = None,
    **envelope: Any,
) -> ReferralEventBase:
    """One event about a new referral."""
    facts = ReferralFacts(
        referral_id=uuid4(),
        number=number or a_number(),
        status=STATUS[kind],
        priority=priority,
        requester_organization_id=requester or uuid4(),
        owner_organization_id=owner or uuid4(),
        service_id=uuid4(),
        respond_by=datetime.now(UTC) + timedelta(hours=72),
        version=1,
    )
    return EVENTS[kind](subject=str(facts.referral_id), data=facts, **envelope)
