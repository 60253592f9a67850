"""Follows the referrals, to know when they were answered."""

from collections.abc import Sequence

from paivand_contracts.referral import (
    ReferralAccepted,
    ReferralCancelled,
    ReferralEnteredInError,
    ReferralEvent,
    ReferralRejected,
    ReferralRequested,
)
from sqlalchemy.ext.asyncio import AsyncSession

from . import repository


async def handle_referral_events(session: AsyncSession, events: Sequence[ReferralEvent]) -> None:
    """Notes when a referral was asked for and when it was answered; a no is an answer too."""
    for event in events:
        match event:
            case ReferralRequested():
                await repository.add_asked(session, event)
            case ReferralAccepted() | ReferralRejected():
                await repository.put_answered(session, event)
            case ReferralCancelled() | ReferralEnteredInError():
                await repository.remove_unanswered(session, event)
            case _:
                pass
